"""Policies: rules that rerun after failures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field, WithJsonSchema

from agentskills.api.params import Text
from agentskills.api.schemas.rerun import Versions
from agentskills.api.schemas.shapes import Actor, Answer, Asked, JsonObject, Number
from agentskills.domain.policy import BreakerState, PolicyAnswer

Seconds: TypeAlias = Annotated[int, Field(ge=1, le=31_536_000)]


def _number(least: int, most: int) -> object:
    schema = {"type": "number", "minimum": least, "maximum": most}
    return Annotated[int | Decimal, Field(ge=least, le=most), WithJsonSchema(schema)]


class PolicyMatches(Asked):
    """Which failed runs; what is given must all hold, and nothing given is every run."""

    sop_name: str | None = Field(default=None, min_length=1, max_length=200)
    metadata: JsonObject | None = Field(default=None, description="JSON that the run's metadata contains")
    skill: str | None = Field(default=None, min_length=1, max_length=200, description="that failed")


class PolicyRerun(Asked):
    """What a rerun keeps and changes; effects that have happened are never repeated by a policy."""

    start: Literal["start", "failure"] | None = Field(
        default=None, alias="from", description="failure (the default) keeps every completed step"
    )
    plan: Literal["new", "unchanged", "recorded"] | None = None
    results: Literal["new", "unchanged"] | None = Field(default=None, description="unchanged by default")
    skills: Versions | None = Field(default=None, description="latest by default")
    model: str | None = Field(default=None, max_length=200)
    metadata: JsonObject | None = Field(default=None, description="merged over what is inherited")


class Backoff(Asked):
    """The pause before attempt n: first_seconds × factor^(n-1), at most most_seconds."""

    first_seconds: Annotated[int, Field(ge=0, le=31_536_000)] = 60
    factor: _number(1, 100) = 2  # type: ignore[valid-type]
    most_seconds: Annotated[int, Field(ge=0, le=31_536_000)] = 3600
    jitter: _number(0, 1) = Field(  # type: ignore[valid-type]
        default=0, description="share of the pause by which it is shorter or longer"
    )


class WindowCap(Asked):
    """At most so many automatic reruns in so many seconds; further failed runs wait for their turn."""

    reruns: int = Field(ge=1, le=1_000_000)
    seconds: Seconds


class BreakerRule(Asked):
    """So many failures of one skill in so many seconds hold back all its reruns for a while.

    After the rest one is let through: if it completes, all that was held back follows.
    """

    failures: int = Field(ge=1, le=1_000_000)
    seconds: Seconds
    rest_seconds: Seconds


class PolicyFields(Asked):
    """What a policy may say; null brings the default back."""

    matches: PolicyMatches | None = None
    rerun: PolicyRerun | None = Field(
        default=None, description="`{from: failure, results: unchanged}` by default"
    )
    attempts: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="automatic reruns of one run, one after the other; 3 by default",
    )
    backoff: Backoff | None = Field(default=None, description="60 s, doubled each time, at most an hour")
    error_types: list[str] | None = Field(
        default=None, max_length=100, description="which errors qualify; null: all that may"
    )
    family_cap: int | None = Field(
        default=None, ge=1, le=1_000_000, description="automatic reruns in one family; null: no cap"
    )
    window_cap: WindowCap | None = Field(default=None, description="null: no cap")
    breaker: BreakerRule | None = Field(
        default=None, description="20 failures within 600 s rest the skill for 900 s by default"
    )
    manual_too: bool | None = Field(
        default=None, description="also reruns that people asked for; false by default"
    )
    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class PolicyRequest(PolicyFields):
    """A policy to make."""

    name: str = Field(min_length=1, max_length=200)
    enabled: bool | None = Field(default=None, description="true by default")
    note: str | None = Field(default=None, max_length=2000)


class PolicyEdit(PolicyFields):
    """What is to change; fields that are left out stay."""

    name: str | None = Field(default=None, min_length=1, max_length=200)


class PolicyNote(Asked):
    """Why."""

    note: str | None = Field(default=None, max_length=2000)


class RemovalRequest(Asked):
    """Why something is removed."""

    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class Removed(Answer):
    """It is gone."""

    status: Literal["deleted"]
    id: str


class PolicyMatching(Answer):
    """Which failed runs a policy is for."""

    sop_name: str | None
    metadata: JsonObject | None
    skill: str | None


class BackoffItem(Answer):
    """The pauses of a policy."""

    first_seconds: int
    factor: Number
    most_seconds: int
    jitter: Number


class BreakerItem(Answer):
    """A breaker that has opened at least once."""

    skill: str | None = Field(description="null: failures in which no skill failed")
    state: BreakerState
    opened_at: datetime
    open_until: datetime = Field(description="then one rerun is let through")
    probe: str | None = Field(description="thread_id of that rerun")
    closed_at: datetime | None
    held_back: int = Field(description="failed runs that were not rerun since it opened")


class PolicyAnswerItem(Answer):
    """What a policy did about a failed run."""

    failed: str = Field(description="thread_id of the run that failed")
    skill: str | None = Field(description="that failed")
    answer: PolicyAnswer
    thread_id: str | None = Field(description="its rerun")
    attempt: int = Field(description="how often this policy has rerun it, its reruns counted")
    reason: str | None
    at: datetime
    again_at: datetime | None = Field(
        description="of what is held back: when it is looked at again; null: when the breaker closes"
    )


class PolicyItem(Answer):
    """A policy, its breakers, and how often it did what."""

    id: str
    name: str
    matches: PolicyMatching
    rerun: JsonObject = Field(description="rerun request")
    attempts: int
    backoff: BackoffItem
    error_types: list[str] | None
    family_cap: int | None
    window_cap: WindowCap | None
    breaker: BreakerRule
    manual_too: bool
    enabled: bool
    note: str | None
    requested_by: Actor
    created_at: datetime
    updated_at: datetime
    answers: dict[PolicyAnswer, int] = Field(description="failed runs by what was done about them")
    recent: list[PolicyAnswerItem] = Field(description="what it did last, at most 14, the newest first")
    breakers: list[BreakerItem]


class PolicyPage(Answer):
    """One page of policies, the newest first."""

    items: list[PolicyItem]
    next_cursor: str | None


class PolicyAnswerPage(Answer):
    """One page of answers, the newest first."""

    items: list[PolicyAnswerItem]
    next_cursor: str | None


class PolicyQuery(BaseModel):
    """A page of policies."""

    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)


class PolicyAnswerQuery(PolicyQuery):
    """A page of what a policy did."""

    answer: list[PolicyAnswer] = Field(default=[], description="one of these (give it several times)")
