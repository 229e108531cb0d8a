"""Five-step runs per second: entered by the service, then carried out from one instant on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from subprocess import Popen

import entering
from agentskills.services.context import Context
from agentskills.storage.database import Conn
from chain import LENGTH, Chain
from processes import Place, until, workers

IN_FLIGHT = 200
JOURNAL_ROWS = 2 * LENGTH + 1
BULK = 500  # runs in one call of the service
ENTRANCES = 8  # calls of the service side by side

UNFINISHED = """
SELECT EXISTS (SELECT FROM run_state WHERE status IN ('queued', 'running', 'waiting')
               AND thread_id LIKE $1 || '-%')
"""
OUTCOME = """
SELECT count(*) FILTER (WHERE s.status = 'completed') AS completed,
       (SELECT count(*) FROM run_steps r
        WHERE r.thread_id LIKE $1 || '-%' AND r.status = 'completed') AS steps,
       (SELECT count(*) FROM run_steps r JOIN run_metadata i USING (thread_id)
        WHERE r.thread_id LIKE $1 || '-%' AND r.skill = $2
          AND (r.outputs #>> ARRAY[$3, 'v5'])::integer = (i.initial_data #>> '{request,number}')::integer + 5
       ) AS right_results,
       (SELECT count(*) FROM effects e WHERE e.thread_id LIKE $1 || '-%' AND e.state = 'receipt') AS receipts,
       max(s.finished_at) AS ended, max(s.epoch) AS epoch,
       (SELECT error FROM run_state WHERE thread_id LIKE $1 || '-%' AND error IS NOT NULL LIMIT 1) AS error
FROM run_state s WHERE s.thread_id LIKE $1 || '-%'
"""


Start = tuple[datetime, list[Popen[bytes]]]


@dataclass(frozen=True, slots=True)
class Throughput:
    """What one measurement found, each per second."""

    accepted: float  # while nothing was carried out, in calls of 500 runs
    advanced: float  # from the instant all workers were let go until the last run ended


async def advance(
    place: Place, context: Context, chain: Chain, label: str, runs: int, processes: int
) -> Throughput:
    """Enter `runs` runs, let `processes` workers go at one instant, and check every result."""
    began = time.perf_counter()
    for first in range(0, runs, BULK):
        await entering.many(context, chain, label, range(first, min(runs, first + BULK)))
    accepted = runs / (time.perf_counter() - began)
    async with context.pool.acquire() as conn:
        await conn.execute("ANALYZE run_state, run_metadata, run_steps, effects")
        await conn.execute("CHECKPOINT")
        async with _workers_at_the_line(place, context, conn, processes) as (started, running):
            await until(lambda: _finished(conn, label), running, f"the runs {label}", pause=0.1)
            outcome = await conn.fetchrow(OUTCOME, label, chain.goal, chain.name)
    _check(outcome, chain, runs)
    return Throughput(accepted, runs / (outcome["ended"] - started).total_seconds())


@contextlib.asynccontextmanager
async def _workers_at_the_line(
    place: Place, context: Context, conn: Conn, count: int
) -> AsyncIterator[Start]:
    """Start workers, and hold them at a lock on run_state until all of them want to claim.

    Yields the instant they were let go, by the database's clock, and their processes.
    """
    async with context.pool.acquire() as gate:
        held = gate.transaction()
        await held.start()
        await gate.execute("LOCK TABLE run_state IN SHARE ROW EXCLUSIVE MODE")
        async with workers(place, conn, count, IN_FLIGHT) as running:
            await until(lambda: _all_wait(conn, count), running, "the workers' first claim")
            started = await gate.fetchval("SELECT clock_timestamp()")
            await held.commit()
            yield started, running


async def _all_wait(conn: Conn, count: int) -> bool:
    waiting = await conn.fetchval(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'run_state'::regclass"
    )
    return bool(waiting >= count)


async def _finished(conn: Conn, label: str) -> bool:
    return not await conn.fetchval(UNFINISHED, label)


def _check(outcome, chain: Chain, runs: int) -> None:  # type: ignore[no-untyped-def]
    wanted = {
        "completed": runs,
        "steps": runs * JOURNAL_ROWS,
        "right_results": runs,
        "receipts": runs if chain.irreversible else 0,
        "epoch": 1,
    }
    found = {name: outcome[name] for name in wanted}
    if found != wanted:
        raise RuntimeError(f"wanted {wanted}, found {found}; an error of a run: {outcome['error']}")


async def sustain(place: Place, context: Context, chain: Chain, label: str, runs: int) -> float:
    """Enter runs one by one, eight calls side by side, while one worker carries them out; return runs/s."""
    numbers = iter(range(runs))

    async def enter() -> None:
        for number in numbers:
            await entering.one(context, chain, f"{label}-{number}", number)

    async with context.pool.acquire() as conn, workers(place, conn, 1, IN_FLIGHT) as running:
        began = await conn.fetchval("SELECT clock_timestamp()")
        await asyncio.gather(*(enter() for _ in range(ENTRANCES)))
        await until(lambda: _finished(conn, label), running, f"the runs {label}", pause=0.1)
        outcome = await conn.fetchrow(OUTCOME, label, chain.goal, chain.name)
    _check(outcome, chain, runs)
    return runs / float((outcome["ended"] - began).total_seconds())
