from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.engine.workplace import Workplace, opened

from agentskills.storage.database import Pool


@pytest.fixture
async def place(pool: Pool, database_url: str, asf_home: Path) -> AsyncIterator[Workplace]:
    """A workplace on a fresh database with an empty skill root."""
    async with opened(pool, database_url, asf_home) as place:
        yield place
