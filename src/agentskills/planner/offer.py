"""Which skills a model may choose from now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, read
from agentskills.domain.decision import PlanningView
from agentskills.domain.effect import effect_identity
from agentskills.domain.skill import Skill

AT_MOST = 3
"""How often one skill may be carried out in a run."""


def offered(view: PlanningView) -> list[Skill]:
    """Return the skills that are ready, by name.

    A skill is ready when all it requires is there, the request's `skills` (if any) lists it, it
    was carried out fewer than three times, and, if it is irreversible, only ever with another
    effect key than it would have now.
    """
    times = Counter(step.skill for step in view.carried_out)
    allowed = view.catalog if view.goal is None else view.goal
    ready = [view.catalog[name] for name in sorted(allowed) if name in view.catalog]
    return [
        skill
        for skill in ready
        if times[skill.name] < AT_MOST
        and all(read(view.data, path) is not ABSENT for path in skill.contract.requires)
        and not _would_repeat(skill, view)
    ]


def described(skill: Skill) -> str:
    """Return what a model is told of a skill."""
    contract = skill.contract
    reads = " ".join(contract.reads) or ("everything" if contract.reads_everything else "nothing")
    effects = " It changes the world outside and can't be undone." if contract.irreversible else ""
    description = " ".join(skill.description.split())[:1024]
    return f"- {skill.name}: {description}{effects} Reads: {reads}. Produces: {' '.join(contract.writes)}."


def looks_at(view: PlanningView) -> list[Any]:
    """Return what a model's decision depends on: the skills it is offered, and the data it is shown."""
    return [[described(skill) for skill in offered(view)], digest(dict(view.data))]


def missing(view: PlanningView) -> tuple[str, ...]:
    """Return the required paths that are not there, of the skills the run is about."""
    names = view.goal if view.goal is not None else sorted(view.catalog)
    paths = [path for name in names if name in view.catalog for path in view.catalog[name].contract.requires]
    return tuple(dict.fromkeys(path for path in paths if read(view.data, path) is ABSENT))


def clash(skills: Sequence[Skill]) -> str | None:
    """Return what keeps these skills from running side by side, in words; None if nothing does."""
    for index, skill in enumerate(skills):
        for other in skills[index + 1 :]:
            if skill.name == other.name:
                return f"{skill.name} was chosen twice; choose it once."
            if skill.contract.overlaps(other.contract):
                return (
                    f"{skill.name} and {other.name} write to the same place, so they can't run side by side; "
                    "choose one of them now."
                )
    return None


def _would_repeat(skill: Skill, view: PlanningView) -> bool:
    if not skill.contract.irreversible:
        return False
    before = {step.effect_key for step in view.carried_out if step.skill == skill.name}
    if not before:
        return False
    now = effect_identity(skill.contract, skill.name, dict(view.data), root="").key_digest
    return now in before or None in before
