"""Fire schedules: a due time, the run it starts and the next due time are one transaction.

Any worker does it, with the schedule's row locked; a due time that has a row in `firings` is over, whatever
became of it. So each is fired once, also when a worker is killed between any two lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from typing import Any

import structlog

from agentskills.domain.clock import now
from agentskills.domain.errors import AgentSkillsError, BadInput
from agentskills.domain.placeholders import Occasion, filled_fields
from agentskills.domain.rerun import request_from
from agentskills.engine.points import reach
from agentskills.services.actor import Actor
from agentskills.services.attempt import Made, Refused, attempted, passes
from agentskills.services.cancel import cancel_in
from agentskills.services.context import CROSSED, Context
from agentskills.services.rerun import rerun_in
from agentskills.services.start import StartRequest, start_in
from agentskills.settings import Settings
from agentskills.storage import audit, firings, schedules
from agentskills.storage.database import Conn
from agentskills.storage.firings import Firing
from agentskills.storage.queue import LANE_RULE, LANE_START
from agentskills.storage.schedules import Schedule

ON_TIME = timedelta(seconds=30)
"""A due time that is looked at no later than this is on time, whatever the catch-up window."""

PAGE = 1000
"""How many missed due times are written down in one transaction."""

STARTED = ("initial_data", "run_name", "metadata")
RERUN = ("changes", "initial_data", "run_name", "metadata")
"""Fields of requests in which placeholders are filled in."""

MAX_RUN_NAME = 200

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fired:
    """What one look at a schedule has brought about, to be told to workers after the commit."""

    firing: Firing | None
    woken: tuple[str, ...] = ()


async def fire_due(context: Context, at: datetime | None = None) -> bool:
    """Deal with one due time of one schedule, or with one queued firing; whether there was one.

    `at` is the time it is. A schedule that can't be dealt with is paused, so that it holds up no other.
    """
    moment = at or now()
    taken: Schedule | None = None

    async def work(conn: Conn) -> Fired | None:
        nonlocal taken
        taken = None
        if (taken := await schedules.take_due(conn, moment)) is not None:
            fired = await _due(conn, context.settings, taken, moment)
        elif (taken := await schedules.take_with_queued(conn)) is not None:
            fired = await _queued(conn, context.settings, taken, moment)
        else:
            return None
        reach("fire.before")
        return fired

    try:
        fired = await context.in_transaction(work)
    except Exception as error:
        if taken is None or isinstance(error, CROSSED) or passes(error):
            raise
        _log.exception("schedule.failed", schedule=taken.id)
        await _give_up(context, taken, error, moment)
        return True
    if fired is None:
        return False
    reach("fire.after")
    if fired.woken:
        context.notifier.woken(list(fired.woken))
    return True


async def fire_now(
    conn: Conn, settings: Settings, schedule: Schedule, due_at: datetime, actor: Actor
) -> Fired:
    """Fire a schedule, whose row is locked, because somebody asks; overlap applies."""
    return await _fire(conn, settings, schedule, due_at, "now", actor, due_at)


async def _give_up(context: Context, seen: Schedule, error: Exception, at: datetime) -> None:
    """Pause a schedule that can't be dealt with, and say why; unless it has changed since it was seen."""
    due = f"the time due at {_utc(seen.next_at)}" if seen.next_at else "what is queued"
    note = f"{due} can't be dealt with: {_said(error)}"

    async def work(conn: Conn) -> None:
        if await schedules.get(conn, seen.id, lock=True) != seen:
            return
        fields = {"paused": True, "note": note, "next_at": None, "updated_at": at}
        await schedules.change(conn, seen.id, fields)
        detail = {"schedule_id": seen.id, "name": seen.name}
        by = _actor(seen).document()
        await audit.record(conn, by, "schedule-pause", reason=note, detail=detail)
        told = {"due_at": seen.next_at} if seen.next_at else {}
        await _announce(conn, seen, "failed", told | {"reason": note})

    await context.in_transaction(work)


