"""The engine's two doors to the database: commits between two crash points, and reading."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from agentskills.engine.points import COMMITS, reach
from agentskills.storage.database import Conn, Pool, translate_errors


@asynccontextmanager
async def commit(pool: Pool, *names: str) -> AsyncIterator[Conn]:
    """Open a transaction on a connection of the pool; commit at the end, or roll back.

    Do database work only inside. Raises `DatabaseGone` where the connection is lost, also
    when it is unknown whether the commit went through.
    """
    with translate_errors():
        async with pool.acquire() as conn, commit_on(conn, names):
            yield conn


@asynccontextmanager
async def reading(pool: Pool) -> AsyncIterator[Conn]:
    """Lend a connection that can't write: the database itself refuses. Raises `DatabaseGone`.

    So whatever the engine changes goes through `commit`, where its crash points are.
    """
    with translate_errors():
        async with pool.acquire() as conn, conn.transaction(readonly=True):
            yield conn


@asynccontextmanager
async def commit_on(conn: Conn, names: Iterable[str]) -> AsyncIterator[None]:
    """The same on a connection one holds already; `names` are keys of `COMMITS`."""
    points = [name for name in names if COMMITS[name]]
    transaction = conn.transaction()
    await transaction.start()
    try:
        yield
        for name in points:
            reach(f"{name}.before")
    except BaseException:
        await transaction.rollback()
        raise
    await transaction.commit()
    for name in points:
        reach(f"{name}.after")
