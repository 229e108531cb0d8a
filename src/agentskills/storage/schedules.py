"""Schedules: what is started or rerun, and when; rows that are due are claimed like runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from agentskills.domain.timing import Timing
from agentskills.storage.database import Conn
from agentskills.storage.query import Query


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule as it is stored."""

    id: str
    name: str
    starts: dict[str, Any] | None  # start request, or
    reruns: str | None  # the run to repeat, with
    rerun: dict[str, Any] | None  # a rerun request document
    cron: str | None
    time_zone: str
    every_seconds: int | None
    once_at: datetime | None
    anchor: datetime  # intervals count from here
    overlap: str
    catch_up_seconds: int
    paused: bool
    note: str | None  # why it is paused
    next_at: datetime | None  # the first due time nobody has looked at
    runs: int  # how many it has started
    last_run: str | None  # the last of them
    requested_by: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @property
    def timing(self) -> Timing:
        """When it comes due."""
        return Timing(self.cron, self.every_seconds, self.once_at, self.time_zone, self.anchor)


_COLUMNS = tuple(Schedule.__struct_fields__)
_READ = f"SELECT {', '.join(_COLUMNS)} FROM schedules"


async def insert(conn: Conn, schedule: Schedule) -> None:
    """Write a new schedule."""
    places = ", ".join(f"${number}" for number in range(1, len(_COLUMNS) + 1))
    await conn.execute(
        f"INSERT INTO schedules ({', '.join(_COLUMNS)}) VALUES ({places})",
        *(getattr(schedule, column) for column in _COLUMNS),
    )


async def change(conn: Conn, schedule_id: str, fields: Mapping[str, Any]) -> None:
    """Set columns of a schedule; its row should be locked."""
    columns = [column for column in _COLUMNS if column in fields]
    assert len(columns) == len(fields), f"no such columns: {set(fields) - set(columns)}"
    sets = ", ".join(f"{column} = ${number}" for number, column in enumerate(columns, 2))
    await conn.execute(
        f"UPDATE schedules SET {sets} WHERE id = $1", schedule_id, *(fields[column] for column in columns)
    )


async def delete(conn: Conn, schedule_id: str) -> None:
    """Remove a schedule and its firings; what it started stays."""
    await conn.execute("DELETE FROM schedules WHERE id = $1", schedule_id)


async def get(conn: Conn, schedule_id: str, *, lock: bool = False) -> Schedule | None:
    """Return a schedule, or None; with `lock` nobody fires or changes it until the transaction ends."""
    row = await conn.fetchrow(f"{_READ} WHERE id = $1" + (" FOR UPDATE" if lock else ""), schedule_id)
    return Schedule(**row) if row else None


async def page(
    conn: Conn, *, paused: bool | None, after: tuple[datetime, str] | None, limit: int
) -> list[Schedule]:
    """Return up to `limit` schedules, the newest first, older than `after` (created_at, id)."""
    query = Query()
    if paused is not None:
        query.add("paused = {}", paused)
    if after is not None:
        query.add("(created_at, id) < ({}, {})", *after)
    most = query.parameter(limit)
    rows = await conn.fetch(
        f"{_READ} {query.where} ORDER BY created_at DESC, id DESC LIMIT {most}", *query.arguments
    )
    return [Schedule(**row) for row in rows]


async def take_due(conn: Conn, now: datetime) -> Schedule | None:
    """Lock and return the schedule that has been due for longest and that nobody else has; or None."""
    row = await conn.fetchrow(
        f"""{_READ} WHERE NOT paused AND next_at IS NOT NULL AND next_at <= $1
            ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED""",
        now,
    )
    return Schedule(**row) if row else None


async def take_with_queued(conn: Conn) -> Schedule | None:
    """Lock and return a schedule with a queued firing whose turn has come, and that nobody else has."""
    row = await conn.fetchrow(
        f"""{_READ} AS s WHERE NOT paused
              AND id IN (SELECT schedule_id FROM firings WHERE state = 'queued')
              AND (overlap = 'allow' OR NOT EXISTS (
                  SELECT FROM run_state r WHERE r.thread_id = s.last_run
                    AND r.status IN ('queued', 'running', 'waiting')))
            LIMIT 1 FOR UPDATE SKIP LOCKED"""
    )
    return Schedule(**row) if row else None


async def unfinished(conn: Conn, thread_id: str | None) -> str | None:
    """Return the status of a run that is not over; None for one that is, or is not there."""
    status: str | None = await conn.fetchval(
        """SELECT status FROM run_state
           WHERE thread_id = $1 AND status IN ('queued', 'running', 'waiting')""",
        thread_id,
    )
    return status


async def announce(conn: Conn, event: str, told: dict[str, Any]) -> None:
    """Write an event down for webhooks that want to hear of it."""
    await conn.execute("SELECT announce($1, $2)", event, told)
