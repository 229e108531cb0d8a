"""Starting a run, and what starting or rerunning answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, WithJsonSchema

from agentskills.api.schemas.shapes import Answer, Asked, JsonObject

Money: TypeAlias = Annotated[
    int | Decimal,
    Field(gt=0, le=10**9),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 10**9}),
]


class Limits(Asked):
    """What a run may use up; beyond it the run ends `failed` with the limit's name."""

    steps: int | None = Field(default=None, ge=1, le=100_000)
    seconds: int | None = Field(default=None, ge=1, le=31_536_000, description="wall time owned by workers")
    tokens: int | None = Field(default=None, ge=1, le=10**15)
    money: Money | None = Field(default=None, description="US dollars")


class StartRequest(Asked):
    """A run to start. Give `sop` (the text) or `sop_name` (one of /admin/sops)."""

    thread_id: str | None = Field(
        default=None,
        description="the run's id, `[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}`; without one it is generated",
    )
    sop: str | None = Field(default=None, description="the procedure, 1 byte to 100 kB")
    sop_name: str | None = None
    initial_data: JsonObject | None = Field(default=None, description="what the run starts from, up to 5 MB")
    run_name: str | None = Field(default=None, min_length=1, max_length=200)
    skills: list[str] | None = Field(
        default=None, max_length=1000, description="limits the run to these skills and makes them its goal"
    )
    metadata: JsonObject | None = Field(
        default=None, description="labels, filterable and inherited by reruns, up to 16 kB"
    )
    priority: Literal["interactive", "batch"] | None = Field(
        default=None, description="interactive (the default) goes before batch"
    )
    limits: Limits | None = None
    model: str | None = Field(default=None, max_length=200, description="such as openai:gpt-5")


class RunStarted(Answer):
    """The run has been saved and is due."""

    status: Literal["started"]
    thread_id: str
    run_name: str
