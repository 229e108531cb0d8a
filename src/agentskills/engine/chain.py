"""Carry out one chain of a decision: approval, skill, approval, each once, from wherever it stands."""

from __future__ import annotations

from datetime import timedelta

from agentskills.domain.clock import now
from agentskills.domain.skill import ExecutorName
from agentskills.domain.status import StepKind, StepStatus, WaitReason
from agentskills.engine.active import ActiveRun
from agentskills.engine.approvals import approve, fill_in
from agentskills.engine.attempts import attempt_until_done, call_back
from agentskills.engine.commit import commit
from agentskills.engine.draft import Draft
from agentskills.engine.errand import COMPLETED, FAILED, End, Errand
from agentskills.engine.irreversible import act_once
from agentskills.engine.takeover import take_over
from agentskills.engine.units import Chain
from agentskills.storage import slots
from agentskills.storage.waits import NewWait

SLOT_LOOK_AGAIN = timedelta(seconds=2)


async def work_off(run: ActiveRun, chain: Chain, draft: Draft) -> End:
    """Carry out what is left of a chain; its news goes into `draft`.

    It may begin anywhere: in a fresh run, after an answer, after another worker's death.
    """
    for unit in chain:
        step = run.steps.get(unit.seq)
        if step is not None and step.ended:
            if step.status is StepStatus.FAILED:
                return FAILED
            continue
        if run.failing:
            return End("parked")
        errand = Errand(run, unit, draft, _reason(run, unit.decision, unit.skill))
        end = await take_over(errand) if run.family is not None else None
        if end is None:
            end = await (approve(errand) if unit.kind is StepKind.APPROVAL else _carry_out(errand))
        if end.how != "completed":
            return end
    return COMPLETED


def _reason(run: ActiveRun, decision: int, skill: str) -> str | None:
    """Return why the decision chose the skill."""
    decided = run.steps[decision]
    reasons = (decided.outputs or {}).get("reasons") or {}
    return reasons.get(skill) or decided.reason


async def _carry_out(errand: Errand) -> End:
    contract = errand.contract
    if contract.executor is ExecutorName.HUMAN:
        return await fill_in(errand)
    place = _limited(errand)
    if place is not None and not _answered(errand) and not await _take_slot(errand, *place):
        return _wait_for_slot(errand, place[0])
    if contract.irreversible:
        end = await act_once(errand)
    elif contract.callback:
        end = await call_back(errand)
    else:
        end = await attempt_until_done(errand)
    if place is not None and not end.soon:
        errand.draft.frees_slots.append(errand.seq)
    return end


def _answered(errand: Errand) -> bool:
    return errand.wait is not None and errand.wait.answer is not None


def _limited(errand: Errand) -> tuple[str, int] | None:
    """Return the name and number of the places the skill has to share, if it has to."""
    if errand.contract.concurrency is not None:
        return f"skill:{errand.skill.name}", errand.contract.concurrency
    if errand.contract.executor is ExecutorName.LLM:
        return f"model:{errand.model}", errand.run.kit.settings.model_concurrency
    return None


async def _take_slot(errand: Errand, name: str, most: int) -> bool:
    kit = errand.run.kit
    async with commit(kit.pool, "slot") as conn:
        taken = await slots.take(conn, name, most, kit.lease.id, errand.run.thread_id, errand.seq)
    if taken:  # a place given back in a draft that is not written yet is this one
        for draft in (errand.draft, errand.run.draft):
            draft.frees_slots = [seq for seq in draft.frees_slots if seq != errand.seq]
    return taken


def _wait_for_slot(errand: Errand, name: str) -> End:
    wait = NewWait(
        seq=errand.seq,
        reason=WaitReason.SLOT,
        skill=errand.skill.name,
        asks={"kind": "slot", "slot": name, "subject": f"all places of {name} are taken"},
    )
    return errand.waits(wait, due=now() + SLOT_LOOK_AGAIN)
