"""The fence is a lock: what an owner of the past writes does not land, unless it is a fact."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.engine.workplace import Workplace, inline

from agentskills.domain.clock import now
from agentskills.domain.effect import EffectIdentity
from agentskills.domain.run import ClaimedRun
from agentskills.domain.status import EffectState, RunStatus, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.counts import Counts
from agentskills.engine.notifier import Notifier
from agentskills.engine.writer import Writer
from agentskills.storage import effects, journal, queue, workers
from agentskills.storage.database import Conn, Pool
from agentskills.storage.effects import Intent, Settlement
from agentskills.storage.journal import Move, Write

pytestmark = pytest.mark.anyio

OLD, NEW = uuid4(), uuid4()
LANES = {queue.LANE_LIVE: 9, queue.LANE_START: 9, queue.LANE_BATCH: 9, queue.LANE_RULE: 9}


async def claim(conn: Conn, worker: UUID) -> ClaimedRun:
    await workers.register(conn, worker, 3600, "here", 1)
    (run,) = await queue.claim(conn, worker, LANES, 9)
    return run


async def lapse(conn: Conn, worker: UUID) -> None:
    await conn.execute(
        "UPDATE workers SET lease_until = clock_timestamp() - interval '1 s' WHERE id = $1", worker
    )


def says(run: ClaimedRun, **more: Any) -> Write:
    """What an owner writes: its first decision."""
    step = Step(
        thread_id=run.thread_id,
        seq=1,
        decision=1,
        kind=StepKind.DECISION,
        status=StepStatus.COMPLETED,
        version=run.version + 1,
        started_at=now(),
        finished_at=now(),
        outputs={"run": ["act"]},
        reason=f"epoch {run.epoch}",
    )
    return Write(
        thread_id=run.thread_id, epoch=run.epoch, version=run.version + 1, **({"steps": [step]} | more)
    )


async def reasons(pool: Pool) -> list[str]:
    """Who has written the journal."""
    return [row["reason"] for row in await pool.fetch("SELECT reason FROM run_steps ORDER BY seq")]


async def is_blocked(pool: Pool, waiting: asyncio.Task[Any]) -> None:
    """Return when a statement of ours waits for a lock; nothing else can have ended it."""
    async with asyncio.timeout(30):
        while not await pool.fetchval(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ):
            assert not waiting.done(), "it did not wait for the lock"
            await asyncio.sleep(0.01)


async def in_transaction(conn: Conn, work: Awaitable[Any]) -> Any:
    async with conn.transaction():
        return await work


@pytest.fixture
async def claimed(place: Workplace) -> AsyncIterator[ClaimedRun]:
    """A run that a worker has claimed."""
    await place.start(data={"n": 1})
    async with place.pool.acquire() as conn:
        yield await claim(conn, OLD)


async def test_an_open_commit_keeps_others_from_claiming(place: Workplace, claimed: ClaimedRun) -> None:
    """The old owner's write stands or falls before anybody can have the run: nobody can read past it."""
    async with place.pool.acquire() as old, place.pool.acquire() as new:
        await workers.register(new, NEW, 3600, "here", 2)
        held = old.transaction()
        await held.start()
        mine, _ = await journal.append(old, [says(claimed)])
        assert mine == {claimed.thread_id}
        await lapse(new, OLD)
        assert await queue.take_over(new, NEW, 9) == []
        await held.commit()
        (taken,) = await queue.take_over(new, NEW, 9)
        assert taken.epoch == 2
        assert [s.reason for s in (await journal.load(new, [taken.thread_id]))[taken.thread_id]] == [
            "epoch 1"
        ]
        second = says(claimed, steps=[], move=Move(status=RunStatus.COMPLETED), wake=claimed.wake)
        assert await journal.append(old, [second]) == (set(), [])
    state = await place.state(claimed.thread_id)
    assert (state["status"], state["owner"], state["epoch"]) == ("running", NEW, 2)


async def test_a_write_that_waits_for_a_claim_does_not_land(place: Workplace, claimed: ClaimedRun) -> None:
    async with place.pool.acquire() as old, place.pool.acquire() as new:
        await workers.register(new, NEW, 3600, "here", 2)
        await lapse(new, OLD)
        held = new.transaction()
        await held.start()
        (taken,) = await queue.take_over(new, NEW, 9)
        write = asyncio.create_task(in_transaction(old, journal.append(old, [says(claimed)])))
        await is_blocked(place.pool, write)
        await held.commit()
        assert await write == (set(), [])
        assert await reasons(place.pool) == []
        assert await journal.append(new, [says(taken)]) == ({taken.thread_id}, [])
    assert await reasons(place.pool) == ["epoch 2"]


async def test_a_claim_that_is_rolled_back_leaves_the_owner_its_run(
    place: Workplace, claimed: ClaimedRun
) -> None:
    async with place.pool.acquire() as old, place.pool.acquire() as new:
        await lapse(new, OLD)
        held = new.transaction()
        await held.start()
        assert await queue.take_over(new, NEW, 9)
        write = asyncio.create_task(in_transaction(old, journal.append(old, [says(claimed)])))
        await is_blocked(place.pool, write)
        await held.rollback()
        assert await write == ({claimed.thread_id}, [])
    assert await reasons(place.pool) == ["epoch 1"]


