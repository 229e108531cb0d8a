"""The loop: fold, decide, carry out what is ready, append; until the run ends or has to wait."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import structlog

from agentskills.domain.clock import now
from agentskills.domain.errors import DatabaseGone, EffectNeeded, LostOwnership, NotRecorded, PlanDiverged
from agentskills.domain.status import EffectState, RunStatus, StepKind, StepStatus, WaitReason
from agentskills.domain.step import Step, changed
from agentskills.engine.active import ActiveRun
from agentskills.engine.chain import work_off
from agentskills.engine.decide import decide
from agentskills.engine.draft import Draft
from agentskills.engine.errand import COMPLETED, End
from agentskills.engine.limits import passed_limit
from agentskills.engine.takeover import take_over_all
from agentskills.engine.units import Chain
from agentskills.storage.effects import Settlement
from agentskills.storage.journal import Move

LINGER = 0.25
"""Seconds for which a run whose answer is due any moment is kept, while there is room."""

MOST_STALLS = 5
"""Claims without progress after which a run is taken for one that kills its workers."""

log = structlog.get_logger()


async def advance(run: ActiveRun) -> None:
    """Advance a claimed run until it is finished, parked, or another worker's."""
    try:
        await _advance(run)
    except LostOwnership:
        run.kit.counts.add("runs_lost_total")
    except DatabaseGone:
        log.warning("run dropped: the database is away", thread_id=run.thread_id)
        run.tell_facts()
        raise
    except asyncio.CancelledError:
        if not (run.cancel_requested and run.kit.lease.good):
            raise
        current = asyncio.current_task()
        assert current is not None
        current.uncancel()
        await _cancel(run)
    except Exception as error:
        log.exception("run failed inside the engine", thread_id=run.thread_id)
        await _end_internally(run, error)
    finally:
        run.hold_no_longer()


async def _advance(run: ActiveRun) -> None:
    if run.claimed.stalls > MOST_STALLS:
        error = {"type": "poisoned", "message": f"{run.claimed.stalls} workers died while they had this run"}
        await _finish(run, Move(status=RunStatus.FAILED, error=error))
        return
    while True:
        if run.unwanted():
            return await _cancel(run)
        if run.open_units():
            end = await _work_off_chains(run)
            if run.unwanted():
                continue
            if end.how == "parked" and not run.failing:
                if await _park(run, end):
                    return None
                continue
        failed = run.first_failure()
        if failed is not None:
            move = Move(status=RunStatus.FAILED, error=_error_of(run, failed))
        else:
            run.settle()
            over = passed_limit(run)
            decided = Move(status=RunStatus.FAILED, error=over) if over else await decide(run)
            if decided is None:
                continue
            move = decided
        if await _finish(run, move):
            return None


def _error_of(run: ActiveRun, failed: Step) -> dict[str, Any]:
    """Return what a run ends with for its first failure; where a recording is followed, it diverges."""
    error = (failed.error or {}) | {"skill": failed.skill, "seq": failed.seq}
    if run.family is None or run.family.request.plan != "recorded" or failed.reused_from is not None:
        return error
    if error.get("type") in (NotRecorded.type, EffectNeeded.type):
        return error
    message = (
        f"step {failed.seq} ({failed.skill}) failed, where the recording goes on: {error.get('message')}"
    )
    return error | {"type": PlanDiverged.type, "message": message, "cause": failed.error}


async def _work_off_chains(run: ActiveRun) -> End:
    """Carry out the chains of the current decision side by side."""
    if run.family is not None:
        await take_over_all(run)
    chains = [c for c in run.chains if any(not (s := run.steps.get(u.seq)) or not s.ended for u in c)]
    if not chains:
        return COMPLETED
    if run.family is not None:  # the decision is on disk before anything of it is carried out
        await run.say_and_clear(run.draft)
    if len(chains) == 1:
        end = await work_off(run, chains[0], run.draft)
        run.failing = run.failing or end.how == "failed"
        return end
    return await _side_by_side(run, chains)


async def _side_by_side(run: ActiveRun, chains: list[Chain]) -> End:
    """Carry out several chains; a parked one goes on as soon as the run is stirred.

    What stirred the run is read once, for all of them: a chain that was busy then, and parks
    afterwards, may have been answered without its knowing, so that it looks again.
    """
    flying: dict[asyncio.Task[Any], tuple[Chain, Draft]] = {}
    parked: dict[Chain, End] = {}
    looks = 0  # how often the answers were read
    looked: dict[Chain, int] = {}  # and how often before the chain was launched

    def launch(chain: Chain) -> None:
        draft = Draft()
        looked[chain] = looks
        flying[asyncio.create_task(work_off(run, chain, draft))] = (chain, draft)

    for chain in chains:
        launch(chain)
    stirring = asyncio.create_task(run.stirred.wait())
    try:
        while flying:
            await asyncio.wait(
                {*flying, stirring}, timeout=_until_due(parked), return_when=asyncio.FIRST_COMPLETED
            )
            for task in [task for task in flying if task.done()]:
                chain, draft = flying.pop(task)
                end = task.result()
                run.draft.add(draft)
                run.failing = run.failing or end.how == "failed"
                if end.how == "parked":
                    parked[chain] = end
            behind = [chain for chain in parked if looked[chain] < looks or _is_due(parked[chain])]
            stirred = stirring.done()
            if flying or behind or stirred:  # on disk before it is read again, or it would be done again
                await run.say_and_clear(run.draft)
            if stirred or behind:
                await run.refresh()
                looks += 1
                if run.unwanted():
                    break
                if stirred:
                    stirring = asyncio.create_task(run.stirred.wait())
                for chain in list(parked) if not run.failing else ():
                    del parked[chain]
                    launch(chain)
    finally:
        await _stop([*flying, stirring])
        for _, draft in flying.values():  # what they had to say before they were stopped
            run.draft.add(draft)
    if not parked or run.failing:
        return COMPLETED
    dues = [end.due for end in parked.values() if end.due]
    return End("parked", min(dues, default=None), any(end.soon for end in parked.values()))


