"""A worker dies right before and right after the commit that starts reruns: each item has one rerun."""

from __future__ import annotations

import asyncio
import signal
import subprocess

import pytest
from tests.batches.bulk import Bulk
from tests.batches.test_batches import counts

from agentskills.engine.points import CHORE_POINTS
from agentskills.services.batch_dispatch import AT_ONCE
from agentskills.storage.run_filter import RunFilter

pytestmark = pytest.mark.anyio


async def died_at(bulk: Bulk, point: str) -> None:
    """Let a worker in a process of its own die at a point."""
    process = bulk.place.spawn(ASF_CRASH_AT=point)
    try:
        assert await asyncio.to_thread(process.wait, 60) == 137
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
        raise


@pytest.mark.parametrize(("point", "started"), [("dispatch.before", 0), ("dispatch.after", AT_ONCE)])
async def test_an_item_and_its_rerun_are_there_together_or_not_at_all(
    bulk: Bulk, point: str, started: int
) -> None:
    assert point in CHORE_POINTS
    failed = await bulk.failures(AT_ONCE + 5)
    batch = await bulk.start(filter=RunFilter(status=["failed"]))
    await died_at(bulk, point)
    assert sum((await bulk.reruns()).values()) == started
    assert len(await bulk.items(batch, "pending")) == len(failed) - started
    done = await bulk.carried(batch)
    assert counts(done) == {"total": len(failed), "succeeded": len(failed)}
    assert await bulk.reruns() == dict.fromkeys(failed, 1)
