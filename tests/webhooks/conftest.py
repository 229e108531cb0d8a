"""Webhooks without a server: services on a fresh database, and a receiver over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.stubs.http_service import HttpService, Reply

from agentskills.engine.notifier import Notifier
from agentskills.services import webhooks
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.deliver import deliver
from agentskills.settings import Settings
from agentskills.storage import deliveries
from agentskills.storage.database import Pool

ADA = Actor(name="ada")


@dataclass
class Post:
    """Makes webhooks, announces events and delivers them."""

    context: Context
    receiver: HttpService

    async def webhook(self, path: str = "/", events: tuple[str, ...] = ("run.failed",)) -> dict[str, Any]:
        made = await webhooks.create(self.context, self.receiver.url + path, list(events), None, ADA)
        return made.answer

    async def announce(self, event: str = "run.failed", **data: Any) -> None:
        async with self.context.writing() as conn:
            await deliveries.announce(conn, event, data or {"thread_id": "order-42"})

    async def deliver(self, timeout: float = 15.0) -> None:
        """Do the chore until nothing is due."""
        while await deliver(self.context, timeout):
            pass

    async def deliveries(self, webhook: dict[str, Any]) -> list[dict[str, Any]]:
        page = await webhooks.list_deliveries(self.context, webhook["id"], [], None, 100)
        return list(page["items"])

    async def later(self, **span: float) -> None:
        """Let time pass for all that is waiting to be delivered."""
        await self.context.pool.execute(
            "UPDATE deliveries SET due_at = due_at - $1::interval", timedelta(**span)
        )


@pytest.fixture
async def receiver() -> AsyncIterator[HttpService]:
    async with HttpService(lambda _: Reply(204)) as service:
        yield service


@pytest.fixture
async def post(pool: Pool, asf_home: Path, receiver: HttpService) -> Post:
    settings = Settings(home=asf_home, private_hosts=receiver.private)
    return Post(Context(pool, settings, Notifier(pool)), receiver)
