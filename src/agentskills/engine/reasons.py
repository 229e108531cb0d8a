"""Why a step of a rerun is reused or carried out, in words."""

from __future__ import annotations

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, read
from agentskills.domain.reuse import Outcome
from agentskills.domain.skill import Approval
from agentskills.domain.status import EffectState, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.ingredients import Ingredients
from agentskills.engine.recording import origin
from agentskills.engine.reuse import Finds, Look, is_fresh
from agentskills.executors.secrets import redact
from agentskills.storage.effects import Effect


def reason_of(look: Look, found: Finds) -> str:
    """Return why what happens to a step happens."""
    name = look.skill.name
    match found.outcome:
        case Outcome.GIVEN:
            assert found.correction is not None
            return f"given by {_name_of(found.correction.by)}"
        case Outcome.KEPT:
            return _kept(look, found)
        case Outcome.RECORDED:
            return "answered by the recording"
        case Outcome.NOT_RECORDED:
            return f"there is no recording of {name} on these values"
        case Outcome.STAND_IN if found.stand_in is not None:
            return f"nothing goes out: the recording of {found.stand_in.thread_id} stands in"
        case Outcome.STAND_IN:
            return "nothing goes out: the skill's sample stands in"
        case Outcome.EFFECT_NEEDED:
            return f"{name} reaches outside, and neither a recording nor a sample can stand in for it"
        case Outcome.IN_DOUBT:
            return "nobody can tell whether it has happened"
        case Outcome.RECEIPT:
            assert found.effect is not None
            return f"not repeated: {name}, done by {found.effect.thread_id}"
        case Outcome.REUSED:
            return _reused(found)
        case Outcome.CONSENT if found.effect is not None:
            return f"would happen again: done by {found.effect.thread_id}"
        case Outcome.CONSENT:
            assert found.other is not None
            done = "done" if found.other.state == EffectState.RECEIPT else "may have been done"
            return f"{done} in this family with other values, by {found.other.thread_id}"
        case _:
            return "; ".join(changes(look, found))


def _name_of(actor: dict[str, object]) -> str:
    return str(actor.get("name") or actor.get("kind") or "somebody")


def _kept(look: Look, found: Finds) -> str:
    assert found.kept is not None
    thread_id, _ = origin(found.kept)
    if look.family.request.start == "failure":
        return f"completed in {thread_id}"
    return f"before the chosen step, from {thread_id}"


def _reused(found: Finds) -> str:
    assert found.source is not None
    return f"unchanged since {found.source.thread_id}, step {found.source.seq}"


def changes(look: Look, found: Finds) -> list[str]:
    """Return what keeps a step from being reused; at least one reason."""
    request, before = look.family.request, look.counterpart
    if request.effects == "repeat" and look.is_skill and look.contract.irreversible and found.effect:
        return ["repeated, as asked"]
    if request.results != "unchanged":
        return [_anew(look, before)]
    if before is None:
        return ["not carried out before"]
    if before.status is not StepStatus.COMPLETED:
        return [f"it {_fate(before)} in {before.thread_id}"]
    if (before.reused_from or {}).get("why") == "given":
        return ["its last result was set by a person"]
    if look.is_skill and look.contract.reuse == "no":
        return ["the skill says that its results are not reused"]
    differing = differences(look, before)
    if differing:
        return differing
    if found.source is not None and not is_fresh(look, found.source):
        return [f"older than {look.contract.reuse}"]
    return ["nothing to reuse was found"]


def _anew(look: Look, before: Step | None) -> str:
    start = look.family.request.start
    if start == "start" or before is None:
        return "everything is carried out anew" if start == "start" else "not carried out before"
    if before.status is not StepStatus.COMPLETED:
        return f"it {_fate(before)} in {before.thread_id}"
    if start == "failure":
        return (
            "it read what is produced anew"
            if look.number < look.family.kept_decisions
            else "after the failure"
        )
    return "after the chosen step"


def _fate(step: Step) -> str:
    return {"failed": "failed", "in_doubt": "was in doubt"}.get(str(step.status), "was left undone")


def differences(look: Look, before: Step) -> list[str]:
    """Return which ingredients differ from those of a recorded step, known ones first."""
    if not look.is_skill:
        when = "is approved" if look.unit.when is Approval.BEFORE else "was produced"
        return [f"what {when} differs"]
    found: list[str] = []
    if before.skill_digest != look.skill.digest:
        found.append("skill changed")
    assert look.family.recording is not None
    recorded = look.family.recording.reads.get(before.seq, {})
    for path, value in look.reads.items():
        if look.unknown((path,)):
            found.append(f"input {path or 'data'} is produced anew")
        elif recorded.get(path) != value and path:
            found.append(f"input {path} changed")
    if look.contract.reads_sop and look.family.recording.sop_digest != look.course.claimed.sop_digest:
        found.append("SOP changed")
    return found + _surroundings(look, before)


def _surroundings(look: Look, before: Step) -> list[str]:
    """Return what differs besides versions and values."""
    then, today = before.surroundings or {}, look.surroundings or {}
    if before.surroundings is None or then == today:
        return []
    names = {"model": "model changed", "host": "model's host changed", "env": "environment changed"}
    return [names[name] for name in names if then.get(name) != today.get(name)]


def warnings_about(look: Look, kept: Step) -> list[str]:
    """Return how today's skill and values differ from what a kept step was made of."""
    if look.family.recording is None:
        return []
    found = differences(look, kept) if look.is_skill else []
    recorded = look.family.recording.by_seq.get(kept.seq)
    return [f"kept although: {text}" for text in found] if recorded is not None else []


def stale_paths(made: Ingredients, effect: Effect) -> list[str]:
    """Return the paths whose values differ from those that went out."""
    then, today = effect.inputs or {}, redact(made.inputs)
    return [path for path in made.contract.reads if _value(then, path) != _value(today, path)]


def _value(data: dict[str, object], path: str) -> str | None:
    value = read(data, path)
    return None if value is ABSENT else digest(value)
