"""Schedules and firings as documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from agentskills.domain.errors import BadInput
from agentskills.domain.timing import Timing
from agentskills.executors.secrets import redact
from agentskills.storage.firings import FiringRow
from agentskills.storage.schedules import Schedule


def schedule_document(schedule: Schedule, recent: Sequence[FiringRow]) -> dict[str, Any]:
    """Return a schedule as lists show it; `recent` are its last firings, the latest due time first."""
    rerun = None
    if schedule.reruns is not None:
        rerun = {"thread_id": schedule.reruns, "request": redact(schedule.rerun)}
    return {
        "id": schedule.id,
        "name": schedule.name,
        "start": redact(schedule.starts),
        "rerun": rerun,
        "cron": schedule.cron,
        "every_seconds": schedule.every_seconds,
        "at": schedule.once_at,
        "anchor": schedule.anchor if schedule.every_seconds is not None else None,
        "time_zone": schedule.time_zone,
        "rule": schedule.timing.words(),
        "overlap": schedule.overlap,
        "catch_up_seconds": schedule.catch_up_seconds,
        "paused": schedule.paused,
        "note": schedule.note,
        "next": time_document(schedule.timing, schedule.next_at) if schedule.next_at else None,
        "runs": schedule.runs,
        "last_firing": firing_document(recent[0], schedule.timing) if recent else None,
        "recent": [_mark(firing, schedule.timing) for firing in recent],
        "requested_by": schedule.requested_by,
        "created_at": schedule.created_at,
        "updated_at": schedule.updated_at,
    }


def firing_document(firing: FiringRow, timing: Timing) -> dict[str, Any]:
    """Return what became of a due time."""
    return {
        "schedule_id": firing.schedule_id,
        "due_at": firing.due_at,
        "local": _local(timing, firing.due_at),
        "why": firing.why,
        "state": firing.state,
        "thread_id": firing.thread_id,
        "run_name": firing.run_name,
        "run_status": firing.run_status,
        "reason": redact(firing.reason),
        "at": firing.at,
    }


def _mark(firing: FiringRow, timing: Timing) -> dict[str, Any]:
    whole = firing_document(firing, timing)
    return {name: whole[name] for name in ("due_at", "local", "state", "thread_id", "run_status", "reason")}


def time_document(timing: Timing, at: datetime) -> dict[str, Any]:
    """Return a due time, in UTC and as clocks in the schedule's zone show it."""
    return {"at": at, "local": _local(timing, at)}


def time_documents(timing: Timing, times: Iterable[datetime]) -> list[dict[str, Any]]:
    """Return due times, in UTC and as clocks in the schedule's zone show them."""
    return [time_document(timing, at) for at in times]


def _local(timing: Timing, at: datetime) -> datetime:
    try:
        return timing.local(at)
    except BadInput:  # the zone has gone from the machine since it was saved
        return at
