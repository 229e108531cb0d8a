"""Places of skills and models whose concurrency is limited over the cluster."""

from __future__ import annotations

from uuid import UUID

from agentskills.storage.database import Conn


async def take(conn: Conn, name: str, most: int, worker: UUID, thread_id: str, seq: int) -> bool:
    """Take one of `most` places for a step; False when all are held by living workers.

    A step that already holds one (its run was taken over) keeps it.
    """
    await conn.execute(
        """INSERT INTO slots (name, place)
           SELECT $1, g FROM generate_series(1, $2::int) g ON CONFLICT DO NOTHING""",
        name,
        most,
    )
    taken = await conn.fetchval(
        """UPDATE slots SET worker = $3, thread_id = $4, seq = $5
           WHERE (name, place) = (
               SELECT s.name, s.place FROM slots s
               WHERE s.name = $1 AND s.place <= $2 AND (
                   s.worker IS NULL OR (s.thread_id = $4 AND s.seq = $5) OR NOT EXISTS (
                       SELECT FROM workers w WHERE w.id = s.worker AND w.lease_until > clock_timestamp()))
               ORDER BY (s.thread_id = $4 AND s.seq = $5) DESC NULLS LAST, s.place
               LIMIT 1 FOR UPDATE SKIP LOCKED)
           RETURNING true""",
        name,
        most,
        worker,
        thread_id,
        seq,
    )
    return bool(taken)
