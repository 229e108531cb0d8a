"""The chore of policies: look at each failed run once, and rerun it where a policy says so.

The answer, the rerun and the note that the failure has been looked at are one transaction, which
holds the failure and the policies that it concerns: whatever number of workers see a failure, and
wherever one of them dies, a policy reruns it once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec.structs import replace as settled

from agentskills.domain import clock
from agentskills.domain.errors import AgentSkillsError
from agentskills.domain.policy import FailedRun, Policy, PolicyAnswer
from agentskills.domain.rerun import request_from
from agentskills.engine.points import reach
from agentskills.services import breakers
from agentskills.services.actor import Actor
from agentskills.services.attempt import Made, Refused, attempted
from agentskills.services.context import Context
from agentskills.services.rerun import Rerun, rerun_in
from agentskills.settings import Settings
from agentskills.storage import breakers as breaker_rows
from agentskills.storage import deliveries, policies, policy_answers, runs
from agentskills.storage.database import Conn
from agentskills.storage.policy_answers import Answer
from agentskills.storage.queue import LANE_RULE

POINTS = ("policy.before", "policy.rerun", "policy.after")
"""Crash points: before an answer, between the rerun and its answer, after the commit."""

FAILED_FOR_GOOD = "run.failed_for_good"
_AT_ONCE = 50
_PASSED_OVER = 1000

_log = structlog.get_logger(__name__)

_Look = Callable[[Conn, Settings, datetime], Awaitable[list[str] | None]]


async def rerun_failed(context: Context) -> bool:
    """Look at some of the failures that are due; say whether there may be more. Raises `DatabaseGone`."""
    async with context.reading() as conn:
        if not await policies.any_enabled(conn):
            return await policy_answers.pass_over(conn, clock.now(), _PASSED_OVER) == _PASSED_OVER
    more = False
    for look in (_look, _mind_breakers, _look_again):
        more = await _repeated(context, look) or more
    return more


async def _repeated(context: Context, look: _Look) -> bool:
    """Do one kind of look until nothing is due; True where it was cut short."""
    for _ in range(_AT_ONCE):
        made = await context.in_transaction(lambda conn: look(conn, context.settings, clock.now()))
        if made is None:
            return False
        reach("policy.after")
        context.notifier.woken(made)
    return True


async def _look(conn: Conn, settings: Settings, at: datetime) -> list[str] | None:
    """Answer for the next failed run; return the reruns that were made, or None where none is due."""
    thread_id = await policy_answers.next_failure(conn)
    if thread_id is None:
        return None
    failed = await _held(conn, thread_id)
    made = [] if failed is None or failed.closed else await _answer(conn, settings, failed, at)
    await policy_answers.looked_at(conn, thread_id, at)
    reach("policy.before")
    return made


async def _held(conn: Conn, thread_id: str) -> FailedRun | None:
    """Hold a failed run's row and return it; None: it was deleted.

    Whoever reruns holds that row. It is read after that: a batch may have just rerun the run.
    """
    await runs.hold(conn, [thread_id])
    return await policy_answers.failed_run(conn, thread_id)


async def _answer(conn: Conn, settings: Settings, failed: FailedRun, at: datetime) -> list[str]:
    """Let each policy that a failed run concerns answer, the oldest first; the first that reruns wins."""
    concerned = await policies.concerned(conn, failed)
    if not concerned:
        return []
    tried = await policy_answers.attempts(conn, failed.thread_id)
    made: list[str] = []
    last: Answer | None = None
    for policy in concerned:
        answer = await _judged(conn, settings, policy, failed, tried.get(policy.id, 0), at)
        if answer is not None:
            await policy_answers.put(conn, answer)
            made += [answer.thread_id] if answer.thread_id else []
            last = answer if answer.answer in _FINAL else last
    if last is not None:
        await _failed_for_good(conn, failed, last)
    return made


async def _mind_breakers(conn: Conn, settings: Settings, at: datetime) -> list[str] | None:
    due = await breaker_rows.to_mind(conn, at)
    if due is None:
        return None
    policy_id, skill = due
    policy = await policies.get(conn, policy_id, lock=True)
    if policy is not None:
        await breakers.mind(conn, policy, skill, at)
    return []


async def _look_again(conn: Conn, settings: Settings, at: datetime) -> list[str] | None:
    """Answer anew for a failed run that was held back."""
    held = await policy_answers.next_again(conn, at)
    if held is None:
        return None
    failed = await _held(conn, held.failed)
    policy = await policies.get(conn, held.policy_id, lock=True)
    if policy is None or not policy.enabled:  # since it was found
        return []
    answer = await _again(conn, settings, policy, held, failed, at)
    if answer.again_at is not None:  # no room: neither for the others that are due
        await policy_answers.postpone(conn, policy.id, at, answer.reason, answer.again_at)
    else:
        await policy_answers.put(conn, answer)
    if failed is not None and answer.answer in _FINAL:
        await _failed_for_good(conn, failed, answer)
    reach("policy.before")
    return [answer.thread_id] if answer.thread_id else []


async def _again(
    conn: Conn, settings: Settings, policy: Policy, held: Answer, failed: FailedRun | None, at: datetime
) -> Answer:
    """Return what a policy does about a run that it held back, done."""
    if failed is None or failed.closed:
        why = "the run has been deleted" if failed is None else "nobody will mend the failure"
        return settled(held, answer=str(PolicyAnswer.LEFT), reason=why, at=at, again_at=None)
    answer = await _judged(conn, settings, policy, failed, held.attempt, at, again=True)
    if answer is None:  # the policy has been changed since
        why = policy.why_not(failed.error) or ""
        return _made(PolicyAnswer.GIVEN_UP, policy, failed, held.attempt, at, why)
    return answer


async def _judged(
    conn: Conn,
    settings: Settings,
    policy: Policy,
    failed: FailedRun,
    tried: int,
    at: datetime,
    *,
    again: bool = False,
) -> Answer | None:
    """Return what a policy does about a failed run, done; None: it does not concern it.

    An error that does not qualify concerns the policy only where it has rerun the run before.
    `again`: it was held back, and its turn has come.
    """

    def said(answer: PolicyAnswer, reason: str | None, **more: Any) -> Answer:
        return _made(answer, policy, failed, tried, at, reason, **more)

    unfit = policy.why_not(failed.error)
    if unfit is not None:
        return said(PolicyAnswer.GIVEN_UP, unfit) if tried else None
    winner = await policy_answers.rerun_by(conn, failed.thread_id)
    if winner is not None:
        return said(PolicyAnswer.LEFT, f"the policy {winner} reruns it")
    if failed.rerun_since:
        return said(PolicyAnswer.LEFT, "it has been rerun already")
    if tried >= policy.attempts:
        return said(PolicyAnswer.GIVEN_UP, f"all {policy.attempts} attempts have failed")
    family = policy.family_cap
    if family is not None and await policies.reruns_in_family(conn, failed.root_thread_id) >= family:
        return said(PolicyAnswer.GIVEN_UP, f"its family has had {family} automatic reruns")
    if why := await breakers.holds(conn, policy, failed, at):
        return said(PolicyAnswer.HELD_BACK, why)
    if full := await _full(conn, policy, at, again=again):
        why = f"{policy.window_cap['reruns']} runs were rerun of late"  # type: ignore[index]
        return said(PolicyAnswer.HELD_BACK, why, again_at=full)
    return await _rerun(conn, settings, policy, failed, tried, at)


async def _full(conn: Conn, policy: Policy, at: datetime, *, again: bool) -> datetime | None:
    """Return when the policy may rerun this one; None: now. What has waited longer comes first."""
    if policy.window_cap is None:
        return None
    window = timedelta(seconds=int(policy.window_cap["seconds"]))
    made = await policy_answers.room_at(conn, policy.id, at - window, int(policy.window_cap["reruns"]))
    free = None if made is None else made + window
    if again:
        return free
    waiting = await policy_answers.waiting_until(conn, policy.id)
    return max((moment for moment in (free, waiting) if moment is not None), default=None)


async def _rerun(
    conn: Conn, settings: Settings, policy: Policy, failed: FailedRun, tried: int, at: datetime
) -> Answer:
    attempt = tried + 1
    kind = failed.error.get("type")
    after = f"{kind} in {failed.skill}" if failed.skill else str(kind)
    why = f"attempt {attempt} of {policy.attempts} after {after}"
    not_before = at + timedelta(seconds=policy.pause(failed.root_thread_id, attempt))
    actor = Actor("policy", policy.id)

    async def rerun() -> Rerun:
        asked = replace(request_from(policy.rerun), reason=why, not_before=not_before)
        return await rerun_in(conn, settings, failed.thread_id, asked, actor, lane=LANE_RULE)

    match await attempted(conn, rerun):
        case Made(made):
            reach("policy.rerun")
            await breakers.let_through(conn, policy, failed.skill, made.thread_id)
            return _made(PolicyAnswer.RERUN, policy, failed, attempt, at, why, thread_id=made.thread_id)
        case Refused(AgentSkillsError() as error):
            return _made(PolicyAnswer.REFUSED, policy, failed, tried, at, f"{error.type}: {error.detail}")
        case Refused(error):  # without an answer this failure would come before all others for ever
            _log.error("policy.broken", policy=policy.id, failed=failed.thread_id, exc_info=error)
            return _made(PolicyAnswer.REFUSED, policy, failed, tried, at, f"internal: {type(error).__name__}")


_FINAL = (PolicyAnswer.GIVEN_UP, PolicyAnswer.REFUSED)


async def _failed_for_good(conn: Conn, failed: FailedRun, last: Answer) -> None:
    """Announce that nothing will rerun a failed run by itself, unless another policy does or may yet."""
    if await policy_answers.undecided(conn, failed.thread_id):
        return
    told = {
        "thread_id": failed.thread_id,
        "root_thread_id": failed.root_thread_id,
        "status": "failed",
        "error": {name: value for name, value in failed.error.items() if name != "message"},
        "policy_id": last.policy_id,
        "attempts": last.attempt,
        "reason": last.reason,
    }
    await deliveries.announce(conn, FAILED_FOR_GOOD, told)


def _made(
    answer: PolicyAnswer,
    policy: Policy,
    failed: FailedRun,
    attempt: int,
    at: datetime,
    reason: str | None,
    *,
    thread_id: str | None = None,
    again_at: datetime | None = None,
) -> Answer:
    return Answer(
        policy_id=policy.id,
        failed=failed.thread_id,
        skill=failed.skill,
        failed_at=failed.failed_at,
        answer=str(answer),
        thread_id=thread_id,
        attempt=attempt,
        reason=reason,
        at=at,
        again_at=again_at,
    )
