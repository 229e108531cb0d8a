"""Steps of a rerun that end without being carried out: their results stand elsewhere."""

from __future__ import annotations

from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.clock import now
from agentskills.domain.data_path import read
from agentskills.domain.errors import SkillFailed
from agentskills.domain.reuse import Outcome
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.ingredients import Ingredients
from agentskills.engine.outputs import accepted_outputs
from agentskills.engine.reasons import reason_of, stale_paths, warnings_about
from agentskills.engine.recording import origin
from agentskills.engine.reuse import Finds, Look
from agentskills.storage.effects import Effect


def result_of(look: Look, found: Finds) -> Step:
    """Return the ended step where something is given, kept, reused, … or where the run has to end."""
    outcome = found.outcome
    reason = reason_of(look, found)
    if outcome is Outcome.GIVEN:
        return _given(look, found, reason)
    if outcome is Outcome.KEPT:
        assert found.kept is not None
        return _pointing(look, found.kept, "kept", reason, warnings=warnings_about(look, found.kept))
    if outcome is Outcome.RECORDED:
        assert found.recorded is not None
        return _pointing(look, found.recorded, "recorded", reason)
    if outcome is Outcome.REUSED:
        assert found.source is not None
        return _pointing(look, found.source, "reused", reason)
    if outcome is Outcome.STAND_IN:
        return _standing_in(look, found, reason)
    if outcome is Outcome.RECEIPT:
        assert found.effect is not None
        return honoured(look, found.effect)
    return failed(look, str(outcome).replace("_", "-"), reason)


def ended(made: Ingredients, status: StepStatus, reason: str | None, **fields: Any) -> Step:
    """Return the step as it ends here."""
    at = now()
    return Step(
        seq=made.unit.seq,
        decision=made.unit.decision,
        kind=made.unit.kind,
        status=status,
        version=0,
        started_at=at,
        finished_at=at,
        skill=made.skill.name,
        reason=reason,
        inputs=made.sources,
        **{"skill_digest": made.skill.digest, "fingerprint": made.fingerprint} | fields,
    )


def failed(made: Ingredients, error_type: str, message: str) -> Step:
    """Return the step failed, with which the run ends."""
    return ended(made, StepStatus.FAILED, None, error={"type": error_type, "message": message})


def _pointing(look: Look, source: Step, why: str, reason: str, **more: Any) -> Step:
    """Return the step with the result of another one, under what that one was made of."""
    thread_id, seq = origin(source)
    pointer: dict[str, Any] = {"why": why, "thread_id": thread_id, "seq": seq}
    if stands_on_receipt(source):  # its output is the effect's, whatever became of the step that acted
        pointer["receipt"] = True
    return ended(
        look,
        source.status,
        reason,
        skill_digest=source.skill_digest,
        outputs=source.outputs,
        digests=source.digests,
        fingerprint=source.fingerprint,
        surroundings=source.surroundings,
        error=source.error,
        actor=source.actor,
        effect_id=source.effect_id,
        reused_from=pointer | {name: value for name, value in more.items() if value},
    )


def _given(look: Look, found: Finds, reason: str) -> Step:
    assert found.correction is not None
    outputs, paths = found.correction.outputs, found.correction.paths
    digests = {path: digest(read(outputs, path)) for path in paths}
    return ended(
        look,
        StepStatus.COMPLETED,
        reason,
        outputs=outputs,
        digests=digests,
        fingerprint=digest(["given", digests]),
        actor=found.correction.by,
        reused_from={"why": "given", "by": found.correction.by},
    )


def _standing_in(look: Look, found: Finds, reason: str) -> Step:
    if found.stand_in is not None:
        return _pointing(look, found.stand_in, "stand_in", reason)
    try:
        outputs, digests = accepted_outputs(look.contract, look.contract.sample)
    except SkillFailed as error:
        return failed(look, error.error_type, f"its sample can't stand in: {error.detail}")
    return ended(
        look,
        StepStatus.COMPLETED,
        reason,
        outputs=outputs,
        digests=digests,
        reused_from={"why": "stand_in"},
    )


def honoured(made: Ingredients, effect: Effect) -> Step:
    """Return the step with the output of a receipt: its effect has happened, and nothing is done again."""
    try:
        outputs, digests = accepted_outputs(made.contract, effect.output)
    except SkillFailed as error:
        return failed(
            made, error.error_type, f"the receipt of {effect.thread_id} does not fit: {error.detail}"
        )
    stale = stale_paths(made, effect)
    pointer = {"why": "receipt", "thread_id": effect.thread_id, "seq": effect.seq}
    at = effect.updated_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    reason = f"not repeated: {made.skill.name}, done by {effect.thread_id} at {at}"
    if stale:
        reason += f"; stale receipt: {', '.join(stale)} differ"
    return ended(
        made,
        StepStatus.COMPLETED,
        reason,
        outputs=outputs,
        digests=digests,
        effect_id=effect.id,
        reused_from=pointer | ({"stale": stale} if stale else {}),
    )


def stands_on_receipt(step: Step) -> bool:
    """Say whether the result of a step is that of a receipt, here or where it was taken over from."""
    source = step.reused_from or {}
    return source.get("why") == "receipt" or bool(source.get("receipt"))


def is_honoured(step: Step) -> bool:
    """Say whether a step stands on the receipt of an effect that was not repeated."""
    return step.kind is StepKind.SKILL and (step.reused_from or {}).get("why") == "receipt"
