"""A plan as it is answered: lines with reasons, effects, an estimate, versions that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from agentskills.domain.correction import Correction
from agentskills.domain.data_path import ABSENT
from agentskills.domain.differences import differences
from agentskills.domain.rerun import preset_of
from agentskills.domain.reuse import Outcome
from agentskills.domain.run import ClaimedRun
from agentskills.domain.skill import ExecutorName, Skill
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.family import Family
from agentskills.engine.rehearsal import Line, Rehearsal
from agentskills.executors.secrets import redact
from agentskills.services.rerun_draft import RerunDraft
from agentskills.storage.effects import Effect

MOST_CHANGED = 50
"""Values of one correction that are listed."""


def plan_document(
    draft: RerunDraft, claimed: ClaimedRun, catalog: Mapping[str, Skill], family: Family, told: Rehearsal
) -> dict[str, Any]:
    """Return a plan as JSON, all but its token."""
    estimates = _Estimates(family, catalog)
    lines = [_line_document(line, estimates) for line in told.lines]
    counts = Counter(line.action for line in told.lines if line.kind is not StepKind.DECISION)
    likely = Counter(line.expected for line in told.lines if line.kind is not StepKind.DECISION)
    return {
        "thread_id": draft.parent.thread_id,
        "request": draft.run.request or {},
        "preset": preset_of(draft.run.request or {}),
        "steps": lines,
        "counts": {action: counts[action] for action in ("reuse", "execute", "open")},
        "as_last_time": {action: likely[action] for action in ("reuse", "execute", "open")},
        "open_from": told.guessed_from,
        "open_because": told.why_guessed,
        "ends": told.ends,
        "left_out": _left_out(family, told),
        "effects": [line["effect"] for line in lines if line["effect"] is not None],
        "estimate": _sum([line["estimate"] for line in lines if line["expected"] == "execute"]),
        "versions": _versions(family, catalog),
        "corrections": [_correction(family, correction) for correction in family.given.values()],
        "warnings": _warnings(told, claimed),
    }


def _line_document(line: Line, estimates: _Estimates) -> dict[str, Any]:
    pointer = (line.step.reused_from if line.step else None) or {}
    return {
        "seq": line.seq,
        "kind": str(line.kind),
        "skill": line.skill,
        "recorded_seq": line.recorded.seq if line.recorded else None,
        "action": line.action,
        "expected": line.expected,
        "outcome": str(line.outcome) if line.outcome else None,
        "reason": line.reason,
        "reused_from": pointer or None,
        "warnings": list(pointer.get("warnings") or ()),
        "decision": _decision(line),
        "effect": _effect(line),
        "estimate": estimates.of(line) if line.expected == "execute" and not line.is_free else None,
    }


def _decision(line: Line) -> dict[str, Any] | None:
    """Return what is decided, or was decided last time."""
    if line.kind is not StepKind.DECISION:
        return None
    step = line.step or line.recorded
    return step.outputs if step else None


def _correction(family: Family, correction: Correction) -> dict[str, Any]:
    """Return what a person has set, against the result in the run that is repeated."""
    before = family.recording.by_place.get(correction.place) if family.recording else None
    outputs = before.outputs if before is not None and before.outputs is not None else {}
    found = differences(outputs, correction.outputs, most=MOST_CHANGED, into_lists=False)
    return {
        "skill": correction.place.skill,
        "nth": correction.place.nth,
        "paths": list(correction.paths),
        "changed": [
            {
                "path": one.path,
                "change": one.change,
                "before": None if one.left is ABSENT else redact(one.left),
                "after": None if one.right is ABSENT else redact(one.right),
            }
            for one in found.items
        ],
        "changed_more": found.more,
        "by": correction.by,
    }


_STATES = {
    Outcome.RECEIPT: "not_repeated",
    Outcome.CONSENT: "needs_consent",
    Outcome.IN_DOUBT: "in_doubt",
    Outcome.CARRIED_OUT: "may_happen",
    Outcome.STAND_IN: "stands_in",
}


def _effect(line: Line) -> dict[str, Any] | None:
    """Return what becomes of the irreversible effect of a step."""
    look, found = line.look, line.found
    if look is None or found is None or not look.is_skill or not look.contract.irreversible:
        return None
    state = _STATES.get(found.outcome)
    if state is None:
        return None
    again = found.outcome is Outcome.CARRIED_OUT and (found.effect or found.other) is not None
    return {
        "seq": line.seq,
        "skill": look.skill.name,
        "state": "happens_again" if again else state,
        "certain": line.action != "open",
        "key": redact(look.identity.key),
        "inputs": redact(look.inputs),
        "receipt": _receipt(found.effect or found.other),
    }


def _receipt(effect: Effect | None) -> dict[str, Any] | None:
    if effect is None:
        return None
    return {
        "id": effect.id,
        "state": effect.state,
        "thread_id": effect.thread_id,
        "seq": effect.seq,
        "key": effect.key,
        "repeat": effect.repeat,
        "at": effect.updated_at,
        "inputs": effect.inputs,
        "output": effect.output,
    }


_NOTHING: Mapping[str, Any] = {"tokens": 0, "money": 0, "seconds": 0, "from": None}
_UNKNOWN: Mapping[str, Any] = dict.fromkeys(_NOTHING)


class _Estimates:
    """What steps took when they were carried out last."""

    def __init__(self, family: Family, catalog: Mapping[str, Skill]) -> None:
        self._catalog = catalog
        self._latest: dict[str, Step] = {}
        done = [step for step in family.sources.values() if step.finished_at is not None]
        for step in sorted(done, key=lambda step: (step.finished_at, step.seq)):
            self._latest[_what(step.kind, step.skill)] = step

    def of(self, line: Line) -> dict[str, Any]:
        """Return tokens, money and seconds of a line, with where they were seen; null is unknown.

        People take no time of it, and what asks no model costs nothing.
        """
        skill = self._catalog.get(line.skill or "")
        executor = skill.contract.executor if skill else None
        if line.kind is StepKind.APPROVAL or executor is ExecutorName.HUMAN:
            return dict(_NOTHING)  # how long a person takes is no cost of the rerun
        asks_no_model = executor is not None and executor is not ExecutorName.LLM
        last = self._latest.get(_what(line.kind, line.skill))
        if last is None or last.finished_at is None:
            return {**(_NOTHING if asks_no_model else _UNKNOWN), "seconds": None}
        usage = last.usage
        tokens = (usage.get("input_tokens") or 0) + (usage.get("output_tokens") or 0) if usage else 0
        return {
            "tokens": tokens,
            "money": usage.get("money") if usage else 0,
            "seconds": Decimal(str(round((last.finished_at - last.started_at).total_seconds(), 3))),
            "from": {"thread_id": last.thread_id, "seq": last.seq},
        }


def _what(kind: StepKind, skill: str | None) -> str:
    return f"{kind} {skill or ''}"


def _sum(estimates: list[dict[str, Any] | None]) -> dict[str, Any]:
    """Add estimates up; what is unknown of some is counted, never taken as 0."""
    given = [estimate for estimate in estimates if estimate is not None]
    total: dict[str, Any] = {}
    for name in ("tokens", "money", "seconds"):
        known = [estimate[name] for estimate in given if estimate[name] is not None]
        total[name] = sum(known)
        total[f"{name}_unknown"] = len(given) - len(known)
    return total


def _left_out(family: Family, told: Rehearsal) -> list[dict[str, Any]]:
    """Return recorded steps that the rerun has no counterpart of, as far as it is thought through."""
    if family.recording is None:
        return []
    there = {line.recorded.seq for line in told.lines if line.recorded is not None}
    return [
        {"seq": step.seq, "kind": str(step.kind), "skill": step.skill}
        for step in family.recording.steps
        if step.kind is not StepKind.DECISION and step.seq not in there
    ]


def _versions(family: Family, catalog: Mapping[str, Skill]) -> list[dict[str, Any]]:
    """Return the skills whose version differs from the one that was recorded last."""
    if family.recording is None:
        return []
    before = {step.skill: step.skill_digest for step in family.recording.steps if step.skill}
    today = {name: catalog[name].digest if name in catalog else None for name in before if name}
    return [
        {"skill": name, "recorded": before[name], "rerun": version}
        for name, version in sorted(today.items())
        if before[name] is not None and before[name] != version
    ]


def _warnings(told: Rehearsal, claimed: ClaimedRun) -> list[str]:
    """Return what a person should know before agreeing."""
    found = []
    reached = {(line.kind, line.skill) for line in told.lines}
    for given in claimed.given:
        if (given["kind"], given["skill"]) not in reached and told.guessed_from is None:
            found.append(f"{given['skill']}, whose result is corrected, is not reached")
    model = claimed.model
    if model is not None and model.endswith(("latest", "-preview")):
        found.append(f"{model} is a floating name: it may be another model than last time")
    failed = [line for line in told.lines if line.step is not None and line.step.status is StepStatus.FAILED]
    found += [f"{line.skill} ends the run: {line.reason}" for line in failed]
    return found
