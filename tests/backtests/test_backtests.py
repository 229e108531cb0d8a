"""Backtests from end to end: nothing goes out, and each run's outcome stays, changes, or can't be told."""

from __future__ import annotations

import pytest
from tests.backtests.shop import BROKEN, STRICTER, Shop

from agentskills.domain.errors import BadInput, BatchNotFound, NothingMatches, VersionMissing
from agentskills.services.backtests import list_backtests
from agentskills.services.batches import list_batches
from agentskills.services.failures import list_failures
from agentskills.storage.failures import FailureFilter
from agentskills.storage.run_filter import RunFilter

pytestmark = pytest.mark.anyio


async def test_100_runs_with_effects_of_every_kind_reach_nobody(shop: Shop) -> None:
    runs = await shop.refunds(*range(1, 101))
    before = shop.outside()
    assert before == (100, 100, 100)
    await shop.assess(STRICTER)
    found = await shop.backtest(filter=RunFilter(), name="stricter rules", reason="what would they change")
    assert shop.outside() == before
    # Up to 50 nothing changes, up to 80 the amount; beyond it another letter would have to go out.
    assert found["verdicts"] == {
        "stays": 50,
        "changed": 30,
        "cant_tell": 20,
        "newly_failed": 0,
        "pending": 0,
    }
    [path] = found["paths"]
    assert (path["path"], path["count"]) == ("refund.amount", 30)
    assert path["origins"] == [{"kind": "skill_version", "name": "skill version of assess", "count": 30}]
    [why] = found["untold"]
    assert (why["type"], why["skill"], why["count"]) == ("effect-needed", "write-letter", 20)
    assert found["difference"] | {"seconds": 0} == {
        "runs": 80,
        "tokens": 0,
        "money": 0,
        "seconds": 0,
        "unknown": 0,
    }
    items = {item["source"]: item for item in await shop.items(found["id"])}
    assert set(items) == set(runs)
    assert items[runs[0]]["report"]["verdict"] == "stays"
    changed = items[runs[59]]["report"]
    assert (changed["verdict"], changed["statuses"]) == ("changed", None)
    assert [(p["path"], p["change"]) for p in changed["paths"]] == [("refund.amount", "changed")]
    assert "skill version of assess" in changed["headline"]
    assert items[runs[99]]["report"]["why"]["type"] == "effect-needed"
    assert len(await shop.items(found["id"], "changed")) == 30


async def test_the_same_skills_give_the_same_outcomes(shop: Shop) -> None:
    await shop.refunds(10, 20)
    found = await shop.backtest(filter=RunFilter())
    assert (found["verdicts"]["stays"], found["paths"], found["untold"]) == (2, [], [])
    async with shop.place.pool.acquire() as conn:
        why = await conn.fetch(
            "SELECT DISTINCT reused_from ->> 'why' AS why FROM run_steps "
            "WHERE kind = 'skill' AND thread_id LIKE '%_rerun_%'"
        )
    assert None not in {row["why"] for row in why}


async def test_what_fails_in_the_replay_cant_be_told_and_counts_as_no_failure(shop: Shop) -> None:
    await shop.refunds(10, 20)
    await shop.assess(BROKEN)
    found = await shop.backtest(filter=RunFilter())
    assert (found["verdicts"]["cant_tell"], found["verdicts"]["newly_failed"]) == (2, 2)
    [why] = found["untold"]
    assert (why["type"], why["skill"], why["count"]) == ("skill-error", "assess", 2)
    assert "not readable" in why["message"]
    assert found["counts"]["failed"] == 2
    assert (await list_failures(shop.place.context, FailureFilter(), None, 50))["items"] == []
    assert await shop.place.pool.fetchval("SELECT count(*) FROM failures") == 0


async def test_a_failure_that_stays_and_one_that_is_mended(shop: Shop) -> None:
    await shop.assess(BROKEN)
    await shop.refunds(10, skills=("fetch-order", "assess"))
    again = await shop.backtest(filter=RunFilter())
    assert (again["verdicts"]["stays"], again["untold"]) == (1, [])
    await shop.assess(STRICTER)
    mended = await shop.backtest(filter=RunFilter())
    assert (mended["verdicts"]["changed"], mended["untold"]) == (1, [])
    assert {path["path"] for path in mended["paths"]} == {"refund"}
    [item] = await shop.items(mended["id"])
    assert item["report"]["statuses"] == ["failed", "completed"]
    [origin] = mended["paths"][0]["origins"]
    assert origin["name"] == "skill version of assess"


