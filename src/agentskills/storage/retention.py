"""Old finished runs: found from the newest of them on, and removed with all that is theirs."""

from __future__ import annotations

from datetime import datetime

import msgspec

from agentskills.storage.database import Conn

_LOCK = "asf chores"
Place = tuple[datetime, str]
"""How far a pass has come: created_at and thread_id."""


_REMOVE_UNNAMED = """
    WITH gone AS (
        DELETE FROM run_metadata m WHERE m.thread_id = ANY ($1::text[])
          AND NOT EXISTS (SELECT FROM run_metadata c WHERE c.parent_thread_id = m.thread_id)
          AND NOT EXISTS (SELECT FROM run_state c
                          WHERE c.root_thread_id = m.thread_id AND c.thread_id <> m.thread_id)
        RETURNING m.thread_id, m.created_at, m.requested_by, m.parent_thread_id, m.lane
    ), started AS (
        INSERT INTO audit (at, actor, action, thread_id, reason)
        SELECT created_at, requested_by - 'reason', 'start', thread_id, requested_by ->> 'reason' FROM gone
        WHERE parent_thread_id IS NULL AND lane IS NOT NULL AND NOT EXISTS (
            SELECT FROM audit a WHERE a.thread_id = gone.thread_id AND a.action = 'start')
    ), removed AS (
        INSERT INTO audit (actor, action, thread_id, reason)
        SELECT '{"kind": "retention"}', 'remove', thread_id, 'finished before ' || $2 FROM gone
    )
    SELECT thread_id FROM gone"""
"""A start is audited by the run's own row; with the row it moves into the audit."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of a pass has done."""

    removed: int
    reached: Place | None  # go on after it; None: there is nothing left


async def take_chores(conn: Conn) -> bool:
    """Take the chores for this transaction; False where another process is at them."""
    taken: bool = await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", _LOCK)
    return taken


async def remove_finished(conn: Conn, before: datetime, *, after: Place | None, limit: int) -> Batch:
    """Remove the runs among the next `limit` that finished before `before`.

    A run that another one names as its parent or root stays as long as that one does. The effects
    it had and the audit stay in any case: what was done must not be done again. Reruns are newer
    than what they repeat, so a pass from the newest to the oldest removes whole families.
    """
    rows = await conn.fetch(
        """SELECT s.thread_id, s.created_at, s.finished_at < $1 AS old FROM run_state s
           WHERE s.status IN ('completed', 'failed', 'cancelled') AND s.created_at < $1
             AND ($2::timestamptz IS NULL OR (s.created_at, s.thread_id) < ($2, $3))
           ORDER BY s.created_at DESC, s.thread_id DESC LIMIT $4""",
        before,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    if not rows:
        return Batch(removed=0, reached=None)
    old = [row["thread_id"] for row in rows if row["old"]]
    # Locked first, so that the next statement sees the reruns that were being made meanwhile.
    await conn.execute(
        "SELECT FROM run_metadata WHERE thread_id = ANY ($1::text[]) ORDER BY thread_id FOR UPDATE", old
    )
    removed = 0
    told = before.isoformat(timespec="seconds")
    while gone := await conn.fetch(_REMOVE_UNNAMED, old, told):  # after its reruns a run is named no more
        removed += len(gone)
    return Batch(removed=removed, reached=(rows[-1]["created_at"], rows[-1]["thread_id"]))
