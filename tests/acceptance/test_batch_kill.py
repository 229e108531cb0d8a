"""A batch on two workers of which one is killed every two seconds: every item exactly one rerun.

ASF_BATCH_ITEMS says how many items (`make fleet`: 5,000).
"""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.services import batches
from agentskills.services.batch_start import BatchRequest, start_batch
from agentskills.services.start import StartRequest, start_many
from agentskills.storage.check import find_faults
from agentskills.storage.run_filter import RunFilter

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(900)]

ITEMS = int(os.environ.get("ASF_BATCH_ITEMS", "400"))
WORKERS, EVERY = 2, 2.0
LEASE = 2.0
GIVE_UP = 600.0  # seconds
BROKEN = "if inputs['order'] >= 0: raise ValueError('the depot is closed')"


@pytest.fixture
async def failed(place: Workplace) -> Workplace:
    """A workplace with `ITEMS` runs that failed in their second skill, which is mended by now."""
    inline(place.root, "pick", "return {'picked': inputs['order']}", requires="order", produces="picked")
    inline(place.root, "send", BROKEN, requires="order picked", produces="sent")
    await place.load()
    for first in range(0, ITEMS, 500):
        asked = [
            StartRequest(sop="Do pick and send.", initial_data={"order": n}, thread_id=f"order-{n:05}")
            for n in range(first, min(first + 500, ITEMS))
        ]
        await start_many(place.context, asked, PERSON)
    async with place.worker(), asyncio.timeout(GIVE_UP):
        while await place.pool.fetchval("SELECT count(*) FROM run_state WHERE status <> 'failed'"):
            await asyncio.sleep(0.1)
    mended = "await asyncio.sleep(0.2)\nreturn {'sent': inputs['order']}"
    inline(place.root, "send", mended, requires="order picked", produces="sent")
    await place.load()
    place.settings.lease_seconds = LEASE
    return place


class Shift:
    """Two workers; one is killed every two seconds, and whoever has died is replaced."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.living: list[subprocess.Popen[bytes]] = []
        self.killed = 0

    async def work(self) -> None:
        while True:
            self.living = [worker for worker in self.living if worker.poll() is None]
            self.living += [self.place.spawn() for _ in range(WORKERS - len(self.living))]
            await asyncio.sleep(EVERY)
            victim = random.choice(self.living)
            victim.kill()
            victim.wait()
            self.killed += 1

    def dismiss(self) -> None:
        for worker in self.living:
            worker.kill()
            worker.wait()


async def completed(place: Workplace, batch_id: str) -> dict[str, Any]:
    async with asyncio.timeout(GIVE_UP):
        while (found := await batches.batch(place.context, batch_id))["status"] == "running":
            await asyncio.sleep(0.1)
    return found


async def test_every_item_exactly_one_rerun_whoever_dies(
    failed: Workplace, report: Callable[[str, dict[str, Any]], None]
) -> None:
    place = failed
    began = time.monotonic()
    asked = BatchRequest(filter=RunFilter(status=["failed"]), name="all orders", reason="the depot is open")
    batch = (await start_batch(place.context, asked, PERSON)).answer
    accepted = time.monotonic()
    shift = Shift(place)
    working = asyncio.create_task(shift.work())
    try:
        found = await completed(place, batch["id"])
        took = time.monotonic() - accepted
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        shift.dismiss()
    report(
        "Batch on two workers, one killed every 2 s",
        {
            "items": ITEMS,
            "accepted in, s": accepted - began,
            "workers killed": shift.killed,
            "until completed, s": took,
            "items per second": ITEMS / took,
            "succeeded": found["counts"]["succeeded"],
        },
    )
    assert found["status"] == "completed"
    assert {state: n for state, n in found["counts"].items() if n} == {"total": ITEMS, "succeeded": ITEMS}
    assert shift.killed >= 1
    once = await place.pool.fetch(
        """SELECT i.source, i.state, i.thread_id, count(m.thread_id) AS reruns, min(m.thread_id) AS rerun,
                  min(s.status) AS status
           FROM batch_items i LEFT JOIN run_metadata m ON m.parent_thread_id = i.source
           LEFT JOIN run_state s ON s.thread_id = m.thread_id
           GROUP BY i.source, i.state, i.thread_id"""
    )
    assert len(once) == ITEMS
    for row in once:
        told = (row["reruns"], row["rerun"], row["state"], row["status"])
        assert told == (1, row["thread_id"], "succeeded", "completed"), dict(row)
    assert await place.pool.fetchval("SELECT count(*) FROM run_metadata") == 2 * ITEMS
    positions = await place.pool.fetch("SELECT position FROM batch_items ORDER BY position")
    assert [row["position"] for row in positions] == list(range(1, ITEMS + 1))
    # What was kept was not carried out again, whoever died.
    kept = await place.pool.fetchval(
        """SELECT count(*) FROM run_steps s JOIN batch_items i ON i.thread_id = s.thread_id
           WHERE s.skill = 'pick' AND s.reused_from IS NOT NULL"""
    )
    assert kept == ITEMS
    async with place.pool.acquire() as conn:
        assert {text: count for text, count in await find_faults(conn) if count} == {}
