"""The chore that reports on replays that have ended: outcome stays, changed, or nobody can tell."""

from __future__ import annotations

import asyncio

import structlog

from agentskills.domain.backtest import Report, cant_tell, report_of
from agentskills.domain.batch import ItemState
from agentskills.domain.clock import now
from agentskills.domain.errors import AlreadyFinished, DatabaseGone, RunDeleted, RunNotFound
from agentskills.executors.secrets import redact
from agentskills.services.actor import Actor
from agentskills.services.cancel import cancel_in
from agentskills.services.compare import compared
from agentskills.services.context import Context
from agentskills.storage import backtests
from agentskills.storage.backtests import Replayed
from agentskills.storage.database import Conn

AT_ONCE = 50
"""Items that are looked up together; each is reported in a transaction of its own."""

_log = structlog.get_logger(__name__)


async def report_backtests(context: Context) -> bool:
    """Report on some replays that have ended; say whether there was one that nobody else had."""
    async with context.reading() as conn:
        found = await backtests.to_report(conn, AT_ONCE)
    reported = [await _report(context, item) for item in found]
    if not found:
        await context.in_transaction(lambda conn: backtests.close(conn, now()))
    return any(reported)


async def _report(context: Context, item: Replayed) -> bool:
    """Report on one replay, unless others do."""

    async def work(conn: Conn) -> bool:
        if not await backtests.hold(conn, item):
            return False
        told = (await _found(conn, item)).document()
        await backtests.report(conn, item, await asyncio.to_thread(redact, told))
        if item.state == ItemState.WAITING and item.thread_id is not None:
            await _ask_nobody(conn, item.thread_id, item.batch_id)
        return True

    try:
        if not await context.in_transaction(work):
            return False
    except DatabaseGone:
        raise
    except Exception as error:  # one replay that can't be looked at must not hold up all others
        _log.exception("backtest.not_compared", source=item.source, thread_id=item.thread_id)
        untold = cant_tell("not-compared", str(redact(str(error)))).document()
        await context.in_transaction(lambda conn: backtests.report(conn, item, untold))
    if item.state == ItemState.WAITING and item.thread_id is not None:
        context.notifier.woken([item.thread_id])
    return True


async def _ask_nobody(conn: Conn, thread_id: str, batch_id: str) -> None:
    """End a replay that waits for a person: what is only tried out is nobody's work."""
    try:
        await cancel_in(conn, thread_id, "a backtest asks nobody", Actor("batch", batch_id))
    except (AlreadyFinished, RunNotFound):
        return


async def _found(conn: Conn, item: Replayed) -> Report:
    if item.state == ItemState.WAITING:
        return cant_tell("waits-for-a-person", "the replay came to a step at which a person decides")
    if item.thread_id is None:
        kind, _, detail = (item.reason or "").partition(": ")
        refused = item.state == ItemState.REFUSED and detail
        return cant_tell(kind, detail) if refused else cant_tell(item.state, item.reason or item.state)
    try:
        found = await compared(conn, item.source, item.thread_id)
    except (RunNotFound, RunDeleted) as gone:
        return cant_tell(gone.type, gone.detail)
    return await asyncio.to_thread(report_of, found.comparison, found.left.error, found.right.error)
