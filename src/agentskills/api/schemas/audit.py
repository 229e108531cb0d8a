"""The audit: who did what, when, on whose behalf and why."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from agentskills.api.params import Text
from agentskills.api.schemas.shapes import Actor, Answer, JsonObject, QueryMoment


class AuditItem(Answer):
    """Something that was done."""

    at: datetime
    actor: Actor
    action: str = Field(
        description="start, rerun, cancel, approve, approve-refused, callback, callback-late, reload, "
        "sign-in, sign-out, remove…"
    )
    thread_id: str | None
    reason: str | None
    detail: JsonObject = Field(
        description="what about it: step, decision, names; of a rerun what was asked for, and the paths "
        "that are `changed`, without values; `left_out` names what is long"
    )


class AuditPage(Answer):
    """One page of the audit, the newest first."""

    items: list[AuditItem]
    next_cursor: str | None


class AuditQuery(BaseModel):
    """Which entries; filters that are given must all hold."""

    model_config = ConfigDict(extra="forbid")

    thread_id: Text | None = Field(default=None, max_length=250)
    action: Text | None = Field(default=None, max_length=100)
    actor: Text | None = Field(default=None, max_length=200, description="name, kind, or on whose behalf")
    after: QueryMoment | None = Field(default=None, description="at or after")
    before: QueryMoment | None = Field(default=None, description="before")
    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)
