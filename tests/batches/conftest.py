"""A workplace in which the skill `work` fails until it is mended, and batches are carried by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.batches.bulk import Bulk
from tests.engine.workplace import opened

from agentskills.storage.database import Pool


@pytest.fixture
async def bulk(pool: Pool, database_url: str, asf_home: Path) -> AsyncIterator[Bulk]:
    async with opened(pool, database_url, asf_home) as place:
        bulk = Bulk(place)
        await bulk.broken()
        yield bulk
