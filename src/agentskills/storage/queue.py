"""The run row as queue entry: claim, take over, wake, hand back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from agentskills.domain.run import ClaimedRun
from agentskills.storage.database import Conn

LANE_LIVE = 3  # answers, and runs under way
LANE_START = 2
LANE_BATCH = 1
LANE_RULE = 0  # schedules and policies

FORMATS = [1]
"""Formats of runs that this version can carry out."""

_RETURNING = """
    RETURNING s.thread_id, s.epoch, s.wake, s.version, s.stalls, s.cancel_requested, s.root_thread_id,
              m.sop, m.sop_digest, m.initial_data, m.skills, m.catalog, m.planner, m.model, m.limits,
              s.owned_ms, s.tokens, s.money, s.epoch = 1 AS fresh,
              m.parent_thread_id, m.request, m.given"""

_CLAIM = f"""
    WITH lanes AS (SELECT * FROM unnest($2::smallint[], $3::int[]) AS l(lane, most)),
    due AS (
        SELECT d.thread_id FROM lanes l CROSS JOIN LATERAL (
            SELECT s.thread_id FROM run_state s
            WHERE s.owner IS NULL AND s.wake_at IS NOT NULL AND s.wake_at <= now()
              AND s.lane = l.lane AND s.format = ANY ($4::smallint[])
            ORDER BY s.wake_at LIMIT l.most
            FOR NO KEY UPDATE SKIP LOCKED) d
        LIMIT $5)
    UPDATE run_state s
    SET owner = $1, epoch = s.epoch + 1, status = 'running', wake_at = NULL, version = s.version + 1,
        lane = {LANE_LIVE}, started_at = coalesce(s.started_at, now())
    FROM due d JOIN run_metadata m ON m.thread_id = d.thread_id
    WHERE s.thread_id = d.thread_id
    {_RETURNING}"""

_LEFT_BY_THE_DEAD = """s.owner IS NOT NULL AND NOT EXISTS (
            SELECT FROM workers w WHERE w.id = s.owner AND w.lease_until > clock_timestamp())"""
_LOST_SIGHT_OF = "s.owner = $1 AND s.thread_id <> ALL ($4::text[])"

_TAKE_OVER = """
    WITH dead AS (
        SELECT s.thread_id FROM run_state s
        WHERE {which} AND s.format = ANY ($2::smallint[])
        LIMIT $3
        FOR NO KEY UPDATE OF s SKIP LOCKED),
    reached AS (
        SELECT d.thread_id, coalesce(
            (SELECT max(r.version) FROM run_steps r WHERE r.thread_id = d.thread_id), 0) AS version
        FROM dead d)
    UPDATE run_state s
    SET owner = $1, epoch = s.epoch + 1, version = greatest(s.version, d.version) + 1,
        stalls = CASE WHEN d.version > s.version THEN 1 ELSE s.stalls + 1 END
    FROM reached d JOIN run_metadata m ON m.thread_id = d.thread_id
    WHERE s.thread_id = d.thread_id
    {returning}"""


async def claim(conn: Conn, worker: UUID, lanes: dict[int, int], most: int) -> list[ClaimedRun]:
    """Claim up to `most` runs that are due and free.

    `lanes` says how many may come from each lane, in the order they are looked at.
    """
    rows = await conn.fetch(_CLAIM, worker, list(lanes), list(lanes.values()), FORMATS, most)
    return [ClaimedRun(**row) for row in rows]


async def take_over(conn: Conn, worker: UUID, most: int) -> list[ClaimedRun]:
    """Claim up to `most` runs whose owner's lease has lapsed."""
    query = _TAKE_OVER.format(which=_LEFT_BY_THE_DEAD, returning=_RETURNING)
    return [ClaimedRun(**row) for row in await conn.fetch(query, worker, FORMATS, most)]


async def adopt(conn: Conn, worker: UUID, held: Sequence[str]) -> list[ClaimedRun]:
    """Claim again what this worker owns but does not hold: a claim whose answer was lost, a dropped run."""
    query = _TAKE_OVER.format(which=_LOST_SIGHT_OF, returning=_RETURNING)
    return [ClaimedRun(**row) for row in await conn.fetch(query, worker, FORMATS, 100, list(held))]


