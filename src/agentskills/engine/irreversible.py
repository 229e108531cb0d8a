"""Effects that must not happen twice: intent before, receipt after, doubt where nobody can tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from agentskills.domain.clock import now
from agentskills.domain.effect import EffectIdentity
from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Done
from agentskills.domain.reuse import Outcome
from agentskills.domain.status import EffectState, StepStatus, WaitReason
from agentskills.engine.approvals import is_past, rejected
from agentskills.engine.attempts import answered, dispatch
from agentskills.engine.commit import commit, reading
from agentskills.engine.errand import End, Errand, error_document
from agentskills.engine.results import honoured
from agentskills.executors.secrets import redact
from agentskills.storage import effects, workers
from agentskills.storage.effects import Effect, Intent, Settlement
from agentskills.storage.waits import NewWait

_DONE = {"receipt": "has been done", "intent": "is being done", "doubt": "may have been done"}
BY_WORKER = {"kind": "worker"}
BY_CHECK = {"kind": "check"}
LOOK_AGAIN = timedelta(seconds=5)
"""How long a run at most relies on being woken when another run's effect is settled."""


async def act_once(errand: Errand) -> End:
    """Carry out an irreversible skill, unless its effect has happened or may have."""
    early = await _before_taking(errand)
    if early is not None:
        return early
    repeat, receipt = await _repetition(errand)
    if receipt is not None and errand.agreed_by is None:  # the last look: it has come since the first one
        return _ask_for_consent(errand, receipt)
    identity = replace(errand.identity, repeat=repeat)
    while True:
        effect_id, standing = await _take(errand, identity)
        if effect_id is not None:
            errand.effect_id = effect_id
            errand.run.announced.add(errand.seq)
            end = await _act(errand, identity, effect_id)
        elif standing is not None:
            errand.effect_id = standing.id
            end = await _respect(errand, standing)
        else:
            continue  # it was settled as not done between the two looks
        if end is not None:
            return end


async def _before_taking(errand: Errand) -> End | None:
    """Return where the step already stands: paused, calling back, or waiting for consent."""
    wait = errand.wait
    if wait is not None and wait.reason == WaitReason.RETRY and wait.state == "open" and not is_past(wait):
        return End("parked", wait.until)
    if wait is not None and wait.reason == WaitReason.CALLBACK:
        errand.effect_id = wait.effect_id
        if wait.answer is not None:
            return await _called_back(errand)
        if wait.dispatched:
            if not is_past(wait):
                return End("parked", wait.until, soon=True)
            error = SkillFailed("the service did not call back in time", error_type="expired")
            await _doubt(errand, error)
            return None
    if errand.found is not None and errand.found.outcome is Outcome.CONSENT:
        earlier = errand.found.effect or errand.found.other
        assert earlier is not None
        return _ask_for_consent(errand, earlier)
    return None


async def _repetition(errand: Errand) -> tuple[int, Effect | None]:
    """Return which repetition of the effect this is, and the receipt of what it would repeat.

    It is 0, or one more for each repetition that was agreed to. What this very step has announced
    was agreed to then.
    """
    family = errand.run.family
    if family is None:
        return 0, None
    rows = await family.repetitions(errand.identity)
    for row in rows:
        if (row.thread_id, row.seq) == (errand.run.thread_id, errand.seq):
            return row.repeat, None
    if family.request.effects != "repeat" or not rows:
        return 0, None
    receipt = next((row for row in rows if row.state == EffectState.RECEIPT), None)
    return rows[0].repeat + (rows[0].state == EffectState.RECEIPT), receipt


