"""Firings: what became of each due time of a schedule, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from agentskills.storage.database import Conn
from agentskills.storage.query import Query


class Firing(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a due time."""

    schedule_id: str
    due_at: datetime
    why: str  # due, now, backfill
    state: str  # fired, queued, skipped, failed
    thread_id: str | None = None  # the run it started
    reason: str | None = None  # why skipped, queued or failed
    at: datetime


class FiringRow(Firing, frozen=True, kw_only=True):
    """A firing with what became of its run."""

    run_name: str | None
    run_status: str | None


_ROW = """
    SELECT f.schedule_id, f.due_at, f.why, f.state, f.thread_id, f.reason, f.at,
           m.run_name, s.status AS run_status
    FROM ({page}) f
    LEFT JOIN run_metadata m ON m.thread_id = f.thread_id AND m.deleted_at IS NULL
    LEFT JOIN run_state s ON s.thread_id = f.thread_id
    ORDER BY f.due_at DESC"""


async def insert(conn: Conn, firings: Sequence[Firing]) -> set[datetime]:
    """Write firings of one or more schedules; return the due times that had none before."""
    rows = await conn.fetch(
        """INSERT INTO firings (schedule_id, due_at, why, state, thread_id, reason, at)
           SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[],
                                $7::timestamptz[])
           ON CONFLICT DO NOTHING RETURNING due_at""",
        *([getattr(firing, column) for firing in firings] for column in Firing.__struct_fields__),
    )
    return {row["due_at"] for row in rows}


async def settle(conn: Conn, firing: Firing) -> None:
    """Say what became of a firing that was queued."""
    await conn.execute(
        """UPDATE firings SET state = $3, thread_id = $4, reason = $5, at = $6
           WHERE schedule_id = $1 AND due_at = $2 AND state = 'queued'""",
        firing.schedule_id,
        firing.due_at,
        firing.state,
        firing.thread_id,
        firing.reason,
        firing.at,
    )


async def first_queued(conn: Conn, schedule_id: str) -> Firing | None:
    """Return the queued firing that was due first, or None."""
    row = await conn.fetchrow(
        """SELECT schedule_id, due_at, why, state, thread_id, reason, at FROM firings
           WHERE schedule_id = $1 AND state = 'queued' ORDER BY due_at LIMIT 1""",
        schedule_id,
    )
    return Firing(**row) if row else None


async def waits_its_turn(conn: Conn, schedule_id: str) -> datetime | None:
    """Return the due time of the firing that overlap has queued; backfilled ones don't count."""
    at: datetime | None = await conn.fetchval(
        """SELECT due_at FROM firings
           WHERE schedule_id = $1 AND state = 'queued' AND why <> 'backfill' LIMIT 1""",
        schedule_id,
    )
    return at


async def fired_before(conn: Conn, schedule_id: str, due_at: datetime) -> datetime | None:
    """Return the latest due time before `due_at` that started a run, or None."""
    at: datetime | None = await conn.fetchval(
        """SELECT due_at FROM firings WHERE schedule_id = $1 AND due_at < $2 AND state = 'fired'
           ORDER BY due_at DESC LIMIT 1""",
        schedule_id,
        due_at,
    )
    return at


async def known(conn: Conn, schedule_id: str, due: Sequence[datetime]) -> set[datetime]:
    """Return which of these due times have a firing already."""
    rows = await conn.fetch(
        "SELECT due_at FROM firings WHERE schedule_id = $1 AND due_at = ANY ($2::timestamptz[])",
        schedule_id,
        list(due),
    )
    return {row["due_at"] for row in rows}


async def latest(conn: Conn, schedule_ids: Sequence[str], each: int) -> dict[str, list[FiringRow]]:
    """Return up to `each` firings with the latest due times of each schedule, the latest first."""
    page = """SELECT last.* FROM unnest($1::text[]) AS asked(id) CROSS JOIN LATERAL (
                  SELECT * FROM firings WHERE schedule_id = asked.id ORDER BY due_at DESC LIMIT $2) AS last"""
    found: dict[str, list[FiringRow]] = {schedule_id: [] for schedule_id in schedule_ids}
    for row in await conn.fetch(_ROW.format(page=page), list(schedule_ids), each):
        found[row["schedule_id"]].append(FiringRow(**row))
    return found


async def one(conn: Conn, schedule_id: str, due_at: datetime) -> FiringRow:
    """Return a firing that is there."""
    page = "SELECT * FROM firings WHERE schedule_id = $1 AND due_at = $2"
    row = await conn.fetchrow(_ROW.format(page=page), schedule_id, due_at)
    assert row is not None
    return FiringRow(**row)


async def page(
    conn: Conn, schedule_id: str, *, states: Sequence[str], after: datetime | None, limit: int
) -> list[FiringRow]:
    """Return up to `limit` firings of a schedule, the latest due time first, earlier than `after`."""
    query = Query()
    query.add("schedule_id = {}", schedule_id)
    if states:
        query.add("state = ANY ({}::text[])", list(states))
    if after is not None:
        query.add("due_at < {}", after)
    most = query.parameter(limit)
    found = f"SELECT * FROM firings {query.where} ORDER BY due_at DESC LIMIT {most}"
    return [FiringRow(**row) for row in await conn.fetch(_ROW.format(page=found), *query.arguments)]


async def count_queued(conn: Conn, schedule_id: str) -> int:
    """Return how many firings of a schedule wait for their turn."""
    count: int = await conn.fetchval(
        "SELECT count(*) FROM firings WHERE schedule_id = $1 AND state = 'queued'", schedule_id
    )
    return count


async def forget_old(conn: Conn, before: datetime, limit: int) -> int:
    """Remove up to `limit` firings that were settled before `before`; return how many there were.

    The last one of each schedule that started a run stays: it is what the next run calls the one before.
    """
    done: str = await conn.execute(
        """DELETE FROM firings WHERE (schedule_id, due_at) IN (
               SELECT f.schedule_id, f.due_at FROM firings f
               WHERE f.at < $1 AND f.state <> 'queued' AND f.due_at < (
                   SELECT max(l.due_at) FROM firings l
                   WHERE l.schedule_id = f.schedule_id AND l.state = 'fired')
               LIMIT $2)""",
        before,
        limit,
    )
    return int(done.removeprefix("DELETE "))
