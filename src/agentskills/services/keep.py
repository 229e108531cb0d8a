"""Keep a finished run as a test: write down all that is needed to go through it again anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agentskills.domain.case import (
    FORMAT,
    Case,
    Ending,
    Expectation,
    KeptCorrection,
    KeptEffect,
    KeptStep,
    expectation,
)
from agentskills.domain.data_path import ABSENT, check_path, read
from agentskills.domain.errors import BadInput, NotFinished, RunNotFound
from agentskills.domain.fold import fold
from agentskills.domain.status import RunStatus, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.executors.secrets import redact
from agentskills.services.context import Context
from agentskills.services.naming import name_of
from agentskills.storage import cases, catalogs, journal, runs
from agentskills.storage.cases import Beside
from agentskills.storage.database import Conn
from agentskills.storage.runs import RunRow

_KEEPABLE = (RunStatus.COMPLETED, RunStatus.FAILED)


async def keep(context: Context, thread_id: str, expect: Sequence[str]) -> dict[str, Any]:
    """Return a finished run as a case, secrets struck out.

    `expect` names the paths whose values are expected again; none: all that steps produced. Raises
    `RunNotFound`, `RunDeleted`, `NotFinished`, and `BadInput` for a path that holds nothing.
    """
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        run = await runs.get(conn, thread_id)
        if run is None:
            raise RunNotFound(f"there is no run {thread_id!r}")
        if run.status not in _KEEPABLE:
            why = "has no end of its own" if run.status == RunStatus.CANCELLED else "can't be kept yet"
            raise NotFinished(f"{thread_id} is {run.status}: it {why}")
        document = (await _case(conn, run, expect, context.settings.model)).document()
    safe: dict[str, Any] = redact(document)
    return document if safe is document else safe | {"redacted": True}


async def _case(conn: Conn, run: RunRow, expect: Sequence[str], default_model: str | None) -> Case:
    steps = [step for step in (await journal.load(conn, [run.thread_id]))[run.thread_id] if step.ended]
    beside = await cases.beside_steps(conn, run.thread_id)
    data = fold(run.initial_data, steps)
    return Case(
        format=FORMAT,
        kept_from=run.thread_id,
        run_name=name_of(run.run_name, run.sop),
        expected=_expected(data, steps, expect),
        ended=Ending(status=run.status, error=run.error),  # type: ignore[arg-type]  # checked
        sop=run.sop,
        sop_name=run.sop_name,
        initial_data=run.initial_data,
        skills=run.skills,
        planner="llm" if run.planner == "llm" else "dataflow",
        model=run.model or await _model_of(conn, steps, beside.values()) or default_model,
        limits=run.limits,
        versions=await _versions(conn, run, steps),
        corrections=[KeptCorrection(**given) for given in run.given],
        redacted=False,
        journal=[_kept(step, beside[step.seq]) for step in steps],
        effects=[KeptEffect(**effect) for effect in await cases.effects_of(conn, run.thread_id)],
    )


def _expected(data: Mapping[str, Any], steps: Iterable[Step], expect: Sequence[str]) -> list[Expectation]:
    produced = {path for step in steps if step.kind is not StepKind.DECISION for path in step.digests or ()}
    for index, path in enumerate(expect):
        check_path(path)
        if read(dict(data), path) is ABSENT:
            raise BadInput(f"there is nothing at {path} in the run's data", pointer=f"/expect/{index}")
    found = [expectation(data, path) for path in sorted(set(expect) or produced)]
    return [expected for expected in found if expected is not None]


def _kept(step: Step, beside: Beside) -> KeptStep:
    pointer = {name: value for name, value in (step.reused_from or {}).items() if name in _POINTER}
    return KeptStep(
        seq=step.seq,
        decision=step.decision,
        kind=step.kind,
        status="completed" if step.status is StepStatus.COMPLETED else "failed",
        skill=step.skill,
        skill_digest=step.skill_digest,
        reason=None if pointer else step.reason,  # which speaks of runs elsewhere
        source=pointer or None,
        inputs=step.inputs,
        outputs=step.outputs,
        digests=step.digests,
        fingerprint=step.fingerprint,
        surroundings=step.surroundings,
        effect_key=beside.effect_key,
        shown=beside.shown,
        error=step.error,
        actor=step.actor,
    )


_POINTER = ("why", "by", "stale", "warnings")  # the ids of other runs mean nothing elsewhere


async def _versions(conn: Conn, run: RunRow, steps: Iterable[Step]) -> dict[str, str]:
    """Return the digest of each skill that took part, as the run was pinned to it."""
    part = {step.skill for step in steps}
    entries = await catalogs.load_entries(conn, run.catalog or "")
    return {entry.name: entry.skill_digest for entry in entries if entry.name in part}


async def _model_of(conn: Conn, steps: Sequence[Step], beside: Iterable[Beside]) -> str | None:
    """Return the model that the run asked where neither it nor the skill named one."""
    asked = [step for step in steps if "model" in (step.surroundings or {})]
    versions = await catalogs.load_skills(conn, [step.skill_digest or "" for step in asked])
    for step in asked:
        version = versions.get(step.skill_digest or "")
        if version is None or version.contract.model is None:
            model: str | None = (step.surroundings or {})["model"]
            return model
    decisions = {step.seq for step in steps if step.kind is StepKind.DECISION}
    return next((one.model for one in beside if one.seq in decisions and one.model), None)