def _is_due(end: End) -> bool:
    return end.due is not None and end.due <= now()


def _until_due(parked: dict[Chain, End]) -> float | None:
    """Return the seconds until the first parked chain goes on by itself."""
    dues = [end.due for end in parked.values() if end.due]
    return max(0.0, (min(dues) - now()).total_seconds()) if dues else None


async def _stop(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _park(run: ActiveRun, end: End) -> bool:
    """Let go of a run that waits; False where it can go on at once."""
    if end.soon and run.kit.room > 0:
        await run.say_and_clear(run.draft)
        if await _linger(run, end.due):
            await run.refresh()
            return False
    elif end.due is not None and (end.due - now()).total_seconds() < LINGER and run.kit.room > 0:
        await run.say_and_clear(run.draft)
        await _linger(run, end.due)
        await run.refresh()
        return False
    move = Move(
        status=RunStatus.WAITING, wake_at=end.due, owned_ms=run.owned_ms, not_repeated=run.not_repeated
    )
    return await run.let_go(run.draft, move)


async def _linger(run: ActiveRun, due: datetime | None) -> bool:
    """Keep the run for a moment; True if it was stirred or is due."""
    until_due = None if due is None else max(0.0, (due - now()).total_seconds())
    try:
        async with asyncio.timeout(LINGER if until_due is None else min(LINGER, until_due)):
            await run.stirred.wait()
    except TimeoutError:  # the timer may ring a moment early: that is no reason to let go of the run
        return until_due is not None and until_due <= LINGER
    return True


async def _finish(run: ActiveRun, move: Move) -> bool:
    """Write the end of a run; False where somebody has woken it in the meantime."""
    last = Draft()
    last.add(run.draft)
    last.add(run.draft_last)
    as_it_was = dict(run.steps)
    if move.status is RunStatus.FAILED:
        _abandon(run, last)
    ending = Move(
        status=move.status,
        wake_at=move.wake_at,
        error=move.error,
        owned_ms=run.owned_ms,
        not_repeated=run.not_repeated,
    )
    if await run.let_go(last, ending):
        run.kit.counts.add(f"runs_{move.status}_total")
        return True
    run.draft.facts_told()
    run.steps = as_it_was
    run.forget_last()
    found = [wait for seq in run.draft.steps if (wait := run.waits.get(seq))]
    if any(wait.answer and wait.id not in run.heard for wait in found):
        raise LostOwnership  # an accepted answer came before this end was written: read it all again
    return False


def _abandon(run: ActiveRun, draft: Draft) -> None:
    """Steps that still wait when a run ends wait no longer; what may have happened is in doubt."""
    error = {"type": "run-ended", "message": "the run ended before this step did"}
    for step in list(run.steps.values()):
        if step.status not in (StepStatus.STARTED, StepStatus.WAITING):
            continue
        if _may_have_happened(run, step):
            run.record(draft, changed(step, status=StepStatus.IN_DOUBT, error=error))
        else:
            run.record(draft, changed(step, status=StepStatus.FAILED, error=error, finished_at=now()))


def _may_have_happened(run: ActiveRun, step: Step) -> bool:
    """Say whether a step that has not ended has announced an effect that may be under way."""
    if step.kind is not StepKind.SKILL or step.skill is None:
        return False
    if not run.catalog[step.skill].contract.irreversible:
        return False
    wait = run.waits.get(step.seq)
    if step.status is StepStatus.STARTED or step.seq in run.announced:
        return True
    return wait is not None and wait.reason == WaitReason.CALLBACK


async def _cancel(run: ActiveRun) -> None:
    """End a run as its owner was asked to; an irreversible step in flight becomes a doubt."""
    draft = Draft()
    draft.add(run.draft)
    error = {"type": "cancelled", "message": "cancelled while it was under way"}
    for seq, effect_id in run.effects_in_flight.items():
        step = run.steps.get(seq)
        if step is not None and step.ended:
            continue  # it ended in the very moment
        draft.settlements.append(
            Settlement(effect_id=effect_id, state=EffectState.DOUBT, error=error, by={"kind": "worker"})
        )
        if step is not None:
            run.record(draft, changed(step, status=StepStatus.IN_DOUBT, error=error, effect_id=effect_id))
    _abandon(run, draft)
    move = Move(status=RunStatus.CANCELLED, owned_ms=run.owned_ms, not_repeated=run.not_repeated)
    while not await run.let_go(draft, move):
        pass


async def _end_internally(run: ActiveRun, error: Exception) -> None:
    """Something in the engine itself broke: the run says so, and others go on."""
    document = {
        "type": "internal",
        "message": f"{type(error).__name__} inside the engine; see the worker's log",
    }
    run.draft = run.draft.facts()
    run.forget_last()
    try:
        await _finish(run, Move(status=RunStatus.FAILED, error=document))
    except Exception:
        log.exception("run left to another worker", thread_id=run.thread_id)
