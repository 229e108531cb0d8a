"""Open waits over all runs: the inbox, and in short for lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.storage.database import Conn


class InboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """An open wait with its run."""

    id: int
    thread_id: str
    run_name: str | None
    sop: str  # its beginning
    seq: int
    skill: str | None
    reason: str
    since: datetime
    until: datetime | None
    asks: dict[str, Any]
    shown_digest: str | None
    options: list[str]


async def page(
    conn: Conn, reasons: Sequence[str], *, after: tuple[datetime, int] | None, limit: int
) -> list[InboxRow]:
    """Return open waits for these reasons, the oldest first, later than `after` (since, id)."""
    rows = await conn.fetch(
        """SELECT w.id, w.thread_id, m.run_name, left(m.sop, 1000) AS sop, w.seq, w.skill, w.reason, w.since,
                  w.until, w.asks, w.shown_digest, w.options
           FROM waits w JOIN run_metadata m ON m.thread_id = w.thread_id
           WHERE w.state = 'open' AND w.reason = ANY ($1::text[])
             AND ($2::timestamptz IS NULL OR (w.since, w.id) > ($2, $3::bigint))
           ORDER BY w.since, w.id LIMIT $4""",
        list(reasons),
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [InboxRow(**row) for row in rows]


async def in_short(conn: Conn, thread_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what these runs wait for, without what is asked, by run and in order of seq."""
    found: dict[str, list[dict[str, Any]]] = {}
    rows = await conn.fetch(
        """SELECT thread_id, seq AS step, skill, reason, since, until FROM waits
           WHERE thread_id = ANY ($1::text[]) AND state = 'open' ORDER BY thread_id, seq""",
        list(thread_ids),
    )
    for row in rows:
        fields = dict(row)
        found.setdefault(fields.pop("thread_id"), []).append(fields)
    return found