async def to_cancel(conn: Conn, worker: UUID) -> list[str]:
    """Return which of the worker's runs somebody wants cancelled."""
    rows = await conn.fetch("SELECT thread_id FROM run_state WHERE owner = $1 AND cancel_requested", worker)
    return [row["thread_id"] for row in rows]


async def hand_back(conn: Conn, worker: UUID) -> list[str]:
    """Free every run this worker owns, due at once; return their ids."""
    rows = await conn.fetch(
        """WITH mine AS (
               SELECT thread_id FROM run_state WHERE owner = $1 ORDER BY thread_id FOR NO KEY UPDATE)
           UPDATE run_state s
           SET owner = NULL, epoch = s.epoch + 1, status = 'queued', wake_at = now(),
               version = greatest(s.version, coalesce(
                   (SELECT max(r.version) FROM run_steps r WHERE r.thread_id = s.thread_id), 0)) + 1
           FROM mine WHERE s.thread_id = mine.thread_id RETURNING s.thread_id""",
        worker,
    )
    return [row["thread_id"] for row in rows]


async def wake(conn: Conn, thread_ids: Iterable[str]) -> list[str]:
    """Make these runs due now, whatever they wait for; return those that have not finished.

    Call it in the transaction that causes it, and notify `asf_wake` after the commit.
    """
    rows = await conn.fetch(
        f"""WITH mine AS (
               SELECT thread_id FROM run_state
               WHERE thread_id = ANY ($1::text[]) AND status IN ('queued', 'running', 'waiting')
               ORDER BY thread_id FOR NO KEY UPDATE)
           UPDATE run_state s
           SET wake = s.wake + 1, wake_at = least(coalesce(s.wake_at, 'infinity'), now()), lane = {LANE_LIVE}
           FROM mine WHERE s.thread_id = mine.thread_id RETURNING s.thread_id""",
        list(thread_ids),
    )
    return [row["thread_id"] for row in rows]


async def request_cancel(conn: Conn, thread_id: str) -> bool:
    """Ask the run's owner, or the next one, to cancel it; False if it has finished."""
    if not await wake(conn, [thread_id]):
        return False
    await conn.execute("UPDATE run_state SET cancel_requested = true WHERE thread_id = $1", thread_id)
    return True


async def stirred(conn: Conn, worker: UUID, seen: Sequence[tuple[str, int]]) -> list[str]:
    """Return which of the worker's runs were woken since (thread_id, wake) was seen."""
    rows = await conn.fetch(
        """SELECT s.thread_id FROM run_state s
           JOIN unnest($2::text[], $3::int[]) AS t(thread_id, wake) ON t.thread_id = s.thread_id
           WHERE s.owner = $1 AND s.wake <> t.wake""",
        worker,
        [thread_id for thread_id, _ in seen],
        [wake_seen for _, wake_seen in seen],
    )
    return [row["thread_id"] for row in rows]


async def soonest(conn: Conn, lanes: Sequence[int]) -> float | None:
    """Return in how many seconds the next free run of these lanes will be due, or None.

    What was due already when the transaction began was there for its claim, and is not meant.
    """
    value: float | None = await conn.fetchval(
        """SELECT extract(epoch FROM min(next.wake_at) - clock_timestamp())::float8
           FROM unnest($1::smallint[]) AS l(lane) CROSS JOIN LATERAL (
               SELECT s.wake_at FROM run_state s
               WHERE s.owner IS NULL AND s.wake_at IS NOT NULL AND s.lane = l.lane AND s.wake_at > now()
               ORDER BY s.wake_at LIMIT 1) AS next""",
        list(lanes),
    )
    return value


async def look(conn: Conn, thread_id: str) -> tuple[int, int, bool]:
    """Return (epoch, wake, cancel_requested) of a run as it stands; epoch -1 where nobody owns it."""
    row = await conn.fetchrow(
        """SELECT epoch, wake, cancel_requested FROM run_state
           WHERE thread_id = $1 AND owner IS NOT NULL""",
        thread_id,
    )
    return (row["epoch"], row["wake"], row["cancel_requested"]) if row else (-1, -1, False)
