"""Skills, their versions and diagnostics, and named SOPs."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from agentskills.api.schemas.shapes import Answer, Document, JsonObject


class DiagnosticItem(Answer):
    """Something the loader or linter has to say about a skill folder."""

    level: str = Field(description="error, warning or info")
    code: str
    message: str
    skill: str
    file: str
    line: int


class SkillItem(Answer):
    """A skill of the current catalogue."""

    name: str
    digest: str
    description: str
    executor: str
    effects: str
    approval: str
    requires: list[str]
    optional: list[str]
    produces: list[str]
    may_produce: list[str]
    source: str | None = Field(description="the folder it was read from")
    loaded_at: datetime | None
    errors: int
    warnings: int


class SkillList(Answer):
    """The current catalogue."""

    items: list[SkillItem]
    catalog: str | None = Field(description="digest of this snapshot")
    loaded_at: datetime | None
    roots: list[str]
    diagnostics: list[DiagnosticItem]


class SkillActivityQuery(BaseModel):
    """Over which time."""

    model_config = ConfigDict(extra="forbid")

    hours: int = Field(default=24, ge=1, le=168)


class SkillActivityBucket(Answer):
    """What a skill did in one part of the window."""

    completed: int
    failed: int


class SkillActivityItem(SkillActivityBucket):
    """How often a skill was carried out in the window; results taken over from other runs don't count."""

    name: str
    running: int = Field(description="steps of it that workers have now")
    buckets: list[SkillActivityBucket] = Field(description="24 parts of the window, the earliest first")


class SkillActivity(Answer):
    """What skills did in the runs of the last hours; those that did nothing are not named."""

    from_: datetime = Field(alias="from")
    to: datetime
    bucket_seconds: float
    capped: bool = Field(description="there were more than 10,000 runs: the window holds the last 10,000")
    items: list[SkillActivityItem]


class SkillDetail(SkillItem):
    """A skill version, whole."""

    contract: JsonObject
    body: str = Field(description="the markdown of SKILL.md")
    files: list[str]
    current: bool
    diagnostics: list[DiagnosticItem]


class SkillFile(Answer):
    """One file of a skill version."""

    path: str
    size: int = Field(description="bytes")
    executable: bool
    text: str | None = Field(description="null where it is no text, or too large to show")


class SkillVersionDetail(SkillDetail):
    """A skill version with its files."""

    contents: list[SkillFile]


class FileDifference(Answer):
    """How one file differs between two versions."""

    path: str
    change: Literal["added", "removed", "changed"]
    left_size: int | None = Field(description="bytes; null where the file is not there")
    right_size: int | None = Field(description="bytes; null where the file is not there")
    binary: bool = Field(description="it is no text")
    too_large: bool = Field(description="it is too large to show")
    executable: bool | None = Field(description="whether it can be run now, where that has changed")
    added: int | None = Field(description="lines; null where no text is shown")
    removed: int | None = Field(description="lines; null where no text is shown")
    text: str | None = Field(description="the hunks of a unified diff; null for binary or too large files")


class SkillDifference(Answer):
    """What differs between two versions of a skill."""

    name: str
    left: str = Field(description="digest")
    right: str = Field(description="digest")
    files: list[FileDifference] = Field(description="those that differ, by path")


class SkillVersion(Answer):
    """One version of a skill."""

    digest: str
    name: str
    description: str
    created_at: datetime
    current: bool


class SkillVersionList(Answer):
    """Versions of a skill, the newest first."""

    items: list[SkillVersion]


class Reloaded(Answer):
    """The skill roots have been read again."""

    catalog: str | None
    skills: int
    added: list[str]
    changed: list[str]
    removed: list[str]
    diagnostics: list[DiagnosticItem]


class SopExample(Document):
    """An input to try an SOP with."""

    title: str
    initial_data: JsonObject
    note: str | None = None


class SopItem(Answer):
    """A named procedure."""

    name: str
    title: str
    sop: str
    examples: list[SopExample]
    loaded_at: datetime


class SopList(Answer):
    """All named procedures."""

    items: list[SopItem]
