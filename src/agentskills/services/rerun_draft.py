"""A rerun before it has a number: what it starts from, with which versions, and what it corrects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agentskills.domain.correction import Edited, correction_from, edited
from agentskills.domain.errors import NotFinished, NothingFailed, RunNotFound, StepOutOfRange
from agentskills.domain.json_text import check_json
from agentskills.domain.rerun import RerunRequest
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.engine.family import recording_of
from agentskills.engine.recording import Recording
from agentskills.services import naming
from agentskills.services.actor import Actor
from agentskills.services.start import (
    MAX_INITIAL_DATA,
    MAX_METADATA,
    check_size,
    check_sop,
    planner_of,
)
from agentskills.services.versions import catalog_for, check_consent
from agentskills.settings import Settings
from agentskills.storage import journal, runs
from agentskills.storage.database import Conn
from agentskills.storage.runs import NewRun, RunRow


@dataclass(frozen=True, slots=True)
class RerunDraft:
    """A rerun that could be saved, and the run it repeats."""

    parent: RunRow
    run: NewRun  # all but its id, number, name and lane
    recording: Recording | None  # the journal of the run it repeats, where it was needed


async def drafted(
    conn: Conn, settings: Settings, thread_id: str, asked: RerunRequest, actor: Actor
) -> RerunDraft:
    """Return the rerun that a request asks for.

    Raises `RunNotFound`, `BadInput`, `TooLarge`, `ContradictingFields`, `StepOutOfRange`,
    `NothingFailed`, `VersionMissing`, and `NotFinished` where an unfinished run is to be repeated
    differently.
    """
    asked.check()
    naming.check_name(asked.run_name)
    parent = await runs.get(conn, thread_id)
    if parent is None:
        raise RunNotFound(f"there is no run {thread_id!r}")
    _check_finished(parent, asked)
    recording = await _recording(conn, parent, asked)
    _check_start(parent, recording, asked)
    inputs = _edited(parent, recording, asked, actor)
    catalog = await catalog_for(conn, parent, asked, _kept_skills(recording, asked))
    await check_consent(conn, catalog, asked.consent)
    metadata = parent.metadata | (asked.metadata or {})
    check_size(metadata, MAX_METADATA, "/metadata")
    run = NewRun(
        thread_id="",
        sop=parent.sop if asked.sop is None else check_sop(asked.sop),
        initial_data=inputs.initial_data,
        run_name="",
        metadata=metadata,
        sop_name=parent.sop_name if asked.sop in (None, parent.sop) else None,
        parent_thread_id=parent.thread_id,
        root_thread_id=parent.root_thread_id,
        skills=parent.skills,
        model=asked.model or parent.model,
        planner=parent.planner or planner_of(settings, asked.model or parent.model),
        limits=parent.limits,
        request=asked.document(),
        requested_by=actor.document(asked.reason),
        not_before=asked.not_before,
        catalog=catalog,
        given=[correction.document() for correction in inputs.corrections],
        lane=None,
    )
    return RerunDraft(parent, run, recording if recording.steps else None)


def _check_finished(parent: RunRow, asked: RerunRequest) -> None:
    """A run that is under way can only be started anew as it is."""
    if parent.status in FINAL_RUN or parent.status == RunStatus.RECORDED:
        return
    if not asked.only_the_same_again:
        raise NotFinished(
            f"{parent.thread_id} is {parent.status}; until it has finished only the same again can be started"
        )


async def _recording(conn: Conn, parent: RunRow, asked: RerunRequest) -> Recording:
    """Return the run's journal, as far as the request needs it."""
    needed = asked.changes is not None or asked.start != "start"
    steps = (await journal.load(conn, [parent.thread_id]))[parent.thread_id] if needed else []
    return recording_of(parent, steps)


def _check_start(parent: RunRow, recording: Recording, asked: RerunRequest) -> None:
    start = asked.start
    if start == "failure" and parent.status in (RunStatus.COMPLETED, RunStatus.RECORDED):
        how = "it completed" if parent.status == RunStatus.COMPLETED else "it was never started"
        raise NothingFailed(f"nothing has failed in {parent.thread_id}: {how}")
    if type(start) is int and start not in recording.by_seq:
        most = max(recording.by_seq, default=0)
        have = f"its steps are 1 to {most}" if most else "it has no steps"
        raise StepOutOfRange(f"{parent.thread_id} has no step {start}; {have}", pointer="/from")


def _edited(parent: RunRow, recording: Recording, asked: RerunRequest, actor: Actor) -> Edited:
    """Return what the rerun starts from, and the corrections it takes along."""
    inherited = map(correction_from, parent.given)
    found = edited(asked, parent.initial_data, recording.steps, inherited, actor.document())
    if asked.changes is not None:
        check_json(found.initial_data, "/changes")
        for correction in found.corrections:
            check_json(correction.outputs, "/changes")
    check_size(found.initial_data, MAX_INITIAL_DATA, "/initial_data" if asked.initial_data else "/changes")
    given: dict[str, Any] = {"given": [correction.document() for correction in found.corrections]}
    check_size(given, MAX_INITIAL_DATA, "/changes")
    return found


def _kept_skills(recording: Recording, asked: RerunRequest) -> list[str]:
    """Return the skills whose steps stand before the chosen start, as far as that may be."""
    return [step.skill for step in recording.steps if step.skill] if asked.start != "start" else []
