"""A workplace whose runs fail for real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.engine.workplace import Workplace, opened

from agentskills.storage.database import Pool


@pytest.fixture
async def place(pool: Pool, database_url: str, asf_home: Path) -> AsyncIterator[Workplace]:
    async with opened(pool, database_url, asf_home) as place:
        yield place
