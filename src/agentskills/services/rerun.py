"""Rerun a run: a new run that points to the one it repeats; the old one is never touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from agentskills.domain.errors import BadInput, NotFinished, RunNotFound
from agentskills.domain.json_text import check_json
from agentskills.domain.rerun import RerunRequest, rerun_id, rerun_name
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.services import naming
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.start import (
    MAX_INITIAL_DATA,
    MAX_METADATA,
    check_size,
    check_sop,
    planner_of,
)
from agentskills.settings import Settings
from agentskills.storage import audit, runs
from agentskills.storage.database import Conn
from agentskills.storage.queue import LANE_START
from agentskills.storage.runs import NewRun, RunRow

MAX_ID = 250
_TRIES = 100


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

    Raises `RunNotFound`, `BadInput`, `TooLarge`, and `NotFinished` where an unfinished run is
    to be repeated differently.
    """
    async with context.writing() as conn:
        made = await rerun_in(conn, context.settings, thread_id, asked, actor, lane=lane)
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
    """Save a rerun within the caller's transaction; wake workers after its commit."""
    asked.check()
    parent = await runs.get(conn, thread_id)
    if parent is None:
        raise RunNotFound(f"there is no run {thread_id!r}")
    _check_finished(parent, asked)
    draft = _drafted(settings, parent, asked, actor, lane)
    run = await _insert_numbered(conn, parent, draft, asked.run_name)
    await runs.count_rerun(conn, parent.thread_id)
    await audit.record(
        conn,
        actor.document(),
        "rerun",
        run.thread_id,
        reason=asked.reason,
        detail={"parent_thread_id": parent.thread_id},
    )
    return Rerun(run.thread_id, run.run_name, parent.thread_id, run.rerun_number)


def _check_finished(parent: RunRow, asked: RerunRequest) -> None:
    """A run that is under way can only be started anew as it is."""
    if parent.status in FINAL_RUN or parent.status == RunStatus.RECORDED:
        return
    if not asked.only_the_same_again:
        raise NotFinished(
            f"{parent.thread_id} is {parent.status}; until it has finished only the same again can be started"
        )


def _drafted(settings: Settings, parent: RunRow, asked: RerunRequest, actor: Actor, lane: int) -> NewRun:
    """Return the new run, all but its number."""
    initial_data = asked.input_for(parent.initial_data)
    if asked.changes is not None:
        check_json(initial_data, "/changes")
    check_size(initial_data, MAX_INITIAL_DATA, "/initial_data" if asked.initial_data else "/changes")
    metadata = parent.metadata | (asked.metadata or {})
    check_size(metadata, MAX_METADATA, "/metadata")
    sop = parent.sop if asked.sop is None else check_sop(asked.sop)
    return NewRun(
        thread_id="",
        sop=sop,
        initial_data=initial_data,
        run_name="",
        metadata=metadata,
        sop_name=parent.sop_name,
        parent_thread_id=parent.thread_id,
        root_thread_id=parent.root_thread_id,
        skills=parent.skills,
        model=asked.model or parent.model,
        planner=parent.planner or planner_of(settings, asked.model or parent.model),
        limits=parent.limits,
        request=asked.document(),
        requested_by=actor.document(asked.reason),
        lane=lane,
    )


async def _insert_numbered(conn: Conn, parent: RunRow, draft: NewRun, name: str | None) -> NewRun:
    """Write the run under the next number of the family whose id is free."""
    root = parent.root_thread_id
    above = 0
    for _ in range(_TRIES):
        number = await runs.take_rerun_number(conn, root)
        if number is None:
            number = above = await runs.take_orphan_number(conn, root, above)
        thread_id = rerun_id(root, number)
        if len(thread_id) > MAX_ID:
            raise BadInput(f"the id {root} is too long to be rerun")
        run = _numbered(draft, thread_id, number, parent, name)
        if await runs.insert(conn, run):
            return run
    raise NotFinished(f"no free number was found for {root}; try again")


def _numbered(draft: NewRun, thread_id: str, number: int, parent: RunRow, name: str | None) -> NewRun:
    inherited = naming.name_of(parent.run_name, parent.sop)
    return replace(
        draft, thread_id=thread_id, rerun_number=number, run_name=name or rerun_name(inherited, number)
    )
