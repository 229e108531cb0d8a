"""Decisions: what a planner is shown, and those that a rerun takes over instead of asking it."""

from __future__ import annotations

from agentskills.domain.clock import now
from agentskills.domain.correction import Place
from agentskills.domain.data_path import ABSENT, read
from agentskills.domain.decision import Planner, PlanningView
from agentskills.domain.errors import PlanDiverged
from agentskills.domain.fingerprint import decision_fingerprint
from agentskills.domain.reuse import reaches_outside
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.course import Course
from agentskills.engine.family import Family
from agentskills.engine.recording import Recording, origin


def planner_name(course: Course) -> str:
    """Return the name of the planner that was fixed when the run was started."""
    return course.claimed.planner or "dataflow"


def view_of(course: Course) -> PlanningView:
    """Return what a planner is shown of a run."""
    claimed = course.claimed
    return PlanningView(
        sop=claimed.sop,
        goal=tuple(claimed.skills) if claimed.skills is not None else None,
        catalog=course.catalog,
        catalog_digest=claimed.catalog or "",
        initial_data=claimed.initial_data,
        data=course.fold.data,
        carried_out=course.carried_out,
        model=claimed.model or course.settings.model,
    )


def fingerprint_of(course: Course, planner: Planner, view: PlanningView) -> str:
    """Return the hash of all that the next decision depends on."""
    claimed = course.claimed
    return decision_fingerprint(
        planner_name(course),
        view.model,
        claimed.sop_digest,
        claimed.skills,
        planner.looks_at(view),
        [f"{course.steps[done.seq].fingerprint}" for done in course.carried_out],
    )


def remembered(
    course: Course, family: Family, planner: Planner, view: PlanningView
) -> Step | PlanDiverged | None:
    """Return the next decision of a rerun where the planner need not be asked, or why it can't go on.

    A planner that asks no model is asked anyway: that costs nothing and always answers the same.
    """
    number, recording = len(course.decided), family.recording
    if recording is not None and number < family.kept_decisions:
        source = recording.orders()[number]
        return (
            _gone(course, source)
            or _lacking(course, _undone(course, family, recording, source))
            or _taken_over(course, source, "kept")
        )
    if family.request.plan == "recorded":
        if recording is None or number >= len(recording.decisions):
            whose = recording.thread_id if recording else "the run"
            return PlanDiverged(f"the recording of {whose} ends here")
        source = recording.decisions[number]
        return follows(course, source) or _taken_over(course, source, "recorded")
    if family.request.plan == "unchanged" and planner.asks_a_model and not course.unknown:
        found = family.sources.get(fingerprint_of(course, planner, view))
        if found is not None and found.kind is StepKind.DECISION and _gone(course, found) is None:
            return _taken_over(course, found, "reused")
    return None


def follows(course: Course, source: Step) -> PlanDiverged | None:
    """Return why a recorded decision can't be followed, or None where it can."""
    return _gone(course, source) or _lacking(course, _ordered(source))


def _undone(course: Course, family: Family, recording: Recording, source: Step) -> list[str]:
    """Return which of the skills that a kept decision ordered are certainly carried out again."""
    found = []
    for name in _ordered(source):
        step = recording.at(len(course.decided), name, StepKind.SKILL)
        if Place(StepKind.SKILL, name, course.times[name] + 1) in family.given:
            continue
        if step is None or _is_undone(course, family, recording, step):
            found.append(name)
    return found


def _is_undone(course: Course, family: Family, recording: Recording, step: Step) -> bool:
    """Say whether a step is not kept: not completed, stood in, after the start, or without its input."""
    contract, start = course.catalog[f"{step.skill}"].contract, family.request.start
    if step.status is not StepStatus.COMPLETED:
        return True
    if recording.is_dry and reaches_outside(contract) and family.request.effects != "none":
        return True
    if type(start) is int:
        return step.seq >= start
    produced = [path for path, producer in (step.inputs or {}).items() if producer]
    return any(path in contract.requires and read(course.fold.data, path) is ABSENT for path in produced)


def _ordered(source: Step) -> list[str]:
    return list((source.outputs or {}).get("run") or ())


def _gone(course: Course, source: Step) -> PlanDiverged | None:
    for name in _ordered(source):
        if name not in course.catalog:
            return PlanDiverged(f"{name}, which the recording runs next, is no skill of this run")
    return None


def _lacking(course: Course, names: list[str]) -> PlanDiverged | None:
    for name in names:
        for path in course.catalog[name].contract.requires:
            if read(course.fold.data, path) is ABSENT:
                return PlanDiverged(
                    f"{name}, which the recording runs next, needs {path}, which is not there"
                )
    return None


def _taken_over(course: Course, source: Step, why: str) -> Step:
    thread_id, seq = origin(source)
    at = now()
    return Step(
        seq=course.next_seq(),
        decision=course.next_seq(),
        kind=StepKind.DECISION,
        status=StepStatus.COMPLETED,
        version=0,
        started_at=at,
        finished_at=at,
        reason=source.reason,
        outputs=source.outputs,
        fingerprint=source.fingerprint,
        reused_from={"why": why, "thread_id": thread_id, "seq": seq},
    )
