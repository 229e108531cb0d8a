"""Comparison of two runs: aligned steps, where their differences come from, and what they led to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agentskills.domain.alignment import align
from agentskills.domain.causes import Causes
from agentskills.domain.data_path import ABSENT, parts, read
from agentskills.domain.differences import Difference, Differences, differences
from agentskills.domain.ingredients import Facts, Side, Trace, trace
from agentskills.domain.origins import Cause, Ingredient, Kind, Row, Seqs, input_of
from agentskills.domain.skill import Skill
from agentskills.domain.status import StepKind

MOST_DIFFERENCES = 200
"""Differences that are looked for in initial_data and in the final data."""

MOST_OF_A_STEP = 20
"""Differences that are looked for in what a step produced."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Two aligned steps, and why they differ."""

    row: Row
    cause: Cause
    data: Differences

    @property
    def state(self) -> str:
        """`same`, `differs`, `only_left` or `only_right`."""
        if self.row.left is None:
            return "only_right"
        if self.row.right is None:
            return "only_left"
        return "differs" if self.cause.origin or self.cause.follows else "same"

    @property
    def follows_only(self) -> bool:
        """Whether all that differs comes from earlier steps."""
        return self.state != "same" and not self.cause.origin


@dataclass(frozen=True, slots=True)
class Origin:
    """An ingredient that differs, with the steps at which it does; none where nothing depends on it."""

    ingredient: Ingredient
    steps: tuple[Seqs, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two runs differ, and why."""

    left: Trace
    right: Trace
    steps: Sequence[Compared]
    origins: Sequence[Origin]
    data: Differences  # of the final data_store

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.origins or self.data.items)

    @property
    def headline(self) -> str:
        """One sentence that counts origins."""
        counted = [origin for origin in self.origins if origin.ingredient.kind is not Kind.NOT_REACHED]
        named = [name_of(origin.ingredient) for origin in counted if origin.steps]
        unread = [name_of(origin.ingredient) for origin in counted if not origin.steps]
        followers = sum(step.follows_only for step in self.steps) if named else 0
        said = [f"{_number(len(named), 'origin')}: {_listed(named)}"] if named else []
        if followers:
            said.append(f"{_number(followers, 'step')} follow{'s' if followers == 1 else ''}")
        if unread:
            said = said or ["No step differs"]
            said.append(f"{_listed(unread)} differ{'s' if len(unread) == 1 else ''} without effect")
        return "; ".join([*(said or ["No differences"]), *self._reached()])

    def _reached(self) -> list[str]:
        """Return, where the runs have not come equally far, how the one that lags stands."""
        cut_short = any(origin.ingredient.kind is Kind.NOT_REACHED for origin in self.origins)
        sides = [found.side for found in (self.left, self.right)]
        lagging = [side for side in sides if not side.finished or (cut_short and side.status != "completed")]
        return [f"{side.thread_id} is {side.status}" for side in lagging]


def compare(left: Side, right: Side, skills: Mapping[str, Skill]) -> Comparison:
    """Return how two runs differ; `skills` are the versions their steps were carried out with, by digest."""
    traces = trace(left, skills), trace(right, skills)
    rows = _aligned(*traces)
    inputs = differences(left.initial_data, right.initial_data, most=MOST_DIFFERENCES, into_lists=False)
    causes = Causes(*traces, rows, inputs)
    steps = [Compared(row, cause, _produced(row)) for row, cause in zip(rows, causes.all(), strict=True)]
    data = differences(traces[0].end.data, traces[1].end.data, most=MOST_DIFFERENCES)
    return Comparison(*traces, steps, _origins(steps, inputs, causes), data)


def _aligned(left: Trace, right: Trace) -> list[Row]:
    """Return the rows in the order of the left run, with those of the right one alone where they stood."""
    mine, other = _in_order(left), _in_order(right)
    pairs = align([facts.sign for facts in mine], [facts.sign for facts in other])
    rows = [Row(None if i is None else mine[i], None if j is None else other[j]) for i, j in pairs]
    alone: dict[int, list[Row]] = {}  # by the number of the left step they stand behind
    behind = 0
    for row in sorted((row for row in rows if row.right), key=lambda row: row.seqs[1] or 0):
        if row.left:
            behind = row.left.step.seq
        else:
            alone.setdefault(behind, []).append(row)
    ordered = alone.get(0, [])
    for row in sorted((row for row in rows if row.left), key=lambda row: row.seqs[0] or 0):
        ordered += [row, *alone.get(row.seqs[0] or 0, [])]
    return ordered


def _in_order(found: Trace) -> list[Facts]:
    """Return the steps with those of one decision by name: they ran side by side, in no order."""
    return sorted(
        found.facts,
        key=lambda f: (f.step.decision, f.step.kind is not StepKind.DECISION, f.step.skill or "", f.step.seq),
    )


def _produced(row: Row) -> Differences:
    """Return how what two steps produced differs; equal digests are not looked into."""
    if row.left is None or row.right is None or row.left.result == row.right.result:
        return Differences()
    if row.one.step.kind is StepKind.DECISION:
        return Differences()
    one, other = row.left.step, row.right.step
    mine, others = one.digests or {}, other.digests or {}
    items: list[Difference] = []
    for path in sorted(mine.keys() | others.keys()):
        if mine.get(path) == others.get(path):
            continue
        values = [read(s.outputs, path) if path in (s.digests or {}) else ABSENT for s in (one, other)]
        place = parts(path)
        if ABSENT in values:
            items.append(Difference(place, values[0], values[1]))
        else:
            found = differences(values[0], values[1], most=MOST_OF_A_STEP, place=place)
            items += found.items
        if len(items) > MOST_OF_A_STEP:
            return Differences(items[:MOST_OF_A_STEP], more=True)
    return Differences(items)


def _origins(steps: Sequence[Compared], inputs: Differences, causes: Causes) -> list[Origin]:
    """Return every ingredient that differs once, those without effect at the end."""
    found: dict[tuple[Any, ...], tuple[Ingredient, list[Seqs]]] = {}
    for step in steps:
        for ingredient in step.cause.origin:
            found.setdefault(ingredient.key, (ingredient, []))[1].append(step.row.seqs)
    unread = [input_of(item) for item in inputs.items] + ([causes.sop] if causes.other_sop else [])
    for ingredient in unread:
        found.setdefault(ingredient.key, (ingredient, []))
    return [Origin(ingredient, tuple(seqs)) for ingredient, seqs in found.values()]


def name_of(ingredient: Ingredient) -> str:
    """Return an ingredient in words, such as `input order.total` or `skill version of score`."""
    skill = ingredient.skill or "the plan"
    step = next((seq for seq in ingredient.at or () if seq is not None), None)
    return {
        Kind.INPUT: f"input {ingredient.path}",
        Kind.SKILL_VERSION: f"skill version of {skill}",
        Kind.MODEL: "model" if ingredient.path is None else "model host",
        Kind.SOP: "SOP",
        Kind.PLANNER_CHOICE: f"planner's choice at step {step}" if step else (ingredient.detail or "planner"),
        Kind.OVERRIDE: f"correction of {skill}",
        Kind.ANSWER: f"answer to {skill}",
        Kind.OUTSIDE_WORLD: f"outside world at {ingredient.skill or ingredient.path}",
        Kind.CHANCE: f"chance at {skill}",
        Kind.REUSED: f"reused result of {skill}",
        Kind.NOT_REACHED: "not reached",
    }[ingredient.kind]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
