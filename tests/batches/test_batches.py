"""Batches from end to end: every item one rerun, with its outcome and its reason."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.batches.bulk import Bulk
from tests.engine.workplace import PERSON

from agentskills.domain.errors import NothingMatches
from agentskills.domain.rerun import RerunRequest
from agentskills.services import batches
from agentskills.services.batch_dispatch import dispatch_batches
from agentskills.services.batch_start import BatchRequest, start_batch
from agentskills.storage.run_filter import RunFilter

pytestmark = pytest.mark.anyio


def counts(batch: dict[str, Any]) -> dict[str, int]:
    """The counts that are not 0."""
    return {state: n for state, n in batch["counts"].items() if n}


async def test_every_run_of_a_filter_once(bulk: Bulk) -> None:
    failed = await bulk.failures(45)
    batch = await bulk.start(filter=RunFilter(status=["failed"]), name="after the fix", reason="skill mended")
    assert batch["status"] == "running"
    assert (batch["expected"], batch["order"]) == (45, "oldest")
    assert counts(batch) == {}
    done = await bulk.carried(batch)
    assert counts(done) == {"total": 45, "succeeded": 45}
    assert done["filled"]
    assert done["finished_at"] is not None
    assert await bulk.reruns() == dict.fromkeys(failed, 1)
    items = await bulk.items(batch)
    assert [item["source"] for item in items] == failed  # the oldest first
    for item in items:
        state = await bulk.place.state(item["thread_id"])
        assert state["status"] == "completed"
        asked = await bulk.place.pool.fetchrow(
            "SELECT request, requested_by FROM run_metadata WHERE thread_id = $1", item["thread_id"]
        )
        assert asked["request"] == {
            "format": 1,
            "from": "failure",
            "results": "unchanged",
            "reason": "skill mended",
        }
        by = {"kind": "batch", "name": batch["id"], "on_behalf_of": "ada", "reason": "skill mended"}
        assert asked["requested_by"] == by


async def test_chosen_runs_in_the_order_given_and_each_with_its_reason(bulk: Bulk) -> None:
    failed = await bulk.failures(4)
    done = await bulk.runs(1)
    fixed, under_way = failed[1], failed[2]
    async with bulk.place.worker():
        fixer = await bulk.place.rerun(fixed, RerunRequest())
        await bulk.place.until(fixer)
    going = await bulk.place.rerun(under_way, RerunRequest())
    ids = ("nobody", failed[3], fixed, under_way, failed[0], done[0], failed[3])
    batch = await bulk.start(ids=ids)
    assert counts(batch) == {"total": 6, "pending": 6}
    assert batch["order"] is None
    while (await bulk.get(batch))["counts"]["pending"]:
        await bulk.turn()
    async with bulk.place.worker():
        done_batch = await bulk.until(batch, "completed")
    assert counts(done_batch) == {"total": 6, "succeeded": 2, "refused": 2, "skipped": 2}
    told = {
        item["source"]: (item["position"], item["state"], item["reason"]) for item in await bulk.items(batch)
    }
    assert told == {
        "nobody": (1, "refused", "run-not-found: there is no run 'nobody'"),
        failed[3]: (2, "succeeded", None),
        fixed: (3, "skipped", f"fixed by {fixer}"),
        under_way: (4, "skipped", f"{going}, a rerun of it, is under way"),
        failed[0]: (5, "succeeded", None),
        done[0]: (6, "refused", f"nothing-failed: nothing has failed in {done[0]}: it completed"),
    }
    again = await bulk.carried(await bulk.start(ids=(fixed,), only_open=False))
    assert counts(again) == {"total": 1, "succeeded": 1}


async def test_what_no_longer_matches_is_skipped(bulk: Bulk) -> None:
    failed = await bulk.failures(2, metadata={"team": "a"})
    batch = await bulk.start(filter=RunFilter(status=["failed"], metadata={"team": "a"}))
    await bulk.turn()  # fills
    await bulk.place.pool.execute(
        "UPDATE run_metadata SET metadata = '{}', search = '{}' WHERE thread_id = $1", failed[0]
    )
    assert counts(await bulk.carried(batch)) == {"total": 2, "succeeded": 1, "skipped": 1}
    [item] = await bulk.items(batch, "skipped")
    assert (item["source"], item["reason"]) == (failed[0], "no longer matches the filter")


async def test_a_filter_that_matches_nothing_changes_nothing(bulk: Bulk) -> None:
    await bulk.failures(1)
    with pytest.raises(NothingMatches):
        await bulk.start(filter=RunFilter(status=["failed"], sop_name="no such"))
    assert await bulk.place.pool.fetchval("SELECT count(*) FROM batches") == 0
    assert await bulk.place.pool.fetchval("SELECT count(*) FROM audit WHERE action = 'batch-start'") == 0


async def test_its_own_reruns_are_not_found_by_its_filter(bulk: Bulk) -> None:
    await bulk.runs(3)  # and the skill stays broken
    done = await bulk.carried(await bulk.start(filter=RunFilter(status=["failed"])))
    assert counts(done) == {"total": 3, "failed": 3}
    [item, *_] = await bulk.items(done)
    assert item["reason"] == "skill-error: ValueError: no line 42 for order 0"


async def test_the_same_key_gets_the_same_batch(bulk: Bulk) -> None:
    failed = await bulk.failures(2)
    asked = BatchRequest(ids=tuple(failed))
    first = await start_batch(bulk.place.context, asked, PERSON, key="k-1")
    await bulk.carried(first.answer)
    second = await start_batch(bulk.place.context, asked, PERSON, key="k-1")
    assert second.replayed
    assert second.answer["id"] == first.answer["id"]
    listed = await batches.list_batches(bulk.place.context, None, None, 10)
    assert [batch["id"] for batch in listed["items"]] == [first.answer["id"]]
    assert await bulk.reruns() == dict.fromkeys(failed, 1)


async def test_two_batches_at_once_rerun_no_run_twice(bulk: Bulk) -> None:
    failed = await bulk.failures(50)
    both = [await bulk.start(filter=RunFilter(status=["failed"])) for _ in range(2)]
    async with bulk.place.worker():
        await asyncio.gather(*(bulk.until(batch, "completed") for batch in both))
    found = [counts(await bulk.get(batch)) for batch in both]
    assert await bulk.reruns() == dict.fromkeys(failed, 1)
    assert sum(one.get("succeeded", 0) for one in found) == 50
    assert sum(one.get("skipped", 0) for one in found) == 50


async def test_what_nobody_foresaw_ends_one_item(bulk: Bulk) -> None:
    failed = await bulk.failures(3)
    await bulk.place.pool.execute("UPDATE run_metadata SET given = '[{}]' WHERE thread_id = $1", failed[1])
    batch = await bulk.start(ids=tuple(failed))
    assert counts(await bulk.carried(batch)) == {"total": 3, "succeeded": 2, "refused": 1}
    [item] = await bulk.items(batch, "refused")
    assert item["source"] == failed[1]
    assert item["reason"].startswith("internal: ")


async def test_a_batch_that_nobody_can_read_holds_no_other_up(bulk: Bulk) -> None:
    failed = await bulk.failures(2)
    unreadable = await bulk.start(ids=(failed[0],))
    await bulk.place.pool.execute("""UPDATE batches SET rerun = '{"format": 9, "how": "otherwise"}'""")
    other = await bulk.start(ids=(failed[1],))
    assert await dispatch_batches(bulk.place.context)
    left = await bulk.get(unreadable)
    assert (left["status"], counts(left)) == ("running", {"total": 1, "pending": 1})
    while await dispatch_batches(bulk.place.context):
        pass
    assert counts(await bulk.get(other)) == {"total": 1, "running": 1}


async def test_it_is_complete_while_items_wait_for_a_person_and_follows_them(bulk: Bulk) -> None:
    failed = await bulk.runs(2)
    await bulk.skill("return {'done': 1}", approval="before")
    batch = await bulk.start(ids=tuple(failed))
    async with bulk.place.worker():
        found = await bulk.until(batch, "completed")
        assert counts(found) == {"total": 2, "waiting": 2}
        assert found["note"] == "2 wait for a person"
        one, other = [item["thread_id"] for item in await bulk.items(batch)]
        await bulk.place.approve(one)
        await bulk.place.approve(other, decision="reject")
        await bulk.place.until(one)
        await bulk.place.until(other)
        await bulk.turn()
    found = await bulk.get(batch)
    assert counts(found) == {"total": 2, "succeeded": 1, "failed": 1}
    assert found["note"] is None
    await bulk.turn()
    assert await bulk.place.pool.fetchval("SELECT wake_at FROM batches") is None
