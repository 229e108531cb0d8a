"""Runs: rows of the list, metadata, detail, status."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from agentskills.api.params import Text
from agentskills.api.schemas.shapes import Actor, Answer, JsonObject, Number, QueryMoment, RunError
from agentskills.api.schemas.waits import Waiting, WaitingFor
from agentskills.domain.status import RunStatus


class Dismissed(Answer):
    """A failure that nobody will mend."""

    at: datetime
    by: Actor
    note: str | None


class FamilyLatest(Answer):
    """The newest rerun of a family."""

    thread_id: str
    run_name: str
    status: RunStatus
    created_at: datetime
    rerun_number: int


class RunFamily(Answer):
    """The reruns below a root."""

    reruns: int = Field(description="reruns in the whole family")
    latest: FamilyLatest | None


class RunItem(Answer):
    """A row of the runs list."""

    thread_id: str
    run_name: str
    status: RunStatus
    sop_name: str | None
    sop_title: str = Field(
        description="first line of the SOP, without markdown signs, at most 120 characters"
    )
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    parent_thread_id: str | None
    root_thread_id: str
    rerun_count: int = Field(description="how often this very run has been rerun")
    rerun_number: int = Field(description="the number in its own id; 0 for a root")
    metadata: JsonObject
    error: RunError | None
    waiting: list[WaitingFor] | None
    planner: str | None
    model: str | None
    requested_by: Actor
    tokens: int
    money: Number | None = Field(description="US dollars; null where a price is unknown")
    not_repeated: int = Field(description="effects honoured by receipt")
    dry: bool = Field(description="a rerun with effects: none, in which nothing went out")
    fixed_by: str | None = Field(description="of a failed run: the nearest rerun below it that completed")
    dismissed: Dismissed | None = Field(description="of a failed run: nobody will mend it")
    rerunnable: Literal["yes", "no"]
    rerunnable_why: str | None = Field(description="why not, or what is restricted")
    shown: JsonObject = Field(
        description="values of initial_data at the paths of `show`; one that takes over 200 characters "
        'is {"cut": its beginning}'
    )
    family: RunFamily | None = Field(description="with `folded`: the reruns below it")


class RunPage(Answer):
    """One page of runs, the newest first."""

    items: list[RunItem]
    next_cursor: str | None


class RunCount(Answer):
    """How many runs a filter finds; counting stops at 1,000."""

    count: int
    capped: bool = Field(description="there are more, or there may be")
    partial: bool = Field(
        description="counting stopped after 1,000 runs in all, and each status may have more; "
        "so it is where filters are about names, texts and data"
    )
    by_status: dict[RunStatus, int] = Field(description="under the other filters; each stops at 1,000")
    attention: int = Field(
        description="how many of them need attention, whatever their status; stops at 1,000"
    )


class ActivityBucket(Answer):
    """The runs that were created in one part of the time."""

    at: datetime = Field(description="its beginning")
    by_status: dict[RunStatus, int] = Field(
        description="runs by status, without those of which there are none"
    )


class RunActivity(Answer):
    """When the runs that a filter finds were created."""

    model_config = ConfigDict(populate_by_name=True)

    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")
    bucket_seconds: Number
    buckets: list[ActivityBucket]
    exact: bool = Field(description="false: estimated from a sample, since counting would take too long")


class RunMetadata(Answer):
    """What was asked for: written once."""

    thread_id: str
    run_name: str
    sop: str
    sop_name: str | None
    initial_data: JsonObject
    created_at: datetime
    parent_thread_id: str | None
    root_thread_id: str
    rerun_count: int = Field(description="how often this very run has been rerun")
    rerun_number: int = Field(description="the number in its own id; 0 for a root")
    metadata: JsonObject
    skills: list[str] | None = Field(description="the goal, where the request lists one")
    planner: str | None
    model: str | None
    catalog: str | None = Field(description="digest of the catalogue snapshot the run is pinned to")
    limits: JsonObject
    request: JsonObject | None = Field(description="the rerun request, as a document")
    requested_by: Actor
    not_before: datetime | None


class RerunItem(Answer):
    """A run of the same family, in short."""

    thread_id: str
    run_name: str
    status: RunStatus
    created_at: datetime
    parent_thread_id: str | None
    rerun_number: int


class RunDetail(RunMetadata):
    """A run with its state."""

    status: RunStatus
    waiting: list[Waiting] | None
    error: RunError | None
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested: bool
    owned_ms: int = Field(description="milliseconds that workers have had it")
    tokens: int
    money: Number | None = Field(description="US dollars; null where a price is unknown")
    not_repeated: int = Field(description="effects honoured by receipt")
    dry: bool = Field(description="a rerun with effects: none, in which nothing went out")
    version: int = Field(description="of the last change")
    rerunnable: Literal["yes", "no"]
    rerunnable_why: str | None = Field(description="why not, or what is restricted")
    fixed_by: str | None = Field(description="of a failed run: the nearest rerun below it that completed")
    dismissed: Dismissed | None = Field(description="of a failed run: nobody will mend it")
    signature: str | None = Field(
        description="of a failed run: what it has in common with others of its kind"
    )
    cancellable: bool
    parent: RerunItem | None
    reruns: list[RerunItem] = Field(description="reruns of this very run, the newest first, at most 50")
    reruns_by_kind: dict[str, int] = Field(
        description="reruns in the whole family by who asked: person, api_key, batch, schedule, policy…"
    )


class RunState(Answer):
    """Where a run stands, with the data it has gathered."""

    thread_id: str
    status: RunStatus
    waiting: list[Waiting] | None
    error: RunError | None
    data_store: JsonObject


class RunFilter(BaseModel):
    """Which runs; filters that are given must all hold."""

    model_config = ConfigDict(extra="forbid")

    status: list[RunStatus] = Field(default=[], description="one of these (give it several times)")
    name: Text | None = Field(default=None, max_length=200, description="start of the run's name or id")
    q: Text | None = Field(default=None, max_length=500, description="words in the SOP's text")
    sop_name: Text | None = Field(default=None, max_length=200)
    initial_data: Text | None = Field(
        default=None, max_length=10_000, description="JSON object that initial_data contains"
    )
    metadata: Text | None = Field(
        default=None, max_length=10_000, description="JSON object that metadata contains"
    )
    created_after: QueryMoment | None = Field(default=None, description="at or after")
    created_before: QueryMoment | None = Field(default=None, description="before")
    parent: Text | None = Field(default=None, max_length=250, description="reruns of this very run")
    root: Text | None = Field(default=None, max_length=250, description="the family of this run")
    failed_skill: Text | None = Field(
        default=None, max_length=200, description="runs that failed in this skill; empty: in none"
    )
    signature: Text | None = Field(
        default=None, max_length=500, description="runs that failed like this, as a group of failures says"
    )
    dry: bool | None = Field(
        default=None, description="only reruns with effects: none (true), or only other runs (false)"
    )
    open: bool = Field(
        default=False,
        description="failed, and neither fixed by a later run nor dismissed; without effects: none",
    )
    attention: bool = Field(
        default=False,
        description="what a person has to look at: `open`, or waiting for an answer of a person; "
        "without effects: none",
    )
    skill: Text | None = Field(
        default=None, min_length=1, max_length=200, description="runs with a step of this skill"
    )
    skill_digest: str | None = Field(
        default=None,
        pattern="^[0-9a-f]{8,64}$",
        description="with `skill`: in this version; known by the first 8 digits of its digest",
    )
    folded: bool = Field(
        default=False, description="only roots, one row for each family; the other filters are for the root"
    )


class RunQuery(RunFilter):
    """A page of the runs that a filter finds."""

    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)
    thread_id: list[Annotated[Text, Field(max_length=250)]] = Field(
        default=[], max_length=100, description="none but these runs (give it several times)"
    )
    show: list[Annotated[Text, Field(max_length=500)]] = Field(
        default=[], max_length=10, description="data paths of initial_data such as order.id: see `shown`"
    )


class ActivityQuery(RunFilter):
    """The runs that a filter finds, in time."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    since: QueryMoment | None = Field(
        default=None, alias="from", description="created at or after; without it 24 hours before `to`"
    )
    until: QueryMoment | None = Field(default=None, alias="to", description="created before; default now")
    buckets: int = Field(default=48, ge=1, le=200, description="equal parts of that time")
