"""Breakers at work: whether a skill rests, and when it does no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from agentskills.domain.policy import Breaker, BreakerState, FailedRun, Policy
from agentskills.storage import breakers, policy_answers
from agentskills.storage.database import Conn


async def holds(conn: Conn, policy: Policy, failed: FailedRun, at: datetime) -> str | None:
    """Return why a policy has to hold a failed run back, and count it; None: it need not.

    The caller holds the policy's lock. A breaker opens here, and again where its probe has failed.
    """
    found = await breakers.get(conn, policy.id, failed.skill)
    if found is None or found.state is BreakerState.CLOSED:
        opened = await _opened(conn, policy, failed, found, at)
        if opened is None:
            return None
    elif found.probe == failed.thread_id:
        opened = rested(found, policy, at)
    elif found.probe is None and found.open_until <= at:
        return None
    else:
        opened = found
    await breakers.put(conn, replace(opened, held_back=opened.held_back + 1))
    what = failed.skill or "what no skill did"
    if opened.probe is not None:
        return f"{what} has failed too often; {opened.probe} finds out whether it is well again"
    return f"{what} has failed too often; it rests until {opened.open_until:%Y-%m-%d %H:%M:%S} UTC"


async def _opened(
    conn: Conn, policy: Policy, failed: FailedRun, before: Breaker | None, at: datetime
) -> Breaker | None:
    """Return the breaker, open, where this failure is one too many.

    What failed before the breaker was closed counts no longer, whenever it is looked at.
    """
    since = at - timedelta(seconds=int(policy.breaker["seconds"]))
    if before is not None and before.closed_at is not None:
        since = max(since, before.closed_at)
    others = await policy_answers.counted(conn, policy.id, failed.skill, since, failed.thread_id)
    failures = others + (failed.failed_at > since)
    if failures < policy.breaker["failures"]:
        return None
    fresh = Breaker(
        policy_id=policy.id,
        skill=failed.skill,
        opened_at=at,
        open_until=at,
        probe=None,
        closed_at=None,
        held_back=0,
    )
    return rested(fresh, policy, at)


def rested(breaker: Breaker, policy: Policy, at: datetime) -> Breaker:
    """Return the breaker with a new rest from now on."""
    until = at + timedelta(seconds=int(policy.breaker["rest_seconds"]))
    return replace(breaker, open_until=until, probe=None)


async def let_through(conn: Conn, policy: Policy, skill: str, thread_id: str) -> None:
    """Note that a rerun was made: after a rest it is the probe."""
    found = await breakers.get(conn, policy.id, skill)
    if found is not None and found.state is BreakerState.OPEN:
        await breakers.put(conn, replace(found, probe=thread_id))


async def close(conn: Conn, breaker: Breaker, at: datetime) -> int:
    """Close a breaker and let all it held back be looked at again; return how many."""
    await breakers.put(conn, replace(breaker, probe=None, closed_at=at))
    return await breakers.release(conn, breaker, at)


async def mind(conn: Conn, policy: Policy, skill: str, at: datetime) -> None:
    """Do what a breaker is due for: close after a good probe, rest again after any other, or probe."""
    found = await breakers.get(conn, policy.id, skill)
    if found is None or found.state is BreakerState.CLOSED:
        return
    if found.probe is None:
        await breakers.release(conn, found, at, most=1)
    elif await breakers.probe_status(conn, found.probe) == "completed":
        await close(conn, found, at)
    else:
        await breakers.put(conn, rested(found, policy, at))
