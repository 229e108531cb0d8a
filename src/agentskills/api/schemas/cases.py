"""A run that is kept as a test."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from agentskills.api.schemas.shapes import Actor, Answer, Document, JsonObject, RunError
from agentskills.domain.status import StepKind


class CaseExpectation(Document):
    """What a path has to hold in the end: `value`, or for a large one its `digest`."""

    path: str
    value: Any = None
    digest: str | None = None


class CaseEnding(Document):
    """How the run ended."""

    status: Literal["completed", "failed"]
    error: RunError | None = None


class CaseStep(Document):
    """A step of the journal, its outputs at hand; what is null is left out."""

    seq: int
    decision: int
    kind: StepKind
    status: Literal["completed", "failed"]
    skill: str | None = None
    skill_digest: str | None = None
    reason: str | None = None
    source: JsonObject | None = Field(
        default=None, description="{why, …}: it was not carried out in this run"
    )
    inputs: dict[str, int] | None = None
    outputs: JsonObject | None = None
    digests: dict[str, str] | None = None
    fingerprint: str | None = None
    surroundings: JsonObject | None = None
    effect_key: str | None = None
    shown: str | None = Field(default=None, description="of an approval: digest of what was shown")
    error: RunError | None = None
    actor: Actor | None = Field(default=None, description="who answered")


class CaseEffect(Answer):
    """What the run left behind of an irreversible effect."""

    seq: int
    skill: str
    key: JsonObject
    state: str
    by_this_run: bool


class Case(Answer):
    """A finished run, whole, with secrets struck out: what `asf test` goes through again."""

    format: int
    kept_from: str
    run_name: str
    expected: list[CaseExpectation]
    ended: CaseEnding
    sop: str
    sop_name: str | None
    initial_data: JsonObject
    skills: list[str] | None
    planner: str
    model: str | None
    limits: JsonObject
    versions: dict[str, str] = Field(description="digest of each skill that took part")
    corrections: list[JsonObject] = Field(description="results that people have set")
    redacted: bool = Field(description="whether secrets were struck out")
    journal: list[CaseStep]
    effects: list[CaseEffect]
