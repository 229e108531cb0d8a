"""Lists of runs: one query built for the filters in use, a page at a time, within a time limit."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from agentskills.domain.status import RunStatus
from agentskills.storage.database import Conn
from agentskills.storage.query import Query
from agentskills.storage.run_filter import (
    JOINED,
    RunFilter,
    conditions,
    is_joined,
    leading,
    skill_key,
    source,
)

SECONDS = 5.0
"""How long a list may take to search."""
CAP = 10_000
"""Where counting the runs of a batch stops."""
SEEN_CAP = 1_000
"""Where counting stops for people who look at a list: beyond it the number is no news."""
FEW = 50_000
"""Runs that are read and sorted in a moment."""
FEW_OF_A_VERSION = 200_000
"""The same, of one version of a skill: they were made one after the other, and lie together."""


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
    """Plan for the values at hand and for what is in memory; end after `seconds`, as `QueryTooSlow`.

    All that is read within sees the same moment, unless a transaction is open already: a run that
    moves on meanwhile is counted once.
    """
    one_moment: Literal["repeatable_read"] | None = None if conn.is_in_transaction() else "repeatable_read"
    async with conn.transaction(isolation=one_moment, readonly=True):
        await limit_search(conn, seconds)
        yield


async def limit_search(conn: Conn, seconds: float = SECONDS) -> None:
    """Set the limits of a search until the transaction ends, or goes back to before."""
    await conn.execute(
        f"""SET LOCAL plan_cache_mode = force_custom_plan;
            SET LOCAL statement_timeout = {int(seconds * 1000)};
            SET LOCAL random_page_cost = 1.1; SET LOCAL work_mem = '32MB'"""
    )


async def page(
    conn: Conn, wanted: RunFilter, *, after: tuple[datetime, str] | None, limit: int
) -> list[RunItem]:
    """Return up to `limit` runs, the newest first, older than `after` (created_at, thread_id).

    Call it within `search_limits`.
    """
    found = await search(conn, wanted, after=after)
    if found is None:
        return []
    rows = await conn.fetch(
        f"SELECT {_ITEM} {_FROM} {found.query.where} ORDER BY {found.order} LIMIT {int(limit)}",
        *found.query.arguments,
    )
    return [RunItem(**row) for row in rows]


class Counted(msgspec.Struct, frozen=True):
    """How many runs there are by status, each at most `SEEN_CAP` + 1."""

    by_status: dict[str, int]
    partial: bool = False  # counting has stopped before its end: each may be more


async def count(conn: Conn, wanted: RunFilter) -> Counted:
    """Return how many runs there are by status under the other filters."""
    if is_joined(wanted) or wanted.attention:
        return await _count_together(conn, msgspec.structs.replace(wanted, status=()))
    found = dict.fromkeys(map(str, RunStatus), 0)
    for status in _possible(wanted):
        narrowed = msgspec.structs.replace(wanted, status=(status,))
        query = await conditions(conn, narrowed, leading(narrowed))
        if query is not None:
            found[status] = await conn.fetchval(
                f"""SELECT count(*)
                    FROM (SELECT 1 FROM run_state s {query.where} LIMIT {SEEN_CAP + 1}) AS found""",
                *query.arguments,
            )
    return Counted(found)


async def _count_together(conn: Conn, wanted: RunFilter) -> Counted:
    """Count in one walk through both tables: one for each status would be nine."""
    found = dict.fromkeys(map(str, RunStatus), 0)
    query = await conditions(conn, wanted, leading(wanted))
    if query is None:
        return Counted(found)
    rows = await conn.fetch(
        f"""SELECT status, count(*) AS n
            FROM (SELECT s.status FROM {source(wanted)} {query.where} LIMIT {SEEN_CAP + 1}) AS found
            GROUP BY status""",
        *query.arguments,
    )
    found |= {row["status"]: row["n"] for row in rows}
    return Counted(found, partial=sum(found.values()) > SEEN_CAP)


def _possible(wanted: RunFilter) -> Iterable[RunStatus]:
    """Return the statuses in which there can be such a run."""
    if wanted.open or wanted.failed_skill is not None or wanted.signature is not None:
        return [RunStatus.FAILED]
    return RunStatus


async def count_attention(conn: Conn, wanted: RunFilter) -> int:
    """Return how many runs under the filters beside `status` need attention, at most `SEEN_CAP` + 1."""
    return await count_up_to(conn, msgspec.structs.replace(wanted, attention=True, status=()), SEEN_CAP + 1)


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
    # By an expression that no index has, all are read and sorted.
    walked = "" if await _are_many(conn, wanted) else " + interval '0'"
    order = f"{table}.created_at{walked} {direction}, {table}.thread_id {direction}"
    return Search(query, table, _FROM, order)


async def _are_many(conn: Conn, wanted: RunFilter) -> bool:
    """Say whether runs can be looked for from the newest on.

    Not by a skill that few used: they may all be old.
    """
    if wanted.skill is None:
        return True
    attention = "AND attention" if wanted.attention else ""
    [plan] = await conn.fetchval(
        f"EXPLAIN (FORMAT JSON) SELECT FROM run_state WHERE skills @> $1::text[] {attention}",
        [skill_key(wanted.skill, wanted.skill_digest)],
    )
    return bool(plan["Plan"]["Plan Rows"] > (FEW_OF_A_VERSION if wanted.skill_digest else FEW))


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
