"""Skills without folders, and runs of the dataflow planner without an engine."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agentskills.domain.data_path import written
from agentskills.domain.decision import CarriedOut, Decided, Decision, Finish, GiveUp, PlanningView, Run
from agentskills.domain.skill import Contract, Effects, ExecutorName, Skill
from agentskills.planner.dataflow import DataflowPlanner

Catalog = dict[str, Skill]
_numbers = itertools.count()


def skill(name: str, requires: str = "", produces: str = "", **more: Any) -> Skill:
    """A skill; `?` marks what is optional, as in a contract."""
    reads, writes = requires.split(), produces.split()
    contract = Contract(
        executor=more.pop("executor", ExecutorName.PYTHON),
        requires=tuple(path for path in reads if not path.endswith("?")),
        optional=tuple(path[:-1] for path in reads if path.endswith("?")),
        produces=tuple(path for path in writes if not path.endswith("?")),
        may_produce=tuple(path[:-1] for path in writes if path.endswith("?")),
        **more,
    )
    return Skill(name, f"digest of {name}", f"Does {name}.", contract)


def irreversible(name: str, requires: str = "", produces: str = "") -> Skill:
    return skill(name, requires, produces, effects=Effects.IRREVERSIBLE)


def bare(name: str) -> Skill:
    """A skill without a contract."""
    return skill(name, "", f"results.{name}", executor=ExecutorName.LLM, reads_everything=True)


def catalog(*skills: Skill) -> Catalog:
    return {one.name: one for one in skills}


def decide(view: PlanningView, planner: DataflowPlanner) -> Decided:
    """The planner never waits for anything, so its first step is its last."""
    try:
        planner.decide(view).send(None)
    except StopIteration as done:
        decided: Decided = done.value
        return decided
    raise AssertionError("the dataflow planner waited")


@dataclass
class Story:
    """What happened in a run."""

    decisions: list[Decision] = field(default_factory=list)
    rounds: list[tuple[str, ...]] = field(default_factory=list)
    data: list[dict[str, Any]] = field(default_factory=list)  # before each round, and at the end

    @property
    def order(self) -> list[str]:
        return [name for names in self.rounds for name in names]

    @property
    def end(self) -> Finish | GiveUp:
        end = self.decisions[-1]
        assert not isinstance(end, Run)
        return end


def live(
    skills: Mapping[str, Skill],
    initial_data: dict[str, Any] | None = None,
    sop: str = "Do it.",
    goal: Iterable[str] | None = None,
    absent: Callable[[str], bool] = lambda path: False,
    planner: DataflowPlanner | None = None,
    digest: str | None = None,
    model: str | None = "test:any",
) -> Story:
    """Run to the end; each skill produces all it promises, but for optional paths that are `absent`."""
    planner = planner or DataflowPlanner()
    digest = digest or f"catalogue {next(_numbers)}"
    initial = initial_data or {}
    data, done = initial, list[CarriedOut]()
    story = Story(data=[data])
    while True:
        view = PlanningView(sop, tuple(goal) if goal else None, skills, digest, initial, data, done, model)
        decision = decide(view, planner).decision
        story.decisions.append(decision)
        if not isinstance(decision, Run):
            return story
        assert len(story.rounds) <= len(skills), "it does not end"
        story.rounds.append(decision.skills)
        for name in decision.skills:
            contract = skills[name].contract
            for path in contract.writes:
                if path in contract.produces or not absent(path):
                    value: Any = [name] if path.endswith("[]") else name
                    data = written(data, path, value)
            done = [*done, CarriedOut(name, len(done) + 1)]
        story.data.append(data)
