"""Faults that once cost a run, a receipt or a second effect: lost answers, outages, unreadable runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.domain.effect import EffectIdentity
from agentskills.domain.run import ClaimedRun
from agentskills.engine.counts import Counts
from agentskills.engine.intents import Intents
from agentskills.engine.lease import Lease
from agentskills.engine.writer import Writer
from agentskills.services.start import StartRequest, start_many
from agentskills.storage import effects, queue
from agentskills.storage.database import open_pool
from agentskills.storage.effects import Intent
from agentskills.storage.journal import Write

pytestmark = pytest.mark.anyio

LANES = {queue.LANE_LIVE: 9, queue.LANE_START: 9}


def cut(url: str, name: str) -> None:
    """End the connections of this name while the event loop looks away: it learns it by using them."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE application_name = %s"
            " AND datname = current_database()",
            [name],
        )


@asynccontextmanager
async def announcing(place: Workplace) -> AsyncIterator[tuple[Intents, Lease]]:
    """The door for intents of a worker whose lease is good."""
    pool = await open_pool(place.url, name="asf mended")
    lease = Lease(place.url, 5.0, Counts())
    writer = Writer(pool, place.notifier, Counts())
    intents = Intents(pool, lease, place.notifier, writer.keep)
    await lease.start()
    writer.start()
    intents.start()
    try:
        yield intents, lease
    finally:
        await writer.close()
        await intents.close()
        await lease.close()
        await pool.close()


def announced(run: ClaimedRun, key: str = "k") -> tuple[Write, Intent]:
    identity = EffectIdentity(scope=run.thread_id, skill="act", key={"n": 1}, key_digest=key * 64)
    intent = Intent(identity=identity, thread_id=run.thread_id, seq=2, epoch=run.epoch, inputs={"n": 1})
    return Write(thread_id=run.thread_id, epoch=run.epoch, version=run.version + 1), intent


async def claimed_run(place: Workplace, lease: Lease) -> ClaimedRun:
    inline(place.root, "act", 'return {"a": 1}', requires="n", produces="a")
    await place.load()
    await place.start("act", data={"n": 1})
    (run,) = await queue.claim(place.pool, lease.id, LANES, 9)
    return run


async def test_an_announcement_made_again_is_its_own_only_within_one_epoch(place: Workplace) -> None:
    async with announcing(place) as (intents, lease):
        run = await claimed_run(place, lease)
        mine, _ = await intents.take(*announced(run))
        assert mine is not None
        cut(place.url, "asf mended")  # the same call, sent again as its answer was lost: nobody has acted
        assert await intents.take(*announced(run)) == (mine, None)
        (adopted,) = await queue.adopt(place.pool, lease.id, [])
        cut(place.url, "asf mended")  # another call of the same worker: the earlier act may be under way
        ours, standing = await intents.take(*announced(adopted))
    assert ours is None
    assert standing is not None
    assert (standing.id, standing.state, standing.epoch) == (mine, "intent", run.epoch)


async def test_one_bad_intent_does_not_refuse_the_others(place: Workplace) -> None:
    async with announcing(place) as (intents, lease):
        run = await claimed_run(place, lease)
        await place.start("act", data={"n": 1})
        (other,) = await queue.claim(place.pool, lease.id, LANES, 9)
        bad = asyncio.create_task(intents.take(*announced(run, key="\0")))  # no text for Postgres
        good = await intents.take(*announced(other))
        with pytest.raises(Exception, match="0x00"):
            await bad
    assert good[0] is not None


async def test_who_doubts_its_own_act_is_named_no_more(place: Workplace) -> None:
    async with announcing(place) as (intents, lease):
        run = await claimed_run(place, lease)
        effect, _ = await intents.take(*announced(run))
        other, _ = await intents.take(*announced(run, key="o"))
        assert effect is not None
        assert other is not None
        silent = {"type": "worker-lost", "message": "silent"}
        await effects.doubt_taken_over(place.pool, effect, silent, lease.id)
        await effects.doubt_taken_over(place.pool, other, silent, Lease(place.url, 1, Counts()).id)
    found = {effect["id"]: (effect["state"], effect["worker"]) for effect in await place.effects()}
    assert found == {effect: ("doubt", None), other: ("doubt", lease.id)}


