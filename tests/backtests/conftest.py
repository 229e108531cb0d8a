"""A shop whose refunds ask a service, send mail and write letters: a stub stands for each of these."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.backtests.shop import MailServer, Shop
from tests.engine.workplace import opened
from tests.stubs.http_service import HttpService, Reply, Seen

from agentskills.storage.database import Pool


def _order(seen: Seen) -> Reply:
    return Reply(200, {"total": int(seen.path.rpartition("/")[2])})


@pytest.fixture
async def shop(
    pool: Pool, database_url: str, asf_home: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shop]:
    letters = asf_home / "letters"
    letters.mkdir()
    async with HttpService(_order) as service, MailServer() as mail:
        monkeypatch.setenv("SHOP_URL", service.url)
        async with opened(pool, database_url, asf_home, private_hosts=service.private) as place:
            shop = Shop(place, service, mail, letters)
            await shop.write_skills()
            yield shop
