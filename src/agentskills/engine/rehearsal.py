"""Think a rerun through without carrying anything out: what is reused, executed, or open, and why.

It asks the same `look_back` and `remembered` as a worker does, so that a plan tells what will happen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from agentskills.domain.canonical import digest
from agentskills.domain.clock import now
from agentskills.domain.data_path import ABSENT, overlap, parts, read, written
from agentskills.domain.decision import Decision, GiveUp, Planner, Run, decision_document, decision_from
from agentskills.domain.errors import PlanDiverged
from agentskills.domain.reuse import DONE, ENDS, Outcome
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.course import Course
from agentskills.engine.decisions import follows, remembered, view_of
from agentskills.engine.family import Family
from agentskills.engine.reasons import reason_of
from agentskills.engine.results import ended, result_of
from agentskills.engine.reuse import Finds, Look, look_back

MOST_STEPS = 2000
Action: TypeAlias = Literal["reuse", "execute", "open"]


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a rerun that has not been started."""

    seq: int  # in the rerun
    kind: StepKind
    skill: str | None
    action: Action  # what is certain
    expected: Action  # if the planner decides, and values come out, as last time
    reason: str
    outcome: Outcome | None = None  # of a decision: None
    step: Step | None = None  # what would stand in the journal, where nothing is carried out
    recorded: Step | None = None  # the step at the same place in the run that is repeated
    look: Look | None = None
    found: Finds | None = None

    @property
    def is_free(self) -> bool:
        """Whether it is a decision for which no model is asked."""
        return self.kind is StepKind.DECISION and self.step is not None


@dataclass(slots=True)
class Rehearsal:
    """A rerun thought through."""

    lines: list[Line] = field(default_factory=list)
    ends: dict[str, Any] | None = None  # {type, message, seq}: it certainly ends like this
    guessed_from: int | None = None  # seq from which on everything hangs on what is not known yet
    why_guessed: str | None = None


async def rehearse(course: Course, family: Family, planner: Planner) -> Rehearsal:
    """Return what a rerun would do. The course is used up."""
    told = Rehearsal()
    while len(course.steps) < MOST_STEPS:
        decision = await _decide(course, family, planner, told)
        if not isinstance(decision, Run):
            if isinstance(decision, GiveUp):
                _end(told, decision.error_type, decision.reason, course.next_seq())
            return told
        course.open_decision(told.lines[-1].seq, decision.skills)
        to_come: list[Look] = []  # what their skills produce, only the next decision sees
        for chain in course.chains:
            for unit in chain:
                look, found = await look_back(course, family, unit)
                line = _line(look, found, told)
                told.lines.append(line)
                course.steps[unit.seq] = line.step or _guess(look)
                if line.outcome in ENDS or (line.step and line.step.status is StepStatus.FAILED):
                    assert line.step is not None
                    error = line.step.error or {}
                    if len(found.possible) > 1:
                        _guess_from(told, line.seq, f"{look.skill.name} may or may not end the run")
                    _end(told, str(error.get("type")), str(error.get("message")), line.seq)
                    return told
                if line.step is None or line.action != "reuse":
                    course.unknown.add(unit.seq)
                    if line.action == "execute":
                        course.anew.add(unit.seq)
                    to_come.append(look)
                if found.possible & ENDS:
                    _guess_from(told, line.seq + 1, f"{look.skill.name} may end the run")
        course.settle()
        for look in to_come:
            _note_uncertain_paths(look, course.next_seq(), told)
    _guess_from(told, course.next_seq(), f"a plan looks {MOST_STEPS:,} steps ahead")
    return told


def _end(told: Rehearsal, kind: str, message: str, seq: int) -> None:
    if told.guessed_from is None:
        told.ends = {"type": kind, "message": message, "seq": seq}


def _guess_from(told: Rehearsal, seq: int, why: str) -> None:
    if told.guessed_from is None:
        told.guessed_from, told.why_guessed = seq, why


async def _decide(course: Course, family: Family, planner: Planner, told: Rehearsal) -> Decision | None:
    """Take the next decision into the plan; None where nobody can tell how it goes on."""
    view, seq = view_of(course), course.next_seq()
    found = remembered(course, family, planner, view)
    if isinstance(found, PlanDiverged):
        _end(told, found.type, found.detail, seq)
        return None
    if isinstance(found, Step):
        why = (found.reused_from or {})["why"]
        reason = {"kept": "kept", "recorded": "as recorded"}.get(why, "unchanged")
        return _decided(course, told, found, reason, "reuse", recorded=_recorded(course, family))
    if not planner.asks_a_model:
        decided = (await planner.decide(view)).decision
        step = _decision_step(seq, decision_document(decided), decided.reason)
        recorded = _recorded(course, family)
        return _decided(course, told, step, "worked out from the data", "execute", recorded=recorded)
    return _ask(course, family, told)