def _ask_for_consent(errand: Errand, earlier: Effect) -> End:
    """Wait for a person where the family has done this before, or may have."""
    wait = errand.wait
    if wait is not None and wait.reason == WaitReason.CONSENT and wait.answer is not None:
        return errand.fails(rejected(wait), actor=wait.answered_by)
    how = "already" if earlier.key_digest == errand.identity.key_digest else "with other values"
    asks = {
        "kind": "consent",
        "subject": f"{errand.skill.name} {_DONE[earlier.state]} in this family {how}",
        "shown": redact(errand.inputs),
        "effect": {"skill": errand.skill.name, "key": errand.identity.key},
        "earlier_receipt": _receipt_document(earlier),
    }
    wait_for = NewWait(
        seq=errand.seq,
        reason=WaitReason.CONSENT,
        skill=errand.skill.name,
        asks=asks,
        shown_digest=errand.identity.key_digest,
        options=["approve", "reject"],
    )
    return errand.waits(wait_for)


def _receipt_document(effect: Effect) -> dict[str, Any]:
    """Return an effect as people are shown it."""
    return {
        "thread_id": effect.thread_id,
        "seq": effect.seq,
        "at": effect.updated_at.isoformat(),
        "key": effect.key,
        "inputs": effect.inputs,
        "output": effect.output,
    }


async def _take(errand: Errand, identity: EffectIdentity) -> tuple[int | None, Effect | None]:
    """Announce the effect, with the step's beginning."""
    await errand.run.told()
    if errand.wait is not None and errand.wait.state == "open" and errand.status is not StepStatus.IN_DOUBT:
        errand.closes()
    errand.begins()
    intent = Intent(
        identity=identity,
        thread_id=errand.run.thread_id,
        seq=errand.seq,
        epoch=errand.run.claimed.epoch,
        inputs=redact(errand.inputs),
        agreed_by=errand.agreed_by,
    )
    write = errand.run.write_of(errand.draft.take())
    return await errand.run.kit.intents.take(write, intent)


async def _act(errand: Errand, identity: EffectIdentity, effect_id: int) -> End | None:
    """Do it, now that the intent is ours; None means that another attempt is due."""
    flying = errand.run.effects_in_flight
    flying[errand.seq] = effect_id  # a cancellation leaves it here: whoever cancels says that it is in doubt
    try:
        if errand.contract.callback:
            end = await dispatch(errand, key=identity.idempotency_key)
            del flying[errand.seq]
            return end
        done = await errand.call(key=identity.idempotency_key)
        assert isinstance(done, Done)
        outputs, digests = errand.outputs_of(done.outputs)
    except SkillFailed as error:
        del flying[errand.seq]
        if error.nothing_happened:
            return await _not_done(errand, effect_id, error)
        await _doubt(errand, error)
        return None
    del flying[errand.seq]
    errand.draft.settlements.append(
        Settlement(effect_id=effect_id, state=EffectState.RECEIPT, output=outputs, by=BY_WORKER)
    )
    return errand.completes(outputs, digests, usage=done.usage, details=done.details)


async def _not_done(errand: Errand, effect_id: int, error: SkillFailed) -> End | None:
    """There is proof that nothing happened: the intent ends, and an attempt may follow."""
    errand.draft.settlements.append(
        Settlement(effect_id=effect_id, state=EffectState.FAILED, error=error_document(error), by=BY_WORKER)
    )
    pause = errand.pause_after(error)
    if pause is None:
        return errand.fails(error)
    return await errand.pause(pause)


async def _doubt(errand: Errand, error: SkillFailed) -> None:
    """Record that nobody can tell; the next look at the effect finds the doubt."""
    assert errand.effect_id is not None
    errand.note(error)
    errand.draft.settlements.append(
        Settlement(
            effect_id=errand.effect_id,
            state=EffectState.DOUBT,
            error=error_document(error),
            by=BY_WORKER,
        )
    )
    await errand.run.say_and_clear(errand.draft)


async def _called_back(errand: Errand) -> End | None:
    """Take in the late answer of an irreversible skill: proof that it happened."""
    assert errand.wait is not None
    assert errand.effect_id is not None
    given = errand.wait.answer or {}
    if given.get("error"):
        message = str(given["error"].get("message") or "the service reported a failure")
        await _doubt(errand, SkillFailed(message, error_type="callback-error"))
        return None
    end = answered(errand, errand.wait)
    output = errand.run.steps[errand.seq].outputs or {}
    errand.draft.settlements.append(
        Settlement(
            effect_id=errand.effect_id, state=EffectState.RECEIPT, output=output, by={"kind": "callback"}
        )
    )
    return end


