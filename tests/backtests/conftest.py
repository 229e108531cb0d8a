"""A shop whose refunds ask a service, send mail and write letters: a stub stands for each of these."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.backtests.shop import MailServer, Shop
from tests.engine.workplace import Workplace
from tests.stubs.http_service import HttpService, Reply, Seen

from agentskills.settings import Settings
from agentskills.storage.database import Pool


def _order(seen: Seen) -> Reply:
    return Reply(200, {"total": int(seen.path.rpartition("/")[2])})


@pytest.fixture
async def shop(
    pool: Pool, database_url: str, asf_home: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shop]:
    root, letters = asf_home / "skills", asf_home / "letters"
    root.mkdir()
    letters.mkdir()
    async with HttpService(_order) as service, MailServer() as mail:
        monkeypatch.setenv("SHOP_URL", service.url)
        settings: Any = Settings(
            home=asf_home,
            skills=str(root),
            lease_seconds=2.0,
            database_url=database_url,
            model=None,
            private_hosts=service.private,
        )
        place = Workplace(pool, database_url, settings, root)
        place.notifier.start()
        shop = Shop(place, service, mail, letters)
        await shop.write_skills()
        yield shop
        await place.notifier.close()
