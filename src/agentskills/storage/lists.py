"""Lists of runs: one query built for the filters in use, a page at a time, within a time limit."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from agentskills.domain.status import RunStatus
from agentskills.storage import failures
from agentskills.storage.database import Conn
from agentskills.storage.query import Query
from agentskills.storage.runs import projection

SECONDS = 5.0
"""How long a list may take to search."""
CAP = 10_000
"""Where counting stops."""
_FEW_SOPS = 500


class RunFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs; what is given must all hold."""

    status: Sequence[str] = ()
    name: str | None = None  # start of name or id
    q: str | None = None  # words in the SOP's text
    sop_name: str | None = None
    initial_data: dict[str, Any] | None = None  # contained in it
    metadata: dict[str, Any] | None = None
    created_after: datetime | None = None  # at or after
    created_before: datetime | None = None
    parent: str | None = None
    root: str | None = None
    failed_skill: str | None = None  # that failed; empty: none did
    signature: str | None = None  # of the failure
    dry: bool | None = None  # only reruns with effects: none, or only other runs
    open: bool = False  # failed, and neither fixed by a later run nor dismissed


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
_FROM = "FROM run_state s JOIN run_metadata m ON m.thread_id = s.thread_id"


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
    table = _leading(wanted)
    query = await _conditions(conn, wanted, table)
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
        query = await _conditions(conn, narrowed, _leading(narrowed))
        if query is None:
            return dict.fromkeys(RunStatus, 0)
        source = _FROM if _needs_metadata(wanted) else "FROM run_state s"
        found[status] = await conn.fetchval(
            f"SELECT count(*) FROM (SELECT 1 {source} {query.where} LIMIT {CAP + 1}) AS found",
            *query.arguments,
        )
    return found


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
    table = _leading(wanted)
    query = await _conditions(conn, wanted, table)
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
    source = _FROM if _needs_metadata(wanted) else "FROM run_state s"
    number: int = await conn.fetchval(
        f"SELECT count(*) FROM (SELECT 1 {source} {found.query.where} LIMIT {most}) AS found",
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


def _needs_metadata(wanted: RunFilter) -> bool:
    return _leading(wanted) == "m" or wanted.dry is not None


def _leading(wanted: RunFilter) -> str:
    """Return the table whose indexes answer these filters, and so the one to sort by.

    That a run was not only tried out is true of nearly all, so no index helps to find them.
    """
    given = (wanted.name, wanted.q, wanted.sop_name, wanted.initial_data, wanted.metadata, wanted.parent)
    return "m" if any(given) or wanted.dry else "s"


async def _conditions(conn: Conn, wanted: RunFilter, table: str) -> Query | None:
    """Return the conditions, or None where nothing can match."""
    query = Query()
    if wanted.status:
        statuses = list(wanted.status)
        if len(statuses) == 1:
            query.add("s.status = {}", statuses[0])
        else:
            query.add("s.status = ANY ({}::text[])", statuses)
    if wanted.created_after is not None:
        query.add(f"{table}.created_at >= {{}}", wanted.created_after)
    if wanted.created_before is not None:
        query.add(f"{table}.created_at < {{}}", wanted.created_before)
    if wanted.root is not None:
        query.add("s.root_thread_id = {}", wanted.root)
    if wanted.parent is not None:
        query.add("m.parent_thread_id = {}", wanted.parent)
    if wanted.sop_name is not None:
        query.add("m.sop_name = {}", wanted.sop_name)
    if wanted.name:
        query.add(
            "(lower(m.run_name) LIKE {} OR m.thread_id LIKE {})",
            _prefix(wanted.name.lower()),
            _prefix(wanted.name),
        )
    _add_failure(query, wanted)
    if wanted.dry is not None:
        query.conditions.append(
            f"m.request ->> 'effects' IS {'NOT ' if wanted.dry else ''}DISTINCT FROM 'none'"
        )
    for column, letter, document in (
        ("initial_data", "d", wanted.initial_data),
        ("metadata", "m", wanted.metadata),
    ):
        if document:
            _add_containment(query, column, letter, document)
    if wanted.q and not await _add_text(conn, query, wanted.q):
        return None
    return query


def _add_failure(query: Query, wanted: RunFilter) -> None:
    """Search by how runs failed; only failed ones have that."""
    conditions = []
    if wanted.failed_skill is not None:
        conditions.append(f"f.skill = {query.parameter(wanted.failed_skill)}")
    if wanted.signature is not None:
        conditions.append(f"f.signature = {query.parameter(wanted.signature)}")
    if wanted.open:
        conditions.append("f.dismissed_at IS NULL")
    if not conditions:
        return
    query.conditions.append("s.status = 'failed'")
    query.conditions.append(
        f"s.thread_id IN (SELECT f.thread_id FROM failures f WHERE {' AND '.join(conditions)})"
    )
    if wanted.open:
        query.conditions.append(failures.OPEN.format("s"))


def _add_containment(query: Query, column: str, letter: str, document: dict[str, Any]) -> None:
    """Search the projection, and recheck on the row what the projection or its index leaves out."""
    projected = projection(document)
    if _has_scalar(projected):
        query.add("m.search @> {}::jsonb", {letter: projected})
    if projected != document or not _has_scalar(projected):
        query.add(f"m.{column} @> {{}}::jsonb", document)


def _has_scalar(value: dict[str, Any]) -> bool:
    return any(_has_scalar(item) if isinstance(item, dict) else True for item in value.values())


async def _add_text(conn: Conn, query: Query, text: str) -> bool:
    """Search SOP texts for words that begin so; False where no text has them all."""
    words = re.findall(r"\w+", text)
    if not words:
        return False
    wanted = " & ".join(f"'{word}':*" for word in words)
    digests = await conn.fetch(
        f"SELECT digest FROM sop_texts WHERE words @@ to_tsquery('simple', $1) LIMIT {_FEW_SOPS + 1}", wanted
    )
    if not digests:
        return False
    if len(digests) > _FEW_SOPS:
        query.add(
            "m.sop_digest IN (SELECT digest FROM sop_texts WHERE words @@ to_tsquery('simple', {}))", wanted
        )
    elif len(digests) == 1:
        query.add("m.sop_digest = {}", digests[0]["digest"])
    else:
        query.add("m.sop_digest = ANY ({}::text[])", [row["digest"] for row in digests])
    return True


def _prefix(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"