async def test_what_a_failed_run_never_sent_is_not_sent_now(shop: Shop) -> None:
    await shop.assess(BROKEN)
    await shop.refunds(10)
    await shop.assess(STRICTER)
    found = await shop.backtest(filter=RunFilter())
    assert found["untold"][0]["type"] == "effect-needed"
    assert shop.outside() == (1, 0, 0)


async def test_a_chosen_version_while_all_else_stays_as_it_was(shop: Shop) -> None:
    await shop.refunds(60)
    await shop.assess(STRICTER)
    digest = await shop.place.pool.fetchval(
        "SELECT digest FROM skill_versions WHERE name = 'assess' ORDER BY created_at DESC LIMIT 1"
    )
    await shop.assess(BROKEN)
    found = await shop.backtest(ids=("run-1",), skills={"assess": digest[:12]})
    assert found["verdicts"]["changed"] == 1
    assert found["rerun"]["skills"] == {"*": "pinned", "assess": digest[:12]}
    found = await shop.backtest(ids=("run-1",), skills="pinned")
    assert found["verdicts"]["stays"] == 1


async def test_a_replay_asks_nobody(shop: Shop) -> None:
    await shop.refunds(10)
    await shop.assess(STRICTER, approval="before")
    found = await shop.backtest(filter=RunFilter())
    assert [why["type"] for why in found["untold"]] == ["waits-for-a-person"]
    [item] = await shop.items(found["id"])
    async with shop.place.worker():
        state = await shop.place.until(item["thread_id"])
    assert state["status"] == "cancelled"
    assert await shop.place.pool.fetchval("SELECT count(*) FROM waits WHERE state = 'open'") == 0


async def test_the_newest_runs_come_first_and_what_was_only_tried_out_never(shop: Shop) -> None:
    runs = await shop.refunds(1, 2, 3)
    first = await shop.backtest(filter=RunFilter(), most=2)
    assert {item["source"] for item in await shop.items(first["id"])} == set(runs[1:])
    second = await shop.backtest(filter=RunFilter())
    assert {item["source"] for item in await shop.items(second["id"])} == set(runs)
    third = await shop.backtest(ids=("run-1", "nobody", "run-1"))
    verdicts = {item["source"]: item["report"] for item in await shop.items(third["id"])}
    assert verdicts["run-1"]["verdict"] == "stays"
    assert (verdicts["nobody"]["verdict"], verdicts["nobody"]["why"]["type"]) == (
        "cant_tell",
        "run-not-found",
    )
    page = await list_backtests(shop.place.context, None, None, 2)
    assert [item["id"] for item in page["items"]] == [third["id"], second["id"]]
    assert page["items"][1]["verdicts"] == second["verdicts"]
    assert (await list_batches(shop.place.context, None, None, 50))["items"] == []


async def test_all_that_are_named_are_replayed(shop: Shop) -> None:
    named = tuple(f"nobody-{number}" for number in range(101))
    backtest = await shop.get(await shop.start(ids=named))
    assert backtest["counts"]["total"] == 101
    with pytest.raises(BadInput) as refused:
        await shop.start(ids=named, most=100)
    assert refused.value.pointer == "/most"


async def test_what_cant_be_asked_for_starts_nothing(shop: Shop) -> None:
    await shop.refunds(1)
    with pytest.raises(BadInput) as refused:
        await shop.start(ids=("run-1",), filter=RunFilter())
    assert refused.value.pointer == "/filter"
    with pytest.raises(BadInput) as refused:
        await shop.start(ids=("run-1",), sop=" ")
    assert refused.value.pointer == "/sop"
    with pytest.raises(BadInput) as refused:
        await shop.start(ids=("run-1",), skills={"assess": "latest"})
    assert refused.value.pointer == "/skills/assess"
    with pytest.raises(VersionMissing):
        await shop.start(ids=("run-1",), skills={"assess": "0" * 12})
    with pytest.raises(NothingMatches):
        await shop.start(filter=RunFilter(sop_name="nobody-has-it"))
    with pytest.raises(BatchNotFound):
        await shop.get("backtest_nobody")
    assert await shop.place.pool.fetchval("SELECT count(*) FROM batches") == 0
