"""Deleted runs: what they held goes, their place in the family stays.

A step of a deleted run whose result another run's step points to stays, hidden, as long as that
other step is there; and all of them while a run of the family is under way, which may point to
any of them next.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec

from agentskills.storage import runs
from agentskills.storage.database import Conn

_KEPT_OF_REQUEST = [
    "format",
    "from",
    "plan",
    "results",
    "skills",
    "effects",
    "consent",
    "reason",
    "not_before",
]
"""What a tombstone still tells of the rerun request: how it was made, not on which data."""
_UNDER_WAY = "('queued', 'running', 'waiting')"


class Removable(msgspec.Struct, frozen=True, kw_only=True):
    """A run that is locked, as somebody wants to delete it."""

    thread_id: str
    status: str | None  # None: deleted already
    deleted_at: datetime | None
    finished_at: datetime | None
    needed_by: str | None  # a rerun of it, or a rerun of a rerun, that is under way


class Leftovers(msgspec.Struct, frozen=True, kw_only=True):
    """What may not be needed any more, by digest; see `drop_leftovers`."""

    sop_texts: Collection[str] = ()
    payloads: Collection[str] = ()


_LOCKED = f"""
    WITH RECURSIVE needed AS (
        SELECT m.parent_thread_id AS thread_id, s.thread_id AS needed_by
        FROM run_state s JOIN run_metadata m ON m.thread_id = s.thread_id
        WHERE s.root_thread_id = ANY ($2::text[]) AND s.status IN {_UNDER_WAY}
          AND m.parent_thread_id IS NOT NULL
        UNION
        SELECT m.parent_thread_id, n.needed_by FROM needed n JOIN run_metadata m ON m.thread_id = n.thread_id
        WHERE m.parent_thread_id IS NOT NULL)
    SELECT m.thread_id, s.status, m.deleted_at, s.finished_at,
           (SELECT min(n.needed_by) FROM needed n WHERE n.thread_id = m.thread_id) AS needed_by
    FROM run_metadata m LEFT JOIN run_state s ON s.thread_id = m.thread_id
    WHERE m.thread_id = ANY ($1::text[]) ORDER BY m.thread_id"""


async def lock(conn: Conn, thread_ids: Sequence[str]) -> list[Removable]:
    """Lock runs, and the numbers of their families, so that none is started or rerun meanwhile.

    A rerun takes its number (the root's row, or a lock in its place) before it is written: either
    it is here already, or it finds the tombstone.
    """
    ids = list(thread_ids)
    roots = await _roots(conn, ids)
    await conn.execute(
        "SELECT FROM run_state WHERE thread_id = ANY ($1::text[]) ORDER BY thread_id FOR UPDATE", ids
    )
    rows = await conn.fetch(
        """SELECT thread_id FROM run_metadata WHERE thread_id = ANY ($1::text[])
           ORDER BY thread_id FOR NO KEY UPDATE""",
        list({*ids, *roots}),
    )
    for root in sorted(set(roots) - {row["thread_id"] for row in rows}):
        await runs.lock_orphans(conn, root)
    return [Removable(**row) for row in await conn.fetch(_LOCKED, ids, roots)]


async def _roots(conn: Conn, ids: list[str]) -> list[str]:
    rows = await conn.fetch(
        "SELECT DISTINCT root_thread_id FROM run_metadata WHERE thread_id = ANY ($1::text[])", ids
    )
    return [row["root_thread_id"] for row in rows]


async def remove(conn: Conn, thread_ids: Sequence[str]) -> Leftovers:
    """Turn runs into tombstones; they must be locked, and not be under way.

    Effects, the audit and the number that the family has come to stay.
    """
    ids = list(thread_ids)
    roots = await _roots(conn, ids)
    texts = await conn.fetch(
        "SELECT DISTINCT sop_digest FROM run_metadata WHERE thread_id = ANY ($1::text[])", ids
    )
    for table in ("waits", "step_details", "effect_waiters", "run_state"):
        await conn.execute(f"DELETE FROM {table} WHERE thread_id = ANY ($1::text[])", ids)
    await conn.execute(
        """UPDATE run_metadata
           SET deleted_at = now(), sop = '', initial_data = '{}', metadata = '{}', given = '[]',
               run_name = NULL, sop_name = NULL, body_digest = NULL,
               request = (SELECT jsonb_object_agg(key, value) FROM jsonb_each(request)
                          WHERE key = ANY ($2::text[]))
           WHERE thread_id = ANY ($1::text[]) AND deleted_at IS NULL""",
        ids,
        _KEPT_OF_REQUEST,
    )
    payloads = await sweep(conn, roots)
    return Leftovers(sop_texts={row["sop_digest"] for row in texts}, payloads=payloads)


async def sweep(conn: Conn, roots: Sequence[str]) -> set[str]:
    """Remove the steps of deleted runs that nobody needs; return the digests of their payloads."""
    payloads: set[str] = set()
    while gone := await conn.fetch(_SWEEP, list(roots)):  # what pointed to a step goes before it
        payloads |= {row["payload"] for row in gone if row["payload"]}
    return payloads


_SWEEP = f"""
    DELETE FROM run_steps t USING run_metadata m
    WHERE m.root_thread_id = ANY ($1::text[]) AND m.deleted_at IS NOT NULL AND t.thread_id = m.thread_id
      AND NOT EXISTS (SELECT FROM run_state s
                      WHERE s.root_thread_id = m.root_thread_id AND s.status IN {_UNDER_WAY})
      AND NOT EXISTS (SELECT FROM run_steps u
                      WHERE u.reused_from IS NOT NULL AND u.reused_from ->> 'thread_id' = t.thread_id
                        AND (u.reused_from ->> 'seq')::integer = t.seq AND u.thread_id <> t.thread_id)
    RETURNING t.payload"""


async def with_hidden_steps(conn: Conn) -> list[str]:
    """Return the roots of families in which deleted runs still have steps."""
    rows = await conn.fetch(
        """SELECT DISTINCT m.root_thread_id FROM run_metadata m
           WHERE m.deleted_at IS NOT NULL
             AND EXISTS (SELECT FROM run_steps t WHERE t.thread_id = m.thread_id)"""
    )
    return [row["root_thread_id"] for row in rows]


async def deleted_before(conn: Conn, before: datetime) -> list[str]:
    """Return the roots of families in which runs were deleted before `before`, and none since."""
    rows = await conn.fetch(
        """SELECT root_thread_id FROM run_metadata WHERE deleted_at IS NOT NULL
           GROUP BY root_thread_id HAVING max(deleted_at) < $1""",
        before,
    )
    return [row["root_thread_id"] for row in rows]


async def vanish(conn: Conn, roots: Collection[str]) -> None:
    """Remove the tombstones of families in which no run is left.

    A start is audited by the run's own row; with the row it moves into the audit.
    """
    await conn.execute(
        """WITH gone AS (
               DELETE FROM run_metadata m
               WHERE m.root_thread_id = ANY ($1::text[]) AND m.deleted_at IS NOT NULL
                 AND NOT EXISTS (SELECT FROM run_state s WHERE s.root_thread_id = m.root_thread_id)
               RETURNING m.thread_id, m.created_at, m.requested_by, m.parent_thread_id, m.lane)
           INSERT INTO audit (at, actor, action, thread_id, reason)
           SELECT created_at, requested_by - 'reason', 'start', thread_id, requested_by ->> 'reason' FROM gone
           WHERE parent_thread_id IS NULL AND lane IS NOT NULL AND NOT EXISTS (
               SELECT FROM audit a WHERE a.thread_id = gone.thread_id AND a.action = 'start')""",
        list(roots),
    )


async def drop_leftovers(conn: Conn, left: Leftovers) -> None:
    """Remove those of these texts and payloads that nothing needs.

    Call it in a transaction of its own. Whoever writes a run or a step relies on a text or payload
    that is there already; the locks let those finish first, and nobody holds them long.
    """
    if left.sop_texts and (texts := await _unused(conn, _UNUSED_TEXTS, left.sop_texts)):
        await conn.execute("LOCK TABLE sop_texts IN SHARE ROW EXCLUSIVE MODE")
        await conn.execute(f"DELETE FROM sop_texts WHERE digest IN ({_UNUSED_TEXTS})", texts)
    if left.payloads and (payloads := await _unused(conn, _UNUSED_PAYLOADS, left.payloads)):
        await conn.execute("LOCK TABLE payloads IN SHARE ROW EXCLUSIVE MODE")
        await conn.execute(f"DELETE FROM payloads WHERE digest IN ({_UNUSED_PAYLOADS})", payloads)


_UNUSED_TEXTS = """
    SELECT t.digest FROM sop_texts t WHERE ($1::text[] IS NULL OR t.digest = ANY ($1))
      AND NOT EXISTS (SELECT FROM run_metadata m WHERE m.sop_digest = t.digest)"""
_UNUSED_PAYLOADS = """
    SELECT p.digest FROM payloads p WHERE ($1::text[] IS NULL OR p.digest = ANY ($1))
      AND NOT EXISTS (SELECT FROM run_steps t WHERE t.payload = p.digest)"""


async def _unused(conn: Conn, query: str, digests: Collection[str] | None) -> list[str]:
    given = None if digests is None else list(digests)
    return [row["digest"] for row in await conn.fetch(f"{query} LIMIT 1000", given)]


async def leftovers(conn: Conn) -> Leftovers:
    """Return texts and payloads that nothing needs, however they came to be left, at most 1,000 of each."""
    return Leftovers(
        sop_texts=await _unused(conn, _UNUSED_TEXTS, None),
        payloads=await _unused(conn, _UNUSED_PAYLOADS, None),
    )


async def forget_strays(conn: Conn) -> None:
    """Remove what came too late for runs that are gone: waiters for effects, details of steps."""
    await conn.execute(
        """DELETE FROM effect_waiters w
           WHERE NOT EXISTS (SELECT FROM run_state s WHERE s.thread_id = w.thread_id)"""
    )
    await conn.execute(
        """DELETE FROM step_details d USING run_metadata m
           WHERE m.deleted_at IS NOT NULL AND d.thread_id = m.thread_id"""
    )
