"""Rerunning a run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agentskills.api.schemas.shapes import Answer, Asked, JsonObject


class RerunRequest(Asked):
    """What is to differ; empty means: the same SOP and the same initial_data, with fresh state."""

    changes: JsonObject | None = Field(
        default=None, description="JSON merge patch (RFC 7396) over initial_data; null removes"
    )
    initial_data: JsonObject | None = Field(default=None, description="or the whole object")
    sop: str | None = Field(default=None, description="edited procedure")
    run_name: str | None = Field(default=None, min_length=1, max_length=200)
    model: str | None = Field(default=None, max_length=200)
    metadata: JsonObject | None = Field(default=None, description="merged over what is inherited")
    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class RerunStarted(Answer):
    """The rerun has been saved and is due."""

    status: Literal["started"]
    thread_id: str
    run_name: str
    parent_thread_id: str = Field(description="the run that was rerun")
    rerun_count: int = Field(description="the number in the new id")
    rerun_number: int = Field(description="the same number, as the new run's row has it")
