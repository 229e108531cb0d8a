"""Take over what the family of a rerun holds, instead of carrying it out."""

from __future__ import annotations

from agentskills.domain.reuse import DONE, ENDS
from agentskills.domain.status import StepStatus, WaitReason
from agentskills.engine.active import ActiveRun
from agentskills.engine.errand import End, Errand
from agentskills.engine.results import result_of
from agentskills.engine.reuse import look_back


async def take_over(errand: Errand) -> End | None:
    """End a step of a rerun with what is given, kept, reused, …; None: it has to be carried out.

    What has begun goes on as it began.
    """
    family = errand.run.family
    if family is None or _has_begun(errand):
        return None
    look, found = await look_back(errand.run, family, errand.unit, agreed=errand.agreed_by is not None)
    if found.outcome in DONE | ENDS:
        return errand.takes(result_of(look, found))
    errand.found = found
    return None


_BEFORE_IT_ACTS = frozenset(
    {
        WaitReason.CONSENT,
        WaitReason.IN_DOUBT,
        WaitReason.EFFECT_ELSEWHERE,
        WaitReason.SLOT,
        WaitReason.RETRY,
    }
)
"""What a step waits for that has not acted, or to no effect: its case may be another one by then."""


def _has_begun(errand: Errand) -> bool:
    """Say whether it is under way; one that only waits for what others do, or allow, is not."""
    if errand.status is None:
        return False
    wait = errand.wait
    return errand.status is not StepStatus.WAITING or wait is None or wait.reason not in _BEFORE_IT_ACTS


async def take_over_all(run: ActiveRun) -> None:
    """Take over what comes first in each chain of the current decision, until something is to be done."""
    for chain in run.chains:
        for unit in chain:
            step = run.steps.get(unit.seq)
            if step is not None and step.ended:
                continue
            end = await take_over(Errand(run, unit, run.draft, None))
            if end is None:
                break
            if end.how == "failed":
                run.failing = True
                return
