"""Batches: bulk reruns with items, progress and an end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from agentskills.api.params import Text
from agentskills.api.schemas.plan import Plan, PlanTotal
from agentskills.api.schemas.rerun import RerunRequest
from agentskills.api.schemas.runs import RunFilter
from agentskills.api.schemas.shapes import Actor, Answer, Asked, JsonObject, Number
from agentskills.domain.batch import BatchStatus, ItemState
from agentskills.domain.json_text import json_str


def _as_text(value: Any) -> Any:
    return json_str(value) if type(value) is dict else value


Contained: TypeAlias = Annotated[
    Text | None,
    Field(default=None, max_length=10_000),
    BeforeValidator(_as_text),
    WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "string"}, {"type": "null"}]}),
]
Share: TypeAlias = Annotated[Number, Field(ge=0, lt=1, strict=False)]


class BatchFilter(RunFilter):
    """The filter of the list of runs, as JSON; its times are frozen when the batch is created."""

    initial_data: Contained = Field(default=None, description="contained in initial_data")
    metadata: Contained = Field(default=None, description="contained in the metadata")


class BatchBudget(Asked):
    """What the reruns of a batch may spend together; null: no limit."""

    tokens: int | None = Field(default=None, ge=1, le=2**53)
    money: Annotated[Number, Field(gt=0, le=10**9, strict=False)] | None = Field(
        default=None, description="US dollars"
    )


class BatchGate(Asked):
    """What must hold of each finished rerun of the canary, beside that it completed."""

    path: Text = Field(min_length=1, max_length=500, description="data path such as order.total")
    equals: Any = Field(default=None, description="the value that must stand there")
    exists: bool = Field(default=True, description="without `equals`: whether there must be a value")


class BatchRequest(Asked):
    """Which runs to rerun, by `ids` or by `filter`; how; and within which limits."""

    ids: list[Annotated[Text, Field(min_length=1, max_length=250)]] | None = Field(
        default=None, min_length=1, max_length=10_000, description="runs; duplicates count once"
    )
    filter: BatchFilter | None = Field(
        default=None,
        description="or the filter of the list of runs; without `dry` none that was only tried out",
    )
    rerun: RerunRequest | None = Field(
        default=None,
        description="what is to differ, as for one rerun; without it "
        "{from: failure, results: unchanged, skills: latest}",
    )
    name: Text | None = Field(default=None, min_length=1, max_length=200)
    reason: Text | None = Field(default=None, max_length=2000, description="for the audit trail")
    dry_run: bool = Field(default=False, description="only say what would be done (BatchPlan)")
    only_open: bool = Field(
        default=True,
        description="skip runs with a later success or a rerun that is under way, and failed runs whose "
        "rerun failed as well",
    )
    order: Literal["oldest", "newest"] | None = Field(
        default=None, description="which run comes first; without it ids as given, else the oldest"
    )
    order_by_key: Text | None = Field(
        default=None,
        max_length=500,
        description="data path of initial_data: runs with the same value go one at a time, in order",
    )
    concurrency: int = Field(default=100, ge=1, le=10_000, description="reruns at the same time")
    budget: BatchBudget | None = None
    canary: int | None = Field(default=None, ge=1, le=10_000, description="first so many, then the gate")
    gate: BatchGate | None = Field(default=None, description="without it the canary must have completed")
    stop_at_failure_rate: Share | None = Field(
        default=None, description="pauses by itself where a greater share of what has ended failed"
    )


class BatchCounts(Answer):
    """How many items stand where."""

    total: int
    pending: int
    running: int
    waiting: int = Field(description="for a person")
    succeeded: int
    failed: int
    cancelled: int
    refused: int = Field(description="the rerun can't be done as asked on this run")
    skipped: int = Field(description="no longer matched, or no longer open, when its turn came")


class BatchSpent(Answer):
    """What the reruns have cost so far."""

    tokens: int
    money: Number | None = Field(description="US dollars; null where a price is unknown")
    money_unknown: int = Field(description="reruns of which a price is unknown")


class BatchLimits(Answer):
    """What the reruns may cost; null: no limit."""

    tokens: int | None
    money: Number | None = Field(description="US dollars")


class BatchCanary(Answer):
    """The first items, and what became of them."""

    size: int
    gate: JsonObject | None = Field(description="{path, equals} or {path, exists}; null: completed")
    state: Literal["open", "waiting", "passed", "failed", "overruled"] = Field(
        description="waiting: for a person; overruled: a person went on all the same"
    )


class BatchPace(Answer):
    """How quickly the last reruns have ended."""

    per_minute: float
    ends_at: datetime | None = Field(description="when all have, at this rate; null while items are added")


class Batch(Answer):
    """A batch and how far it has come."""

    id: str
    name: str
    reason: str | None
    status: BatchStatus
    note: str | None = Field(description="why it is paused, aborted or has ended so, and who is waited for")
    counts: BatchCounts
    filled: bool = Field(description="all items are there; until then `counts.total` grows")
    expected: int | None = Field(description="runs that the filter found at creation, at most 10,000")
    expected_capped: bool = Field(description="there were more")
    spent: BatchSpent
    budget: BatchLimits
    pace: BatchPace | None = Field(description="null where it does not run, or too few have ended")
    canary: BatchCanary | None
    only_open: bool
    order: Literal["oldest", "newest"] | None = Field(description="null: ids in the order given")
    order_by_key: str | None
    concurrency: int
    stop_at_failure_rate: Number | None
    filter: JsonObject | None = Field(description="with its times frozen; null: chosen by id")
    rerun: JsonObject
    requested_by: Actor
    created_at: datetime
    finished_at: datetime | None


class BatchPage(Answer):
    """One page of batches, the newest first."""

    items: list[Batch]
    next_cursor: str | None


class BatchItem(Answer):
    """One run of a batch, and what became of its rerun."""

    source: str = Field(description="the run to rerun")
    run_name: str | None = Field(description="of the source; null where there is no such run")
    position: int
    state: ItemState
    thread_id: str | None = Field(description="its rerun")
    reason: str | None = Field(description="why refused, skipped or failed, or what the gate objects to")
    tokens: int = Field(description="of the rerun, once it has ended")
    money: Number | None = Field(description="US dollars; null where a price is unknown")
    updated_at: datetime


class BatchItemPage(Answer):
    """One page of items, in the order in which they are taken."""

    items: list[BatchItem]
    next_cursor: str | None


class BatchSample(Answer):
    """What would become of one run."""

    source: str
    outcome: Literal["rerun", "refused", "skipped"]
    reason: str | None = Field(description="why refused or skipped")
    plan: Plan | None


class BatchEffects(Answer):
    """What would become of the irreversible effects of a skill, in the sample."""

    skill: str
    state: str = Field(description="as in a plan: not_repeated, may_happen, needs_consent…")
    count: int


class BatchEstimate(Answer):
    """The sample's estimate carried over to all runs; null is unknown, never 0."""

    tokens: int | None
    money: Number | None = Field(description="US dollars")
    seconds: Number | None = Field(description="one after the other")


