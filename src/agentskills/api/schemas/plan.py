"""The plan of a rerun."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeAlias

from pydantic import Field

from agentskills.api.schemas.shapes import Actor, Answer, JsonObject, Number
from agentskills.api.schemas.steps import Reused
from agentskills.domain.status import EffectState, StepKind

Action: TypeAlias = Literal["reuse", "execute", "open"]


class PlanSource(Answer):
    """A step of some run."""

    thread_id: str
    seq: int


class PlanEstimate(Answer):
    """What a step took when it was carried out last; null is unknown, never 0."""

    tokens: int | None
    money: Number | None = Field(description="US dollars")
    seconds: Number | None
    seen_in: PlanSource | None = Field(alias="from", description="where this was seen")


class PlanTotal(Answer):
    """The sum over the steps that are expected to be executed, and of how many it is not known."""

    tokens: int
    tokens_unknown: int
    money: Number
    money_unknown: int
    seconds: Number
    seconds_unknown: int


class PlanReceipt(Answer):
    """What an effect of this skill has left behind."""

    id: int
    state: EffectState
    thread_id: str
    seq: int
    key: JsonObject
    repeat: int
    at: datetime
    inputs: JsonObject | None = Field(description="what went out")
    output: JsonObject | None


class PlanEffect(Answer):
    """What becomes of the irreversible effect of a step."""

    seq: int
    skill: str
    state: Literal["not_repeated", "needs_consent", "in_doubt", "may_happen", "happens_again", "stands_in"]
    certain: bool
    key: JsonObject
    inputs: JsonObject = Field(description="what would go out")
    receipt: PlanReceipt | None


class PlanStep(Answer):
    """One step of the rerun."""

    seq: int = Field(description="in the rerun")
    kind: StepKind
    skill: str | None
    recorded_seq: int | None = Field(description="the step at the same place in the run")
    action: Action = Field(description="what is certain; open: it hangs on what is not known yet")
    expected: Action = Field(
        description="if the planner decides, and produced values come out, as last time; open: the run ends"
    )
    outcome: str | None = Field(
        description="given, kept, recorded, not_recorded, stand_in, effect_needed, in_doubt, receipt, "
        "reused, consent or carried_out; null for a decision"
    )
    reason: str
    reused_from: Reused | None
    warnings: list[str]
    decision: JsonObject | None = Field(description="of a decision: {run | finish | give_up: …}")
    effect: PlanEffect | None
    estimate: PlanEstimate | None


class PlanCounts(Answer):
    """How many steps, decisions aside."""

    reuse: int
    execute: int
    open: int


class PlanEnd(Answer):
    """How the rerun certainly ends."""

    type: str
    message: str
    seq: int


class PlanLeftOut(Answer):
    """A step of the run that the rerun has no counterpart of."""

    seq: int
    kind: StepKind
    skill: str | None


class PlanVersion(Answer):
    """A skill whose version differs."""

    skill: str
    recorded: str
    rerun: str | None = Field(description="null: there is no such skill any more")


class PlanChange(Answer):
    """A value that a person has set otherwise than the run that is repeated had it."""

    path: str
    change: Literal["added", "removed", "changed"]
    before: Any = Field(description="null also where there was nothing: see `change`")
    after: Any


class PlanCorrection(Answer):
    """A step whose result a person has set."""

    skill: str
    nth: int
    paths: list[str] = Field(description="all that the step produces")
    changed: list[PlanChange] = Field(
        description="what is another value than in the run; empty where the run was corrected like this"
    )
    changed_more: bool = Field(description="there are more than are listed")
    by: Actor


class Plan(Answer):
    """What a rerun would do. `plan_token` stands for all of it but times and estimates."""

    thread_id: str = Field(description="the run that would be rerun")
    request: JsonObject
    preset: str | None
    steps: list[PlanStep]
    counts: PlanCounts = Field(description="what is certain")
    as_last_time: PlanCounts = Field(description="if the planner and values come out as last time")
    open_from: int | None = Field(description="seq from which on everything hangs on what is not known yet")
    open_because: str | None
    ends: PlanEnd | None
    left_out: list[PlanLeftOut]
    effects: list[PlanEffect]
    estimate: PlanTotal
    versions: list[PlanVersion]
    corrections: list[PlanCorrection]
    warnings: list[str]
    plan_token: str
