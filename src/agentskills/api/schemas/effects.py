"""The effects ledger: what went out, who did it, who did not do it again."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from agentskills.api.params import Text
from agentskills.api.schemas.shapes import Actor, Answer, JsonObject, QueryMoment, RunError
from agentskills.domain.status import EffectState


class NotRepeatedBy(Answer):
    """A step that took the receipt in place of doing it again."""

    thread_id: str
    seq: int
    run_name: str | None = Field(description="null where the run has gone")
    at: datetime | None


class AskedBy(Answer):
    """A step that waits for somebody to say whether it happened."""

    thread_id: str
    seq: int


class EffectItem(Answer):
    """One effect on the outside world."""

    id: int
    skill: str
    key: JsonObject = Field(description="what makes it this one, by data path")
    repeat: int = Field(description="one higher for each repetition that a person agreed to")
    state: EffectState
    scope: str = Field(description="the root of the family it belongs to; empty for the whole installation")
    thread_id: str = Field(description="the run that does or did it")
    seq: int = Field(description="its step")
    run_name: str | None = Field(description="null where the run has gone: effects outlive their runs")
    announced_at: datetime
    at: datetime = Field(description="when its state changed last")
    settled_by: Actor | None = Field(description="who knows how it ended: worker, check, person, callback")
    agreed_by: Actor | None = Field(description="who agreed that it happens again")
    error: RunError | None
    inputs: JsonObject | None = Field(description="what went out")
    output: JsonObject | None = Field(description="of a receipt")
    not_repeated: int = Field(description="how many steps honoured the receipt")
    not_repeated_by: list[NotRepeatedBy] = Field(
        description="these steps, the newest first: 20 in a list, 500 beside one effect"
    )
    asked_by: list[AskedBy] = Field(description="where a doubt can be answered")


class EffectPage(Answer):
    """One page of effects, the latest news first."""

    items: list[EffectItem]
    next_cursor: str | None


class EffectQuery(BaseModel):
    """Which effects; filters that are given must all hold."""

    model_config = ConfigDict(extra="forbid")

    state: list[EffectState] = Field(default=[], description="one of these (give it several times)")
    skill: Text | None = Field(default=None, max_length=200)
    thread_id: Text | None = Field(default=None, max_length=250, description="the run that does or did it")
    root: Text | None = Field(default=None, max_length=250, description="the family of this run")
    scope: Text | None = Field(default=None, max_length=250, description="empty: the whole installation")
    data: Text | None = Field(
        default=None,
        max_length=10_000,
        description="JSON object that the key or the inputs contain; its keys may be data paths",
    )
    after: QueryMoment | None = Field(default=None, description="state changed last at or after")
    before: QueryMoment | None = Field(default=None, description="state changed last before")
    not_repeated: bool = Field(default=False, description="only those that another run did not do again")
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)