async def test_one_lost_run_in_a_batch_does_not_cost_the_others(place: Workplace) -> None:
    """The engine's writer, whose one statement serves many runs."""
    for _ in range(3):
        await place.start()
    notifier = Notifier(place.pool)
    writer = Writer(place.pool, notifier, Counts())
    writer.start()
    async with place.pool.acquire() as conn:
        await workers.register(conn, OLD, 3600, "here", 1)
        runs = sorted(await queue.claim(conn, OLD, LANES, 9), key=lambda run: run.thread_id)
        async with conn.transaction():
            await conn.execute(
                "UPDATE run_state SET owner = $1, epoch = epoch + 1 WHERE thread_id = $2",
                NEW,
                runs[1].thread_id,
            )
            writes = [asyncio.create_task(writer.write(says(run))) for run in runs]
            await is_blocked(place.pool, writes[1])
        assert [await write for write in writes] == [True, False, True]
        written = await conn.fetch("SELECT thread_id FROM run_steps ORDER BY thread_id")
    assert [row["thread_id"] for row in written] == [runs[0].thread_id, runs[2].thread_id]
    await writer.close()


async def test_a_wake_refuses_the_move_and_all_that_came_with_it(
    place: Workplace, claimed: ClaimedRun
) -> None:
    """A run that is woken while its owner lets go of it is not let go of."""
    async with place.pool.acquire() as old, place.pool.acquire() as new:
        held = new.transaction()
        await held.start()
        await queue.wake(new, [claimed.thread_id])
        parting = says(claimed, move=Move(status=RunStatus.COMPLETED), wake=claimed.wake)
        write = asyncio.create_task(in_transaction(old, journal.append(old, [parting])))
        await is_blocked(place.pool, write)
        await held.commit()
        assert await write == (set(), [])
    assert await reasons(place.pool) == []
    assert (await place.state(claimed.thread_id))["status"] == "running"


async def test_a_late_receipt_lands_and_wakes_who_waits_for_it(place: Workplace, claimed: ClaimedRun) -> None:
    run = claimed.thread_id
    identity = EffectIdentity(scope=run, skill="act", key={"n": 1}, key_digest="k" * 64)
    intent = Intent(identity=identity, thread_id=run, seq=2, epoch=1, inputs={"n": 1})
    async with place.pool.acquire() as old, place.pool.acquire() as new:
        ours, _ = await effects.take(old, OLD, [intent])
        effect = ours[run, 2]
        await workers.register(new, NEW, 3600, "here", 2)
        await lapse(new, OLD)
        (taken,) = await queue.take_over(new, NEW, 9)
        await effects.doubt_taken_over(new, effect, {"type": "worker-lost", "message": "silent"}, uuid4())
        waiting = says(taken, awaits_effects=[effect], move=Move(status=RunStatus.WAITING), wake=taken.wake)
        assert (await journal.append(new, [waiting]))[0] == {run}
        receipt = Settlement(
            effect_id=effect, state=EffectState.RECEIPT, output={"sent": True}, by={"kind": "worker"}
        )
        late = says(claimed, settlements=[receipt], move=Move(status=RunStatus.COMPLETED), wake=claimed.wake)
        assert await journal.append(old, [late]) == (set(), [run])
        assert await journal.append(old, [late]) == (set(), [])  # sent again it changes nothing
    (found,) = await place.effects()
    assert (found["state"], found["output"]) == ("receipt", {"sent": True})
    assert await reasons(place.pool) == ["epoch 2"]
    state = await place.state(run)
    assert (state["status"], state["owner"], state["epoch"]) == ("waiting", None, 2)
    assert state["wake_at"] is not None


async def test_a_worker_that_loses_its_run_while_it_commits_still_leaves_its_receipt(
    place: Workplace,
) -> None:
    """Real workers: the end of an irreversible step is held open, and the run taken away meanwhile."""
    file, gate = place.settings.home / "sent", place.settings.home / "gate"
    inline(
        place.root,
        "send",
        "from pathlib import Path\n"
        'while not Path(inputs["file"]).with_name("gate").exists():\n    await asyncio.sleep(0.01)\n'
        'with open(inputs["file"], "a") as sent:\n    sent.write("sent\\n")\n'
        'return {"sent": True}',
        requires="file",
        produces="sent",
        effects="irreversible",
    )
    await place.load()
    run = await place.start("send", data={"file": str(file)})
    async with place.worker(), place.pool.acquire() as conn:
        await _until(lambda: _intent_is_written(place))
        held = conn.transaction()
        await held.start()
        await conn.execute("SELECT FROM run_state WHERE thread_id = $1 FOR NO KEY UPDATE", run)
        gate.touch()
        await _until(lambda: _write_waits(place, file))
        await conn.execute("DELETE FROM workers")  # whoever had it is silent
        (taken,) = await queue.take_over(conn, NEW, 9)
        assert taken.epoch == 2
        await held.commit()
        state = await place.until(run, "completed")
    (effect,) = await place.effects()
    assert (effect["state"], effect["settled_by"]) == ("receipt", {"kind": "worker"})
    assert file.read_text() == "sent\n"
    assert state["epoch"] == 3  # taken from the one that never was, whose write nobody waited for
    assert [s.status for s in await place.steps(run)] == ["completed"]


async def _until(condition: Callable[[], Awaitable[Any]]) -> None:
    async with asyncio.timeout(60):
        while True:
            if await condition():
                return
            await asyncio.sleep(0.01)


async def _intent_is_written(place: Workplace) -> bool:
    return bool(await place.effects())


async def _write_waits(place: Workplace, file: Path) -> bool:
    """Whether the effect has happened, and the worker's statement that says so waits for a lock."""
    return file.exists() and await place.pool.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND wait_event_type = 'Lock' AND application_name = 'asf worker'"
    )