def _said(error: Exception) -> str:
    if isinstance(error, AgentSkillsError):
        return f"{error.type}: {error.detail}"
    return f"internal: {type(error).__name__}"


async def _due(conn: Conn, settings: Settings, schedule: Schedule, at: datetime) -> Fired:
    """Deal with the due time that nobody has looked at, or with all that are too old."""
    due = schedule.next_at
    assert due is not None
    oldest = at - max(timedelta(seconds=schedule.catch_up_seconds), ON_TIME)
    if due < oldest:
        last = await _miss(conn, schedule, due, oldest, at)
        await schedules.change(conn, schedule.id, {"next_at": schedule.timing.next_after(last)})
        return Fired(None)
    await schedules.change(conn, schedule.id, {"next_at": schedule.timing.next_after(due)})
    if due in await firings.known(conn, schedule.id, [due]):
        return Fired(None)
    return await _fire(conn, settings, schedule, due, "due", None, at)


async def _miss(conn: Conn, schedule: Schedule, due: datetime, oldest: datetime, at: datetime) -> datetime:
    """Write down what came due before the catch-up window, up to a page; return the last of it."""
    later = takewhile(lambda time: time < oldest, schedule.timing.walk(due))
    missed = [due, *islice(later, PAGE - 1)]
    reason = f"missed: nothing ran, and it is older than the catch-up window of {schedule.catch_up_seconds} s"
    new = await firings.insert(
        conn,
        [
            Firing(schedule_id=schedule.id, due_at=time, why="due", state="skipped", reason=reason, at=at)
            for time in missed
        ],
    )
    told = {"reason": reason, "due_at": missed[0], "until": missed[-1], "due_times": len(new)}
    await _announce(conn, schedule, "skipped", told)
    return missed[-1]


async def _queued(conn: Conn, settings: Settings, schedule: Schedule, at: datetime) -> Fired:
    """Fire what has waited for the run before to end."""
    firing = await firings.first_queued(conn, schedule.id)
    if firing is None:  # fired by another worker before the row was locked
        return Fired(None)
    return await _start(conn, settings, schedule, firing.due_at, firing.why, None, at, queued=True)


async def _fire(
    conn: Conn,
    settings: Settings,
    schedule: Schedule,
    due: datetime,
    why: str,
    actor: Actor | None,
    at: datetime,
) -> Fired:
    """Start a run for a due time, unless the run before is still under way and the schedule minds."""
    status = await schedules.unfinished(conn, schedule.last_run)
    if status is None or schedule.overlap == "allow":
        return await _start(conn, settings, schedule, due, why, actor, at)
    assert schedule.last_run is not None
    reason = f"overlap: {schedule.last_run} is {status}"
    if schedule.overlap == "cancel_other":
        await _cancel(conn, schedule, due)
        started = await _start(conn, settings, schedule, due, why, actor, at)
        return Fired(started.firing, (*started.woken, schedule.last_run))
    state = "skipped"
    if schedule.overlap == "queue_one":
        waiting = await firings.waits_its_turn(conn, schedule.id)
        if waiting is None:
            state = "queued"
        else:
            reason += f", and the firing of {waiting:%Y-%m-%dT%H:%M:%SZ} waits for its end already"
    firing = Firing(schedule_id=schedule.id, due_at=due, why=why, state=state, reason=reason, at=at)
    await firings.insert(conn, [firing])
    if state == "skipped":
        await _announce(conn, schedule, "skipped", {"due_at": due, "why": why, "reason": reason})
    return Fired(firing)


async def _cancel(conn: Conn, schedule: Schedule, due: datetime) -> None:
    """Cancel the run before; that it has ended by itself meanwhile is as good."""
    assert schedule.last_run is not None
    try:
        await cancel_in(
            conn, schedule.last_run, f"the firing of {_utc(due)} takes its place", _actor(schedule)
        )
    except AgentSkillsError as error:
        if error.status >= 500:
            raise


