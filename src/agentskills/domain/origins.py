"""Origins of differences: the kinds there are, and the ingredients and rows that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from agentskills.domain.data_path import ABSENT
from agentskills.domain.differences import Difference, Place
from agentskills.domain.ingredients import Facts, choice_of
from agentskills.domain.status import StepKind, StepStatus

Seqs: TypeAlias = tuple[int | None, int | None]
"""The numbers of a row's steps, left and right."""


class Kind(StrEnum):
    """What can make two runs differ."""

    INPUT = "input"  # another value in initial_data
    SKILL_VERSION = "skill_version"
    MODEL = "model"
    SOP = "sop"
    PLANNER_CHOICE = "planner_choice"  # decided otherwise on the same grounds
    OVERRIDE = "override"  # a person has corrected the result
    ANSWER = "answer"  # a person answered otherwise: approval, form
    OUTSIDE_WORLD = "outside_world"  # made of the same, and another result; or another {env.X}
    CHANCE = "chance"  # a model that was asked the same answered otherwise
    REUSED = "reused"  # the result was taken over, not made of what the run had
    NOT_REACHED = "not_reached"  # one run has not come this far


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One thing that differs by itself, not because of something before it."""

    kind: Kind
    left: Any = None
    right: Any = None
    path: str | None = None  # input: place in initial_data; outside_world: the variable, as env.X
    skill: str | None = None
    detail: str | None = None
    at: Seqs | None = None  # of what belongs to one step only
    place: Place = ()  # of an input

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two findings the same origin."""
        return self.kind, self.path, self.skill, self.at, self.detail


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Two aligned steps, or one that has no counterpart."""

    left: Facts | None
    right: Facts | None

    @property
    def seqs(self) -> Seqs:
        """The numbers of the steps, left and right."""
        return self.left.step.seq if self.left else None, self.right.step.seq if self.right else None

    @property
    def one(self) -> Facts:
        """A side that is there."""
        found = self.left or self.right
        assert found is not None
        return found

    @property
    def spreads(self) -> bool:
        """Whether later steps can find something else because of it."""
        return self.left is None or self.right is None or self.left.result != self.right.result


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a row differs; empty where it does not."""

    origin: tuple[Ingredient, ...] = ()
    follows: tuple[Seqs, ...] = ()


def input_of(found: Difference) -> Ingredient:
    """Return a difference of initial_data as an ingredient."""
    left, right = (None if value is ABSENT else value for value in (found.left, found.right))
    detail = None if found.change == "changed" else "only one run has it"
    return Ingredient(Kind.INPUT, left, right, path=found.path, place=found.place, detail=detail)


def said(facts: Facts) -> str:
    """Return in words what came of a step: its status, why it failed, or what was decided."""
    if facts.step.status is StepStatus.FAILED:
        return f"failed: {(facts.step.error or {}).get('type')}"
    if facts.step.kind is StepKind.DECISION and facts.step.ended:
        word, *names = choice_of(facts.step)
        return f"{word} {', '.join(names)}".rstrip()
    return str(facts.step.status)
