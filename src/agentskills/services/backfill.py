"""Fire what a schedule's rule says of the past: queued, and started one after the other by workers."""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import islice
from typing import Any

from agentskills.domain.clock import now
from agentskills.domain.errors import BadInput
from agentskills.domain.timing import Timing
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.idempotency import Answered, once
from agentskills.services.schedule_document import time_document
from agentskills.services.schedules import found_schedule
from agentskills.storage import audit, firings
from agentskills.storage.database import Conn
from agentskills.storage.firings import Firing

MOST = 1000
"""Due times of one backfill."""


async def backfill(
    context: Context,
    schedule_id: str,
    start: datetime,
    end: datetime,
    actor: Actor,
    *,
    dry_run: bool = False,
    reason: str | None = None,
    key: str | None = None,
) -> Answered:
    """Queue each time from `start` on and before `end` at which the rule, as it is now, comes due.

    Times that have a firing are left alone. With `dry_run` nothing changes and the answer is the same.
    Raises `ScheduleNotFound`, and `BadInput` for a window that is empty, in the future or too long.
    """
    if end <= start:
        raise BadInput("to must be later than from", pointer="/to")
    if end > now():
        raise BadInput("to lies in the future; the schedule itself fires what is to come", pointer="/to")

    async def work(conn: Conn) -> dict[str, Any]:
        schedule = await found_schedule(conn, schedule_id, lock=not dry_run)
        due = await asyncio.to_thread(_within, schedule.timing, start, end)
        if len(due) > MOST:
            raise BadInput(
                f"{schedule.timing.words()} comes due more than {MOST:,} times in between; "
                "choose a shorter window",
                pointer="/to",
            )
        known = await firings.known(conn, schedule_id, due)
        new = [time for time in due if time not in known]
        if not dry_run:
            await _queue(conn, schedule_id, new)
            detail = {
                "schedule_id": schedule_id,
                "name": schedule.name,
                "from": start.isoformat(),
                "to": end.isoformat(),
                "count": len(new),
            }
            await audit.record(conn, actor.document(), "schedule-backfill", reason=reason, detail=detail)
        return {
            "dry_run": dry_run,
            "rule": schedule.timing.words(),
            "count": len(new),
            "left_alone": len(due) - len(new),
            "times": [time_document(schedule.timing, time) | {"has_firing": time in known} for time in due],
        }

    asked = ["schedule-backfill", schedule_id, start.isoformat(), end.isoformat(), dry_run, reason]
    return await once(context, key, asked, work)


def _within(timing: Timing, start: datetime, end: datetime) -> list[datetime]:
    return list(islice(timing.between(start, end), MOST + 1))


async def _queue(conn: Conn, schedule_id: str, due: list[datetime]) -> None:
    at = now()
    reason = "backfill: waits for its turn"
    await firings.insert(
        conn,
        [
            Firing(schedule_id=schedule_id, due_at=time, why="backfill", state="queued", reason=reason, at=at)
            for time in due
        ],
    )
