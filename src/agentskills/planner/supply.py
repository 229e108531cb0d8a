"""Who can supply what: the skills of a catalogue as a graph of the data paths they read and produce."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agentskills.domain.data_path import overlap
from agentskills.domain.skill import ExecutorName, Skill


def lacks_model(skill: Skill) -> bool:
    """Say whether a skill asks a model that only the run or the installation could name."""
    return skill.contract.executor is ExecutorName.LLM and skill.contract.model is None


def by_itself(skill: Skill) -> bool:
    """Say whether a skill may become a goal without anyone having asked for it."""
    return not skill.contract.irreversible and not skill.contract.reads_everything


class Supply:
    """The graph of one catalogue snapshot; everything is computed once per skill and kept."""

    def __init__(self, catalog: Mapping[str, Skill]) -> None:
        self.catalog = catalog
        self._writers: dict[str, list[tuple[str, str]]] = {}  # first key of a path → (skill, path)
        for name, skill in sorted(catalog.items()):
            for path in skill.contract.writes:
                self._writers.setdefault(_first(path), []).append((name, path))
        self._producers: dict[str, tuple[str, ...]] = {}

    def producers(self, path: str) -> tuple[str, ...]:
        """Return the skills that may produce something at `path`, above it or inside it, by name."""
        found = self._producers.get(path)
        if found is None:
            writers = self._writers.get(_first(path), ())
            found = tuple(dict.fromkeys(name for name, written in writers if overlap(written, path)))
            self._producers[path] = found
        return found

    def suppliers(self, name: str, path: str) -> tuple[str, ...]:
        """Return the skills other than `name` that may produce `path`."""
        return tuple(other for other in self.producers(path) if other != name)

    def requires(self, name: str) -> tuple[str, ...]:
        """Return what a skill can't do without."""
        return self.catalog[name].contract.requires

    def reachable(self, goals: Iterable[str]) -> set[str]:
        """Return the goals and all that could supply them, directly or not."""
        found = set(goals)
        todo = list(found)
        while todo:
            name = todo.pop()
            for path in self.requires(name):
                new = set(self.suppliers(name, path)) - found
                found |= new
                todo += new
        return found

    def can_run(self, names: Iterable[str], have: set[str]) -> list[str]:
        """Return those of `names` that can run, now or after others of them, in such an order.

        `have` holds the paths that are there. Skills that only wait for each other can't run.
        """
        names = list(names)
        members = set(names)
        unmet = {name: {path for path in self.requires(name) if path not in have} for name in names}
        feeds: dict[str, list[tuple[str, str]]] = {}
        for name in names:
            for path in unmet[name]:
                for supplier in self.suppliers(name, path):
                    if supplier in members:
                        feeds.setdefault(supplier, []).append((name, path))
        order = [name for name in names if not unmet[name]]
        for name in order:  # grows while it is walked
            for fed, path in feeds.get(name, ()):
                if path in unmet[fed]:
                    unmet[fed].discard(path)
                    if not unmet[fed]:
                        order.append(fed)
        return order


def _first(path: str) -> str:
    return path.split(".", 1)[0].removesuffix("[]")


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be carried out for a goal, given what a run begins with."""

    goals: tuple[str, ...]
    members: tuple[str, ...]  # the goals and their suppliers, in the order they are preferred in
    asked: bool  # whether someone asked for the goals; else they are all that can run
    waits: Mapping[str, tuple[str, ...]]  # member → members that may produce what it reads


def plan_listed(supply: Supply, goals: tuple[str, ...]) -> Plan:
    """Return the plan for goals that the request lists: they limit the run, so no supplier is added."""
    return _plan(supply, goals, goals, asked=True)


def plan_asked(supply: Supply, goals: tuple[str, ...], have: set[str]) -> Plan:
    """Return the plan for goals that the SOP names; suppliers are added by backward chaining."""
    candidates = sorted(supply.reachable(goals))
    safe = supply.can_run([name for name in candidates if by_itself(supply.catalog[name])], have)
    ranks = _ranks(supply, candidates, safe, have)
    safe_set = set(safe)
    members = dict.fromkeys(goals)
    added: set[str] = set()
    todo = list(goals)
    while todo:
        name = todo.pop()
        for path in supply.requires(name):
            if path in have:
                continue
            able = [other for other in supply.suppliers(name, path) if other in ranks]
            chosen = [other for other in able if other in safe_set] or sorted(able, key=ranks.__getitem__)[:1]
            new = [other for other in chosen if other not in members and other not in added]
            added.update(new)
            todo += new
    return _plan(supply, goals, (*members, *sorted(added)), asked=True)


def _ranks(supply: Supply, candidates: list[str], safe: list[str], have: set[str]) -> dict[str, int]:
    """Return in which order the candidates can run; those that never can are left out.

    Skills nobody asked for that act on the world for good come in only where nothing else helps, so
    that a supplier of the lowest rank never drags in more of them than needed.
    """
    ranks = {name: rank for rank, name in enumerate(safe)}
    for name in supply.can_run(safe + [name for name in candidates if name not in ranks], have):
        ranks.setdefault(name, len(ranks))
    return ranks


def plan_all(supply: Supply, have: set[str], *, model: bool) -> Plan:
    """Return the plan where nobody named a goal: every skill that can run by itself."""
    eligible = [
        name
        for name, skill in sorted(supply.catalog.items())
        if by_itself(skill) and (model or not lacks_model(skill))
    ]
    able = set(supply.can_run(eligible, have))
    goals = tuple(name for name in eligible if name in able)
    return _plan(supply, goals, goals, asked=False)


def _plan(supply: Supply, goals: tuple[str, ...], members: tuple[str, ...], *, asked: bool) -> Plan:
    inside = set(members)
    waits: dict[str, tuple[str, ...]] = {}
    for name in members:
        contract = supply.catalog[name].contract
        if contract.reads_everything:
            waits[name] = tuple(other for other in members if other != name)
            continue
        found = dict.fromkeys(other for path in contract.reads for other in supply.producers(path))
        waits[name] = tuple(other for other in found if other != name and other in inside)
    return Plan(goals, members, asked, waits)
