"""A skill and its contract: what it requires and produces, and how it is carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from agentskills.domain.data_path import overlap


class ExecutorName(StrEnum):
    """How a skill is carried out."""

    LLM = "llm"
    REST = "rest"
    PYTHON = "python"
    HUMAN = "human"


class Effects(StrEnum):
    """What a skill does to the outside world."""

    NONE = "none"
    IDEMPOTENT = "idempotent"
    IRREVERSIBLE = "irreversible"


class Approval(StrEnum):
    """When a person looks at a skill."""

    NONE = "none"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between attempts, in seconds: `first`, doubled each time, up to `most`."""

    first: float = 1.0
    most: float = 60.0

    def pause(self, attempt: int) -> float:
        """Return the seconds to wait after attempt number `attempt` (the first is 1)."""
        return float(min(self.most, self.first * 2 ** min(attempt - 1, 30)))


@dataclass(frozen=True, slots=True)
class Contract:
    """What `asf.*` and `asf.yaml` say about a skill. Paths are kept without their `?`."""

    executor: ExecutorName = ExecutorName.LLM
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()  # read when they are there
    produces: tuple[str, ...] = ()
    may_produce: tuple[str, ...] = ()
    entry: str | None = None  # python: scripts/score.py:run
    inline: bool = False  # python: runs in the worker itself
    effects: Effects = Effects.NONE
    says_effects: bool = False  # whether the author said so
    effect_key: tuple[str, ...] | None = None  # None: all that is required
    effect_scope: str = "family"  # or "global"
    reuse: str = "yes"  # yes, no, or a duration such as 24h
    approval: Approval = Approval.NONE
    retries: int = 0
    backoff: Backoff = field(default_factory=Backoff)
    timeout: float | None = None  # seconds; None: the default of the settings
    concurrency: int | None = None  # over the cluster
    reads_sop: bool = False
    reads_everything: bool = False  # no contract at all: the whole data_store is read
    callback: bool = False  # rest: the answer comes later
    request: dict[str, Any] | None = None  # asf.yaml: method, url, headers, query, body
    response: dict[str, str] | None = None  # asf.yaml: JSONPath per produced path
    output_schema: dict[str, Any] | None = None
    form: dict[str, Any] | None = None  # JSON Schema of what a person fills in
    check: dict[str, Any] | None = None  # a request or an entry that answers {happened, output?}
    sample: dict[str, Any] | None = None  # stand-in output, nested as an output
    model: str | None = None
    prompt: str | None = None  # predecessor's prompt.md or `prompt`; else the body is used
    system_prompt: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Every path the skill may read."""
        return self.requires + self.optional

    @property
    def writes(self) -> tuple[str, ...]:
        """Every path the skill may produce."""
        return self.produces + self.may_produce

    @property
    def irreversible(self) -> bool:
        """Whether doing it twice would be noticed outside."""
        return self.effects is Effects.IRREVERSIBLE

    @property
    def without_effects(self) -> bool:
        """Whether its author has said that it does nothing to the outside world."""
        return self.says_effects and self.effects is Effects.NONE

    def overlaps(self, other: Contract) -> bool:
        """Say whether two skills may write to one place, so that they can't run side by side."""
        return any(overlap(mine, theirs) for mine in self.writes for theirs in other.writes)


@dataclass(frozen=True, slots=True)
class Skill:
    """One version of a skill, whole."""

    name: str
    digest: str  # SHA-256 over its files, 64 hexadecimal digits
    description: str
    contract: Contract
    body: str = ""  # the markdown after the frontmatter
    files: tuple[str, ...] = ()  # relative paths of all files


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something the linter or loader has to say about a skill folder."""

    level: str  # error, warning, info
    code: str  # stable, such as unknown-key
    message: str
    skill: str  # folder name
    file: str  # relative to the root that was read
    line: int = 1
