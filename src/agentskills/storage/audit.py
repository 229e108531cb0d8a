"""Who did what to which run, and why.

A start has no entry of its own: the run's row says who asked, on whose behalf and when, and is
written in the same statement as the run. Reading puts the two together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from agentskills.storage.database import Conn
from agentskills.storage.query import Query

Place = tuple[datetime, int, str]
"""How far a reader has come: at, id of the entry (0 for a start), thread_id of a start."""


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries; what is given must all hold."""

    thread_id: str | None = None
    action: str | None = None
    actor: str | None = None  # name, kind, or on whose behalf
    after: datetime | None = None  # at or after
    before: datetime | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done."""

    id: int  # 0 for a start that is read from its run
    at: datetime
    actor: dict[str, Any]  # kind, name, on_behalf_of
    action: str
    thread_id: str | None
    reason: str | None
    detail: dict[str, Any]


async def record(
    conn: Conn,
    actor: dict[str, Any],
    action: str,
    thread_id: str | None = None,
    *,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one entry."""
    await conn.execute(
        "INSERT INTO audit (actor, action, thread_id, reason, detail) VALUES ($1, $2, $3, $4, $5)",
        actor,
        action,
        thread_id,
        reason,
        detail or {},
    )


# A refused answer is kept whole; a list leaves out what would make it long.
_DETAIL = """CASE WHEN pg_column_size(detail) > 4000
             THEN detail - 'data' || '{"left_out": ["data"]}' ELSE detail END"""

# A run that was recorded first and started later has a start of its own, at its own time.
_IS_START = """parent_thread_id IS NULL AND lane IS NOT NULL AND NOT EXISTS (
    SELECT FROM audit a WHERE a.thread_id = run_metadata.thread_id AND a.action = 'start')"""


async def page(conn: Conn, wanted: AuditFilter, *, after: Place | None, limit: int) -> list[Entry]:
    """Return up to `limit` entries, the newest first, older than `after`.

    Call it within `search_limits`.
    """
    query = Query()
    most = query.parameter(limit)
    entries = _entries(query, wanted, after)
    parts = [
        f"""(SELECT id, at, actor, action, thread_id, reason, {_DETAIL} AS detail FROM audit
             {_where(entries)} ORDER BY at DESC, id DESC LIMIT {most})"""
    ]
    if wanted.action in (None, "start"):
        starts = _starts(query, wanted, after)
        parts.append(
            f"""(SELECT 0, created_at, requested_by - 'reason', 'start', thread_id, requested_by ->> 'reason',
                        '{{}}'::jsonb
                 FROM run_metadata {_where(starts)} ORDER BY created_at DESC, thread_id DESC LIMIT {most})"""
        )
    rows = await conn.fetch(
        f"""SELECT * FROM ({" UNION ALL ".join(parts)}) AS found
            ORDER BY at DESC, id DESC, thread_id DESC LIMIT {most}""",
        *query.arguments,
    )
    return [Entry(**row) for row in rows]


def _where(conditions: list[str]) -> str:
    return "WHERE " + " AND ".join(conditions) if conditions else ""


def _entries(query: Query, wanted: AuditFilter, after: Place | None) -> list[str]:
    conditions = _shared(query, wanted, "at", "actor")
    if wanted.action is not None:
        conditions.append(f"action = {query.parameter(wanted.action)}")
    if after is not None:
        at, entry, _ = after
        place = query.parameter(at)
        conditions.append(f"(at, id) < ({place}, {query.parameter(entry)})" if entry else f"at < {place}")
    return conditions


def _starts(query: Query, wanted: AuditFilter, after: Place | None) -> list[str]:
    conditions = [_IS_START, *_shared(query, wanted, "created_at", "requested_by")]
    if after is not None:
        at, entry, thread_id = after
        place = query.parameter(at)
        conditions.append(
            f"created_at <= {place}"
            if entry
            else f"(created_at, thread_id) < ({place}, {query.parameter(thread_id)})"
        )
    return conditions


def _shared(query: Query, wanted: AuditFilter, at: str, actor: str) -> list[str]:
    conditions = []
    if wanted.thread_id is not None:
        conditions.append(f"thread_id = {query.parameter(wanted.thread_id)}")
    if wanted.actor is not None:
        name = query.parameter(wanted.actor)
        fields = ", ".join(f"{actor} ->> '{field}'" for field in ("name", "kind", "on_behalf_of"))
        conditions.append(f"{name} IN ({fields})")
    if wanted.after is not None:
        conditions.append(f"{at} >= {query.parameter(wanted.after)}")
    if wanted.before is not None:
        conditions.append(f"{at} < {query.parameter(wanted.before)}")
    return conditions
