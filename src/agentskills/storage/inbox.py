"""Open waits over many runs: the inbox, and in short for lists of runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from agentskills.storage.database import Conn
from agentskills.storage.waits import COLUMNS, Wait


class InboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """An open wait with its run."""

    wait: Wait
    run_name: str | None
    sop: str  # its beginning


async def page(
    conn: Conn, reasons: Sequence[str], *, after: tuple[datetime, int] | None, limit: int
) -> list[InboxRow]:
    """Return open waits for these reasons, the oldest first, later than `after` (since, id)."""
    rows = await conn.fetch(
        f"""SELECT {", ".join(f"w.{name}" for name in COLUMNS)}, m.run_name, left(m.sop, 1000) AS sop
            FROM waits w JOIN run_metadata m ON m.thread_id = w.thread_id
            WHERE w.state = 'open' AND w.reason = ANY ($1::text[])
              AND ($2::timestamptz IS NULL OR (w.since, w.id) > ($2, $3::bigint))
            ORDER BY w.since, w.id LIMIT $4""",
        list(reasons),
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [
        InboxRow(wait=Wait(**{name: row[name] for name in COLUMNS}), run_name=row["run_name"], sop=row["sop"])
        for row in rows
    ]


async def in_short(conn: Conn, thread_ids: Sequence[str]) -> dict[str, list[Wait]]:
    """Return what these runs wait for, with `asks` left empty, by run and in order of seq."""
    columns = ["'{}'::jsonb AS asks" if name == "asks" else name for name in COLUMNS]
    rows = await conn.fetch(
        f"""SELECT {", ".join(columns)} FROM waits
            WHERE thread_id = ANY ($1::text[]) AND state = 'open' ORDER BY thread_id, seq""",
        list(thread_ids),
    )
    found: dict[str, list[Wait]] = {}
    for row in rows:
        found.setdefault(row["thread_id"], []).append(Wait(**row))
    return found
