"""The family of a run, and the answer to deleting one."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from agentskills.api.schemas.shapes import Actor, Answer, Asked
from agentskills.domain.status import RunStatus


class LineageItem(Answer):
    """A run in its family; of a deleted one only its place is left."""

    thread_id: str
    run_name: str | None = Field(description="null when deleted")
    parent_thread_id: str | None
    rerun_number: int = Field(description="the number in its own id; 0 for a root")
    status: RunStatus | None = Field(description="null when deleted")
    created_at: datetime
    finished_at: datetime | None
    requested_by: Actor
    reason: str | None = Field(description="why it was rerun, as whoever asked said")
    preset: str | None = Field(
        description="again, from-failure, only-what-changed, from-step, audit-replay, same-path or what-if; "
        "null for a first run and for a mixture"
    )
    error_type: str | None = Field(description="of a failed run")
    not_repeated: int = Field(description="effects honoured by receipt")
    effects: Literal["once", "repeat", "none"] | None = Field(
        description="as asked for; null of the first run"
    )
    dry: bool = Field(description="a rerun with effects: none, in which nothing went out")
    fixed_by: str | None = Field(description="of a failed run: the nearest rerun below it that completed")
    deleted_at: datetime | None


class Lineage(Answer):
    """A whole family: its runs by parent_thread_id make the tree."""

    root_thread_id: str
    thread_id: str = Field(description="the run that was asked for")
    items: list[LineageItem] = Field(description="the oldest first, at most 10,000")
    capped: bool = Field(description="there are more")


class DeleteRequest(Asked):
    """Why a run is deleted."""

    reason: str | None = Field(default=None, max_length=2000)


class Deleted(Answer):
    """The run has been deleted, now or earlier."""

    status: Literal["deleted"]
    thread_id: str
    deleted_at: datetime
