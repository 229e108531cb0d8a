"""What holds a batch back: concurrency, order, canary, failures, budget, and people."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr
from tests.batches.bulk import Bulk
from tests.batches.test_batches import counts
from tests.engine.workplace import PERSON, add_skill
from tests.stubs.model_server import TOKENS_IN, TOKENS_OUT, ModelServer

from agentskills.domain.batch import FIRST, Budget, Counts, Gate
from agentskills.domain.errors import BatchFinished, BatchNotFound, BudgetSpent
from agentskills.services import batches
from agentskills.services.batch_document import pace_document
from agentskills.storage.batches import Batch
from agentskills.storage.run_filter import RunFilter

pytestmark = pytest.mark.anyio

FAILED = RunFilter(status=["failed"])
EACH = TOKENS_IN + TOKENS_OUT


async def most_at_once(bulk: Bulk, batch: dict[str, Any]) -> int:
    """Carry a batch, and return how many of its reruns were under way at most."""
    most = 0
    async with bulk.place.worker(), asyncio.timeout(60):
        while (await bulk.get(batch))["status"] == "running":
            await bulk.turn()
            unfinished = await bulk.place.pool.fetchval(
                "SELECT count(*) FROM run_state WHERE finished_at IS NULL"
            )
            most = max(most, unfinished)
    return most


async def test_no_more_than_asked_for_at_once(bulk: Bulk) -> None:
    await bulk.failures(30)
    await bulk.skill("await asyncio.sleep(0.02)\nreturn {'done': 1}")
    batch = await bulk.start(filter=FAILED, concurrency=3)
    assert await most_at_once(bulk, batch) == 3
    assert counts(await bulk.get(batch)) == {"total": 30, "succeeded": 30}


async def test_the_same_value_goes_one_at_a_time_in_order(bulk: Bulk, asf_home: Path) -> None:
    def data(order: int) -> dict[str, Any]:
        # 1 and 1.0 are one value; every fifth has none
        customers = [{"customer": {"id": 1}}, {"customer": {"id": Decimal("1.0")}}, {"customer": {"id": "b"}}]
        return {"order": order} | ([*customers, {"customer": {"id": None}}, {}][order % 5])

    failed = await bulk.failures(25, data=data)
    log = asf_home / "log"
    await bulk.skill(
        f"""def said(what):
    with open({str(log)!r}, "a") as file:
        file.write(f"{{what}} {{inputs['order']}}\\n")
