"""Faults that once cost a run, a receipt or a second effect: lost answers, outages, unreadable runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256

import asyncpg
import psycopg
import psycopg.conninfo
import pytest
from tests.engine.workplace import PERSON, Workplace, add_skill, inline
from tests.stubs.http_service import HttpService, Reply

from agentskills.domain.clock import now
from agentskills.domain.effect import EffectIdentity
from agentskills.domain.errors import BadInput, DatabaseGone, NotWaiting
from agentskills.domain.rerun import RerunRequest
from agentskills.domain.run import ClaimedRun
from agentskills.domain.status import EffectState, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.counts import Counts
from agentskills.engine.intents import Intents
from agentskills.engine.lease import Lease
from agentskills.engine.writer import Writer, _Lane
from agentskills.services.callbacks import Callback, deliver
from agentskills.services.start import StartRequest, start_many
from agentskills.storage import effects, queue
from agentskills.storage.database import Conn, open_pool, translate_errors
from agentskills.storage.effects import Intent, Settlement
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


CALLBACK = 'mode: callback\nrequest: {method: POST, url: "{env.S_URL}/check"}\n'


async def test_a_late_callback_without_its_data_leaves_the_doubt_open(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"executor": "rest", "requires": "name", "produces": "check.ok", "timeout": "1s"}
    add_skill(place.root, "screen", "", sidecar=CALLBACK, effects="irreversible", **keys)
    await place.load()
    async with HttpService() as service:
        service.on("POST", "/check", Reply(202, {}))
        monkeypatch.setenv("S_URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("screen", data={"name": "Bo"})
            await place.until_waiting(run, "in_doubt")
            token = service.seen[0].json["callback_url"].partition("token=")[2]
            with pytest.raises(BadInput):
                await deliver(place.context, Callback(token, run, data={"nothing": 1}))
            assert [effect["state"] for effect in await place.effects()] == ["doubt"]
            with pytest.raises(NotWaiting):
                await deliver(place.context, Callback(token, run, data={"check": {"ok": True}}))
            await place.until(run, "completed")
    assert (await place.data(run))["check"] == {"ok": True}


async def test_a_late_callback_proves_an_effect_that_is_only_announced(place: Workplace) -> None:
    async with announcing(place) as (intents, lease):
        run = await claimed_run(place, lease)
        effect, _ = await intents.take(*announced(run))
    await place.pool.execute(
        """INSERT INTO waits (thread_id, seq, reason, state, expects, effect_id, token_hash)
           VALUES ($1, 2, 'callback', 'closed', '{ok}', $2, $3)""",
        run.thread_id,
        effect,
        sha256(b"token").hexdigest(),
    )
    with pytest.raises(NotWaiting):
        await deliver(place.context, Callback("token", run.thread_id, data={"ok": True}))
    (found,) = await place.effects()
    assert (found["state"], found["output"]) == ("receipt", {"ok": True})


async def test_consent_of_a_global_effect_is_about_the_family(place: Workplace) -> None:
    inline(place.root, "act", 'return {"a": 1}', requires="n", produces="a")
    await place.load()
    stranger, run = await place.start("act", data={"n": 1}), await place.start("act", data={"n": 1})
    async with place.worker():
        await place.until(run)
        again = await place.rerun(run, RerunRequest())
    asked = EffectIdentity(scope="", skill="send", key={"n": 9}, key_digest="9" * 64)
    insert = """INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq, output)
                VALUES ('', 'send', $1, '{}', 'receipt', $1, 2, '{}')"""
    await place.pool.execute(insert, stranger)
    assert await effects.earlier_receipt(place.pool, asked, run, again) is None
    await place.pool.execute(insert, run)
    found = await effects.earlier_receipt(place.pool, asked, run, again)
    assert found is not None
    assert found.thread_id == run


async def test_work_that_another_crosses_is_done_again(place: Workplace) -> None:
    """Two transactions wake two runs in opposite orders; both get through."""
    inline(place.root, "act", 'return {"a": 1}', requires="n", produces="a")
    await place.load()
    one, two = await place.start("act", data={"n": 1}), await place.start("act", data={"n": 1})
    meet = asyncio.Barrier(2)
    tries = 0

    async def work(conn: Conn, first: str, second: str) -> None:
        nonlocal tries
        tries += 1
        await queue.wake(conn, [first])
        if tries <= 2:
            await meet.wait()
        await queue.wake(conn, [second])

    await asyncio.gather(
        place.context.in_transaction(lambda conn: work(conn, one, two)),
        place.context.in_transaction(lambda conn: work(conn, two, one)),
    )
    assert tries >= 3  # one of the two at least was ended, and came again
    assert [(await place.state(run))["wake"] for run in (one, two)] == [2, 2]


async def test_an_old_word_of_failure_does_not_end_the_act_of_another(place: Workplace) -> None:
    async with announcing(place) as (intents, lease):
        run = await claimed_run(place, lease)
        effect, _ = await intents.take(*announced(run))
        assert effect is not None
    said = {"state": EffectState.FAILED, "error": {"type": "refused"}, "by": {"kind": "worker"}}
    for thread_id, epoch, state in (
        ("other", 9, "intent"),
        (run.thread_id, 0, "intent"),
        (run.thread_id, 1, "failed"),
    ):
        settlement = Settlement(effect_id=effect, thread_id=thread_id, epoch=epoch, **said)
        await effects.settle_many(place.pool, [settlement])
        assert [found["state"] for found in await place.effects()] == [state]


@pytest.mark.parametrize(
    "error", [asyncpg.DiskFullError, asyncpg.OutOfMemoryError, asyncpg.ReadOnlySQLTransactionError]
)
def test_what_counts_as_a_lost_database(error: type[Exception]) -> None:
    with pytest.raises(DatabaseGone), translate_errors():
        raise error("said by the server")


@asynccontextmanager
async def relay(url: str) -> AsyncIterator[tuple[str, asyncio.Event]]:
    """A way to the database over TCP that an event cuts, and opens again when it is cleared."""
    given = psycopg.conninfo.conninfo_to_dict(url)
    path = f"{given['host']}/.s.PGSQL.{given.get('port') or 5432}"
    away = asyncio.Event()
    pipes: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if away.is_set():
            writer.transport.abort()
            return
        back, there = await asyncio.open_unix_connection(path)
        mine = {asyncio.create_task(pump(reader, there)), asyncio.create_task(pump(back, writer))}
        mine.add(asyncio.create_task(_wait(away)))
        pipes.update(mine)
        await asyncio.wait(mine, return_when=asyncio.FIRST_COMPLETED)
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        for side in (writer, there):
            side.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://{given['user']}@127.0.0.1:{port}/{given['dbname']}?sslmode=disable", away
    finally:
        away.set()
        server.close()
        await asyncio.sleep(0.05)


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_receipt_outlives_an_outage_longer_than_the_lease(place: Workplace) -> None:
    act = 'with open(inputs["file"], "a") as sent:\n    sent.write("x")\n'
    act += 'await asyncio.sleep(0.4)\nreturn {"sent": 1}'
    inline(place.root, "send", act, requires="file", produces="sent", effects="irreversible")
    await place.load()
    file = place.settings.home / "sent"
    run = await place.start("send", data={"file": str(file)})
    async with relay(place.url) as (url, away):
        direct, place.url = place.url, url
        async with place.worker() as worker:
            async with asyncio.timeout(10):
                while not file.exists():
                    await asyncio.sleep(0.01)
            first = worker._kit.lease.id
            away.set()
            async with asyncio.timeout(15):
                while worker._kit.lease.good:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(0.3)
            away.clear()
            await place.until(run, "completed")
            assert worker._kit.lease.id != first
        place.url = direct
    assert file.read_text() == "x"
    assert [effect["state"] for effect in await place.effects()] == ["receipt"]


async def test_a_batch_closes_at_about_a_million_characters() -> None:
    lane = _Lane()
    for number in range(5):
        done = Step(
            thread_id=f"run-{number}",
            seq=2,
            decision=1,
            kind=StepKind.SKILL,
            status=StepStatus.COMPLETED,
            version=2,
            started_at=now(),
            outputs={"text": ["x" * 400_000]},
        )
        write = Write(thread_id=done.thread_id, epoch=1, version=2, steps=[done])
        lane.waiting.append((write, asyncio.get_running_loop().create_future()))
    assert [len(lane.take()) for _ in range(2)] == [3, 2]
