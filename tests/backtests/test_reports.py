"""The chore that reports: any number of workers share it, and one bad replay does not hold up others."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.backtests.shop import Shop
from tests.engine.workplace import PERSON

from agentskills.services.backtest_report import report_backtests
from agentskills.services.batch_dispatch import dispatch_batches
from agentskills.services.batches import abort
from agentskills.services.figures import read
from agentskills.storage.run_filter import RunFilter

pytestmark = pytest.mark.anyio


async def replayed(shop: Shop, **asked: Any) -> str:
    """A backtest whose replays have ended, and none of which has a report."""
    backtest = await shop.start(**asked)
    async with shop.place.worker(), asyncio.timeout(60):
        while (await shop.get(backtest))["status"] != "completed":
            await shop.place.pool.execute("UPDATE batches SET wake_at = now() - '1 s'::interval")
            await dispatch_batches(shop.place.context)
            await asyncio.sleep(0.02)
    return backtest


async def test_several_workers_report_each_run_once(shop: Shop) -> None:
    await shop.refunds(*range(1, 21))
    backtest = await replayed(shop, filter=RunFilter())
    assert (await shop.get(backtest))["verdicts"]["pending"] == 20
    while any(await asyncio.gather(*(report_backtests(shop.place.context) for _ in range(4)))):
        pass
    found = await shop.get(backtest)
    assert (found["verdicts"]["stays"], found["verdicts"]["pending"]) == (20, 0)
    assert found["reported_at"] is not None
    assert {item["state"] for item in await shop.items(backtest)} == {"succeeded"}
    assert found["counts"]["succeeded"] == 20


async def test_what_others_report_on_is_no_reason_to_look_again_at_once(shop: Shop) -> None:
    await shop.refunds(1)
    await replayed(shop, filter=RunFilter())
    async with shop.place.pool.acquire() as conn, conn.transaction():
        await conn.execute("SELECT FROM batch_items FOR UPDATE")
        assert await report_backtests(shop.place.context) is False
    assert await report_backtests(shop.place.context) is True
    assert await report_backtests(shop.place.context) is False


async def test_a_replay_that_has_gone_cant_be_told(shop: Shop) -> None:
    await shop.refunds(1, 2)
    backtest = await replayed(shop, filter=RunFilter())
    items = await shop.items(backtest)
    await shop.place.pool.execute("DELETE FROM run_metadata WHERE thread_id = $1", items[0]["thread_id"])
    await report_backtests(shop.place.context)
    await report_backtests(shop.place.context)
    found = await shop.get(backtest)
    assert [(why["type"], why["count"]) for why in found["untold"]] == [("run-not-found", 1)]
    assert found["verdicts"]["stays"] == 1


async def test_one_that_cant_be_compared_does_not_hold_up_the_others(shop: Shop) -> None:
    await shop.refunds(1, 2)
    backtest = await replayed(shop, filter=RunFilter())
    broken = (await shop.items(backtest))[0]["thread_id"]
    await shop.place.pool.execute(
        "UPDATE run_steps SET digests = '[1]' WHERE thread_id = $1 AND kind = 'skill'", broken
    )
    await report_backtests(shop.place.context)
    await report_backtests(shop.place.context)
    found = await shop.get(backtest)
    assert [(why["type"], why["count"]) for why in found["untold"]] == [("not-compared", 1)]
    assert (found["verdicts"]["stays"], found["reported_at"] is not None) == (1, True)


async def test_figures_leave_replays_out(shop: Shop) -> None:
    await shop.refunds(1, 2)
    await replayed(shop, filter=RunFilter())
    figures = await read(shop.place.context)
    assert figures.runs["completed"] == 2
    assert figures.dry_runs == {"completed": 2}


async def test_what_is_aborted_is_reported_as_far_as_it_came(shop: Shop) -> None:
    await shop.refunds(1, 2)
    backtest = await shop.start(filter=RunFilter())
    await shop.place.pool.execute("UPDATE batches SET wake_at = now() - '1 s'::interval")
    await dispatch_batches(shop.place.context)  # takes the runs, starts none
    await abort(shop.place.context, backtest, "not today", PERSON)
    found = await shop.reported(backtest)
    assert found["status"] == "aborted"
    assert [(why["type"], why["count"]) for why in found["untold"]] == [("cancelled", 2)]
