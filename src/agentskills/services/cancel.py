"""Cancel a run."""

from __future__ import annotations

from typing import Any

from agentskills.domain.errors import AlreadyFinished, NotStarted, RunNotFound
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.idempotency import Answered, once
from agentskills.storage import audit, queue, runs
from agentskills.storage.database import Conn


async def cancel(
    context: Context, thread_id: str, reason: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """Cancel a run that no worker has had yet, or ask its worker to.

    The same `key` and reason get the same answer again. Raises `RunNotFound`, `NotStarted`,
    `AlreadyFinished`, `IdempotencyKeyReused`.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        return await cancel_in(conn, thread_id, reason, actor)

    done = await once(context, key, ["cancel", thread_id, reason], work)
    if done.answer["status"] == "cancelled":
        context.notifier.moved([thread_id])
    else:
        context.notifier.woken([thread_id])
    return done


async def cancel_in(conn: Conn, thread_id: str, reason: str | None, actor: Actor) -> dict[str, Any]:
    """Cancel a run within the caller's transaction; wake workers after its commit."""
    run = await runs.get(conn, thread_id, lock=True)
    if run is None:
        raise RunNotFound(f"there is no run {thread_id!r}")
    if run.status == RunStatus.RECORDED:
        raise NotStarted(f"{thread_id} has never been started")
    if run.status in FINAL_RUN:
        raise AlreadyFinished(f"{thread_id} is {run.status} already", run_status=run.status)
    at_once = await runs.cancel_unclaimed(conn, thread_id)
    if not at_once:
        await queue.request_cancel(conn, thread_id)
    await audit.record(conn, actor.document(), "cancel", thread_id, reason=reason)
    if at_once:
        return {"status": "cancelled", "thread_id": thread_id, "run_status": "cancelled"}
    return {"status": "cancelling", "thread_id": thread_id, "run_status": run.status}
