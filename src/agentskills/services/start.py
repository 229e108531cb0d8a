"""Start runs: the one door through which every new run enters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from agentskills.domain.canonical import digest
from agentskills.domain.errors import BadInput, IdTaken, RunDeleted, TooLarge, UnknownSop
from agentskills.domain.json_text import json_bytes
from agentskills.domain.status import RunStatus
from agentskills.services import naming
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.settings import Settings
from agentskills.storage import audit, catalogs, runs
from agentskills.storage.database import Conn
from agentskills.storage.queue import LANE_BATCH, LANE_START
from agentskills.storage.runs import NewRun, RunRow

MAX_SOP = 100_000
MAX_INITIAL_DATA = 5_000_000
MAX_METADATA = 16_000
"""Bytes, in UTF-8."""


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A run to start: `sop` or `sop_name`, and what the run starts from."""

    sop: str | None = None
    sop_name: str | None = None
    initial_data: dict[str, Any] = field(default_factory=dict)
    thread_id: str | None = None
    run_name: str | None = None
    skills: list[str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    priority: str = "interactive"
    limits: dict[str, Any] = field(default_factory=dict)
    model: str | None = None
    not_before: datetime | None = None

    def body_digest(self) -> str:
        """Return the digest that says whether two saves of one id are the same."""
        given = {name: getattr(self, name) for name in self.__slots__ if name != "thread_id"}
        given["not_before"] = self.not_before.isoformat() if self.not_before else None
        return digest(given)


@dataclass(frozen=True, slots=True)
class Started:
    """A run that has been saved and is due."""

    thread_id: str
    run_name: str

    def document(self) -> dict[str, Any]:
        """Return the answer."""
        return {"status": "started", "thread_id": self.thread_id, "run_name": self.run_name}


async def start_run(context: Context, asked: StartRequest, actor: Actor) -> Started:
    """Save a run and make it due.

    Raises `BadInput`, `TooLarge`, `UnknownSop`, and `IdTaken` where the id belongs to a run
    with another body; the same body answers with the run that exists.
    """
    async with context.reading() as conn:  # one statement is its own transaction
        run = await _prepared(_Checked(conn), context.settings, asked, actor)
        started = Started(run.thread_id, run.run_name) if await runs.insert(conn, run) else None
    if started is None:
        async with context.writing() as conn:
            started = await _start_existing(conn, run)
    context.notifier.woken([started.thread_id])
    return started


async def start_in(
    conn: Conn, settings: Settings, asked: StartRequest, actor: Actor, *, lane: int | None = None
) -> Started:
    """Save a run within the caller's transaction; wake workers after its commit.

    Without a `lane` the request's priority says which.
    """
    run = await _prepared(_Checked(conn), settings, asked, actor, lane=lane)
    if not await runs.insert(conn, run):
        return await _start_existing(conn, run)
    return Started(run.thread_id, run.run_name)


async def check_start(conn: Conn, settings: Settings, asked: StartRequest, actor: Actor) -> NewRun:
    """Return the run that a request would save now; raise what `start_run` would raise.

    Whether a given id is taken is not looked at.
    """
    return await _prepared(_Checked(conn), settings, asked, actor)


async def start_many(
    context: Context, asked: Sequence[StartRequest], actor: Actor, *, lane: int = LANE_BATCH
) -> list[Started]:
    """Save many runs with one statement and make them due on `lane`; all of them, or none.

    Raises what `start_run` raises.
    """
    if not asked:
        return []
    async with context.writing() as conn:
        checked = _Checked(conn)
        new = [await _prepared(checked, context.settings, one, actor, lane=lane) for one in asked]
        written = await runs.insert_many(conn, new)
        started = []
        for run in new:
            if run.thread_id in written:
                written.remove(run.thread_id)  # the same id again is a save of what is there
                started.append(Started(run.thread_id, run.run_name))
            else:
                started.append(await _start_existing(conn, run))
    context.notifier.woken([""])
    return started


def planner_of(settings: Settings, model: str | None) -> str:
    """Return which planner a run gets."""
    return "llm" if model or settings.model else "dataflow"


class _Checked:
    """Looks up named SOPs and skills, each once in a transaction."""

    def __init__(self, conn: Conn) -> None:
        self._conn = conn
        self._sops: dict[str, str] = {}
        self._skills: set[str] | None = None

    async def sop_text(self, asked: StartRequest) -> str:
        """Return the procedure a request asks for."""
        if asked.sop is not None and asked.sop_name is not None:
            raise BadInput("give either sop or sop_name, not both", pointer="/sop_name")
        if asked.sop is not None:
            return check_sop(asked.sop)
        if asked.sop_name is None:
            raise BadInput("sop is missing: the text of the procedure, or sop_name", pointer="/sop")
        if asked.sop_name not in self._sops:
            found = await catalogs.load_sop(self._conn, asked.sop_name)
            if found is None:
                raise UnknownSop(f"there is no SOP named {asked.sop_name!r}", pointer="/sop_name")
            self._sops[asked.sop_name] = found.sop
        return self._sops[asked.sop_name]

    async def skills(self, names: Sequence[str] | None) -> None:
        """Raise `BadInput` for a name that is no skill of the current catalogue."""
        if names is None:
            return
        if not names:
            raise BadInput("skills lists none; leave it out to let the planner choose", pointer="/skills")
        if self._skills is None:
            catalog = await catalogs.current_catalog(self._conn)
            entries = await catalogs.load_entries(self._conn, catalog) if catalog else []
            self._skills = {entry.name for entry in entries}
        for index, name in enumerate(names):
            if name not in self._skills:
                raise BadInput(f"there is no skill named {name!r}", pointer=f"/skills/{index}")


async def _prepared(
    checked: _Checked, settings: Settings, asked: StartRequest, actor: Actor, *, lane: int | None = None
) -> NewRun:
    if lane is None:
        lane = LANE_BATCH if asked.priority == "batch" else LANE_START
    naming.check_name(asked.run_name)
    thread_id = naming.check_id(asked.thread_id) if asked.thread_id is not None else naming.new_id()
    sop = await checked.sop_text(asked)
    check_size(asked.initial_data, MAX_INITIAL_DATA, "/initial_data")
    check_size(asked.metadata, MAX_METADATA, "/metadata")
    await checked.skills(asked.skills)
    return NewRun(
        thread_id=thread_id,
        sop=sop,
        initial_data=asked.initial_data,
        run_name=naming.name_of(asked.run_name, sop),
        metadata=asked.metadata,
        sop_name=asked.sop_name,
        skills=asked.skills,
        model=asked.model,
        planner=planner_of(settings, asked.model),
        limits=asked.limits,
        requested_by=actor.document(),
        body_digest=asked.body_digest() if asked.thread_id is not None else None,
        not_before=asked.not_before,
        lane=lane,
    )


def check_sop(sop: str) -> str:
    """Return an SOP that can be run, byte for byte; raise `BadInput` or `TooLarge`."""
    if not sop.strip():
        raise BadInput("the SOP is empty", pointer="/sop")
    if len(sop.encode()) > MAX_SOP:
        raise TooLarge(f"the SOP is larger than {MAX_SOP:,} bytes", pointer="/sop")
    return sop


def check_size(value: dict[str, Any], most: int, pointer: str) -> None:
    """Raise `TooLarge` if `value` has more than `most` bytes as JSON."""
    if value and len(json_bytes(value)) > most:
        raise TooLarge(f"{pointer[1:]} is larger than {most:,} bytes", pointer=pointer)


async def _start_existing(conn: Conn, run: NewRun) -> Started:
    """Answer for an id that is taken: by the same request, by a recorded run, or by another run."""
    try:
        existing = await runs.get(conn, run.thread_id, lock=True)
    except RunDeleted as error:
        raise IdTaken(f"{run.thread_id} is the id of a deleted run", thread_id=run.thread_id) from error
    if existing is None:
        raise IdTaken(f"the id {run.thread_id} was taken and given back at this moment; try again")
    if existing.body_digest is not None and existing.body_digest == run.body_digest:
        return Started(existing.thread_id, naming.name_of(existing.run_name, existing.sop))
    if existing.status == RunStatus.RECORDED and _same(existing, run):
        run = _completed(run, existing)
        await runs.start_recorded(conn, run)
        await audit.record(conn, run.requested_by, "start", run.thread_id)
        return Started(run.thread_id, run.run_name)
    raise IdTaken(f"{run.thread_id} is the id of a run with another body", thread_id=run.thread_id)


def _completed(run: NewRun, recorded: RunRow) -> NewRun:
    """Return a start request with what the recorded row says beyond it; `IdTaken` where they differ."""
    asked = replace(run, run_name="" if run.run_name == naming.name_of(None, run.sop) else run.run_name)
    said: dict[str, Any] = {}
    for name in ("run_name", "metadata", "sop_name", "skills", "model", "limits", "not_before"):
        before, now = getattr(recorded, name), getattr(asked, name)
        if before and now and before != now:
            raise IdTaken(f"{run.thread_id} is recorded with another {name}", thread_id=run.thread_id)
        said[name] = before or now
    said["run_name"] = naming.name_of(said["run_name"], run.sop)
    return replace(run, **said, planner=recorded.planner or ("llm" if said["model"] else run.planner))


def _same(existing: RunRow, run: NewRun) -> bool:
    return existing.sop == run.sop and digest(existing.initial_data) == digest(run.initial_data)
