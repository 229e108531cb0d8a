"""Workers that were frozen come back, and what the dead have left does not stand behind what is new."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

import pytest
from tests.engine.workplace import Workplace, inline

pytestmark = pytest.mark.anyio


async def until(condition: Callable[[], Awaitable[bool]], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.05)


def slow(place: Workplace, seconds: float) -> None:
    inline(place.root, "slow", f'await asyncio.sleep({seconds})\nreturn {{"done": True}}', produces="done")
    place.settings.worker_concurrency = 4


async def count(place: Workplace, status: str) -> int:
    return int(await place.pool.fetchval("SELECT count(*) FROM run_state WHERE status = $1", status))


async def test_a_frozen_worker_with_a_queue_before_it_works_again_when_thawed(place: Workplace) -> None:
    slow(place, 0.3)
    await place.load()
    for _ in range(20):
        await place.start("slow")
    process = place.spawn()
    try:

        async def under_way() -> bool:
            return await count(place, "completed") > 0 and await count(place, "running") > 0

        await until(under_way)
        process.send_signal(signal.SIGSTOP)
        left = await count(place, "completed")
        assert left < 16, "there is no queue before it"
        await asyncio.sleep(place.settings.lease_seconds + 0.5)
        process.send_signal(signal.SIGCONT)
        await until(lambda: _all_completed(place, 20))
    finally:
        process.kill()
        process.wait()
    assert (place.settings.home / "worker.log").read_text().count("worker.entered_anew") == 1


async def _all_completed(place: Workplace, runs: int) -> bool:
    return await count(place, "completed") == runs


async def test_runs_under_way_that_lost_their_worker_go_before_the_queue(place: Workplace) -> None:
    slow(place, 0.5)
    await place.load()
    for _ in range(4):
        await place.start("slow")
    process = place.spawn()

    async def begun() -> bool:
        return await count(place, "running") == 4

    await until(begun)
    process.kill()
    process.wait()
    orphans = [f"run-{number}" for number in range(1, 5)]
    for _ in range(60):
        await place.start("slow")
    async with place.worker():  # busy without a pause for 60 × 0.5 / 4 seconds
        for thread_id in orphans:
            await place.until(thread_id, "completed", within=60)
        assert await count(place, "queued") > 0, "the queue had to be empty first"