class BatchPlan(Answer):
    """What a batch would do; nothing has been started or stored."""

    dry_run: Literal[True]
    count: int = Field(description="runs that were named or that the filter finds, at most 10,000")
    capped: bool = Field(description="there are more")
    filter: JsonObject | None
    rerun: JsonObject
    sample: list[BatchSample] = Field(description="of the runs that would come first, at most 10")
    sampled: int
    refused: int = Field(description="of the sample")
    skipped: int = Field(description="of the sample")
    effects: list[BatchEffects]
    sample_estimate: PlanTotal = Field(description="summed over the sample")
    estimate: BatchEstimate


class BatchChange(Asked):
    """Pausing or aborting a batch."""

    reason: Text | None = Field(default=None, max_length=2000, description="for the audit trail")


class BatchResume(BatchChange):
    """Letting a batch go on, with other limits where they are given."""

    budget: BatchBudget | None = Field(default=None, description="limits that are given replace the earlier")
    concurrency: int | None = Field(default=None, ge=1, le=10_000)
    stop_at_failure_rate: Share | None = Field(default=None, description="null lifts it; left out it stays")


class BatchQuery(BaseModel):
    """A page of batches."""

    model_config = ConfigDict(extra="forbid")

    status: BatchStatus | None = None
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)


class BatchItemQuery(BaseModel):
    """A page of items."""

    model_config = ConfigDict(extra="forbid")

    state: list[ItemState] = Field(default=[], description="one of these (give it several times)")
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)
