"""What every use case needs: the database, the settings, and a way to tell workers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import asyncpg

from agentskills.engine.notifier import Notifier
from agentskills.settings import Settings
from agentskills.storage.database import Conn, Pool, translate_errors

_Answer = TypeVar("_Answer")

CROSSED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""What Postgres says of a transaction that has to be done again."""

TRIES = 4
"""How often a transaction is tried that others keep crossing."""


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

    async def in_transaction(self, work: Callable[[Conn], Awaitable[_Answer]]) -> _Answer:
        """Return the answer of `work`, done in one transaction; again where another one crossed it.

        Two answers that wake the same runs may lock them crosswise; Postgres ends one of the
        two, as if it had not been there. Raises `DatabaseGone`.
        """
        for _ in range(TRIES - 1):
            try:
                async with self.writing() as conn:
                    return await work(conn)
            except CROSSED:
                continue
        async with self.writing() as conn:
            return await work(conn)
