"""Ask the planner what comes next, and put its decision into the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agentskills.domain.clock import now
from agentskills.domain.decision import Decided, Finish, GiveUp, PlanningView, Run
from agentskills.domain.errors import SkillFailed
from agentskills.domain.fingerprint import decision_fingerprint
from agentskills.domain.skill import Backoff
from agentskills.domain.status import RunStatus, StepKind, StepStatus, WaitReason
from agentskills.domain.step import Step, changed
from agentskills.engine.active import ActiveRun
from agentskills.engine.errand import error_document
from agentskills.executors.secrets import redact
from agentskills.storage.journal import Move
from agentskills.storage.waits import NewWait

ATTEMPTS = 4
BACKOFF = Backoff(first=1.0, most=30.0)


async def decide(run: ActiveRun) -> Move | None:
    """Take the next decision into the run's draft; return how the run ends or parks, if it does.

    A decision that orders skills has been written when this returns.
    """
    seq = run.next_seq()
    before = run.steps.get(seq)
    started_at = before.started_at if before else now()
    attempt = before.attempt if before else 1
    wait = run.waits.get(seq)
    if wait is not None and wait.until is not None and wait.until > now():
        return Move(status=RunStatus.WAITING, wake_at=wait.until)
    if wait is not None:
        run.draft.closes.append(seq)
    if run.draft and claimed_planner(run) != "dataflow":
        await run.say_and_clear(run.draft)  # a model thinks for a while; what is done is told first
    try:
        decided = await run.kit.planners[claimed_planner(run)].decide(_view(run))
    except SkillFailed as error:
        return _undecided(run, seq, attempt, started_at, error)
    return await _take(run, _decision_step(run, seq, attempt, started_at, decided), decided)


def claimed_planner(run: ActiveRun) -> str:
    """Return the name of the planner that was fixed when the run was started."""
    return run.claimed.planner or "dataflow"


def _view(run: ActiveRun) -> PlanningView:
    claimed = run.claimed
    return PlanningView(
        sop=claimed.sop,
        goal=tuple(claimed.skills) if claimed.skills is not None else None,
        catalog=run.catalog,
        catalog_digest=claimed.catalog or "",
        initial_data=claimed.initial_data,
        data=run.fold.data,
        carried_out=run.carried_out,
        model=claimed.model or run.kit.settings.model,
    )


def _decision_step(run: ActiveRun, seq: int, attempt: int, started_at: Any, decided: Decided) -> Step:
    decision, usage = decided.decision, decided.usage
    run.draft.note(seq, attempt, decided.details, usage)
    return Step(
        seq=seq,
        decision=seq,
        kind=StepKind.DECISION,
        status=StepStatus.COMPLETED,
        version=0,
        started_at=started_at,
        finished_at=now(),
        reason=redact(decision.reason),
        outputs=_document(decision),
        fingerprint=_fingerprint(run),
        attempt=attempt,
        usage=usage.document() if usage else None,
    )


def _document(decision: Run | Finish | GiveUp) -> dict[str, Any]:
    """Return a decision as it stands in the journal."""
    if isinstance(decision, Run):
        document: dict[str, Any] = {"run": list(decision.skills)}
        if len(decision.skills) > 1 and decision.reasons:
            document["reasons"] = dict(decision.reasons)
        return document
    if isinstance(decision, Finish):
        return {"finish": True, "not_asked_for": list(decision.not_asked_for)}
    return {"give_up": decision.error_type, "missing": list(decision.missing)}


def _fingerprint(run: ActiveRun) -> str:
    claimed = run.claimed
    return decision_fingerprint(
        claimed.planner or "dataflow",
        claimed.model or run.kit.settings.model,
        claimed.sop_digest,
        claimed.skills,
        claimed.catalog,
        run.initial_digest(),
        [f"{run.steps[done.seq].fingerprint}" for done in run.carried_out],
    )


async def _take(run: ActiveRun, step: Step, decided: Decided) -> Move | None:
    decision = decided.decision
    if isinstance(decision, Run):
        run.record(run.draft, step)
        await run.say_and_clear(run.draft)
        run.open_decision(step.seq, decision.skills)
        return None
    ending = run.record_last(step)
    if isinstance(decision, Finish):
        return Move(status=RunStatus.COMPLETED)
    error: dict[str, Any] = {"type": decision.error_type, "message": decision.reason, "seq": ending.seq}
    if decision.missing:
        error["missing"] = list(decision.missing)
    return Move(status=RunStatus.FAILED, error=error)


def _undecided(run: ActiveRun, seq: int, attempt: int, started_at: Any, error: SkillFailed) -> Move:
    """The planner failed: try again later, or end the run."""
    run.draft.note(seq, attempt, error.details, error.usage)
    document = error_document(error)
    base = Step(
        seq=seq,
        decision=seq,
        kind=StepKind.DECISION,
        status=StepStatus.WAITING,
        version=0,
        started_at=started_at,
        reason="the planner could not decide yet",
        attempt=attempt + (1 if error.counts else 0),
    )
    if not error.retryable or (error.counts and attempt >= ATTEMPTS):
        run.record_last(changed(base, status=StepStatus.FAILED, error=document, finished_at=now()))
        return Move(status=RunStatus.FAILED, error=document | {"seq": seq})
    pause = error.retry_after if error.retry_after is not None else BACKOFF.pause(attempt)
    until = now() + timedelta(seconds=pause)
    run.record_last(base)
    asks = {"kind": "retry", "subject": "the planner is asked again", "error": document}
    run.draft_last.waits.append(NewWait(seq=seq, reason=WaitReason.RETRY, until=until, asks=asks))
    return Move(status=RunStatus.WAITING, wake_at=until)
