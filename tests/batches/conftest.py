"""A workplace in which the skill `work` fails until it is mended, and batches are carried by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.batches.bulk import Bulk
from tests.engine.workplace import Workplace

from agentskills.settings import Settings
from agentskills.storage.database import Pool


@pytest.fixture
async def bulk(pool: Pool, database_url: str, asf_home: Path) -> AsyncIterator[Bulk]:
    root = asf_home / "skills"
    root.mkdir()
    settings: Any = Settings(
        home=asf_home, skills=str(root), lease_seconds=2.0, database_url=database_url, model=None
    )
    place = Workplace(pool, database_url, settings, root)
    place.notifier.start()
    bulk = Bulk(place)
    await bulk.broken()
    yield bulk
    await place.notifier.close()
