"""People go first: a bulk of 5,000 half-second runs keeps neither a start nor an answer waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.services.start import StartRequest, start_many

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

BULK, SECONDS = 5_000, 0.5
ASKED = 12  # starts, and as many answers, while the bulk is being worked off
CONCURRENCY = 50

BEGAN = """
    SELECT extract(epoch FROM least(s.started_at, min(r.started_at)) - s.created_at)::float8
    FROM run_state s JOIN run_steps r USING (thread_id) WHERE s.thread_id = $1
    GROUP BY s.started_at, s.created_at"""
WENT_ON = """
    SELECT extract(epoch FROM r.started_at - w.answered_at)::float8
    FROM waits w JOIN run_steps r USING (thread_id)
    WHERE w.thread_id = $1 AND w.state = 'answered' AND r.skill = 'grant' AND r.kind = 'skill'"""


async def test_a_start_and_an_answer_begin_within_a_second(
    place: Workplace, report: Callable[[str, dict[str, Any]], None]
) -> None:
    inline(place.root, "slow", f'await asyncio.sleep({SECONDS})\nreturn {{"done": 1}}', produces="done")
    inline(place.root, "quick", 'return {"here": 1}', produces="here")
    inline(place.root, "grant", 'return {"granted": 1}', produces="granted", approval="before")
    place.settings.worker_concurrency = CONCURRENCY
    await place.load()
    process = place.spawn()
    try:
        waiting = [await place.start("grant", thread_id=f"waiting-{number}") for number in range(ASKED)]
        for thread_id in waiting:
            await place.until_waiting(thread_id, "approval")
        bulk = [
            StartRequest(sop="Do what is asked.", thread_id=f"bulk-{number}", skills=["slow"])
            for number in range(BULK)
        ]
        await start_many(place.context, bulk, PERSON)
        await until_some_of_the_bulk_is_done(place)
        first, done = await place.pool.fetchrow(
            "SELECT now(), count(*) FROM run_state WHERE status = 'completed'"
        )
        for number, thread_id in enumerate(waiting):
            await place.start("quick", thread_id=f"person-{number}")
            await place.approve(thread_id)
            await asyncio.sleep(0.4)
        people = [f"person-{number}" for number in range(ASKED)]
        for thread_id in (*people, *waiting):
            await place.until(thread_id, "completed", within=120)
        row = await place.pool.fetchrow(
            "SELECT count(*) - $2 AS done, extract(epoch FROM now() - $1)::float8 AS s "
            "FROM run_state WHERE status = 'completed' AND thread_id LIKE 'bulk-%'",
            first,
            done,
        )
        left = await place.pool.fetchval("SELECT count(*) FROM run_state WHERE status = 'queued'")
    finally:
        process.kill()
        process.wait()
    starts = sorted([await place.pool.fetchval(BEGAN, thread_id) for thread_id in people])
    answers = sorted([await place.pool.fetchval(WENT_ON, thread_id) for thread_id in waiting])
    report(
        "Fairness",
        {
            "half-second runs queued first": BULK,
            "of which still queued when the last person was served": left,
            "interactive starts, ms until they began (median, worst)": _ms(starts),
            "answers, ms until their runs went on (median, worst)": _ms(answers),
            "runs of the bulk per second meanwhile": row["done"] / row["s"],
            "and as many as its places allow": 0.8 * CONCURRENCY / SECONDS,
        },
    )
    assert left > 0, "there was no queue any more"
    assert starts[-1] < 1.0
    assert answers[-1] < 1.0


def _ms(ordered: list[float]) -> str:
    return f"{ordered[len(ordered) // 2] * 1000:.0f}, {ordered[-1] * 1000:.0f}"


async def until_some_of_the_bulk_is_done(place: Workplace) -> None:
    async with asyncio.timeout(120):
        while True:
            if await place.pool.fetchval("SELECT count(*) FROM run_state WHERE status = 'completed'") > 50:
                return
            await asyncio.sleep(0.05)
