"""The server itself."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agentskills.api.schemas.shapes import Answer


class Health(Answer):
    """Whether the server can do its work."""

    status: Literal["ok", "degraded"]
    version: str
    database: Literal["ok", "gone"]
    workers: int = Field(description="workers whose lease is good")


class Server(Answer):
    """What this server is set up to do."""

    version: str
    model: str | None = Field(description="the default model; null: llm skills can't run")
    planner: Literal["dataflow", "llm"] = Field(description="that runs get which name no model")
    base_url: str
    database: Literal["embedded", "external"]
    skill_roots: list[str]
    skills: int
    workers: int
    auth: bool = Field(description="whether clients need an API key")
