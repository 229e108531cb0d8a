"""People's answers to runs that wait: approve, reject, say whether an effect has happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from agentskills.domain.data_path import ABSENT, leaves, read
from agentskills.domain.errors import (
    BadInput,
    NotWaiting,
    OutOfDate,
    RunNotFound,
    StepChoiceNeeded,
    TooEarly,
)
from agentskills.domain.status import EffectState
from agentskills.executors.secrets import keep_out_new, redact
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.edits import check_approval
from agentskills.services.forms import check_form, nested
from agentskills.services.idempotency import Answered, once
from agentskills.services.waiting import OPTIONS, answer_of, options_of, waiting_document
from agentskills.storage import audit, effects, queue, runs, waits, workers
from agentskills.storage.database import Conn
from agentskills.storage.waits import Wait


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer."""

    step: int | None = None
    decision: str | None = None
    data: dict[str, Any] | None = None  # edits, or the output of what happened
    note: str | None = None
    digest: str | None = None  # of what was shown

    def document(self, decision: str | None) -> dict[str, Any]:
        """Return the answer as it is stored."""
        given = {"decision": decision, "data": self.data, "note": self.note}
        return {name: value for name, value in given.items() if value is not None}

    def without_secrets(self) -> Answer:
        """Return the answer as it may be kept."""
        keep_out_new()
        return replace(
            self, data=cast("dict[str, Any]", redact(self.data)), note=cast(str, redact(self.note))
        )


async def approve(
    context: Context, thread_id: str, given: Answer, actor: Actor, *, key: str | None = None
) -> Answered:
    """Take a person's answer and wake the run.

    The same `key` and answer get the same answer again. Raises `RunNotFound`, `NotWaiting`,
    `StepChoiceNeeded`, `OutOfDate`, `TooEarly`, `BadInput`, `IdempotencyKeyReused`.
    An answer that comes too late is refused, and kept in the audit.
    """
    asked = ["approve", thread_id, given.step, given.document(given.decision), given.digest]
    kept = given.without_secrets()

    async def work(conn: Conn) -> dict[str, Any]:
        wait = await _wait_for(conn, thread_id, kept.step)
        decision = _decision(wait, kept)
        await _take(conn, wait, decision, kept, actor)
        return {"status": "accepted", "thread_id": thread_id, "step": wait.seq, "decision": decision}

    try:
        done = await once(context, key, asked, work)
    except (NotWaiting, OutOfDate) as refused:
        await _record_refused(context, thread_id, kept, actor, refused.type)
        raise
    context.notifier.woken([thread_id])
    return done


async def _wait_for(conn: Conn, thread_id: str, step: int | None) -> Wait:
    """Return the open wait that is meant, locked."""
    status = await runs.status_of(conn, thread_id)
    if status is None:
        raise RunNotFound(f"there is no run {thread_id!r}")
    found = [w for w in await waits.open_waits(conn, thread_id, lock=True) if w.reason in OPTIONS]
    if step is not None:
        found = [w for w in found if w.seq == step]
    if not found:
        what = thread_id if step is None else f"step {step} of {thread_id}"
        before = await waits.last_answer(conn, thread_id, step)
        raise NotWaiting(
            f"{what} does not wait for an answer; the run is {status}",
            run_status=status,
            answered=answer_of(*before) if before else None,
        )
    if len(found) > 1:
        raise StepChoiceNeeded(
            f"{len(found)} steps of {thread_id} wait; say which one with step",
            waiting=[waiting_document(w) for w in found],
        )
    return found[0]


def _decision(wait: Wait, given: Answer) -> str:
    options = options_of(wait)
    decision = given.decision or ("approve" if "approve" in options else None)
    if decision is None:
        raise BadInput(f"say what happened: {', '.join(options)}", pointer="/decision")
    if decision not in options:
        raise BadInput(f"{decision} is no answer here; it can be {', '.join(options)}", pointer="/decision")
    if given.digest is not None and given.digest != wait.shown_digest:
        raise OutOfDate(f"what step {wait.seq} shows has changed since; look again", step=wait.seq)
    return decision


async def _take(conn: Conn, wait: Wait, decision: str, given: Answer, actor: Actor) -> None:
    if decision in ("approve", "happened"):
        data = nested(given.data)
        if wait.asks.get("kind") == "form":
            check_form(wait.asks["form"], data)
        elif decision == "approve":
            check_approval(wait.asks, given.data or {})
        check_delivered(wait.expects, data)
    if decision in ("happened", "not_happened") and wait.effect_id is not None:
        await _settle(conn, wait, decision, given, actor)
    if not await waits.answer(conn, wait.id, given.document(decision), actor.document()):
        raise NotWaiting(f"step {wait.seq} of {wait.thread_id} has been answered already")
    await queue.wake(conn, [wait.thread_id])
    await audit.record(
        conn,
        actor.document(),
        "approve",
        wait.thread_id,
        reason=given.note,
        detail={"step": wait.seq, "waited_for": wait.reason, "decision": decision, **_edited(given.data)},
    )


def _edited(data: dict[str, Any] | None) -> dict[str, Any]:
    """Return where a person gave values; what they are stands with the step."""
    return {"paths": sorted(leaves(nested(data)))} if data else {}


async def _settle(conn: Conn, wait: Wait, decision: str, given: Answer, actor: Actor) -> None:
    """Settle an effect in doubt for all runs that wait for it."""
    assert wait.effect_id is not None
    effect = (await effects.by_ids(conn, [wait.effect_id]))[wait.effect_id]
    if decision == "happened":
        settled = await effects.settle(
            conn, effect.id, EffectState.RECEIPT, output=nested(given.data), by=actor.document()
        )
    else:
        if effect.worker is not None and await workers.lease_is_good(conn, effect.worker):
            raise TooEarly()
        error = {"type": "not-happened", "message": given.note or "a person said that it did not happen"}
        settled = await effects.settle(conn, effect.id, EffectState.FAILED, error=error, by=actor.document())
    if not settled:
        raise NotWaiting(f"whether {effect.skill} happened has been settled already")


async def _record_refused(context: Context, thread_id: str, given: Answer, actor: Actor, why: str) -> None:
    detail = {"step": given.step, **given.document(given.decision or ""), "refused": why}
    async with context.writing() as conn:
        await audit.record(
            conn, actor.document(), "approve-refused", thread_id, reason=given.note, detail=detail
        )


def check_delivered(expects: Sequence[str], data: dict[str, Any] | None) -> None:
    """Raise `BadInput` naming the first path of `expects` that `data` lacks."""
    for path in expects:
        if data is None or read(data, path) is ABSENT:
            place = path.removesuffix("[]").replace(".", "/")
            what = "a list at " if path.endswith("[]") else ""
            raise BadInput(f"data lacks {what}{path}", pointer=f"/data/{place}")