def _ask(course: Course, family: Family, told: Rehearsal) -> Decision | None:
    """A model is asked: from here on the plan only says what happens if it decides as last time."""
    seq, last = course.next_seq(), _recorded(course, family)
    may_be_reused = bool(course.unknown) and family.request.plan == "unchanged"
    reason = "reused if the data come out as last time" if may_be_reused else "the model is asked"
    action: Action = "open" if may_be_reused or told.guessed_from is not None else "execute"
    expected: Action = "reuse" if may_be_reused and last is not None else "execute"
    _guess_from(told, seq + 1, "the planner may decide otherwise")
    told.lines.append(Line(seq, StepKind.DECISION, None, action, expected, reason, recorded=last))
    if last is None or follows(course, last) is not None:
        return None
    course.steps[seq] = _decision_step(seq, last.outputs or {}, last.reason or "")
    return decision_from(last.outputs or {}, last.reason or "")


def _recorded(course: Course, family: Family) -> Step | None:
    """Return the decision that the run which is repeated took at this point."""
    decisions = family.recording.decisions if family.recording else []
    number = len(course.decided)
    return decisions[number] if number < len(decisions) else None


def _decided(
    course: Course, told: Rehearsal, step: Step, reason: str, action: Action, *, recorded: Step | None
) -> Decision:
    certain = told.guessed_from is None
    told.lines.append(
        Line(
            step.seq,
            StepKind.DECISION,
            None,
            action if certain else "open",
            action,
            reason,
            step=step,
            recorded=recorded,
        )
    )
    course.steps[step.seq] = step
    return decision_from(step.outputs or {}, step.reason or "")


def _decision_step(seq: int, document: dict[str, Any], reason: str) -> Step:
    return Step(
        seq=seq,
        decision=seq,
        kind=StepKind.DECISION,
        status=StepStatus.COMPLETED,
        version=0,
        started_at=now(),
        reason=reason,
        outputs=document,
    )


def _action(outcome: Outcome) -> Action:
    return "reuse" if outcome in DONE else "open" if outcome in ENDS else "execute"


def _line(look: Look, found: Finds, told: Rehearsal) -> Line:
    actions = {_action(outcome) for outcome in found.possible}
    certain = len(actions) == 1 and told.guessed_from is None
    step = result_of(look, found) if found.outcome in DONE | ENDS else None
    return Line(
        look.seq,
        look.unit.kind,
        look.skill.name,
        actions.pop() if certain else "open",
        _action(found.outcome),
        reason_of(look, found) if certain else _open_reason(look, found, told),
        outcome=found.outcome,
        step=step,
        recorded=look.counterpart,
        look=look,
        found=found,
    )


def _open_reason(look: Look, found: Finds, told: Rehearsal) -> str:
    reason = reason_of(look, found)
    if told.guessed_from is not None:
        return f"{reason}, if it comes to this: {told.why_guessed}"
    return f"if values come out as last time: {reason}"


def _guess(look: Look) -> Step:
    """Return the step as it came out last time, or with something at every path it produces."""
    last = look.counterpart
    if not look.is_skill:
        kept = last if last is not None and last.status is StepStatus.COMPLETED else None
        return ended(
            look,
            StepStatus.COMPLETED,
            None,
            outputs=(kept and kept.outputs) or {},
            digests=(kept and kept.digests) or {},
        )
    completed = last is not None and last.status is StepStatus.COMPLETED
    outputs: dict[str, Any] = {}
    digests: dict[str, str] = {}
    for path in look.contract.writes:
        value = read((last.outputs if last else None) or {}, path)
        if value is ABSENT and completed and path in look.contract.may_produce:
            continue
        if value is ABSENT:
            value = [] if path.endswith("[]") else None
        outputs = written(outputs, path, value)
        digests[path] = digest(value)
    return ended(look, StepStatus.COMPLETED, None, outputs=outputs, digests=digests)


def _note_uncertain_paths(look: Look, seq: int, told: Rehearsal) -> None:
    """What a skill may or may not produce can change what the planner does next, from `seq` on."""
    if not look.is_skill:
        return
    readers = (skill.contract for skill in look.course.catalog.values() if skill.name != look.skill.name)
    needed = [path for contract in readers for path in contract.reads]
    for path in look.contract.may_produce:
        if any(overlap(path, other) for other in needed):
            return _guess_from(told, seq, f"{look.skill.name} may or may not produce {path}")
    for path in look.contract.produces:
        for other in needed:
            if _hangs_on_the_value(other, path):
                why = f"whether {other} is there hangs on what {look.skill.name} produces"
                return _guess_from(told, seq, why)


def _hangs_on_the_value(needed: str, produced: str) -> bool:
    """Say whether a path is there or not depending on the value at another one, which is."""
    if len(parts(needed)) > len(parts(produced)):
        return overlap(needed, produced)
    return parts(needed) == parts(produced) and needed.endswith("[]") and not produced.endswith("[]")
