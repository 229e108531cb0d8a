"""What happens to a step of a rerun: the table, as one function over plain facts.

The rows are those of docs/reruns.md, "What happens to a step"; the first that fits decides.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from itertools import product
from typing import Literal

from agentskills.domain.rerun import EffectsMode, Freedom
from agentskills.domain.skill import Contract, Effects, ExecutorName


class Outcome(StrEnum):
    """What happens to a step."""

    GIVEN = "given"  # a person has set its result
    KEPT = "kept"  # it stands before the chosen start
    RECORDED = "recorded"  # a recording answers
    NOT_RECORDED = "not_recorded"  # only recordings may answer, and there is none: the run ends
    STAND_IN = "stand_in"  # nothing may go out; a recording or a sample stands in
    EFFECT_NEEDED = "effect_needed"  # nothing may go out, and nothing can stand in: the run ends
    IN_DOUBT = "in_doubt"  # nobody can tell whether its effect has happened: it waits
    RECEIPT = "receipt"  # its effect has happened: the receipt's output stands
    REUSED = "reused"  # nothing it depends on has changed
    CONSENT = "consent"  # it would happen again, and nobody has agreed: it waits
    CARRIED_OUT = "carried_out"


ENDS = frozenset({Outcome.NOT_RECORDED, Outcome.EFFECT_NEEDED})
"""Outcomes that end the run."""

DONE = frozenset(
    {
        Outcome.GIVEN,
        Outcome.KEPT,
        Outcome.RECORDED,
        Outcome.STAND_IN,
        Outcome.RECEIPT,
        Outcome.REUSED,
    }
)
"""Outcomes that bring a result without carrying anything out."""


@dataclass(frozen=True, slots=True)
class Case:
    """The facts about one step; None is a fact that is not known yet."""

    results: Freedom = "new"
    effects: EffectsMode = "once"
    given: bool = False  # a person has set the result of this step
    kept: bool | None = False  # it stands before `from`, and the run that is repeated has completed it
    reaches_outside: bool = False  # every rest, every skill with effects, python that says nothing of them
    irreversible: bool = False
    agreed: bool = False  # a person has agreed that it happens again
    recorded: bool | None = False  # the run that is repeated holds a recording of it
    stand_in: bool | None = False  # the family holds a recording of the skill and key, or there is a sample
    effect: Literal["none", "doubt", "receipt"] | None = "none"  # what became of the effect of this key
    other_receipt: bool | None = False  # the family has done this skill's effect under another key
    reusable: bool | None = False  # an ancestor carried out the same, not longer ago than `asf.reuse` says


def what_happens(case: Case) -> Outcome:
    """Return what happens to a step whose facts are all known."""
    if case.given:
        return Outcome.GIVEN
    if case.kept:
        return Outcome.KEPT
    if case.results == "recorded":
        return Outcome.RECORDED if case.recorded else Outcome.NOT_RECORDED
    if case.effects == "none" and case.reaches_outside:
        return Outcome.STAND_IN if case.stand_in else Outcome.EFFECT_NEEDED
    if case.irreversible and case.effect == "doubt":
        return Outcome.IN_DOUBT
    repeats = case.effects == "repeat" and case.irreversible
    if case.irreversible and case.effect == "receipt" and not repeats:
        return Outcome.RECEIPT
    if case.results == "unchanged" and case.reusable and not repeats:
        return Outcome.REUSED
    again = (repeats and case.effect == "receipt") or (case.irreversible and case.other_receipt)
    return Outcome.CONSENT if again and not case.agreed else Outcome.CARRIED_OUT


_POSSIBLE: dict[str, tuple[bool | str, ...]] = {
    "kept": (True, False),
    "recorded": (True, False),
    "stand_in": (True, False),
    "effect": ("none", "doubt", "receipt"),
    "other_receipt": (True, False),
    "reusable": (True, False),
}


def what_may_happen(case: Case) -> frozenset[Outcome]:
    """Return all that can happen to a step, whatever the facts turn out to be that are not known."""
    unknown = [field.name for field in fields(case) if getattr(case, field.name) is None]
    choices = product(*(_POSSIBLE[name] for name in unknown))
    return frozenset(
        what_happens(replace(case, **dict(zip(unknown, chosen, strict=True))))  # type: ignore[arg-type]
        for chosen in choices
    )


def reaches_outside(contract: Contract) -> bool:
    """Say whether carrying out the skill may be noticed outside, as far as anybody has said."""
    if contract.executor is ExecutorName.REST or contract.effects is not Effects.NONE:
        return True
    return contract.executor is ExecutorName.PYTHON and not contract.says_effects
