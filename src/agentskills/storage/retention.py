"""Old finished runs: found from the newest of them on, and deleted as anybody deletes a run."""

from __future__ import annotations

from datetime import datetime

import msgspec

from agentskills.storage import tombstones
from agentskills.storage.database import Conn

_LOCK = "asf tidying"
Place = tuple[datetime, str]
"""How far a pass has come: created_at and thread_id."""


_SAID = """
    INSERT INTO audit (actor, action, thread_id, reason)
    SELECT '{"kind": "retention"}', 'remove', thread_id, 'finished before ' || $2
    FROM unnest($1::text[]) AS t(thread_id)"""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of a pass has done."""

    removed: int
    reached: Place | None  # go on after it; None: there is nothing left


async def take_tidying(conn: Conn) -> bool:
    """Take the tidying for this transaction; False where another process is at it."""
    taken: bool = await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", _LOCK)
    return taken


async def remove_finished(conn: Conn, before: datetime, *, after: Place | None, limit: int) -> Batch:
    """Remove the runs among the next `limit` that finished before `before`.

    Where relatives remain a run leaves a tombstone; with the last of a family all of them go. A
    run stays while a rerun of it is under way. Reruns are newer than what they repeat, so a pass
    goes from the newest to the oldest.
    """
    rows = await conn.fetch(
        """SELECT s.thread_id, s.root_thread_id, s.created_at, s.finished_at < $1 AS old FROM run_state s
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
    locked = await tombstones.lock(conn, old)
    gone = [run.thread_id for run in locked if run.status is not None and run.needed_by is None]
    if gone:
        await tombstones.remove(conn, gone)
        await conn.execute(_SAID, gone, before.isoformat(timespec="seconds"))
        await tombstones.vanish(
            conn, {row["root_thread_id"] for row in rows if row["thread_id"] in set(gone)}
        )
    return Batch(removed=len(gone), reached=(rows[-1]["created_at"], rows[-1]["thread_id"]))


async def forget_families(conn: Conn, before: datetime) -> None:
    """Remove the tombstones of families whose last run was deleted before `before`."""
    await tombstones.vanish(conn, await tombstones.deleted_before(conn, before))


async def remove_hidden(conn: Conn) -> None:
    """Remove the steps of deleted runs that have been kept for others and are needed no more."""
    await tombstones.sweep(conn, await tombstones.with_hidden_steps(conn))
    await tombstones.forget_strays(conn)
