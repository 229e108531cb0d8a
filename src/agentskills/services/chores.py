"""What workers do beside carrying runs: batches, schedules, policies, deliveries.

A chore is work on rows that are due, claimed like runs, so that any number of workers share it and
none is special. Whatever it does is one transaction per row: it may die between any two lines.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from agentskills.domain.errors import DatabaseGone
from agentskills.engine.notifier import Notifier
from agentskills.services.backtest_report import report_backtests
from agentskills.services.batch_dispatch import dispatch_batches
from agentskills.services.context import Context
from agentskills.services.deliver import deliver
from agentskills.services.firing import fire_due
from agentskills.services.rerun_failed import rerun_failed
from agentskills.settings import Settings
from agentskills.storage.database import open_pool

POOL = 4
"""Connections that the chores of one worker share."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """One kind of work that comes due."""

    name: str
    work: Callable[[Context], Awaitable[bool]]  # does some of what is due; whether there may be more at once
    every: float  # seconds between two looks while there is nothing to do


CHORES: tuple[Chore, ...] = (
    Chore("batches", dispatch_batches, every=0.5),
    Chore("backtests", report_backtests, every=0.5),
    Chore("schedules", fire_due, every=0.5),
    Chore("policies", rerun_failed, every=0.5),
    Chore("deliveries", deliver, every=0.5),
)
"""All chores of a worker."""


@asynccontextmanager
async def doing_chores(settings: Settings, url: str, chores: Sequence[Chore] = CHORES) -> AsyncIterator[None]:
    """Do the chores of an installation for as long as the context is open."""
    pool = await open_pool(url, max_size=POOL, name="asf chores")
    notifier = Notifier(pool)
    notifier.start()
    context = Context(pool, settings, notifier)
    tasks = [asyncio.create_task(_keep_at(chore, context), name=chore.name) for chore in chores]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await notifier.close()
        try:
            await asyncio.wait_for(pool.close(), 3)
        except TimeoutError:
            pool.terminate()


async def _keep_at(chore: Chore, context: Context) -> None:
    """Do one chore until cancelled, whatever goes wrong on the way."""
    while True:
        more = False
        try:
            more = await chore.work(context)
        except DatabaseGone:
            _log.debug("chore.skipped", chore=chore.name)
        except Exception:
            _log.exception("chore.failed", chore=chore.name)
        if not more:
            await asyncio.sleep(chore.every)