said("begin")
await asyncio.sleep(0.02)
said("end")
return {{"done": 1}}"""
    )
    await bulk.carried(await bulk.start(filter=FAILED, order="newest", order_by_key="customer.id"))
    lines = [line.split() for line in log.read_text().splitlines()]
    for kinds in ((0, 1), (2,), (3,)):
        mine = [(what, int(order)) for what, order in lines if int(order) % 5 in kinds]
        wanted = [n for n in range(len(failed) - 1, -1, -1) if n % 5 in kinds]
        assert mine == [(what, n) for n in wanted for what in ("begin", "end")]
    without = [what for what, order in lines if int(order) % 5 == 4]
    assert without != ["begin", "end"] * 5  # nothing holds these back


async def test_a_canary_that_passes_lets_the_rest_go(bulk: Bulk) -> None:
    await bulk.failures(12)
    batch = await bulk.start(filter=FAILED, canary=4)
    assert batch["canary"] == {"size": 4, "gate": None, "state": "open"}
    while (await bulk.get(batch))["counts"]["running"] < 4:
        await bulk.turn()
    for _ in range(5):
        await bulk.turn()
    assert counts(await bulk.get(batch)) == {"total": 12, "running": 4, "pending": 8}
    done = await bulk.carried(batch)
    assert counts(done) == {"total": 12, "succeeded": 12}
    assert done["canary"]["state"] == "passed"


async def test_a_canary_that_fails_stops_the_rest_until_a_person_goes_on(bulk: Bulk) -> None:
    await bulk.runs(12)  # and the skill stays broken
    batch = await bulk.start(filter=FAILED, canary=3)
    found = await bulk.carried(batch, "paused")
    assert counts(found) == {"total": 12, "pending": 9, "failed": 3}
    assert found["canary"]["state"] == "failed"
    assert found["note"] == "canary: 3 of 3 did not pass: run-1_rerun_1 failed"
    assert len(await bulk.reruns()) == 3
    await bulk.mended()
    resumed = await batches.resume(bulk.place.context, batch["id"], PERSON, reason="mended")
    assert resumed.answer["canary"]["state"] == "overruled"
    assert resumed.answer["note"] is None
    assert counts(await bulk.carried(batch)) == {"total": 12, "failed": 3, "succeeded": 9}


@pytest.mark.parametrize(
    ("gate", "objection"),
    [
        (Gate("done.right", True), "run-2_rerun_1: done.right is false in place of true"),
        (Gate("done.order", Decimal("0.0")), "run-2_rerun_1: done.order is 1 in place of 0.0"),
        (Gate("done.paid"), "run-1_rerun_1: done.paid is missing"),
        (Gate("done.right", exists=False), "run-1_rerun_1: done.right is there"),
        (Gate("done.order"), None),
        (Gate("done.paid", exists=False), None),
    ],
)
async def test_the_server_judges_the_canary_by_a_data_path(
    bulk: Bulk, gate: Gate, objection: str | None
) -> None:
    await bulk.failures(4)
    batch = await bulk.start(filter=FAILED, canary=2, gate=gate)
    found = await bulk.carried(batch, "completed", "paused")
    if objection is None:
        assert counts(found) == {"total": 4, "succeeded": 4}
    else:
        assert counts(found) == {"total": 4, "succeeded": 2, "pending": 2}
        assert found["note"].endswith(f"did not pass: {objection}")
        said = [item["reason"] for item in await bulk.items(found, "succeeded")]
        assert f"did not pass: {objection.partition(': ')[2]}" in said


async def test_it_stops_by_itself_when_too_many_fail(bulk: Bulk) -> None:
    await bulk.failures(60)
    await bulk.skill("if inputs['order'] % 3 == 0: raise ValueError('no')\nreturn {'done': 1}")
    batch = await bulk.start(filter=FAILED, concurrency=5, most_failed=Decimal("0.2"))
    found = await bulk.carried(batch, "paused")
    assert found["status"] == "paused"
    ended = found["counts"]["failed"] + found["counts"]["succeeded"]
    assert 10 <= ended < 60
    note = re.fullmatch(r"stopped by itself: (\d+) of (\d+) failed, more than 20 %", found["note"])
    assert note is not None, found["note"]
    failed, of = int(note[1]), int(note[2])
    assert failed > of * 0.2
    assert ended - 5 <= of <= ended  # those under way at that moment may have ended since
    assert found["counts"]["running"] + found["counts"]["pending"] == 60 - ended
    await batches.resume(bulk.place.context, batch["id"], PERSON, most_failed=Decimal("0.9"))
    assert counts(await bulk.carried(batch)) == {"total": 60, "failed": 20, "succeeded": 40}


@pytest.fixture
async def model(bulk: Bulk) -> AsyncIterator[ModelServer]:
    """A model behind the skill `work`: a rerun of it costs `EACH` tokens."""
    async with ModelServer() as server:
        bulk.place.settings.model_base_url = server.base_url
        bulk.place.settings.api_key = SecretStr("a key for the stub")
        yield server


async def failures_for(bulk: Bulk, name: str, number: int) -> None:
    """Failed runs whose rerun asks the model of this name."""
    await bulk.runs(number)
    add_skill(bulk.place.root, "work", "", executor="llm", requires="order", produces="done", model=name)
    await bulk.place.load()


async def test_a_budget_of_tokens_stops_it_and_a_greater_one_goes_on(bulk: Bulk, model: ModelServer) -> None:
    await failures_for(bulk, "openai:gpt-4o-mini", 8)
    batch = await bulk.start(filter=FAILED, concurrency=1, budget=Budget(tokens=3 * EACH))
    found = await bulk.carried(batch, "paused")
    assert counts(found) == {"total": 8, "pending": 5, "succeeded": 3}
    assert found["spent"]["tokens"] == 3 * EACH
    assert found["note"] == f"budget: {3 * EACH} of {3 * EACH} tokens are spent"
    with pytest.raises(BudgetSpent):
        await batches.resume(bulk.place.context, batch["id"], PERSON)
    assert (await bulk.get(batch))["status"] == "paused"
    await batches.resume(bulk.place.context, batch["id"], PERSON, budget={"tokens": 5 * EACH})
    found = await bulk.carried(batch, "paused")
    assert counts(found) == {"total": 8, "pending": 3, "succeeded": 5}
    await batches.resume(bulk.place.context, batch["id"], PERSON, budget={"tokens": None})
    assert counts(await bulk.carried(batch)) == {"total": 8, "succeeded": 8}


async def test_a_budget_lets_few_start_until_one_has_ended(bulk: Bulk) -> None:
    failed = await bulk.failures(12)
    batch = await bulk.start(ids=tuple(failed), budget=Budget(tokens=1))
    for _ in range(4):
        await bulk.turn()
    assert counts(await bulk.get(batch)) == {"total": 12, "running": FIRST, "pending": 12 - FIRST}
    assert counts(await bulk.carried(batch)) == {"total": 12, "succeeded": 12}  # they cost nothing


async def test_the_share_of_failures_stands_until_it_is_lifted(bulk: Bulk) -> None:
    failed = await bulk.runs(3)  # and the skill stays broken
    batch = await bulk.start(ids=tuple(failed), concurrency=1, most_failed=Decimal(0))
    assert counts(await bulk.carried(batch, "paused")) == {"total": 3, "failed": 1, "pending": 2}
    resumed = await batches.resume(bulk.place.context, batch["id"], PERSON)
    assert resumed.answer["stop_at_failure_rate"] == 0
    assert counts(await bulk.carried(batch, "paused")) == {"total": 3, "failed": 2, "pending": 1}
    resumed = await batches.resume(bulk.place.context, batch["id"], PERSON, most_failed=None)
    assert resumed.answer["stop_at_failure_rate"] is None
    assert counts(await bulk.carried(batch)) == {"total": 3, "failed": 3}


async def test_money_is_not_limited_by_unknown_prices(bulk: Bulk, model: ModelServer) -> None:
    await failures_for(bulk, "openai:stub", 3)
    batch = await bulk.start(filter=FAILED, concurrency=1, budget=Budget(money=Decimal(10)))
    found = await bulk.carried(batch, "paused")
    assert counts(found) == {"total": 3, "pending": 2, "succeeded": 1}
    assert found["note"] == "budget: 1 rerun without a known price, so money can't be limited"
    assert found["spent"]["money"] is None


async def test_pause_resume_abort(bulk: Bulk) -> None:
    await bulk.failures(6)
    batch = await bulk.start(filter=FAILED, concurrency=2)
    while (await bulk.get(batch))["counts"]["running"] < 2:
        await bulk.turn()
    paused = (await batches.pause(bulk.place.context, batch["id"], "lunch", PERSON)).answer
    assert (paused["status"], paused["note"]) == ("paused", "paused: lunch")
    async with bulk.place.worker(), asyncio.timeout(30):
        while (await bulk.get(batch))["counts"]["running"]:
            await bulk.turn()
        assert counts(await bulk.get(batch)) == {"total": 6, "pending": 4, "succeeded": 2}
    await batches.resume(bulk.place.context, batch["id"], PERSON, concurrency=3)
    while (await bulk.get(batch))["counts"]["running"] < 3:
        await bulk.turn()
    aborted = (await batches.abort(bulk.place.context, batch["id"], None, PERSON)).answer
    assert (aborted["status"], aborted["note"]) == ("aborted", "aborted")
    assert counts(aborted) == {"total": 6, "running": 3, "succeeded": 2, "cancelled": 1}
    async with bulk.place.worker(), asyncio.timeout(30):
        while (await bulk.get(batch))["counts"]["running"]:
            await bulk.turn()
    assert counts(await bulk.get(batch)) == {"total": 6, "succeeded": 5, "cancelled": 1}
    for again in (batches.abort, batches.pause):
        with pytest.raises(BatchFinished):
            await again(bulk.place.context, batch["id"], None, PERSON)
    with pytest.raises(BatchFinished):
        await batches.resume(bulk.place.context, batch["id"], PERSON)
    with pytest.raises(BatchNotFound):
        await batches.abort(bulk.place.context, "nobody", None, PERSON)
    done = await bulk.place.pool.fetch("SELECT action FROM audit WHERE action LIKE 'batch-%' ORDER BY id")
    assert [row["action"] for row in done] == ["batch-start", "batch-pause", "batch-resume", "batch-abort"]


async def test_events_tell_what_became_of_it(bulk: Bulk) -> None:
    await bulk.place.pool.execute(
        """INSERT INTO webhooks (id, url, events, secret, requested_by) VALUES ('w', 'http://127.0.0.1/', $1,
           'x', '{}')""",
        ["batch.completed", "batch.paused", "batch.aborted"],
    )
    await bulk.failures(2)
    batch = await bulk.start(filter=FAILED, name="both")
    await batches.pause(bulk.place.context, batch["id"], None, PERSON)
    await batches.resume(bulk.place.context, batch["id"], PERSON)
    await bulk.carried(batch)
    other = await bulk.start(filter=RunFilter())
    await batches.abort(bulk.place.context, other["id"], None, PERSON)
    told = await bulk.place.pool.fetch("SELECT type, data FROM deliveries ORDER BY id")
    assert [row["type"] for row in told] == ["batch.paused", "batch.completed", "batch.aborted"]
    completed = told[1]["data"]
    assert completed["batch_id"] == batch["id"]
    assert (completed["name"], completed["status"], completed["note"]) == ("both", "completed", None)
    assert (completed["counts"]["total"], completed["counts"]["succeeded"]) == (2, 2)


def test_how_quickly_it_goes_and_when_it_will_end() -> None:
    at = datetime(2026, 11, 28, 12, tzinfo=UTC)
    counts = Counts(pending=80, running=20, waiting=3, succeeded=90, failed=10)
    filled = cast("Batch", SimpleNamespace(filled=True))
    pace = pace_document(filled, counts, (100, at - timedelta(minutes=5)), at)
    assert pace == {"per_minute": 20.0, "ends_at": at + timedelta(minutes=5)}
    growing = cast("Batch", SimpleNamespace(filled=False))
    assert pace_document(growing, counts, (100, at - timedelta(minutes=5)), at) == {
        "per_minute": 20.0,
        "ends_at": None,
    }
    for too_few in (None, (2, at - timedelta(minutes=5)), (100, at - timedelta(seconds=1))):
        assert pace_document(filled, counts, too_few, at) is None


async def test_a_running_batch_knows_its_pace(bulk: Bulk) -> None:
    failed = await bulk.failures(6)
    batch = await bulk.start(filter=FAILED, concurrency=3)
    assert (await bulk.get(batch))["pace"] is None
    async with bulk.place.worker(), asyncio.timeout(60):
        while (found := await bulk.get(batch))["counts"]["succeeded"] < 3:
            await bulk.turn()
            await asyncio.sleep(0.02)
    assert found["status"] == "running"
    await bulk.place.pool.execute("UPDATE batch_items SET updated_at = updated_at - '1 min'::interval")
    pace = (await bulk.get(batch))["pace"]
    assert 0 < pace["per_minute"] <= 6
    assert pace["ends_at"] is not None
    assert len(failed) == 6
    assert (await bulk.carried(batch))["pace"] is None  # it has ended
