"""Schedules: make, look at, change, pause, resume, fire now, delete."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from agentskills.domain.clock import now
from agentskills.domain.errors import BadInput, ScheduleNotFound
from agentskills.domain.timing import Timing
from agentskills.services import naming
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.firing import fire_now
from agentskills.services.idempotency import Answered, once
from agentskills.services.schedule_check import check_action
from agentskills.services.schedule_document import firing_document, schedule_document, time_documents
from agentskills.settings import Settings
from agentskills.storage import audit, firings, schedules
from agentskills.storage.database import Conn
from agentskills.storage.schedules import Schedule

NEXT = 5
"""How many next times stand beside a schedule."""

RECENT = 14
"""How many of its last firings stand beside it."""


@dataclass(frozen=True, slots=True)
class ScheduleRequest:
    """What a schedule is to be; None: the default, or for a change: as it is."""

    name: str | None = None
    starts: dict[str, Any] | None = None  # start request, or
    reruns: str | None = None  # the run to repeat, with
    rerun: dict[str, Any] | None = None  # a rerun request document
    cron: str | None = None
    every_seconds: int | None = None
    once_at: datetime | None = None
    time_zone: str | None = None
    anchor: datetime | None = None  # intervals count from here; default: from when they are set
    overlap: str | None = None
    catch_up_seconds: int | None = None
    paused: bool | None = None  # only of a new one
    note: str | None = None

    def document(self) -> dict[str, Any]:
        """Return what is given, as JSON holds it."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in given.items()
            if value is not None
        }


_ACTION = ("starts", "reruns", "rerun")
_WHEN = ("cron", "every_seconds", "once_at")
_TIMES = (*_WHEN, "time_zone", "anchor")


