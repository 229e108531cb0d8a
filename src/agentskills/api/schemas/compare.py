"""Comparing two runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from agentskills.api.schemas.shapes import Answer, Asked, Number, RunError
from agentskills.api.schemas.steps import Reused
from agentskills.domain.origins import Kind
from agentskills.domain.status import RunStatus, StepKind, StepStatus


class StepPair(Answer):
    """The numbers of two steps that stand for each other, each in its own run's numbering."""

    left: int | None
    right: int | None


class Ingredient(Answer):
    """One thing that differs by itself, and not because of an earlier step."""

    kind: Kind = Field(
        description="input: initial_data at `path`; skill_version, model, sop; planner_choice: decided "
        "otherwise on the same grounds; override: corrected by a person; answer: a person answered "
        "otherwise; outside_world: made of the same, another result; chance: a model asked the same; "
        "reused: taken over; not_reached: a run has not come this far"
    )
    name: str = Field(description="in words, such as `input order.total`")
    path: str | None
    skill: str | None
    left: Any = Field(description="the left run's: value, digest of a version, model…")
    right: Any
    detail: str | None


class Origin(Ingredient):
    """An ingredient with the steps at which it makes a difference; none where nothing depends on it."""

    steps: list[StepPair]


class DataDifference(Answer):
    """One place at which two values differ."""

    path: str
    change: Literal["added", "removed", "changed"] = Field(description="by the right run")
    left: Any = Field(description="null also where there is nothing: see `change`")
    right: Any
    too_large: bool = Field(description="they differ and are too large to show")


class DataDifferences(Answer):
    """Where values differ."""

    items: list[DataDifference]
    more: bool = Field(description="there are more than are listed")


class ComparedRun(Answer):
    """A run in short."""

    thread_id: str
    run_name: str
    status: RunStatus
    parent_thread_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: RunError | None


class ComparedSide(Answer):
    """One run's step in an aligned pair."""

    seq: int
    kind: StepKind
    skill: str | None
    skill_digest: str | None
    status: StepStatus
    said: str = Field(description="what came of it: its status, why it failed, or what was decided")
    reused_from: Reused | None
    started_at: datetime
    finished_at: datetime | None


class ComparedStep(Answer):
    """Two steps that stand for each other, or one that has no counterpart."""

    left: ComparedSide | None
    right: ComparedSide | None
    state: Literal["same", "differs", "only_left", "only_right"]
    origin: list[Ingredient] | None = Field(description="what differs here by itself; null: nothing does")
    follows_from: list[StepPair] = Field(description="earlier steps whose difference this one has read")
    data: DataDifferences = Field(description="of what the two produced")


class Choice(Answer):
    """What a decision chose."""

    seq: int
    said: str
    reason: str | None


class ChoicePair(Answer):
    """Two decisions that differ."""

    left: Choice | None
    right: Choice | None


class Totals(Answer):
    """What a run has taken; null means unknown, never 0."""

    seconds: Number | None = Field(description="from start to end; null while it goes on")
    tokens: int
    money: Number | None = Field(description="US dollars")
    model_calls: int


class TotalsDelta(Answer):
    """The right run's less the left run's; null where one of them is unknown."""

    seconds: Number | None
    tokens: int | None
    money: Number | None
    model_calls: int | None


class TotalsPair(Answer):
    """What both runs have taken."""

    left: Totals
    right: Totals
    delta: TotalsDelta


class IngredientName(Answer):
    """Which ingredient."""

    kind: Kind
    path: str | None
    skill: str | None


class Tried(Answer):
    """A rerun of the left run that has just one ingredient of the right one."""

    ingredient: IngredientName
    thread_id: str
    status: RunStatus
    brings: Literal["all", "some", "none"] | None = Field(
        description="how many of the differing results it has come out with as the right run; null until it "
        "has completed"
    )


class RunComparison(Answer):
    """How two runs differ, and why."""

    left: ComparedRun
    right: ComparedRun
    headline: str = Field(description="one sentence that counts origins")
    differs: bool
    origins: list[Origin]
    steps: list[ComparedStep]
    data: DataDifferences = Field(description="of the final data_store")
    path: list[ChoicePair] = Field(description="decisions that differ")
    totals: TotalsPair
    attribution: list[Tried] = Field(description="what single ingredients have brought, where it was tried")


class AttributionRequest(Asked):
    """Which two runs: the left one is rerun with single ingredients of the right one."""

    left: str = Field(min_length=1, max_length=250)
    right: str = Field(min_length=1, max_length=250)
    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class TrialStarted(Answer):
    """A rerun that has been started."""

    ingredient: IngredientName
    thread_id: str


class AttributionStarted(Answer):
    """The reruns that find out which ingredient makes the difference."""

    reruns: list[TrialStarted]
    left_out: list[IngredientName] = Field(description="at most 12 are tried at a time")
