"""What some process of the installation does every hour: forget what need not be kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from agentskills.domain.clock import now
from agentskills.domain.errors import AgentSkillsError
from agentskills.services.context import Context
from agentskills.storage import deliveries, firings, idempotency, policy_answers, retention, tombstones
from agentskills.storage.database import Conn

EVERY = 3600.0
"""Seconds between two passes of one process."""
_BATCH = 200
_ROWS = 5000
"""Rows without relatives that one transaction removes."""
KEPT = timedelta(days=30)
"""How long deliveries, and answers about runs that have gone, are kept unless ASF_KEEP_DAYS says."""

_log = structlog.get_logger(__name__)


async def keep_tidy(context: Context) -> None:
    """Tidy up now and every hour, until cancelled."""
    while True:
        try:
            removed = await tidy(context)
        except AgentSkillsError as error:
            _log.debug("tidying.skipped", error=error.type)
        except Exception:
            _log.exception("tidying.failed")
        else:
            if removed:
                _log.info("tidying.done", runs_removed=removed)
        await asyncio.sleep(EVERY)


async def tidy(context: Context, batch: int = _BATCH) -> int:
    """Forget idempotency keys after 24 hours, finished runs after ASF_KEEP_DAYS days, and what nobody needs.

    With the runs go firings. Deliveries, and what policies did about runs that have gone, are forgotten
    after as many days, or 30 where nothing is said.

    Returns how many runs were removed. Short transactions, and nothing where another process is
    at it already. Raises `DatabaseGone`.
    """
    days = context.settings.keep_days
    before = None if days is None else now() - timedelta(days=days)
    if not await _alone(context, idempotency.forget_old):
        return 0
    removed = 0 if before is None else await _remove_finished(context, before, batch)
    if before is not None:
        await _alone(context, lambda conn: retention.forget_families(conn, before))
        await _bit_by_bit(context, lambda conn: firings.forget_old(conn, before, _ROWS))
    old = before or now() - KEPT
    await _bit_by_bit(context, lambda conn: deliveries.forget_old(conn, old, _ROWS))
    await _bit_by_bit(context, lambda conn: deliveries.forget_orphans(conn, _ROWS))
    await _bit_by_bit(context, lambda conn: policy_answers.forget_old(conn, old, _ROWS))
    await _alone(context, retention.remove_hidden)
    await _drop_leftovers(context)
    return removed


async def _alone(context: Context, work: Callable[[Conn], Awaitable[None]]) -> bool:
    """Do one thing in a transaction of its own; False where another process is at it."""

    async def alone(conn: Conn) -> bool:
        taken = await retention.take_tidying(conn)
        if taken:
            await work(conn)
        return taken

    return await context.in_transaction(alone)


async def _remove_finished(context: Context, before: datetime, batch: int) -> int:
    removed = 0
    done = retention.Batch(removed=0, reached=None)

    async def step(conn: Conn) -> None:
        nonlocal done
        done = await retention.remove_finished(conn, before, after=done.reached, limit=batch)

    while await _alone(context, step):
        removed += done.removed
        if done.reached is None:
            break
    return removed


async def _bit_by_bit(context: Context, forget: Callable[[Conn], Awaitable[int]]) -> None:
    """Remove rows, some in each transaction, until fewer than that are left."""
    removed = _ROWS

    async def step(conn: Conn) -> None:
        nonlocal removed
        removed = await forget(conn)

    while removed == _ROWS and await _alone(context, step):
        pass


async def _drop_leftovers(context: Context) -> None:
    """Remove texts and payloads that nothing needs, some at a time."""
    while True:
        async with context.reading() as conn:
            left = await tombstones.leftovers(conn)
        if not left.sop_texts and not left.payloads:
            return
        if not await _alone(context, lambda conn, left=left: tombstones.drop_leftovers(conn, left)):  # type: ignore[misc]
            return
