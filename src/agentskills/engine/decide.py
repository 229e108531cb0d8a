"""Ask the planner what comes next, and put its decision into the journal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agentskills.domain.clock import now
from agentskills.domain.decision import Decided, Decision, Finish, Run, decision_document, decision_from
from agentskills.domain.errors import PlanDiverged, SkillFailed
from agentskills.domain.skill import Backoff, ExecutorName
from agentskills.domain.status import RunStatus, StepKind, StepStatus, WaitReason
from agentskills.domain.step import Step, changed
from agentskills.engine.active import ActiveRun
from agentskills.engine.decisions import fingerprint_of, planner_name, remembered, view_of
from agentskills.engine.errand import error_document
from agentskills.executors.secrets import redact
from agentskills.storage.journal import Move
from agentskills.storage.waits import NewWait

ATTEMPTS = 4
BACKOFF = Backoff(first=1.0, most=30.0)


async def decide(run: ActiveRun) -> Move | None:
    """Take the next decision into the run's draft; return how the run ends or parks, if it does.

    A decision that orders skills has been written when this returns, or will be in one go with
    what comes of it; in a rerun it is written with the first thing that is carried out.
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
    planner, view = run.kit.planners[planner_name(run)], view_of(run)
    if run.family is not None:
        found = remembered(run, run.family, planner, view)
        if isinstance(found, Step):
            return await _take(run, found, decision_from(found.outputs or {}, found.reason or ""))
        if found is not None:
            return _diverge(run, seq, found)
    if run.draft and planner.asks_a_model:
        await run.say_and_clear(run.draft)  # a model thinks for a while; what is done is told first
    try:
        decided = await planner.decide(view)
    except SkillFailed as error:
        return _undecided(run, seq, attempt, started_at, error)
    step = _decision_step(run, seq, attempt, started_at, decided, fingerprint_of(run, planner, view))
    return await _take(run, step, decided.decision)


def _diverge(run: ActiveRun, seq: int, error: PlanDiverged) -> Move:
    """The recorded decisions can't be followed any further: the run ends here."""
    document = {"type": error.type, "message": error.detail}
    step = Step(
        seq=seq,
        decision=seq,
        kind=StepKind.DECISION,
        status=StepStatus.FAILED,
        version=0,
        started_at=now(),
        finished_at=now(),
        error=document,
    )
    run.record_last(step)
    return Move(status=RunStatus.FAILED, error=document | {"seq": seq})


def _decision_step(
    run: ActiveRun, seq: int, attempt: int, started_at: Any, decided: Decided, fingerprint: str
) -> Step:
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
        outputs=decision_document(decision),
        fingerprint=fingerprint,
        attempt=attempt,
        usage=usage.document() if usage else None,
    )


async def _take(run: ActiveRun, step: Step, decision: Decision) -> Move | None:
    if isinstance(decision, Run):
        run.record(run.draft, step)
        run.open_decision(step.seq, decision.skills)
        if run.family is None and _may_wait(run, decision):
            await run.say_soon()
        elif run.family is None:
            await run.say_and_clear(run.draft)
        return None
    ending = run.record_last(step)
    if isinstance(decision, Finish):
        return Move(status=RunStatus.COMPLETED)
    error: dict[str, Any] = {"type": decision.error_type, "message": decision.reason, "seq": ending.seq}
    if decision.missing:
        error["missing"] = list(decision.missing)
    return Move(status=RunStatus.FAILED, error=error)


def _may_wait(run: ActiveRun, decision: Run) -> bool:
    """Say whether a decision may be written together with what comes of it.

    If the worker dies first, the same is decided again for nothing, and nobody has acted on it: its
    only skill has no effects, or is carried out only after its beginning was written. Where a
    worker has died already, the journal has to show what it was about to do.
    """
    asks_a_model = run.kit.planners[planner_name(run)].asks_a_model
    if asks_a_model or len(decision.skills) != 1 or run.claimed.stalls:
        return False
    contract = run.catalog[decision.skills[0]].contract
    if contract.concurrency is not None or contract.executor is ExecutorName.LLM:
        return False  # the place it takes names the step
    return contract.irreversible or not contract.inline or contract.without_effects


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
