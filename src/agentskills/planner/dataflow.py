"""The planner without a model: skills run as soon as what they need is there, until the goal is met."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from hashlib import sha256
from typing import Any

from agentskills.domain.data_path import parts
from agentskills.domain.decision import Decided, Decision, Finish, PlanningView, Run
from agentskills.domain.skill import Skill
from agentskills.planner import wording
from agentskills.planner.outlook import Outlook, outlook_of_plan
from agentskills.planner.ready import choose
from agentskills.planner.sop_names import SopNames
from agentskills.planner.supply import Plan, Supply, lacks_model, plan_all, plan_asked, plan_listed

_KEEP = 4096  # entries in each cache; beyond that it starts over


class DataflowPlanner:
    """Plans from the data paths that skills require and produce.

    A decision depends only on the catalogue, the goal, which of the paths that matter are there,
    and what was carried out. So each different situation is worked out once and then looked up.
    """

    name = "dataflow"
    asks_a_model = False

    def __init__(self) -> None:
        self._catalogs: dict[str, _Catalog] = {}

    def looks_at(self, view: PlanningView) -> list[Any]:
        """Return the catalogue, and which of the paths that matter were and are there."""
        return [view.catalog_digest, *self._goal_of(view).held(view)]

    async def decide(self, view: PlanningView) -> Decided:
        """Return the next decision; never raises, never calls out."""
        return self._goal_of(view).decide(view)

    def outlook(self, view: PlanningView) -> Outlook:
        """Return what lies ahead of a run that has not begun: the first decision, and what follows."""
        return self._goal_of(view).outlook(view)

    def _goal_of(self, view: PlanningView) -> _Goal:
        catalog = self._catalogs.get(view.catalog_digest)
        if catalog is None:
            catalog = _Catalog(view.catalog)
            _keep(self._catalogs, view.catalog_digest, catalog, limit=64)
        return catalog.goal_of(view)


class _Catalog:
    """What is known about one catalogue snapshot."""

    def __init__(self, skills: Mapping[str, Skill]) -> None:
        self.supply = Supply(skills)
        self._names = SopNames(skills)
        self._goals: dict[tuple[str, tuple[str, ...] | None, bool], _Goal] = {}  # by SOP, list, model
        self._by_names: dict[tuple[bool, tuple[str, ...], bool], _Goal] = {}

    def goal_of(self, view: PlanningView) -> _Goal:
        """Return what the run is about."""
        asked = (_kept_as(view.sop), view.goal, view.model is not None)
        goal = self._goals.get(asked)
        if goal is None:
            goal = self._goal(view)
            _keep(self._goals, asked, goal)
        return goal

    def _goal(self, view: PlanningView) -> _Goal:
        listed = tuple(dict.fromkeys(view.goal)) if view.goal else None
        names = listed if listed is not None else self._names.find(view.sop)
        key = (listed is not None, names, view.model is not None)
        goal = self._by_names.get(key)
        if goal is None:
            goal = _Goal(self.supply, names, listed=listed is not None, model=view.model is not None)
            _keep(self._by_names, key, goal)
        return goal


class _Goal:
    """All decisions for one goal; no names means: every skill that can run."""

    def __init__(self, supply: Supply, names: tuple[str, ...], *, listed: bool, model: bool) -> None:
        self._supply = supply
        self._names = names
        self._listed = listed
        self._model = model  # whether there is one to ask
        self._unknown = tuple(name for name in names if name not in supply.catalog)
        known = supply.reachable(names) if names and not self._unknown else set(supply.catalog)
        self._paths = _Paths(path for name in known for path in supply.requires(name))
        self._plans: dict[int, Plan] = {}
        self._bystanders: dict[tuple[str, ...], _Bystanders] = {}
        self._decisions: dict[tuple[int, int, tuple[str, ...]], Decided | Plan] = {}

    def held(self, view: PlanningView) -> tuple[int, int]:
        """Return which of the paths that matter were there at first, and which are there now."""
        return self._paths.held(view.initial_data), self._paths.held(view.data)

    def decide(self, view: PlanningView) -> Decided:
        """Return the next decision."""
        initial, now = self.held(view)
        key = (initial, now, tuple([step.skill for step in view.carried_out]))
        found = self._decisions.get(key)
        if found is None:
            found = self._work_out(initial, key[1], key[2])
            _keep(self._decisions, key, found)
        if isinstance(found, Plan):  # finished; what else could have run depends on all the data
            return Decided(self._finish(found, view.data, key[2]))
        return found

    def outlook(self, view: PlanningView) -> Outlook:
        """Return what lies ahead of a run that has not begun."""
        decision = self.decide(view).decision
        if self._unknown:
            return Outlook(decision, (), ())
        plan = self._plan(self._paths.named(self._paths.held(view.initial_data)))
        return outlook_of_plan(self._supply, plan, decision, view.initial_data, listed=self._listed)

    def _work_out(self, initial: int, now: int, done: tuple[str, ...]) -> Decided | Plan:
        if self._unknown:
            close = get_close_matches(self._unknown[0], self._supply.catalog, n=1, cutoff=0.6)
            return Decided(wording.unknown(self._unknown, close))
        plan = self._plans.get(initial)
        if plan is None:
            plan = self._plan(self._paths.named(initial))
            _keep(self._plans, initial, plan)
        speechless = [] if self._model else [n for n in plan.members if lacks_model(self._supply.catalog[n])]
        if speechless:  # told at once, not when its turn comes
            return Decided(wording.no_model(speechless))
        decision = self._decide(plan, self._paths.named(now), set(done))
        return plan if decision is None else Decided(decision)

    def _plan(self, have: set[str]) -> Plan:
        if self._listed:
            return plan_listed(self._supply, self._names)
        if self._names:
            return plan_asked(self._supply, self._names, have)
        return plan_all(self._supply, have, model=self._model)

    def _decide(self, plan: Plan, have: set[str], done: set[str]) -> Decision | None:
        """Return what to do, or None where the goal is met."""
        remaining = [name for name in plan.members if name not in done]
        open_goals = [name for name in plan.goals if name not in done]
        able = set(self._supply.can_run(remaining, have))
        if plan.asked:
            if not open_goals:
                return None
            stuck = [name for name in open_goals if name not in able]
            if stuck:
                return wording.missing(
                    self._supply, stuck, have, done, plan.members if self._listed else None
                )
        elif not able:
            return None if done else wording.nothing_to_do(self._supply, have)
        chosen = choose(self._supply, plan, [name for name in remaining if name in able], have)
        assert chosen, "among skills that can run, one can run now"
        reasons = {name: wording.reason(self._supply, plan, name, remaining, self._listed) for name in chosen}
        return Run(tuple(chosen), wording.together(reasons), reasons)

    def _finish(self, plan: Plan, data: Mapping[str, Any], done: Sequence[str]) -> Finish:
        bystanders = self._bystanders.get(plan.members)
        if bystanders is None:
            bystanders = _Bystanders(self._supply, plan)
            _keep(self._bystanders, plan.members, bystanders, limit=64)
        return Finish(wording.finished(plan, done, self._listed), bystanders.ready(data, done))


class _Bystanders:
    """The skills that are not part of a plan."""

    def __init__(self, supply: Supply, plan: Plan) -> None:
        names = sorted(supply.catalog.keys() - set(plan.members))
        self._paths = _Paths(path for name in names for path in supply.requires(name))
        self._needs = [(name, self._paths.bits(supply.requires(name))) for name in names]

    def ready(self, data: Mapping[str, Any], done: Sequence[str]) -> tuple[str, ...]:
        """Return those that could have run on this data, by name."""
        held = self._paths.held(data)
        return tuple(name for name, needs in self._needs if held & needs == needs and name not in done)


class _Paths:
    """A fixed set of data paths, so that "which of them are there" is one integer."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = tuple(sorted(set(paths)))
        self._keys = tuple((1 << n, parts(path), path.endswith("[]")) for n, path in enumerate(self._paths))

    def held(self, data: Mapping[str, Any]) -> int:
        """Return a bit for each path at which `data` holds a value (as `data_path.read` sees it)."""
        bits = 0
        for bit, keys, many in self._keys:
            value: Any = data
            for key in keys:
                if type(value) is not dict or key not in value:
                    break
                value = value[key]
            else:
                if not many or isinstance(value, list):
                    bits |= bit
        return bits

    def bits(self, paths: Iterable[str]) -> int:
        """Return the bits that stand for some of the paths."""
        wanted = set(paths)
        return sum(1 << n for n, path in enumerate(self._paths) if path in wanted)

    def named(self, bits: int) -> set[str]:
        """Return the paths that the bits stand for."""
        return {path for n, path in enumerate(self._paths) if bits >> n & 1}


def _kept_as(sop: str) -> str:
    """Return what stands for an SOP in a cache: long ones would fill the memory."""
    return sop if len(sop) <= 2_000 else sha256(sop.encode()).hexdigest()


def _keep(cache: dict[Any, Any], key: Any, value: Any, limit: int = _KEEP) -> None:
    if len(cache) >= limit:
        cache.clear()
    cache[key] = value
