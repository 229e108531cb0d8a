"""What lies ahead of a run that has not begun: which skills come first, later or never, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agentskills.domain.data_path import ABSENT, read
from agentskills.domain.decision import Decision, PlanningView, Run
from agentskills.planner import wording
from agentskills.planner.offer import offered
from agentskills.planner.supply import Plan, Supply, by_itself

When = Literal["first", "offered", "later", "never"]


@dataclass(frozen=True, slots=True)
class Prospect:
    """When a skill's turn comes, as far as can be told now."""

    skill: str
    when: When  # offered: a model may choose it at once
    goal: bool  # listed in the request, or named in the SOP
    missing: tuple[str, ...]  # required paths that are not there yet
    why: str


@dataclass(frozen=True, slots=True)
class Need:
    """A path that nobody but initial_data can deliver."""

    path: str
    there: bool
    skills: tuple[str, ...]  # that require it


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lies ahead; without a decision where a model takes it."""

    decision: Decision | None
    prospects: tuple[Prospect, ...]
    needs: tuple[Need, ...]


def outlook_of_plan(
    supply: Supply, plan: Plan, decision: Decision, data: Mapping[str, object], *, listed: bool
) -> Outlook:
    """Return what lies ahead of a plan whose first decision this is."""
    have = _there(supply, plan.members, data)
    able = set(supply.can_run(plan.members, have))
    first = decision.skills if isinstance(decision, Run) else ()
    reasons = decision.reasons if isinstance(decision, Run) else {}
    order = [*first, *(name for name in plan.members if name not in first)]
    found = []
    for name in order:
        when: When = "first" if name in first else "later" if name in able else "never"
        why = reasons.get(name) or wording.ahead(supply, name, have, plan.members, plan.waits[name])
        missing = tuple(path for path in supply.requires(name) if path not in have)
        found.append(Prospect(name, when, plan.asked and name in plan.goals, missing, why))
    return Outlook(decision, tuple(found), _needs(supply, plan.goals, data, plan.members if listed else None))


def outlook_of_offer(supply: Supply, view: PlanningView) -> Outlook:
    """Return what a model may choose from at first, and what the other skills lack."""
    names = [name for name in view.goal or sorted(supply.catalog) if name in supply.catalog]
    have = _there(supply, names, view.data)
    able = set(supply.can_run(names, have))
    ready = {skill.name for skill in offered(view)}
    order = sorted(names, key=lambda name: (name not in ready, name not in able))
    found = []
    for name in order:
        when: When = "offered" if name in ready else "later" if name in able else "never"
        missing = tuple(path for path in supply.requires(name) if path not in have)
        why = wording.ahead(supply, name, have, names, ())
        found.append(Prospect(name, when, view.goal is not None, missing, why))
    listed = names if view.goal is not None else None
    return Outlook(None, tuple(found), _needs(supply, view.goal or (), view.data, listed))


def _there(supply: Supply, names: Collection[str], data: Mapping[str, object]) -> set[str]:
    paths = {path for name in names for path in supply.requires(name)}
    return {path for path in paths if read(data, path) is not ABSENT}


def _needs(
    supply: Supply, goals: Sequence[str], data: Mapping[str, object], listed: Collection[str] | None
) -> tuple[Need, ...]:
    """Return what the goals need of initial_data, themselves or for their suppliers.

    `listed` are the skills that the request limits the run to, None where it doesn't.
    """
    found: dict[str, list[str]] = {}
    there: set[str] = set()
    names = [name for name in goals if name in supply.catalog]
    seen = set(names)
    for name in names:  # grows while it is walked
        for path in supply.requires(name):
            suppliers = [other for other in supply.suppliers(name, path) if listed is None or other in listed]
            if read(data, path) is not ABSENT:
                there.add(path)
                suppliers = []
            if not suppliers:
                found.setdefault(path, []).append(name)
            chosen = [other for other in suppliers if by_itself(supply.catalog[other])] or suppliers
            new = [other for other in chosen if other not in seen]
            seen.update(new)
            names += new
    return tuple(Need(path, path in there, tuple(skills)) for path, skills in found.items())
