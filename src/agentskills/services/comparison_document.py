"""A comparison as it is answered; values that are too large are said to differ and not shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from agentskills.domain.comparison import Compared, Comparison, name_of
from agentskills.domain.data_path import ABSENT
from agentskills.domain.differences import Differences
from agentskills.domain.ingredients import Facts, Trace
from agentskills.domain.json_text import json_bytes
from agentskills.domain.origins import Ingredient, Seqs, said
from agentskills.domain.status import StepKind
from agentskills.services.naming import name_of as run_name_of
from agentskills.storage.comparison import ComparedRun

LARGEST_VALUE = 4_000
LARGEST_ANSWER = 400_000
"""Bytes of JSON: of one value, and of all values together."""


class _Room:
    """How many bytes of values may still be shown."""

    def __init__(self) -> None:
        self.left = LARGEST_ANSWER

    def take(self, *values: Any) -> bool:
        """Say whether these values are shown."""
        sizes = [0 if value is ABSENT else len(json_bytes(value)) for value in values]
        if max(sizes, default=0) > LARGEST_VALUE or sum(sizes) > self.left:
            return False
        self.left -= sum(sizes)
        return True


def document(found: Comparison, left: ComparedRun, right: ComparedRun) -> dict[str, Any]:
    """Return the answer for a comparison of these two runs."""
    room = _Room()
    return {
        "left": _run(left),
        "right": _run(right),
        "headline": found.headline,
        "differs": found.differs,
        "origins": [
            _ingredient(origin.ingredient, room) | {"steps": [_seqs(seqs) for seqs in origin.steps]}
            for origin in found.origins
        ],
        "steps": [_step(step, room) for step in found.steps],
        "data": _differences(found.data, room),
        "path": [
            {"left": _choice(step.row.left), "right": _choice(step.row.right)}
            for step in found.steps
            if step.row.one.step.kind is StepKind.DECISION and step.row.spreads
        ],
        "totals": _totals(found, left, right),
    }


def _run(run: ComparedRun) -> dict[str, Any]:
    return {
        "thread_id": run.thread_id,
        "run_name": run_name_of(run.run_name, run.sop),
        "status": run.status,
        "parent_thread_id": run.parent_thread_id,
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "error": run.error,
    }


def _ingredient(ingredient: Ingredient, room: _Room) -> dict[str, Any]:
    fits = room.take(ingredient.left, ingredient.right)
    return {
        "kind": str(ingredient.kind),
        "name": name_of(ingredient),
        "path": ingredient.path,
        "skill": ingredient.skill,
        "left": ingredient.left if fits else None,
        "right": ingredient.right if fits else None,
        "detail": ingredient.detail if fits else "too large to show",
    }


def _step(step: Compared, room: _Room) -> dict[str, Any]:
    origin = [_ingredient(ingredient, room) for ingredient in step.cause.origin]
    return {
        "left": _facts(step.row.left),
        "right": _facts(step.row.right),
        "state": step.state,
        "origin": origin or None,
        "follows_from": [_seqs(seqs) for seqs in step.cause.follows],
        "data": _differences(step.data, room),
    }


def _seqs(seqs: Seqs) -> dict[str, int | None]:
    return {"left": seqs[0], "right": seqs[1]}


def _facts(facts: Facts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    step = facts.step
    return {
        "seq": step.seq,
        "kind": step.kind,
        "skill": step.skill,
        "skill_digest": step.skill_digest,
        "status": step.status,
        "said": said(facts),
        "reused_from": step.reused_from,
        "started_at": step.started_at,
        "finished_at": step.finished_at,
    }


def _choice(facts: Facts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {"seq": facts.step.seq, "said": said(facts), "reason": facts.step.reason}


def _differences(found: Differences, room: _Room) -> dict[str, Any]:
    items = []
    for one in found.items:
        fits = room.take(one.left, one.right)
        left, right = (None if value is ABSENT or not fits else value for value in (one.left, one.right))
        items.append(
            {"path": one.path, "change": one.change, "left": left, "right": right, "too_large": not fits}
        )
    return {"items": items, "more": found.more}


def _totals(found: Comparison, left: ComparedRun, right: ComparedRun) -> dict[str, Any]:
    mine, others = _total(found.left, left), _total(found.right, right)
    delta = {
        name: None if mine[name] is None or others[name] is None else others[name] - mine[name]
        for name in mine
    }
    return {"left": mine, "right": others, "delta": delta}


def _total(trace: Trace, run: ComparedRun) -> dict[str, Any]:
    ended = run.started_at is not None and run.finished_at is not None
    took = (run.finished_at - run.started_at).total_seconds() if ended else None  # type: ignore[operator]
    usages = [facts.step.usage for facts in trace.facts if facts.step.usage]
    return {
        "seconds": None if took is None else round(Decimal(str(took)), 3),
        "tokens": run.tokens or 0,
        "money": None if run.money_unknown else run.money or Decimal(0),
        "model_calls": sum(usage.get("requests") or 0 for usage in usages),
    }
