"""What each skill has been doing of late, counted over the newest runs."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from agentskills.storage.database import Conn

MOST_RUNS = 10_000
"""Runs that are counted, the newest; a window that holds more begins later."""


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """What one skill did in one part of the window."""

    skill: str
    bucket: int  # from 0, the earliest first
    completed: int
    failed: int


async def window_start(conn: Conn, since: datetime, most: int = MOST_RUNS) -> datetime | None:
    """Return when the newest `most` + 1 runs began where all of them are newer than `since`, else None."""
    at: datetime | None = await conn.fetchval(
        """SELECT created_at FROM run_state WHERE created_at >= $1
           ORDER BY created_at DESC, thread_id DESC OFFSET $2 LIMIT 1""",
        since,
        most,
    )
    return at


async def slices(conn: Conn, since: datetime, width: timedelta) -> list[Slice]:
    """Return what skills did in runs created after `since`, in parts of `width`.

    What was taken over from another run was not done, and what has not ended is not counted.
    """
    rows = await conn.fetch(
        """SELECT t.skill, floor(extract(epoch FROM t.started_at - $1)::float8 / $2)::int AS bucket,
                  count(*) FILTER (WHERE t.status = 'completed') AS completed,
                  count(*) FILTER (WHERE t.status = 'failed') AS failed
           FROM run_state s JOIN run_steps t ON t.thread_id = s.thread_id
           WHERE s.created_at > $1 AND t.kind = 'skill' AND t.status IN ('completed', 'failed')
             AND t.reused_from IS NULL AND t.started_at >= $1
           GROUP BY t.skill, bucket""",
        since,
        width.total_seconds(),
    )
    return [Slice(**row) for row in rows]


async def running(conn: Conn, most: int = MOST_RUNS) -> dict[str, int]:
    """Return how many steps of each skill are under way in runs that a worker has, of `most` runs."""
    rows = await conn.fetch(
        """SELECT t.skill, count(*) AS steps
           FROM (SELECT thread_id FROM run_state WHERE status = 'running' LIMIT $1) AS s
           JOIN run_steps t ON t.thread_id = s.thread_id
           WHERE t.kind = 'skill' AND t.status = 'started' GROUP BY t.skill""",
        most,
    )
    return {row["skill"]: row["steps"] for row in rows}
