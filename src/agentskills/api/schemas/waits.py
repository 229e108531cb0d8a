"""What runs wait for, and the answers of people and services."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from agentskills.api.params import Text
from agentskills.api.schemas.shapes import Actor, Answer, Asked, JsonObject, Moment
from agentskills.domain.status import RunStatus, WaitReason


class WaitingFor(Answer):
    """In a list of runs: one thing that a run waits for, without what is asked."""

    step: int = Field(description="seq of the step that waits")
    skill: str | None
    reason: WaitReason
    since: datetime
    until: datetime | None = Field(description="when it is due or expires")
    options: list[str] = Field(description="the decisions that POST /approve takes for it")
    digest: str | None = Field(description="of what is shown; send it back with the answer")


class Waiting(WaitingFor):
    """One thing that a run waits for."""

    asks: JsonObject = Field(
        description="what is asked: subject, shown, paths (which may be edited), form, effect, "
        "earlier_receipt…"
    )


class GoesOut(Answer):
    """The request of a rest skill, without headers; `{secret.X}` and `{env.X}` stay as they are."""

    method: str
    url: str
    query: JsonObject
    body: Any = Field(description="JSON; null where there is none")


class GivenAnswer(Answer):
    """Who answered, when and what."""

    at: datetime
    by: Actor
    decision: str | None = Field(description="null for what a service has called back with")
    note: str | None
    data: Any = Field(description="what was edited, filled in, or came of it")


class WaitItem(Waiting):
    """An entry of the inbox."""

    thread_id: str
    run_name: str
    skill_digest: str | None = Field(description="version of the skill")
    why: str | None = Field(description="why the step was chosen")
    goes_out: GoesOut | None = Field(
        description="of a rest skill that waits before it acts: what it would send as things stand"
    )
    answered: GivenAnswer | None = Field(description="null while it is open")


class WaitPage(Answer):
    """Open waits, the oldest first; or answered ones, the last answer first."""

    items: list[WaitItem]
    next_cursor: str | None


class WaitGroup(Answer):
    """How many wait alike."""

    reason: WaitReason
    skill: str | None
    count: int


class WaitCount(Answer):
    """How many waits a filter finds; counting stops at 10,000."""

    count: int
    capped: bool = Field(description="there are more")
    groups: list[WaitGroup] = Field(description="by reason and skill, the most first")


class WaitSearch(BaseModel):
    """Which waits; what is given must all hold."""

    state: Literal["open", "answered"] = Field(default="open", description="answered: the last answer first")
    reason: list[WaitReason] = Field(
        default=[], description="one of these; without it what people can answer"
    )
    skill: Text | None = Field(default=None, max_length=200)
    thread_id: Text | None = Field(default=None, max_length=250)
    q: Text | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="stands in the run's id or name, the skill, the subject or the values shown",
    )


class WaitQuery(WaitSearch):
    """A search and a place in what it finds."""

    cursor: Text | None = Field(default=None, max_length=100)
    limit: int = Field(default=50, ge=1, le=500)


class ApproveRequest(Asked):
    """A person's answer to a run that waits."""

    step: int | None = Field(default=None, ge=1, le=2**31 - 1, description="needed where several wait")
    decision: Literal["approve", "reject", "happened", "not_happened", "stop"] | None = Field(
        default=None,
        description="approve (the default) or reject; for doubts happened, not_happened or stop",
    )
    data: JsonObject | None = Field(
        default=None,
        description="edits what is approved (at asks.paths), fills in asks.form, or is what came of it",
    )
    note: str | None = Field(default=None, max_length=10_000)
    digest: str | None = Field(
        default=None, max_length=200, description="of what was shown; 409 if it has changed since"
    )


class AnswerTo(Asked):
    """Which step is answered."""

    thread_id: str = Field(min_length=1, max_length=250)
    step: int | None = Field(default=None, ge=1, le=2**31 - 1, description="needed where several wait")
    digest: str | None = Field(
        default=None, max_length=200, description="of what was shown; refused if it has changed since"
    )


class WaitFilter(Asked):
    """Which open waits; what is given must all hold."""

    reason: Literal["approval", "consent", "in_doubt"]
    skill: str | None = Field(default=None, max_length=200)
    until: Moment | None = Field(
        default=None,
        description="when you have looked: only what has waited since then or longer; needed for approval "
        "and consent",
    )


class AnswersRequest(Asked):
    """One answer to many runs that wait: those listed, or those a filter finds, the oldest first."""

    answers: list[AnswerTo] | None = Field(default=None, min_length=1, max_length=1000)
    filter: WaitFilter | None = None
    decision: Literal["approve", "reject", "happened", "not_happened", "stop"]
    note: str | None = Field(default=None, max_length=10_000)


class AnswerProblem(Answer):
    """Why an answer was refused."""

    type: str = Field(description="stable name of the case, such as not-waiting")
    status: int
    detail: str
    answered: GivenAnswer | None = Field(description="by whom, where somebody was quicker")


class AnswerOutcome(Answer):
    """What became of one answer."""

    thread_id: str
    step: int | None
    outcome: Literal["answered", "refused"]
    problem: AnswerProblem | None = Field(description="why it was refused")


class AnsweredMany(Answer):
    """What became of each answer; each was taken or refused by itself."""

    items: list[AnswerOutcome]
    answered: int
    refused: int
    more: bool = Field(description="the filter finds more than the 1,000 that one call answers")


class CallbackRequest(Asked):
    """The late result of a REST skill. The token comes as `?token=`, as in `callback_url`."""

    thread_id: str | None = None
    skill: str | None = None
    data: Any = Field(default=None, description="object with every path the skill produces")
    error: Any = Field(default=None, description="text or {type, message}, where the work failed")
    token: str | None = Field(default=None, max_length=500, description="instead of ?token=")


class Answered(Answer):
    """The answer has been taken; the run goes on."""

    status: Literal["accepted"]
    thread_id: str
    step: int
    decision: str


class CancelRequest(Asked):
    """Why a run is cancelled."""

    reason: str | None = Field(default=None, max_length=2000)


class Cancelling(Answer):
    """The run has been cancelled, or will be as soon as its worker has stopped what is under way."""

    status: Literal["cancelled", "cancelling"]
    thread_id: str
    run_status: RunStatus
