"""What every use case needs: the database, the settings, and a way to tell workers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agentskills.engine.notifier import Notifier
from agentskills.settings import Settings
from agentskills.storage.database import Conn, Pool, translate_errors


@dataclass(frozen=True, slots=True)
class Context:
    """Shared by all requests of one process."""

    pool: Pool
    settings: Settings
    notifier: Notifier

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Conn]:
        """Lend a connection outside a transaction. Raises `DatabaseGone`."""
        with translate_errors():
            async with self.pool.acquire() as conn:
                yield conn

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Conn]:
        """Lend a connection within one transaction. Raises `DatabaseGone`."""
        with translate_errors():
            async with self.pool.acquire() as conn, conn.transaction():
                yield conn
