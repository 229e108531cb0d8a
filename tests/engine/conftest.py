from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.engine.workplace import Workplace

from agentskills.settings import Settings
from agentskills.storage.database import Pool


@pytest.fixture
async def place(pool: Pool, database_url: str, asf_home: Path) -> AsyncIterator[Workplace]:
    """A workplace on a fresh database with an empty skill root."""
    root = asf_home / "skills"
    root.mkdir()
    settings = Settings(
        home=asf_home, skills=str(root), lease_seconds=2.0, database_url=database_url, model=None
    )
    place = Workplace(pool, database_url, settings, root)
    place.notifier.start()
    yield place
    await place.notifier.close()