async def test_a_lease_is_entered_although_an_earlier_answer_was_lost(place: Workplace) -> None:
    lease = Lease(place.url, 2.0, Counts())
    await place.pool.execute("INSERT INTO workers (id, lease_until) VALUES ($1, now())", lease.id)
    async with asyncio.timeout(10):
        await lease.start()
    assert lease.good
    await lease.close()


async def test_a_lease_outlives_an_error_of_the_database(place: Workplace) -> None:
    lease = Lease(place.url, 1.0, Counts())
    await lease.start()
    await place.pool.execute("ALTER TABLE workers RENAME TO workers_away")
    async with asyncio.timeout(10):
        while lease.good:
            lease.tick()
            await asyncio.sleep(0.02)
        await place.pool.execute("ALTER TABLE workers_away RENAME TO workers")
        await lease.enter_anew()
    assert lease.good
    await lease.close()


async def transactions(place: Workplace, seconds: float) -> int:
    """How many transactions the database commits in this time."""
    query = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    await asyncio.sleep(1.1)  # backends report once a second
    before: int = await place.pool.fetchval(query)
    await asyncio.sleep(seconds)
    return int(await place.pool.fetchval(query)) - before


async def test_batch_work_that_has_no_place_is_not_asked_for_in_a_loop(place: Workplace) -> None:
    gate = place.settings.home / "gate"
    code = (
        'from pathlib import Path\nwhile not Path(inputs["gate"]).exists():\n    await asyncio.sleep(0.05)\n'
    )
    inline(place.root, "hold", code + 'return {"o": 1}', requires="gate", produces="o")
    await place.load()
    async with place.worker(worker_concurrency=10):
        idle = await transactions(place, 2)
        asked = [StartRequest(sop="hold", initial_data={"gate": str(gate)}, skills=["hold"])] * 30
        await start_many(place.context, asked, PERSON)
        async with asyncio.timeout(10):
            while await place.pool.fetchval("SELECT count(*) FROM run_state WHERE owner IS NOT NULL") < 8:
                await asyncio.sleep(0.05)
        assert await transactions(place, 2) < 2 * idle + 20
        gate.touch()
        async with asyncio.timeout(20):
            while await place.pool.fetchval("SELECT count(*) FROM run_state WHERE status = 'completed'") < 30:
                await asyncio.sleep(0.05)


async def test_the_alarm_is_for_lanes_that_are_asked_and_for_later(place: Workplace) -> None:
    inline(place.root, "act", 'return {"a": 1}', requires="n", produces="a")
    await place.load()
    asked = [StartRequest(sop="act", initial_data={"n": 1}, skills=["act"])]
    (batch,) = await start_many(place.context, asked, PERSON)
    lanes = [queue.LANE_LIVE, queue.LANE_START, queue.LANE_BATCH]
    assert await queue.soonest(place.pool, lanes) is None
    later = "UPDATE run_state SET wake_at = clock_timestamp() + interval '1 hour' WHERE thread_id = $1"
    await place.pool.execute(later, batch.thread_id)
    assert await queue.soonest(place.pool, lanes[:2]) is None
    assert await queue.soonest(place.pool, lanes) == pytest.approx(3600, rel=0.1)


async def test_a_run_that_cant_be_loaded_ends_and_holds_back_no_other(place: Workplace) -> None:
    inline(place.root, "act", 'return {"a": 1}', requires="n", produces="a", approval="before")
    await place.load()
    good, bad = await place.start("act", data={"n": 1}), await place.start("act", data={"n": 1})
    async with place.worker():
        for run in (good, bad):
            await place.until_waiting(run, "approval")
    spoil = """UPDATE run_steps SET usage = '"no object"' WHERE thread_id = $1 AND status = 'waiting'"""
    await place.pool.execute(spoil, bad)
    await place.approve(bad)
    await place.approve(good)
    await place.pool.execute("UPDATE run_state SET stalls = 4")
    async with place.worker():
        await place.until(good, "completed")
        state = await place.until(bad, "failed")
    assert state["error"]["type"] == "poisoned"
    assert await place.waits(bad) == []
