"""Carry out skills that may be done twice: attempts with pauses, and callbacks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from hashlib import sha256

from agentskills.domain.clock import now
from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Accepted, Done
from agentskills.domain.status import WaitReason
from agentskills.engine.approvals import expired, is_past
from agentskills.engine.errand import SLEPT_IN_WORKER, End, Errand
from agentskills.storage.waits import NewWait, Wait

CALLBACK_TIMEOUT = 24 * 3600.0
"""Seconds a callback may take unless the skill says otherwise."""


async def attempt_until_done(errand: Errand) -> End:
    """Carry out a skill; try again as its contract allows."""
    wait = errand.wait
    if wait is not None and wait.state == "open":
        if wait.reason == WaitReason.RETRY and not is_past(wait):
            return End("parked", wait.until)
        errand.closes()
    if not errand.contract.inline:  # one that may take a while is seen to begin
        errand.begins()
        await errand.run.say_and_clear(errand.draft)
    while True:
        try:
            return await _attempt(errand)
        except SkillFailed as error:
            pause = errand.pause_after(error)
            if pause is None:
                return errand.fails(error)
        end = await errand.pause(pause)
        if end is not None:
            return end


async def _attempt(errand: Errand) -> End:
    carried = await errand.call()
    assert isinstance(carried, Done)
    outputs, digests = errand.outputs_of(carried.outputs)
    return errand.completes(outputs, digests, usage=carried.usage, details=carried.details)


async def call_back(errand: Errand) -> End:
    """Carry out a REST skill that answers later and may be asked twice."""
    while True:
        wait = errand.wait
        if wait is not None and wait.reason == WaitReason.CALLBACK:
            if wait.answer is not None:
                return answered(errand, wait)
            if is_past(wait):
                return errand.fails(expired("a callback"))
            if wait.dispatched:
                return End("parked", wait.until, soon=True)
        try:
            return await dispatch(errand)
        except SkillFailed as error:
            pause = errand.pause_after(error)
            if pause is None:
                return errand.fails(error)
        end = await _before_asking_again(errand, pause)
        if end is not None:
            return end


async def _before_asking_again(errand: Errand, pause: float) -> End | None:
    """Pause with the callback's wait still open: the request may have arrived, and be answered."""
    errand.record_attempt()
    if pause >= SLEPT_IN_WORKER:
        return End("parked", now() + timedelta(seconds=pause))
    await errand.run.say_and_clear(errand.draft)
    await asyncio.sleep(pause)
    await errand.run.refresh()
    return None


def answered(errand: Errand, wait: Wait) -> End:
    """Take in what the other side delivered."""
    given = wait.answer or {}
    try:
        if given.get("error"):
            message = given["error"].get("message") or "the service reported a failure"
            raise SkillFailed(str(message), error_type=str(given["error"].get("type") or "callback-error"))
        outputs, digests = errand.outputs_of(given.get("data"))
    except SkillFailed as error:
        return errand.fails(error, actor=wait.answered_by)
    return errand.completes(outputs, digests, actor=wait.answered_by)


async def dispatch(errand: Errand, *, key: str | None = None) -> End:
    """Send the request of a callback skill; its token is on disk before it goes out.

    Every dispatch of one step carries the same token. Raises `SkillFailed`.
    """
    kit, run = errand.run.kit, errand.run
    token = kit.callback_token(run.thread_id, errand.seq)
    until = now() + timedelta(seconds=errand.contract.timeout or CALLBACK_TIMEOUT)
    wait = NewWait(
        seq=errand.seq,
        reason=WaitReason.CALLBACK,
        skill=errand.skill.name,
        until=until,
        asks={"kind": "callback", "subject": f"{errand.skill.name} calls back"},
        expects=list(errand.contract.produces),
        effect_id=errand.effect_id,
        token_hash=sha256(token.encode()).hexdigest(),
    )
    end = errand.waits(wait, soon=True)
    await run.say_and_clear(errand.draft)
    carried = await errand.call(key=key, callback_url=f"{kit.settings.base_url}/callback?token={token}")
    assert isinstance(carried, Accepted)
    errand.draft.note(errand.seq, errand.attempt, carried.details, None)
    errand.draft.dispatched.append(errand.seq)
    await run.say_and_clear(errand.draft)
    return end