async def create_schedule(
    context: Context, asked: ScheduleRequest, actor: Actor, *, key: str | None = None
) -> Answered:
    """Save a schedule; it comes due from now on, unless it begins paused.

    Raises `BadInput` and its kinds, naming the field, and what rerunning the run would raise.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        schedule = _new(asked, actor, now())
        await _check(conn, context.settings, schedule, actor)
        if not schedule.paused:
            schedule = msgspec.structs.replace(schedule, next_at=_next(schedule, now()))
        await schedules.insert(conn, schedule)
        detail = {"schedule_id": schedule.id, "name": schedule.name, "rule": schedule.timing.words()}
        await audit.record(conn, actor.document(), "schedule-create", schedule.reruns, detail=detail)
        return await _detail(conn, schedule)

    return await once(context, key, ["schedule", asked.document()], work)


def _new(asked: ScheduleRequest, actor: Actor, at: datetime) -> Schedule:
    return Schedule(
        id=naming.new_id("schedule"),
        name=_name(asked.name or ""),
        starts=asked.starts,
        reruns=asked.reruns,
        rerun=asked.rerun,
        cron=asked.cron,
        time_zone=asked.time_zone or "UTC",
        every_seconds=asked.every_seconds,
        once_at=asked.once_at,
        anchor=(asked.anchor or at).replace(microsecond=0),
        overlap=asked.overlap or "skip",
        catch_up_seconds=3600 if asked.catch_up_seconds is None else asked.catch_up_seconds,
        paused=bool(asked.paused),
        note=asked.note if asked.paused else None,
        next_at=None,
        runs=0,
        last_run=None,
        requested_by=actor.document(),
        created_at=at,
        updated_at=at,
    )


def _name(name: str) -> str:
    if not name.strip():
        raise BadInput("name is missing: what people call the schedule", pointer="/name")
    return name


async def _check(conn: Conn, settings: Settings, schedule: Schedule, actor: Actor) -> None:
    schedule.timing.check()
    await check_action(conn, settings, schedule, actor)


def _next(schedule: Schedule, at: datetime) -> datetime | None:
    """Return when a schedule comes due for the first time from now on; one time must lie ahead."""
    due = schedule.timing.next_after(at)
    if due is None:
        pointer = "/at" if schedule.once_at else "/cron"
        raise BadInput(f"{pointer[1:]} lies in the past; the schedule would never come due", pointer=pointer)
    return due


async def list_schedules(
    context: Context, paused: bool | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of schedules, the newest first."""
    after = Cursor.read(cursor, datetime, str)
    async with context.reading() as conn:
        found = await schedules.page(conn, paused=paused, after=after, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        last = await firings.latest(conn, [schedule.id for schedule in found], RECENT)
    return {
        "items": [schedule_document(schedule, last[schedule.id]) for schedule in found],
        "next_cursor": Cursor.write(found[-1].created_at, found[-1].id) if more else None,
    }


async def schedule(context: Context, schedule_id: str) -> dict[str, Any]:
    """Return one schedule with its next times. Raises `ScheduleNotFound`."""
    async with context.reading() as conn:
        return await _detail(conn, await found_schedule(conn, schedule_id))


async def found_schedule(conn: Conn, schedule_id: str, *, lock: bool = False) -> Schedule:
    """Return a schedule. Raises `ScheduleNotFound`."""
    found = await schedules.get(conn, schedule_id, lock=lock)
    if found is None:
        raise ScheduleNotFound(f"there is no schedule {schedule_id!r}")
    return found


async def _detail(conn: Conn, schedule: Schedule) -> dict[str, Any]:
    last = await firings.latest(conn, [schedule.id], RECENT)
    times: list[datetime] = []
    if schedule.next_at is not None:
        later = await asyncio.to_thread(schedule.timing.ahead, schedule.next_at, NEXT - 1)
        times = [schedule.next_at, *later]
    return schedule_document(schedule, last[schedule.id]) | {
        "next_times": time_documents(schedule.timing, times),
        "queued": await firings.count_queued(conn, schedule.id),
    }


async def list_firings(
    context: Context, schedule_id: str, states: list[str], cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of what became of a schedule's due times, the latest first."""
    after = Cursor.read(cursor, datetime)
    async with context.reading() as conn:
        timing = (await found_schedule(conn, schedule_id)).timing
        found = await firings.page(
            conn, schedule_id, states=states, after=after[0] if after else None, limit=limit + 1
        )
    more = len(found) > limit
    found = found[:limit]
    return {
        "items": [firing_document(firing, timing) for firing in found],
        "next_cursor": Cursor.write(found[-1].due_at) if more else None,
    }


async def preview(timing: Timing, count: int, after: datetime | None) -> dict[str, Any]:
    """Return the next `count` due times of a rule, later than `after` or now. Raises `BadInput`.

    By cron these are the ones of the next 50 years.
    """
    start = after or now()
    if timing.anchor is None:
        timing = replace(timing, anchor=start.replace(microsecond=0))
    timing.check()
    times = await asyncio.to_thread(timing.ahead, start, count)
    return {"rule": timing.words(), "times": time_documents(timing, times)}


async def change_schedule(
    context: Context, schedule_id: str, asked: ScheduleRequest, actor: Actor
) -> dict[str, Any]:
    """Change the given fields; another rule counts from now on, and what it starts is checked anew.

    Raises `ScheduleNotFound` and what `create_schedule` raises.
    """
    given = asked.document()

    async def work(conn: Conn) -> dict[str, Any]:
        before = await found_schedule(conn, schedule_id, lock=True)
        after = _changed(before, asked, now())
        _name(after.name)
        await _check(conn, context.settings, after, actor)
        if given.keys() & set(_TIMES) and not after.paused:
            after = msgspec.structs.replace(after, next_at=_next(after, now()))
        fields = {name: getattr(after, name) for name in Schedule.__struct_fields__}
        changed = {name: value for name, value in fields.items() if value != getattr(before, name)}
        await schedules.change(conn, schedule_id, changed)
        detail = {"schedule_id": schedule_id, "name": after.name, "changed": sorted(given)}
        await audit.record(conn, actor.document(), "schedule-change", after.reruns, detail=detail)
        return await _detail(conn, after)

    return await context.in_transaction(work)


def _changed(before: Schedule, asked: ScheduleRequest, at: datetime) -> Schedule:
    """Return a schedule with the given fields; one way to start, or to come due, replaces the other."""
    fields = {
        name: value
        for name in asked.__slots__
        if name != "paused" and (value := getattr(asked, name)) is not None
    }
    if fields.keys() & set(_ACTION):
        fields = dict.fromkeys(_ACTION) | fields
    if fields.keys() & set(_WHEN):
        fields = dict.fromkeys(_WHEN) | fields
        if asked.every_seconds is not None and before.every_seconds is None:
            fields.setdefault("anchor", at)
    if "anchor" in fields:
        fields["anchor"] = fields["anchor"].replace(microsecond=0)
    return msgspec.structs.replace(before, **fields, updated_at=at)


async def pause_schedule(
    context: Context, schedule_id: str, note: str | None, actor: Actor
) -> dict[str, Any]:
    """Let a schedule come due no more until it is resumed; a second time only changes the note."""

    async def work(conn: Conn) -> dict[str, Any]:
        before = await found_schedule(conn, schedule_id, lock=True)
        fields = {"paused": True, "note": note, "next_at": None, "updated_at": now()}
        return await _moved(conn, before, fields, "schedule-pause", note, actor)

    return await context.in_transaction(work)


async def resume_schedule(
    context: Context, schedule_id: str, reason: str | None, actor: Actor
) -> dict[str, Any]:
    """Let a schedule come due again, from now on: what came due meanwhile is not fired."""

    async def work(conn: Conn) -> dict[str, Any]:
        before = await found_schedule(conn, schedule_id, lock=True)
        if not before.paused:
            return await _detail(conn, before)
        fields = {"paused": False, "note": None, "updated_at": now()}
        fields["next_at"] = before.timing.next_after(now())
        return await _moved(conn, before, fields, "schedule-resume", reason, actor)

    return await context.in_transaction(work)


async def _moved(
    conn: Conn, before: Schedule, fields: dict[str, Any], action: str, reason: str | None, actor: Actor
) -> dict[str, Any]:
    await schedules.change(conn, before.id, fields)
    detail = {"schedule_id": before.id, "name": before.name}
    await audit.record(conn, actor.document(), action, reason=reason, detail=detail)
    return await _detail(conn, msgspec.structs.replace(before, **fields))


async def delete_schedule(
    context: Context, schedule_id: str, reason: str | None, actor: Actor
) -> dict[str, Any]:
    """Delete a schedule and the record of its firings; the runs that it has started stay."""

    async def work(conn: Conn) -> dict[str, Any]:
        before = await found_schedule(conn, schedule_id, lock=True)
        await schedules.delete(conn, schedule_id)
        detail = {"schedule_id": schedule_id, "name": before.name, "rule": before.timing.words()}
        await audit.record(conn, actor.document(), "schedule-delete", reason=reason, detail=detail)
        return {"status": "deleted", "id": schedule_id}

    return await context.in_transaction(work)


async def run_now(
    context: Context, schedule_id: str, reason: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """Fire a schedule at once, also a paused one, and return the firing; overlap applies."""
    woken: list[str] = []

    async def work(conn: Conn) -> dict[str, Any]:
        woken.clear()
        found = await found_schedule(conn, schedule_id, lock=True)
        due = now()
        while due in await firings.known(conn, schedule_id, [due]):
            due += timedelta(microseconds=1)
        fired = await fire_now(conn, context.settings, found, due, actor)
        woken.extend(fired.woken)
        detail = {"schedule_id": schedule_id, "name": found.name}
        thread_id = fired.firing.thread_id if fired.firing else None
        await audit.record(
            conn, actor.document(), "schedule-run-now", thread_id, reason=reason, detail=detail
        )
        return firing_document(await firings.one(conn, schedule_id, due), found.timing)

    answered = await once(context, key, ["schedule-run-now", schedule_id, reason], work)
    if woken:
        context.notifier.woken(woken)
    return answered
