"""What each skill has been doing of late, counted from runs that really ran."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.engine.workplace import Workplace, inline, opened

from agentskills.domain.rerun import RerunRequest
from agentskills.services.skill_activity import activity
from agentskills.storage.database import Pool

REUSE = RerunRequest(start="failure", results="unchanged")
pytestmark = pytest.mark.anyio


@pytest.fixture
async def place(pool: Pool, database_url: str, asf_home: Path) -> AsyncIterator[Workplace]:
    async with opened(pool, database_url, asf_home) as place:
        yield place


async def run_all(place: Workplace, number: int) -> None:
    """Start runs of `check`, then `pay` that refuses every third, and let them end."""
    inline(place.root, "check", "return {'checked': True}", requires="order", produces="checked")
    inline(
        place.root,
        "pay",
        "if inputs['order'] % 3 == 0:\n    raise ValueError('no money')\nreturn {'paid': True}",
        requires="order checked",
        produces="paid",
    )
    await place.load()
    started = [await place.start("check", "pay", data={"order": order}) for order in range(number)]
    async with place.worker():
        for thread_id in started:
            await place.until(thread_id, "completed", "failed")


async def test_each_skill_with_how_it_ended(place: Workplace) -> None:
    await run_all(place, 6)
    found = await activity(place.context)
    ends = {item["name"]: (item["completed"], item["failed"], item["running"]) for item in found["items"]}
    assert ends == {"check": (6, 0, 0), "pay": (4, 2, 0)}
    for item in found["items"]:
        assert len(item["buckets"]) == 24
        assert sum(bucket["completed"] for bucket in item["buckets"]) == item["completed"]
        assert item["buckets"][-1]["completed"] == item["completed"]  # just now
    assert not found["capped"]
    assert found["bucket_seconds"] == 3600


async def test_only_the_newest_runs_are_counted_and_the_window_says_so(place: Workplace) -> None:
    await run_all(place, 6)
    found = await activity(place.context, most=2)
    assert found["capped"]
    newest = await place.pool.fetchval(
        "SELECT min(created_at) FROM (SELECT created_at FROM run_state ORDER BY created_at DESC LIMIT 2) AS s"
    )
    assert found["from"] < newest
    assert {item["name"]: item["completed"] + item["failed"] for item in found["items"]} == {
        "check": 2,
        "pay": 2,
    }


async def test_what_was_taken_over_or_began_earlier_is_not_counted(place: Workplace) -> None:
    await run_all(place, 2)
    async with place.worker():
        rerun = await place.rerun("run-1", REUSE)
        await place.until(rerun, "completed", "failed")
    found = {item["name"]: item for item in (await activity(place.context))["items"]}
    assert found["check"]["completed"] == 2  # the rerun took it over
    await place.pool.execute("UPDATE run_state SET created_at = created_at - '25 h'::interval")
    assert (await activity(place.context))["items"] == []
