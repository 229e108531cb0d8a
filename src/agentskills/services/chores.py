"""What some process of the installation does every hour: forget what need not be kept."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog

from agentskills.domain.clock import now
from agentskills.domain.errors import AgentSkillsError
from agentskills.services.context import Context
from agentskills.storage import idempotency, retention

EVERY = 3600.0
"""Seconds between two passes of one process."""
_BATCH = 200

_log = structlog.get_logger(__name__)


async def keep_tidy(context: Context) -> None:
    """Do the chores now and every hour, until cancelled."""
    while True:
        try:
            removed = await tidy(context)
        except AgentSkillsError as error:
            _log.debug("chores.skipped", error=error.type)
        except Exception:
            _log.exception("chores.failed")
        else:
            if removed:
                _log.info("chores.done", runs_removed=removed)
        await asyncio.sleep(EVERY)


async def tidy(context: Context, batch: int = _BATCH) -> int:
    """Forget idempotency keys after 24 hours and finished runs after ASF_KEEP_DAYS days.

    Returns how many runs were removed. Short transactions, and nothing where another process is
    at it already. Raises `DatabaseGone`.
    """
    async with context.writing() as conn:
        if not await retention.take_chores(conn):
            return 0
        await idempotency.forget_old(conn)
    days = context.settings.keep_days
    return 0 if days is None else await _remove_finished(context, now() - timedelta(days=days), batch)


async def _remove_finished(context: Context, before: datetime, batch: int) -> int:
    removed = 0
    after: retention.Place | None = None
    while True:
        async with context.writing() as conn:
            if not await retention.take_chores(conn):
                return removed
            done = await retention.remove_finished(conn, before, after=after, limit=batch)
        removed += done.removed
        if done.reached is None:
            return removed
        after = done.reached
