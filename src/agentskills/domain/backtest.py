"""What the replay of a past run says about it: the outcome stays, changes, or can't be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agentskills.domain.comparison import Compared, Comparison, name_of
from agentskills.domain.data_path import parts
from agentskills.domain.differences import Place
from agentskills.domain.ingredients import Facts
from agentskills.domain.origins import Ingredient, Kind, Seqs
from agentskills.domain.status import RunStatus, StepKind

MOST_PATHS = 50
"""Changed paths that are kept of one run."""


class Verdict(StrEnum):
    """What became of the outcome of one run."""

    STAYS = "stays"
    CHANGED = "changed"
    CANT_TELL = "cant_tell"


UNTOLD = frozenset({"effect-needed", "not-recorded", "plan-diverged", "version-missing"})
"""Errors by which a replay ends that says nothing about the outcome."""


@dataclass(frozen=True, slots=True)
class Spending:
    """More or less of it than the run had needed, as if nothing had been reused; None: not known."""

    tokens: int | None = 0
    money: Decimal | None = Decimal(0)  # US dollars
    seconds: Decimal | None = Decimal(0)

    def document(self) -> dict[str, Any]:
        """Return the difference as it is stored."""
        return {"tokens": self.tokens, "money": self.money, "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class Report:
    """What the replay of one run has shown."""

    verdict: Verdict
    why: dict[str, Any] | None = None  # type, message, skill: why it can't be told
    newly_failed: bool = False  # what had completed failed by itself
    statuses: tuple[str, str] | None = None  # of the run and its replay, where they differ
    headline: str | None = None
    paths: list[dict[str, Any]] = field(default_factory=list)  # [{path, change, origins: [{kind, name}]}]
    more_paths: bool = False
    difference: Spending | None = None

    def document(self) -> dict[str, Any]:
        """Return the report as it is stored with the item."""
        return {
            "verdict": str(self.verdict),
            "why": self.why,
            "newly_failed": self.newly_failed,
            "statuses": list(self.statuses) if self.statuses else None,
            "headline": self.headline,
            "paths": self.paths,
            "more_paths": self.more_paths,
            "difference": self.difference.document() if self.difference else None,
        }


def cant_tell(kind: str, message: str, skill: str | None = None, *, newly_failed: bool = False) -> Report:
    """Return that nobody can tell, and why."""
    why = {"type": kind, "message": message, "skill": skill}
    return Report(Verdict.CANT_TELL, why, newly_failed)


def report_of(found: Comparison, left: dict[str, Any] | None, right: dict[str, Any] | None) -> Report:
    """Return what a comparison of a run (left) and its replay says; `left` and `right` are their errors."""
    statuses = str(found.left.side.status), str(found.right.side.status)
    if statuses[0] not in (RunStatus.COMPLETED, RunStatus.FAILED):
        return cant_tell("no-outcome", f"the run itself is {statuses[0]}")
    if statuses[1] == RunStatus.FAILED and not _same_failure(left, right):
        error = right or {}
        kind = str(error.get("type", "failed"))
        newly = statuses[0] == RunStatus.COMPLETED and kind not in UNTOLD
        return cant_tell(kind, str(error.get("message") or ""), error.get("skill"), newly_failed=newly)
    if statuses[1] not in (RunStatus.COMPLETED, RunStatus.FAILED):
        return cant_tell(statuses[1], f"the replay is {statuses[1]}")
    differ = statuses[0] != statuses[1]
    changed = bool(found.data.items) or differ
    return Report(
        Verdict.CHANGED if changed else Verdict.STAYS,
        statuses=statuses if differ else None,
        headline=found.headline if changed else None,
        paths=list(_paths(found)),
        more_paths=found.data.more or len(found.data.items) > MOST_PATHS,
        difference=spending(found),
    )


def _same_failure(left: dict[str, Any] | None, right: dict[str, Any] | None) -> bool:
    if left is None or right is None or right.get("type") in UNTOLD:
        return False
    return all(left.get(name) == right.get(name) for name in ("type", "skill"))


def _paths(found: Comparison) -> Iterator[dict[str, Any]]:
    """Return where the final data differs, each place with the origins of what was produced there last."""
    by_seqs = {step.row.seqs: step for step in found.steps}
    produced = [(step, list(_places(step))) for step in found.steps if step.state != "same"]
    produced.reverse()
    for item in found.data.items[:MOST_PATHS]:
        step = next((step for step, places in produced if any(_touch(p, item.place) for p in places)), None)
        origins = _origins_of(step, by_seqs, set()) if step else []
        origins = origins or [o.ingredient for o in found.origins if o.ingredient.kind is Kind.NOT_REACHED]
        named = {(str(one.kind), name_of(one)): None for one in origins}
        yield {
            "path": item.path,
            "change": item.change,
            "origins": [{"kind": kind, "name": name} for kind, name in named],
        }


def _places(step: Compared) -> Iterator[Place]:
    """Return where two steps left something else, or one left something that the other run lacks."""
    if step.row.left is not None and step.row.right is not None:
        yield from (item.place for item in step.data.items)
    for facts in (step.row.left, step.row.right):
        if facts is not None and facts.step.kind is not StepKind.DECISION:
            other = step.row.right if facts is step.row.left else step.row.left
            mine, others = facts.step.digests or {}, (other.step.digests if other else None) or {}
            yield from (tuple(parts(path)) for path in mine if mine[path] != others.get(path))


def _touch(one: Place, other: Place) -> bool:
    """Say whether one place lies within the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _origins_of(step: Compared, by_seqs: dict[Seqs, Compared], seen: set[Seqs]) -> list[Ingredient]:
    """Return the ingredients that differ by themselves, here or in what this follows from."""
    seen.add(step.row.seqs)
    found = list(step.cause.origin)
    for seqs in step.cause.follows:
        if seqs not in seen and seqs in by_seqs:
            found += _origins_of(by_seqs[seqs], by_seqs, seen)
    return found


def spending(found: Comparison) -> Spending:
    """Return how much more the replay needed for what it carried out than the run had for the same."""
    tokens: int | None = 0
    money: Decimal | None = Decimal(0)
    seconds: Decimal | None = Decimal(0)
    for step in found.steps:
        left, right = step.row.left, step.row.right
        if right is not None and right.why is not None:
            continue  # taken over: what it would cost has not changed
        if right is not None and left is not None and left.why is not None:
            return Spending(None, None, None)  # what the run itself took over says nothing of its cost
        mine, others = _cost(left), _cost(right)
        tokens = None if tokens is None else tokens + others[0] - mine[0]
        known = money is not None and mine[1] is not None and others[1] is not None
        money = money + others[1] - mine[1] if known else None  # type: ignore[operator]
        known = seconds is not None and mine[2] is not None and others[2] is not None
        seconds = seconds + others[2] - mine[2] if known else None  # type: ignore[operator]
    return Spending(tokens, money, None if seconds is None else round(seconds, 3))


def _cost(facts: Facts | None) -> tuple[int, Decimal | None, Decimal | None]:
    if facts is None or facts.why is not None:
        return 0, Decimal(0), Decimal(0)
    step = facts.step
    usage = step.usage or {}
    tokens = (usage.get("input_tokens") or 0) + (usage.get("output_tokens") or 0)
    money = usage.get("money") if usage.get("requests") else Decimal(0)
    took: Decimal | None = Decimal(0)
    if step.kind is StepKind.SKILL:
        ended = step.finished_at
        took = None if ended is None else Decimal(str((ended - step.started_at).total_seconds()))
    return tokens, None if money is None else Decimal(str(money)), took
