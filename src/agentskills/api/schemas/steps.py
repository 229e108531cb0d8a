"""Steps of a run, and the events that tell of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from agentskills.api.schemas.shapes import Actor, Answer, Document, JsonObject, Number, RunError
from agentskills.api.schemas.waits import Waiting
from agentskills.domain.status import EffectState, RunStatus, StepKind, StepStatus


class Reused(Document):
    """Where a result comes from that this run has not produced."""

    why: Literal["kept", "reused", "receipt", "stand_in", "recorded", "given"] = Field(
        description="kept: before the chosen step; reused: nothing it depends on has changed; receipt: its "
        "effect has happened; stand_in: recorded or a sample, for nothing goes out; recorded: only "
        "recordings answer; given: a person has set it"
    )
    thread_id: str | None = Field(default=None, description="the run that carried it out; null for a sample")
    seq: int | None = None
    receipt: bool | None = Field(
        default=None, description="the run it was taken over from had honoured a receipt"
    )
    by: Actor | None = Field(default=None, description="given: who")
    stale: list[str] | None = Field(default=None, description="receipt: paths whose values differ from then")
    warnings: list[str] | None = Field(
        default=None, description="kept: what differs from what it was made of"
    )


class StepUsage(Document):
    """What model calls cost; null means unknown, never 0."""

    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    money: Number | None = None
    requests: int | None = None


class StepEffect(Answer):
    """The effect on the outside world that a step has, or found done."""

    id: int
    state: EffectState
    thread_id: str = Field(description="the run that does or did it")
    seq: int
    key: JsonObject
    repeat: int
    settled_by: Actor | None


class Attempt(Document):
    """An earlier attempt of a step."""

    attempt: int
    error: RunError | None = None
    at: datetime | None = None


class Step(Answer):
    """One carried-out unit of a run."""

    seq: int
    decision: int = Field(description="seq of the decision that ordered it; its own for a decision")
    kind: StepKind
    skill: str | None
    skill_digest: str | None
    status: StepStatus
    reason: str | None = Field(description="why it was chosen, reused, or waits")
    inputs: JsonObject | None = Field(description="by data path")
    input_steps: dict[str, int] | None = Field(
        description="by data path: seq of the step that produced it, 0 for initial_data"
    )
    outputs: JsonObject | None = Field(
        description="what it added to the data; of a decision: {run | finish | give_up: …}"
    )
    reused_from: Reused | None
    effect: StepEffect | None
    attempt: int
    attempts: list[Attempt] | None
    error: RunError | None
    usage: StepUsage | None
    actor: Actor | None = Field(description="who answered")
    started_at: datetime
    finished_at: datetime | None
    version: int


class StepPage(Answer):
    """Steps in the order of their seq."""

    items: list[Step]
    next_cursor: str | None


class StepDetailItem(Answer):
    """Something kept beside a step."""

    kind: str = Field(description="messages, prompt, stdout, stderr, request")
    attempt: int
    content: Any
    at: datetime


class StepDetail(Step):
    """A step with all that is kept beside it."""

    details: list[StepDetailItem]


class RunEvent(Answer):
    """Data of a `run` event: the run's state has changed."""

    thread_id: str
    status: RunStatus
    error: RunError | None
    waiting: list[Waiting] | None
    started_at: datetime | None
    finished_at: datetime | None
    tokens: int
    money: Number | None
    not_repeated: int
    version: int
