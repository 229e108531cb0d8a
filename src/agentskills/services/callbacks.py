"""Late results of REST skills in callback mode; the one-time token says which step they are for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from agentskills.domain.errors import BadInput, ForgedToken, NotWaiting
from agentskills.domain.json_text import Json
from agentskills.domain.status import EffectState
from agentskills.executors.secrets import keep_out_new, redact
from agentskills.services.actor import Actor
from agentskills.services.answers import check_delivered
from agentskills.services.context import Context
from agentskills.storage import audit, effects, queue, waits
from agentskills.storage.database import Conn
from agentskills.storage.waits import Wait

_BY = Actor("callback")


@dataclass(frozen=True, slots=True)
class Callback:
    """A late result: `data`, or `error` where the work failed."""

    token: str | None
    thread_id: str | None
    data: Json = None
    error: Json = None

    def without_secrets(self) -> Callback:
        """Return the result as it may be kept."""
        keep_out_new()
        return replace(self, data=redact(self.data), error=redact(self.error))

    def document(self) -> dict[str, Any]:
        """Return the answer as it is stored."""
        if self.error is None:
            return {"data": self.data}
        if isinstance(self.error, dict):
            message = self.error.get("message")
            said = {
                "type": str(self.error.get("type") or "callback-error"),
                "message": str(message or "the service reported an error"),
            }
            return {"error": self.error | said}
        return {"error": {"type": "callback-error", "message": str(self.error)}}


async def deliver(context: Context, given: Callback) -> dict[str, Any]:
    """Take a late result and wake the run; return the answer of the request.

    Raises `ForgedToken`, `BadInput` (the token stays good), and `NotWaiting` for a result that
    comes twice or too late: it is kept in the audit, and proves that the effect happened.
    """
    if not given.token:
        raise ForgedToken("the token is missing: call callback_url as it was given")
    hashed = sha256(given.token.encode()).hexdigest()
    given = given.without_secrets()

    async def work(conn: Conn) -> tuple[Wait, bool, list[str]]:
        wait = await _locked(conn, hashed)
        if wait is None or given.thread_id not in (None, wait.thread_id):
            raise ForgedToken("this token was not given to a step of this run")
        taken = wait.state == "open" and await _take(conn, wait, given)
        return wait, taken, [wait.thread_id] if taken else await _take_late(conn, wait, given)

    wait, taken, woken = await context.in_transaction(work)
    context.notifier.woken(woken)
    if not taken:
        raise NotWaiting(
            f"step {wait.seq} of {wait.thread_id} no longer waits for this; the answer is kept in the audit",
            step=wait.seq,
        )
    return {"status": "accepted", "thread_id": wait.thread_id, "step": wait.seq, "decision": "callback"}


async def _locked(conn: Conn, hashed: str) -> Wait | None:
    """Return the wait of a token once nobody else can answer it."""
    wait = await waits.by_token(conn, hashed)
    if wait is None:
        return None
    await waits.open_waits(conn, wait.thread_id, lock=True)
    return await waits.by_token(conn, hashed)


async def _take(conn: Conn, wait: Wait, given: Callback) -> bool:
    answer = given.document()
    if given.error is None:
        _check_data(wait, given.data)
    if not await waits.answer(conn, wait.id, answer, _BY.document()):
        return False
    await queue.wake(conn, [wait.thread_id])
    told = {"step": wait.seq, "skill": wait.skill}
    if given.error is not None:
        told["error"] = answer["error"]["type"]
    await audit.record(conn, _BY.document(), "callback", wait.thread_id, detail=told)
    return True


def _check_data(wait: Wait, data: Json) -> dict[str, Any]:
    if type(data) is not dict:
        raise BadInput("data must be an object with what the skill produces", pointer="/data")
    check_delivered(wait.expects, data)
    return data


async def _take_late(conn: Conn, wait: Wait, given: Callback) -> list[str]:
    """Keep a late result; where nobody knows what became of the effect it proves that it happened.

    Raises `BadInput` where it would prove so but lacks what later steps need: the effect
    stays open, and the token good.
    """
    answer = given.document()
    await audit.record(
        conn, _BY.document(), "callback-late", wait.thread_id, detail={"step": wait.seq, **answer}
    )
    if wait.effect_id is None or given.error is not None:
        return []
    effect = (await effects.by_ids(conn, [wait.effect_id])).get(wait.effect_id)
    announced = wait.state == "closed" and effect is not None and effect.state == EffectState.INTENT
    if effect is None or not (announced or effect.state == EffectState.DOUBT):
        return []
    output = _check_data(wait, given.data)
    await effects.settle(conn, effect.id, EffectState.RECEIPT, output=output, by=_BY.document())
    return await queue.wake(conn, [wait.thread_id])
