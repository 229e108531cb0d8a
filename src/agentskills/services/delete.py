"""Delete a run: what it held goes, its place in the family stays."""

from __future__ import annotations

from typing import Any

from agentskills.domain.errors import NotFinished, RunNotFound
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.storage import audit, lineage, tombstones
from agentskills.storage.database import Conn
from agentskills.storage.tombstones import Leftovers, Removable


async def delete(context: Context, thread_id: str, reason: str | None, actor: Actor) -> dict[str, Any]:
    """Delete a run that has finished or was never started; a second time gives the same answer.

    Raises `RunNotFound`, and `NotFinished` while the run or a rerun of it is under way.
    """
    left = Leftovers()

    async def work(conn: Conn) -> dict[str, Any]:
        nonlocal left
        left = Leftovers()
        found = await tombstones.lock(conn, [thread_id])
        if not found:
            raise RunNotFound(f"there is no run {thread_id!r}")
        [run] = found
        if run.deleted_at is None:
            _check_over(run)
            left = await tombstones.remove(conn, [thread_id])
            detail = {"run_status": run.status}
            await audit.record(conn, actor.document(), "delete", thread_id, reason=reason, detail=detail)
        return {
            "status": "deleted",
            "thread_id": thread_id,
            "deleted_at": await lineage.deleted_at(conn, thread_id),
        }

    answer = await context.in_transaction(work)
    # The run is deleted by now; what a crash leaves here is found when the server tidies up.
    await context.in_transaction(lambda conn: tombstones.drop_leftovers(conn, left))
    context.notifier.moved([thread_id])
    return answer


def _check_over(run: Removable) -> None:
    if run.status not in FINAL_RUN and run.status != RunStatus.RECORDED:
        raise NotFinished(f"{run.thread_id} is {run.status}; only a run that is over can be deleted")
    if run.needed_by is not None:
        raise NotFinished(
            f"{run.needed_by} has been made from {run.thread_id} and is under way; "
            "cancel it, or delete this run once that has finished"
        )
