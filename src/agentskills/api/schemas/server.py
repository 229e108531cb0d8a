"""The server itself."""

from __future__ import annotations

from datetime import datetime
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


class SettingInForce(Answer):
    """One setting as it holds in the process that answers."""

    name: str = Field(description="the environment variable")
    value: str | None = Field(description="null: not set, or a secret; URLs stand without name and password")
    secret: bool = Field(description="whether its value is never told")
    given: bool = Field(description="whether the environment gives it; else the default holds")
    meaning: str


class LivingWorker(Answer):
    """A worker whose lease is good."""

    id: str
    host: str
    pid: int
    started_at: datetime
    runs: int = Field(description="that it has in hand now")


class LimitInUse(Answer):
    """How much is taken of what is limited."""

    kind: Literal["runs", "model", "skill"]
    name: str | None = Field(description="the model or the skill; null: all runs")
    used: int
    most: int = Field(description="of runs: what all living workers take together, by this process' setting")


class SetUp(Answer):
    """The settings in force, the living workers, and how much of each limit is taken."""

    settings: list[SettingInForce]
    workers: list[LivingWorker]
    limits: list[LimitInUse]
