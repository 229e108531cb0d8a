"""What a planner is shown and what it may answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import msgspec

from agentskills.domain.skill import Skill


@dataclass(frozen=True, slots=True)
class Run:
    """Carry out these skills, side by side; their produced paths never overlap."""

    skills: tuple[str, ...]
    reason: str  # one sentence, or one line for each skill
    reasons: Mapping[str, str] = field(default_factory=dict)  # by skill, where it says more


@dataclass(frozen=True, slots=True)
class Finish:
    """The goal is met."""

    reason: str
    not_asked_for: tuple[str, ...] = ()  # skills that could have run and were not asked for


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The goal can't be met."""

    reason: str
    error_type: str  # nothing-to-do, missing-paths, gave-up, unknown-skill…
    missing: tuple[str, ...] = ()  # paths nobody delivers


Decision: TypeAlias = Run | Finish | GiveUp


def decision_document(decision: Decision) -> dict[str, Any]:
    """Return a decision as it stands in the journal."""
    if isinstance(decision, Run):
        document: dict[str, Any] = {"run": list(decision.skills)}
        if len(decision.skills) > 1 and decision.reasons:
            document["reasons"] = dict(decision.reasons)
        return document
    if isinstance(decision, Finish):
        return {"finish": True, "not_asked_for": list(decision.not_asked_for)}
    return {"give_up": decision.error_type, "missing": list(decision.missing)}


def decision_from(document: Mapping[str, Any], reason: str) -> Decision:
    """Return the decision that a step of the journal holds."""
    if "run" in document:
        return Run(tuple(document["run"]), reason, document.get("reasons") or {})
    if "finish" in document:
        return Finish(reason, tuple(document.get("not_asked_for") or ()))
    return GiveUp(reason, document["give_up"], tuple(document.get("missing") or ()))


class CarriedOut(msgspec.Struct, frozen=True):
    """One skill step that ended well in this run."""

    skill: str
    seq: int
    effect_key: str | None = None  # digest, for irreversible skills


class PlanningView(msgspec.Struct):
    """All that a planner may look at.

    `catalog` holds the skill versions this run is pinned to, by name; it is one object for
    all runs of one catalogue snapshot (`catalog_digest`), so planners may cache by it.
    """

    sop: str
    goal: tuple[str, ...] | None  # what the request's `skills` lists
    catalog: Mapping[str, Skill]
    catalog_digest: str
    initial_data: Mapping[str, Any]
    data: Mapping[str, Any]  # the data_store now
    carried_out: Sequence[CarriedOut]
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model call cost; None means unknown, never 0."""

    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    money: Any = None  # Decimal, US dollars
    requests: int = 0

    def document(self) -> dict[str, Any]:
        """Return what a call cost as it stands in the journal."""
        return {
            "model": self.model,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "money": self.money,
            "requests": self.requests,
        }


@dataclass(frozen=True, slots=True)
class Detail:
    """A record kept beside a step: model messages, a prompt, output of a process."""

    kind: str  # messages, prompt, stdout, stderr, request
    content: Any  # JSON


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision with what it took to reach it."""

    decision: Decision
    usage: Usage | None = None
    details: tuple[Detail, ...] = ()


class Planner(Protocol):
    """Decides what comes next."""

    name: str
    asks_a_model: bool  # whether deciding again costs something, and may turn out otherwise

    def looks_at(self, view: PlanningView) -> list[Any]:
        """Return what a decision depends on besides the SOP, the goal and what has been carried out.

        Plain JSON, with digests in place of values.
        """
        ...

    async def decide(self, view: PlanningView) -> Decided:
        """Return the next decision. Raises `SkillFailed` (retryable or not) when a model fails."""
        ...
