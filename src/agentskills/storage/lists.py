"""Lists of runs: one query built for the filters in use, a page at a time, within a time limit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from agentskills.domain.status import RunStatus
from agentskills.storage.database import Conn
from agentskills.storage.query import Query
from agentskills.storage.run_filter import JOINED, RunFilter, conditions, leading, source

SECONDS = 5.0
"""How long a list may take to search."""
CAP = 10_000
"""Where counting stops."""


class RunItem(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the list."""

    thread_id: str
    run_name: str | None
    sop_name: str | None
    sop: str  # its beginning
    created_at: datetime
    parent_thread_id: str | None
    root_thread_id: str
    rerun_count: int
    rerun_number: int
    metadata: dict[str, Any]
    skills: list[str] | None
    planner: str | None
    model: str | None
    catalog: str | None
    requested_by: dict[str, Any]
    status: str
    error: dict[str, Any] | None
    started_at: datetime | None
    finished_at: datetime | None
    tokens: int
    money: Decimal
    money_unknown: bool
    not_repeated: int
    dry: bool


_ITEM = """m.thread_id, m.run_name, m.sop_name, left(m.sop, 1000) AS sop, m.created_at, m.parent_thread_id,
    m.root_thread_id, m.rerun_count, m.rerun_number, m.metadata, m.skills, m.planner, m.model, m.catalog,
    m.requested_by, s.status, s.error, s.started_at, s.finished_at, s.tokens, s.money, s.money_unknown,
    s.not_repeated, coalesce(m.request ->> 'effects' = 'none', false) AS dry"""
_FROM = f"FROM {JOINED}"


@asynccontextmanager
async def search_limits(conn: Conn, seconds: float = SECONDS) -> AsyncIterator[None]:
    """Plan for the values at hand, and end after `seconds`, as `QueryTooSlow` at the seam."""
    async with conn.transaction(readonly=True):
        await limit_search(conn, seconds)
        yield


async def limit_search(conn: Conn, seconds: float = SECONDS) -> None:
    """Set the limits of a search until the transaction ends, or goes back to before."""
    await conn.execute(
        f"SET LOCAL plan_cache_mode = force_custom_plan;SET LOCAL statement_timeout = {int(seconds * 1000)}"
    )


async def page(
    conn: Conn, wanted: RunFilter, *, after: tuple[datetime, str] | None, limit: int
) -> list[RunItem]:
    """Return up to `limit` runs, the newest first, older than `after` (created_at, thread_id).

    Call it within `search_limits`.
    """
    table = leading(wanted)
    query = await conditions(conn, wanted, table)
    if query is None:
        return []
    if after is not None:
        query.add(f"({table}.created_at, {table}.thread_id) < ({{}}, {{}})", *after)
    query.arguments.append(limit)
    rows = await conn.fetch(
        f"""SELECT {_ITEM} {_FROM} {query.where}
            ORDER BY {table}.created_at DESC, {table}.thread_id DESC LIMIT ${len(query.arguments)}""",
        *query.arguments,
    )
    return [RunItem(**row) for row in rows]


async def count(conn: Conn, wanted: RunFilter) -> dict[str, int]:
    """Return how many runs there are by status under the other filters, each at most `CAP` + 1."""
    found: dict[str, int] = {}
    for status in RunStatus:
        narrowed = msgspec.structs.replace(wanted, status=(status,))
        query = await conditions(conn, narrowed, leading(narrowed))
        if query is None:
            return dict.fromkeys(RunStatus, 0)
        found[status] = await conn.fetchval(
            f"SELECT count(*) FROM (SELECT 1 FROM {source(wanted)} {query.where} LIMIT {CAP + 1}) AS found",
            *query.arguments,
        )
    return found


async def count_attention(conn: Conn, wanted: RunFilter) -> int:
    """Return how many runs under the filters beside `status` need attention, at most `CAP` + 1."""
    return await count_up_to(conn, msgspec.structs.replace(wanted, attention=True, status=()), CAP + 1)


class Search(msgspec.Struct, frozen=True):
    """A search for runs: what follows FROM, its conditions, and how it is ordered."""

    query: Query
    table: str  # s or m: where created_at and thread_id are read
    joined: str
    order: str


async def search(
    conn: Conn, wanted: RunFilter, *, after: tuple[datetime, str] | None = None, newest_first: bool = True
) -> Search | None:
    """Return the search for the runs beyond `after` (created_at, thread_id); None: nothing can match."""
    table = leading(wanted)
    query = await conditions(conn, wanted, table)
    if query is None:
        return None
    if after is not None:
        beyond = "<" if newest_first else ">"
        query.add(f"({table}.created_at, {table}.thread_id) {beyond} ({{}}, {{}})", *after)
    direction = "DESC" if newest_first else "ASC"
    order = f"{table}.created_at {direction}, {table}.thread_id {direction}"
    return Search(query, table, _FROM, order)


async def count_up_to(conn: Conn, wanted: RunFilter, most: int) -> int:
    """Return how many runs a filter finds, at most `most`. Call it within `search_limits`."""
    found = await search(conn, wanted)
    if found is None:
        return 0
    number: int = await conn.fetchval(
        f"SELECT count(*) FROM (SELECT 1 FROM {source(wanted)} {found.query.where} LIMIT {most}) AS found",
        *found.query.arguments,
    )
    return number


async def matching(conn: Conn, wanted: RunFilter, thread_ids: Sequence[str]) -> set[str]:
    """Return which of these runs a filter finds now."""
    found = await search(conn, wanted)
    if found is None:
        return set()
    found.query.add("s.thread_id = ANY ({}::text[])", list(thread_ids))
    rows = await conn.fetch(f"SELECT s.thread_id {_FROM} {found.query.where}", *found.query.arguments)
    return {row["thread_id"] for row in rows}


async def first(conn: Conn, wanted: RunFilter, limit: int, *, newest_first: bool) -> list[str]:
    """Return the ids of the first runs that a filter finds. Call it within `search_limits`."""
    found = await search(conn, wanted, newest_first=newest_first)
    if found is None:
        return []
    rows = await conn.fetch(
        f"SELECT s.thread_id {_FROM} {found.query.where} ORDER BY {found.order} LIMIT {limit}",
        *found.query.arguments,
    )
    return [row["thread_id"] for row in rows]
