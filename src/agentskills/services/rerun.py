"""Rerun a run: a new run that points to the one it repeats; the old one is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from agentskills.domain.data_path import leaves
from agentskills.domain.errors import BadInput, NoFreeNumber
from agentskills.domain.rerun import RerunRequest, rerun_id, rerun_name
from agentskills.services import naming
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.plan import check_plan
from agentskills.services.rerun_draft import RerunDraft, drafted
from agentskills.settings import Settings
from agentskills.storage import audit, runs
from agentskills.storage.database import Conn
from agentskills.storage.queue import LANE_START
from agentskills.storage.runs import NewRun

MAX_ID = 250
_TRIES = 100
_TOLD = ("from", "plan", "results", "skills", "effects", "consent", "model", "not_before")
_REPLACED = ("initial_data", "sop", "metadata")
_MOST_PATHS = 100


@dataclass(frozen=True, slots=True)
class Rerun:
    """A rerun that has been saved and is due."""

    thread_id: str
    run_name: str
    parent_thread_id: str
    number: int

    def document(self) -> dict[str, Any]:
        """Return the answer."""
        return {
            "status": "started",
            "thread_id": self.thread_id,
            "run_name": self.run_name,
            "parent_thread_id": self.parent_thread_id,
            "rerun_count": self.number,
            "rerun_number": self.number,
        }


async def rerun(
    context: Context, thread_id: str, asked: RerunRequest, actor: Actor, *, lane: int = LANE_START
) -> Rerun:
    """Start a new run with the same SOP and initial_data, or with what the request changes.

    Raises what `rerun_draft.drafted` and `plan.check_plan` raise.
    """

    async def work(conn: Conn) -> Rerun:
        return await rerun_in(conn, context.settings, thread_id, asked, actor, lane=lane)

    made = await context.in_transaction(work)
    context.notifier.woken([made.thread_id])
    return made


async def rerun_in(
    conn: Conn,
    settings: Settings,
    thread_id: str,
    asked: RerunRequest,
    actor: Actor,
    *,
    lane: int = LANE_START,
) -> Rerun:
    """Save a rerun within the caller's transaction; wake workers after its commit.

    The run is held before its root, as a batch does, which holds its runs first.
    """
    await runs.hold(conn, [thread_id])
    draft = await drafted(conn, settings, thread_id, asked, actor)
    await check_plan(conn, settings, draft, asked)
    run = await _insert_numbered(conn, draft, asked.run_name, lane)
    await runs.count_rerun(conn, draft.parent.thread_id)
    await audit.record(
        conn,
        actor.document(),
        "rerun",
        run.thread_id,
        reason=asked.reason,
        detail={"parent_thread_id": draft.parent.thread_id} | _what(asked),
    )
    return Rerun(run.thread_id, run.run_name, draft.parent.thread_id, run.rerun_number)


def _what(asked: RerunRequest) -> dict[str, Any]:
    """Return what was asked for, for the audit: of data only where it is changed, never the values."""
    document = asked.document()
    changed = sorted(leaves(asked.changes or {}))
    told: dict[str, Any] = {name: document[name] for name in _TOLD if name in document}
    return told | {
        name: value
        for name, value in {
            "changed": changed[:_MOST_PATHS],
            "changed_more": max(len(changed) - _MOST_PATHS, 0),
            "replaced": [name for name in _REPLACED if name in document],
        }.items()
        if value
    }


async def _insert_numbered(conn: Conn, draft: RerunDraft, name: str | None, lane: int) -> NewRun:
    """Write the run under the next number of the family whose id is free."""
    parent = draft.parent
    root = parent.root_thread_id
    inherited = naming.name_of(parent.run_name, parent.sop)
    above = 0
    for _ in range(_TRIES):
        number = await runs.take_rerun_number(conn, root)
        if number is None:
            number = above = await runs.take_orphan_number(conn, root, above)
        thread_id = rerun_id(root, number)
        if len(thread_id) > MAX_ID:
            raise BadInput(f"the id {root} is too long to be rerun")
        run = replace(
            draft.run,
            thread_id=thread_id,
            rerun_number=number,
            run_name=name or rerun_name(inherited, number),
            lane=lane,
        )
        if await runs.insert(conn, run):
            return run
    raise NoFreeNumber(f"no free number was found for {root}; try again")
