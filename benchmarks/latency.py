"""How long a person waits: for the answer to a start, and from there to the first step."""

from __future__ import annotations

import asyncio
import random
import time

import entering
from agentskills.services.context import Context
from agentskills.storage.database import Conn
from chain import Chain
from measure import percentile
from processes import Place, until, workers

PAUSES = (0.025, 0.065)  # seconds between two starts under light load; uneven, so that no timer fits

FIRST_STEPS = """
SELECT extract(epoch FROM r.started_at - m.created_at)::float8 * 1000 AS started,
       extract(epoch FROM r.finished_at - m.created_at)::float8 * 1000 AS finished,
       extract(epoch FROM s.finished_at - m.created_at)::float8 * 1000 AS ended
FROM run_metadata m JOIN run_state s USING (thread_id)
JOIN LATERAL (SELECT started_at, finished_at FROM run_steps r
              WHERE r.thread_id = m.thread_id AND r.kind = 'skill' ORDER BY seq LIMIT 1) r ON true
WHERE m.thread_id LIKE $1 || '-%'
"""
UNFINISHED = """
SELECT EXISTS (SELECT FROM run_state WHERE status IN ('queued', 'running') AND thread_id LIKE $1 || '-%')
"""


async def accept(context: Context, chain: Chain, label: str, runs: int) -> dict[str, float]:
    """Call the service behind POST /start one run after another; milliseconds."""
    took = []
    for number in range(runs):
        began = time.perf_counter()
        await entering.one(context, chain, f"{label}-{number}", number)
        took.append((time.perf_counter() - began) * 1000)
    return {"accept_p50_ms": percentile(took, 0.5), "accept_p95_ms": percentile(took, 0.95)}


async def first_step(place: Place, context: Context, chain: Chain, label: str, runs: int) -> dict[str, float]:
    """Start runs one at a time under light load; milliseconds from created_at by the journal's own times."""
    async with context.pool.acquire() as conn, workers(place, conn, 1, 200) as running:
        await lightly(context, chain, f"{label}warm", 20)
        await lightly(context, chain, label, runs)
        await until(lambda: _finished(conn, label), running, f"the runs {label}")
        rows = await conn.fetch(FIRST_STEPS, label)
    assert len(rows) == runs
    return {
        "accept_to_first_step_p50_ms": percentile([row["started"] for row in rows], 0.5),
        "accept_to_first_step_p95_ms": percentile([row["started"] for row in rows], 0.95),
        "accept_to_first_result_p50_ms": percentile([row["finished"] for row in rows], 0.5),
        "accept_to_first_result_p95_ms": percentile([row["finished"] for row in rows], 0.95),
        "accept_to_end_p50_ms": percentile([row["ended"] for row in rows], 0.5),
        "accept_to_end_p95_ms": percentile([row["ended"] for row in rows], 0.95),
    }


async def lightly(context: Context, chain: Chain, label: str, runs: int) -> None:
    """Start `runs` runs, a short pause between two."""
    chance = random.Random(1)
    for number in range(runs):
        await entering.one(context, chain, f"{label}-{number}", number)
        await asyncio.sleep(chance.uniform(*PAUSES))


async def _finished(conn: Conn, label: str) -> bool:
    return not await conn.fetchval(UNFINISHED, label)
