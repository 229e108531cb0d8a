"""Schedules, their due times and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from agentskills.api.params import Text
from agentskills.api.schemas.rerun import RerunRequest
from agentskills.api.schemas.shapes import Actor, Answer, Asked, JsonObject, Moment
from agentskills.api.schemas.start import StartRequest

Overlap: TypeAlias = Literal["skip", "queue_one", "allow", "cancel_other"]
FiringState: TypeAlias = Literal["fired", "queued", "skipped", "failed"]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]
CronText: TypeAlias = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly…",
    ),
]
Interval: TypeAlias = Annotated[
    int, Field(ge=1, le=366 * 24 * 3600, description="seconds between two due times, without drift")
]
ZoneName: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=100, description="such as Europe/Berlin; default UTC")
]
CatchUp: TypeAlias = Annotated[
    int,
    Field(
        ge=0,
        le=366 * 24 * 3600,
        description="how late, in seconds, a due time is still fired that was missed while nothing ran; "
        "older ones are recorded as skipped",
    ),
]
Note: TypeAlias = Annotated[str, Field(max_length=2000)]

_OVERLAP = (
    "what to do when the run started before is not over: skip this time; let one time wait for its end; "
    "start all the same; or cancel the other"
)


class ScheduledRerun(Asked):
    """The run to repeat, and how."""

    thread_id: str = Field(min_length=1, max_length=250)
    request: RerunRequest | None = Field(default=None, description="empty: the same again")


class _When(Asked):
    """When it comes due: just one of `cron`, `every_seconds` and `at`."""

    cron: CronText | None = None
    every_seconds: Interval | None = None
    at: Moment | None = Field(default=None, description="once")
    time_zone: ZoneName | None = None
    anchor: Moment | None = Field(
        default=None, description="intervals count from here; default: from when the interval is set"
    )


class ScheduleChange(_When):
    """What is to be different; what is left out stays.

    `cron`, `every_seconds` and `at` take each other's place, and so do `start` and `rerun`. Another
    rule counts from now on.
    """

    name: Name | None = None
    start: StartRequest | None = Field(
        default=None,
        description="a run to start, without thread_id; strings of initial_data, run_name and metadata may "
        "hold placeholders such as {{ scheduled_at }}",
    )
    rerun: ScheduledRerun | None = Field(
        default=None,
        description="or a run to repeat; placeholders also in changes",
    )
    overlap: Overlap | None = Field(default=None, description=_OVERLAP + "; default skip")
    catch_up_seconds: CatchUp | None = Field(default=None)


class ScheduleRequest(ScheduleChange):
    """A schedule: what it starts or reruns, and when."""

    name: Name = Field(description="what people call it")
    paused: bool | None = Field(default=None, description="begins paused")
    note: Note | None = Field(default=None, description="why it begins paused")


class SchedulePause(Asked):
    """Why a schedule is paused."""

    note: Note | None = None


class ScheduleReason(Asked):
    """Why, for the audit trail."""

    reason: str | None = Field(default=None, max_length=2000)


class SchedulePreviewRequest(_When):
    """A rule to be looked at."""

    count: Annotated[int, Field(ge=1, le=1000)] | None = Field(default=None, description="default 10")
    after: Moment | None = Field(default=None, description="default now")


class ScheduleBackfillRequest(Asked):
    """The window whose due times are to be fired."""

    start: Moment = Field(alias="from", description="due at or after")
    end: Moment = Field(alias="to", description="due before; not in the future")
    dry_run: bool | None = Field(default=None, description="only say which times these are")
    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class DueTime(Answer):
    """A due time."""

    at: datetime = Field(description="in UTC")
    local: datetime = Field(description="the same as clocks in the schedule's time zone show it")


class BackfillTime(DueTime):
    """A due time of the past."""

    has_firing: bool = Field(description="then it is left alone")


class ScheduleBackfill(Answer):
    """Which due times are fired, or with dry_run would be."""

    dry_run: bool
    rule: str = Field(description="the rule as it is now, which is used")
    count: int = Field(description="how many are fired, the earliest first")
    left_alone: int = Field(description="how many have a firing already")
    times: list[BackfillTime]


class SchedulePreview(Answer):
    """The next times of a rule, by cron those of the next 50 years."""

    rule: str = Field(description="in words")
    times: list[DueTime]


class FiringMark(Answer):
    """What became of a due time, in short."""

    due_at: datetime = Field(description="in UTC; when somebody asked, for `now`")
    local: datetime = Field(description="the same as clocks in the schedule's time zone show it")
    state: FiringState
    thread_id: str | None = Field(description="the run it started")
    run_status: str | None = Field(description="null where the run has gone, or there is none")
    reason: str | None = Field(description="why skipped, queued or failed")


class Firing(FiringMark):
    """What became of a due time."""

    schedule_id: str
    why: Literal["due", "now", "backfill"]
    run_name: str | None
    at: datetime = Field(description="when that became of it")


class FiringPage(Answer):
    """One page of firings, the latest due time first."""

    items: list[Firing]
    next_cursor: str | None


class RerunOf(Answer):
    """The run that a schedule repeats, and how."""

    thread_id: str
    request: JsonObject = Field(description="rerun request document")


class ScheduleItem(Answer):
    """A schedule."""

    id: str
    name: str
    start: JsonObject | None = Field(description="start request; or")
    rerun: RerunOf | None
    cron: str | None
    every_seconds: int | None
    at: datetime | None = Field(description="once")
    anchor: datetime | None = Field(description="what an interval counts from")
    time_zone: str
    rule: str = Field(description="when it comes due, in words")
    overlap: Overlap
    catch_up_seconds: int
    paused: bool
    note: str | None = Field(description="why it is paused")
    next: DueTime | None = Field(description="null: paused, or never again")
    runs: int = Field(description="how many it has started")
    last_firing: Firing | None = Field(description="the one with the latest due time")
    recent: list[FiringMark] = Field(description="its last 14 firings, the latest due time first")
    requested_by: Actor
    created_at: datetime
    updated_at: datetime


class ScheduleDetail(ScheduleItem):
    """A schedule with its next times."""

    next_times: list[DueTime] = Field(description="the next five, by cron those of the next 50 years")
    queued: int = Field(description="how many firings wait for their turn")


class SchedulePage(Answer):
    """One page of schedules, the newest first."""

    items: list[ScheduleItem]
    next_cursor: str | None


class ScheduleDeleted(Answer):
    """The schedule and the record of its firings are gone; its runs stay."""

    status: Literal["deleted"]
    id: str


class ScheduleQuery(BaseModel):
    """Which schedules."""

    model_config = ConfigDict(extra="forbid")

    paused: bool | None = Field(default=None, description="only those that are, or are not")
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)


class FiringQuery(BaseModel):
    """Which firings of a schedule."""

    model_config = ConfigDict(extra="forbid")

    state: list[FiringState] = Field(default=[], description="one of these (give it several times)")
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)
