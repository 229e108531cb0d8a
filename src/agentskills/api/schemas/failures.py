"""Failed runs by kind, and those that nobody will mend."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from agentskills.api.params import Text
from agentskills.api.schemas.shapes import Answer, Asked, QueryMoment


class FailureSample(Answer):
    """The newest run that failed so."""

    thread_id: str
    run_name: str
    message: str | None


class FailureGroup(Answer):
    """Failures of one kind that no later run has fixed."""

    skill: str = Field(description="that failed; empty: none did, such as a decision or a limit")
    error_type: str
    signature: str = Field(
        description="type and message without numbers, ids, times, addresses and quoted values; with "
        "`failed_skill` and `open` it finds these runs in lists, and is the filter of a batch"
    )
    count: int
    dismissed: int = Field(description="of these, which are counted only where they are asked for")
    first_at: datetime
    last_at: datetime
    sample: FailureSample
    versions: list[str] = Field(description="digests of the skill's versions that failed so")
    over_time: list[int] = Field(description="how many in each of 28 equal parts of the page's `over_time`")


class FailureWindow(Answer):
    """The time over which groups say how often they came: the filter's, or the last week."""

    from_: datetime = Field(alias="from")
    to: datetime


class FailurePage(Answer):
    """One page of failures by kind, the newest first."""

    items: list[FailureGroup]
    over_time: FailureWindow
    capped: bool = Field(description="there are more than 100,000 failures; only the newest were grouped")
    next_cursor: str | None


class FailureQuery(BaseModel):
    """Which failures; filters that are given must all hold. Runs with `effects: none` never count."""

    model_config = ConfigDict(extra="forbid")

    skill: Text | None = Field(default=None, max_length=200, description="that failed; empty: none did")
    signature: Text | None = Field(default=None, max_length=500)
    after: QueryMoment | None = Field(default=None, description="failed at or after")
    before: QueryMoment | None = Field(default=None, description="failed before")
    dismissed: bool = Field(default=False, description="dismissed ones as well")
    cursor: Text | None = Field(default=None, max_length=4000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)


class FailureChoice(Asked):
    """Failures that are meant: by run, or all of one kind."""

    ids: list[str] | None = Field(default=None, min_length=1, max_length=1000, description="of failed runs")
    skill: str | None = Field(default=None, max_length=200, description="with signature: all of this kind")
    signature: str | None = Field(default=None, max_length=500)
    note: str | None = Field(default=None, max_length=2000, description="why, for the audit trail")


class FailuresChanged(Answer):
    """How many failures were dismissed, or taken back."""

    count: int
    left_out: list[str] = Field(
        description="of the ids: those that did not fail, are fixed, or were as asked already"
    )
