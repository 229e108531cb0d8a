"""Load claimed runs: what their journals say, what they wait for, what a rerun finds in its family."""

from __future__ import annotations

from typing import TypeAlias

import structlog

from agentskills.domain.run import ClaimedRun
from agentskills.domain.status import RunStatus
from agentskills.domain.step import Step
from agentskills.engine.active import ActiveRun
from agentskills.engine.commit import reading
from agentskills.engine.family import load_family
from agentskills.engine.kit import Kit
from agentskills.storage import journal, waits
from agentskills.storage.database import Pool
from agentskills.storage.journal import Move, Write
from agentskills.storage.waits import Wait

JournalRead: TypeAlias = tuple[list[Step], dict[int, Wait]]
"""The steps of a run, and what it waits for by seq."""

log = structlog.get_logger()


async def load(pool: Pool, thread_ids: list[str]) -> dict[str, JournalRead]:
    """Return what the journal says of each run, and what it waits for."""
    async with reading(pool) as conn:
        steps = await journal.load(conn, thread_ids)
        found = await waits.of_runs(conn, thread_ids)
    waiting: dict[str, dict[int, Wait]] = {thread_id: {} for thread_id in thread_ids}
    for (thread_id, seq), wait in found.items():
        waiting[thread_id][seq] = wait
    return {thread_id: (steps[thread_id], waiting[thread_id]) for thread_id in thread_ids}


async def activated(kit: Kit, claimed: ClaimedRun, journal_read: JournalRead | None) -> ActiveRun:
    """Return a claimed run ready to be advanced; without its journal, that is read here."""
    if journal_read is None:
        journal_read = (await load(kit.pool, [claimed.thread_id]))[claimed.thread_id]
    catalog = await kit.catalogs.get(claimed.catalog)
    family = await load_family(lambda: reading(kit.pool), claimed) if claimed.request else None
    return ActiveRun(kit, claimed, catalog, *journal_read, family)


async def give_up(kit: Kit, claimed: ClaimedRun) -> None:
    """End a run that can't be loaded; its journal stays as it is."""
    message = f"it could not be loaded, {claimed.stalls} times in a row; see the worker's log"
    error = {"type": "poisoned", "message": message}
    ending = Write(
        thread_id=claimed.thread_id,
        epoch=claimed.epoch,
        version=claimed.version + 1,
        has_waited=True,
        move=Move(status=RunStatus.FAILED, error=error),
    )
    try:
        if await kit.writer.write(ending):
            kit.counts.add(f"runs_{RunStatus.FAILED}_total")
    except Exception:
        log.exception("worker.not_given_up", thread_id=claimed.thread_id)
