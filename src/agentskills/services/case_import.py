"""Bring a kept run into a database, as a finished run whose journal can answer for a rerun."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from agentskills.domain.case import Case, KeptCorrection, KeptStep
from agentskills.domain.clock import now
from agentskills.domain.correction import Correction, places
from agentskills.domain.fingerprint import approval_fingerprint
from agentskills.domain.skill import Approval
from agentskills.domain.status import RunStatus, StepKind, StepStatus
from agentskills.domain.step import Step, changed
from agentskills.services.actor import Actor
from agentskills.storage import cases
from agentskills.storage.database import Conn
from agentskills.storage.runs import NewRun

_POINTS_NOWHERE = ("given", "stand_in")
"""What such steps hold came from no skill, so it answers for none."""


async def import_case(
    conn: Conn, thread_id: str, case: Case, versions: Mapping[str, str], actor: Actor
) -> list[Step]:
    """Write a case as a finished run under a free id; return its journal.

    `versions` are the digests of the skills as they are now, by name. Call in a transaction.
    """
    steps = steps_of(case, thread_id, versions, now())
    run = NewRun(
        thread_id=thread_id,
        sop=case.sop,
        initial_data=case.initial_data,
        run_name=case.run_name,
        sop_name=case.sop_name,
        skills=case.skills,
        model=case.model,
        planner=case.planner,
        limits=case.limits,
        requested_by=actor.document(),
        given=[*(_document(given) for given in case.corrections), *_pinned(case, steps, actor)],
        lane=None,
    )
    await cases.insert_finished(conn, run, steps, RunStatus(case.ended.status), case.ended.error)
    return steps


def _document(given: KeptCorrection) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(given, builtin_types=(Decimal,))
    return document


def steps_of(case: Case, thread_id: str, versions: Mapping[str, str], at: datetime) -> list[Step]:
    """Return the journal of a case; what was taken over from other runs stands in it as its own."""
    return [
        changed(_step(case, step, versions, at), thread_id=thread_id, version=number)
        for number, step in enumerate(case.journal, 1)
    ]


def _step(case: Case, kept: KeptStep, versions: Mapping[str, str], at: datetime) -> Step:
    source = kept.source or {}
    own = source.get("why") not in _POINTS_NOWHERE or kept.effect_key is not None
    return Step(
        seq=kept.seq,
        decision=kept.decision,
        kind=kept.kind,
        status=StepStatus(kept.status),
        version=0,
        started_at=at,
        finished_at=at,
        skill=kept.skill,
        skill_digest=kept.skill_digest,
        reason=kept.reason,
        inputs=kept.inputs,
        outputs=kept.outputs,
        digests=kept.digests,
        fingerprint=_fingerprint(case, kept, versions),
        surroundings=kept.surroundings,
        effect_key=kept.effect_key,
        reused_from=None if own else source,
        error=kept.error,
        actor=kept.actor,
    )


def _fingerprint(case: Case, kept: KeptStep, versions: Mapping[str, str]) -> str | None:
    """Return the fingerprint of a step; an answer of a person holds for a new version of the skill.

    What a person has said of a value is what they would say of the same value again.
    """
    now_is = versions.get(kept.skill or "")
    if kept.kind is not StepKind.APPROVAL or kept.shown is None or now_is is None:
        return kept.fingerprint
    before = any(
        (step.seq, step.skill, step.kind) == (kept.seq + 1, kept.skill, StepKind.SKILL)
        and step.decision == kept.decision
        for step in case.journal
    )
    return approval_fingerprint(now_is, str(Approval.BEFORE if before else Approval.AFTER), kept.shown)


def _pinned(case: Case, steps: list[Step], actor: Actor) -> list[dict[str, Any]]:
    """Return the results that the run took over although what they are made of differed.

    Nothing that can be computed leads to them again, so they are set, as a correction is.
    """
    place_of, by = places(steps), actor.document()
    return [
        Correction(place_of[step.seq], step.outputs or {}, tuple(step.digests or ()), by).document()
        for step, kept in zip(steps, case.journal, strict=True)
        if step.seq in place_of and (kept.source or {}).get("warnings") and step.effect_key is None
    ]