async def _start(
    conn: Conn,
    settings: Settings,
    schedule: Schedule,
    due: datetime,
    why: str,
    actor: Actor | None,
    at: datetime,
    *,
    queued: bool = False,
) -> Fired:
    """Start the run of a due time and write both down; a start that is refused is a failed firing."""
    thread_id, reason = await _tried(conn, settings, schedule, due, why, actor)
    firing = Firing(
        schedule_id=schedule.id,
        due_at=due,
        why=why,
        state="fired" if thread_id else "failed",
        thread_id=thread_id,
        reason=reason,
        at=at,
    )
    if queued:
        await firings.settle(conn, firing)
    else:
        await firings.insert(conn, [firing])
    if thread_id:
        await schedules.change(conn, schedule.id, {"runs": schedule.runs + 1, "last_run": thread_id})
    told = {"due_at": due, "why": why} | ({"thread_id": thread_id} if thread_id else {"reason": reason})
    await _announce(conn, schedule, firing.state, told)
    return Fired(firing, (thread_id,) if thread_id else ())


async def _tried(
    conn: Conn, settings: Settings, schedule: Schedule, due: datetime, why: str, actor: Actor | None
) -> tuple[str | None, str | None]:
    """Return the run that was started, or why there is none."""
    match await attempted(conn, lambda: _started(conn, settings, schedule, due, why, actor)):
        case Made(thread_id):
            return thread_id, None
        case Refused(AgentSkillsError() as error):
            return None, _said(error)
        case Refused(error):
            _log.error("schedule.failed", schedule=schedule.id, exc_info=error)
            return None, _said(error)


async def _started(
    conn: Conn, settings: Settings, schedule: Schedule, due: datetime, why: str, actor: Actor | None
) -> str:
    previous = await firings.fired_before(conn, schedule.id, due)
    values = occasion(schedule, due, previous, why).values()
    by = actor or _actor(schedule)
    lane = LANE_RULE if actor is None else LANE_START
    if schedule.starts is not None:
        fields = _filled(schedule.starts, STARTED, values)
        asked = StartRequest(**fields, thread_id=run_id(schedule.id, due))
        return (await start_in(conn, settings, asked, by, lane=lane)).thread_id
    assert schedule.reruns is not None
    assert schedule.rerun is not None
    request = _filled(schedule.rerun, RERUN, values)
    request.setdefault("reason", f"{schedule.name}, due {values['scheduled_at.local']}")
    made = await rerun_in(conn, settings, schedule.reruns, request_from(request), by, lane=lane)
    return made.thread_id


def _filled(document: dict[str, Any], fields: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = filled_fields(document, fields, values)
    name = found.get("run_name")
    if name is not None and len(str(name)) > MAX_RUN_NAME:
        raise BadInput(f"run_name is longer than {MAX_RUN_NAME} characters", pointer="/run_name")
    return found if name is None else found | {"run_name": str(name)}


def occasion(schedule: Schedule, due: datetime, previous: datetime | None, why: str) -> Occasion:
    """Return what placeholders can speak of."""
    return Occasion(
        schedule_id=schedule.id,
        schedule_name=schedule.name,
        time_zone=schedule.time_zone,
        local=schedule.timing.local(due),
        previous=schedule.timing.local(previous) if previous else None,
        number=schedule.runs + 1,
        why=why,
    )


def run_id(schedule_id: str, due: datetime) -> str:
    """Return the id of the run that a due time starts: the same whoever fires it."""
    return f"{schedule_id}_{_utc(due).replace('-', '').replace(':', '')}"


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _actor(schedule: Schedule) -> Actor:
    """Return who starts what a schedule starts: the schedule, for whoever has made it."""
    owner = schedule.requested_by
    return Actor("schedule", schedule.id, owner.get("on_behalf_of") or owner.get("name"))


async def _announce(conn: Conn, schedule: Schedule, what: str, told: dict[str, Any]) -> None:
    document = {name: _utc(value) if isinstance(value, datetime) else value for name, value in told.items()}
    await schedules.announce(
        conn, f"schedule.{what}", {"schedule_id": schedule.id, "name": schedule.name} | document
    )