async def _respect(errand: Errand, effect: Effect) -> End | None:
    """Something stands in the way: honour a receipt, wait for another run, face a doubt."""
    own = (effect.thread_id, effect.seq) == (errand.run.thread_id, errand.seq)
    if effect.state == EffectState.RECEIPT:
        return _honour(errand, effect, own)
    if effect.state == EffectState.INTENT and not own:
        asks = {
            "kind": "effect_elsewhere",
            "subject": f"{effect.thread_id} is doing this right now",
            "thread_id": effect.thread_id,
        }
        wait = NewWait(
            seq=errand.seq,
            reason=WaitReason.EFFECT_ELSEWHERE,
            skill=errand.skill.name,
            asks=asks,
            effect_id=effect.id,
        )
        return errand.waits(wait, due=now() + LOOK_AGAIN)
    if effect.state == EffectState.INTENT:
        error = {"type": "worker-lost", "message": "the worker fell silent while it was doing this"}
        async with commit(errand.run.kit.pool, "doubt") as conn:
            await effects.doubt_taken_over(conn, effect.id, error, errand.run.kit.lease.id)
        return await _face_doubt(errand, effect, error)
    if effect.state == EffectState.DOUBT:
        return await _face_doubt(errand, effect, effect.error or {})
    return None


def _honour(errand: Errand, effect: Effect, own: bool) -> End:
    """The effect has happened: its receipt's output stands here, and nothing is done again."""
    if not own:
        return errand.takes(honoured(errand, effect))
    try:
        return errand.completes(*errand.outputs_of(effect.output))
    except SkillFailed as error:
        return errand.fails(error)


async def _face_doubt(errand: Errand, effect: Effect, error: dict[str, Any]) -> End | None:
    """Ask the skill's `check:` first, and a person only when it can't tell."""
    wait = errand.wait
    if wait is not None and wait.answer is not None and wait.answer.get("decision") == "stop":
        stopped = SkillFailed("stopped by a person while in doubt", error_type="in-doubt")
        return errand.fails(stopped, actor=wait.answered_by)
    if errand.contract.check and await _nobody_acts(errand, effect):
        settled = await _check(errand, effect)
        if settled:
            return None  # the next look finds how it was settled
    own = (effect.thread_id, effect.seq) == (errand.run.thread_id, errand.seq)
    asks = {
        "kind": "in_doubt",
        "subject": f"did {errand.skill.name} happen?",
        "shown": effect.inputs,
        "effect": {"skill": errand.skill.name, "key": effect.key},
        "thread_id": effect.thread_id,
        "error": error,
    }
    errand.draft.awaits_effects.append(effect.id)
    question = NewWait(
        seq=errand.seq,
        reason=WaitReason.IN_DOUBT,
        skill=errand.skill.name,
        asks=asks,
        shown_digest=effect.key_digest,
        options=["happened", "not_happened", "stop"],
        expects=list(errand.contract.produces),
        effect_id=effect.id,
    )
    return errand.waits(question, doubt=own)


async def _nobody_acts(errand: Errand, effect: Effect) -> bool:
    """Say whether the worker that had the effect has stopped, so that a check is conclusive."""
    if effect.worker is None:
        return True
    async with reading(errand.run.kit.pool) as conn:
        return not await workers.lease_is_good(conn, effect.worker)


async def _check(errand: Errand, effect: Effect) -> bool:
    """Let the skill's check find out; True if the effect is settled now."""
    checked = await errand.run.kit.executors.checker.check(errand.assignment())
    if checked.happened is None:
        return False
    state, output = EffectState.FAILED, None
    if checked.happened:
        try:
            output, _ = errand.outputs_of(checked.outputs or {})
        except SkillFailed:
            return False  # it happened, but a person has to say with what result
        state = EffectState.RECEIPT
    async with commit(errand.run.kit.pool, "settle") as conn:
        await effects.settle(conn, effect.id, state, output=output, by=BY_CHECK)
    return True
