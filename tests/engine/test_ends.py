"""Whatever way a run ends or goes on, it leaves nothing open: effects, slots, waits, answers, attempts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.engine.test_waiting import screen, token_of
from tests.engine.workplace import PERSON, Workplace, add_skill, inline
from tests.stubs.http_service import HttpService, Reply, Seen

from agentskills.domain.rerun import RerunRequest
from agentskills.services.callbacks import Callback, deliver
from agentskills.services.cancel import cancel

pytestmark = pytest.mark.anyio

OK = {"check": {"ok": True}}


@pytest.mark.parametrize("how", ["cancel", "failure"])
async def test_an_effect_outstanding_when_a_run_ends_is_in_doubt_and_a_rerun_asks(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    screen(place.root, effects="irreversible")
    inline(
        place.root, "bad", 'await asyncio.sleep(0.5)\nraise RuntimeError("no")', requires="n", produces="x"
    )
    await place.load()
    async with HttpService() as service:
        service.on("POST", "/check", Reply(202, {}))
        monkeypatch.setenv("SCREEN_URL", service.url)
        async with place.worker(private_hosts=service.private):
            if how == "cancel":
                run = await place.start("screen", data={"name": "Bo"})
                await place.until_waiting(run, "callback")
                await cancel(place.context, run, None, PERSON)
            else:
                run = await place.start("screen", "bad", data={"name": "Bo", "n": 1})
            state = await place.until(run)
            assert [e["state"] for e in await place.effects()] == ["doubt"]
            assert "in_doubt" in [s.status for s in await place.steps(run)]
            assert not await place.waits(run)
            if how == "failure":
                assert state["error"]["skill"] == "bad"
                return
            again = await place.rerun(run, RerunRequest())
            await place.until_waiting(again, "in_doubt")
    assert len(service.seen) == 1


async def test_cancel_is_heard_while_branches_run_side_by_side(place: Workplace) -> None:
    inline(place.root, "slow", 'await asyncio.sleep(60)\nreturn {"a": 1}', requires="n", produces="a")
    inline(place.root, "asks", 'return {"b": 1}', requires="n", produces="b", approval="before")
    await place.load()
    async with place.worker():
        runs = [await place.start("slow", "asks", data={"n": 1}) for _ in range(5)]
        for run in runs:
            await place.until(run, "running")
        await asyncio.sleep(0.3)
        for run in runs:
            await cancel(place.context, run, None, PERSON)
        for run in runs:
            assert (await place.until(run))["status"] == "cancelled"


async def test_a_cancelled_run_gives_back_its_place(place: Workplace) -> None:
    inline(
        place.root,
        "narrow",
        'await asyncio.sleep(60 if inputs["slow"] else 0)\nreturn {"x": 1}',
        requires="slow",
        produces="x",
        concurrency="1",
    )
    await place.load()
    async with place.worker():
        first = await place.start("narrow", data={"slow": True})
        async with asyncio.timeout(30):
            while not await place.pool.fetchval("SELECT count(*) FROM slots WHERE worker IS NOT NULL"):
                await asyncio.sleep(0.01)
        second = await place.start("narrow", data={"slow": False})
        await place.until_waiting(second, "slot")
        await cancel(place.context, first, None, PERSON)
        await place.until(second, "completed")


async def test_attempts_are_counted_also_when_they_pause_for_long(place: Workplace) -> None:
    inline(
        place.root,
        "flaky",
        'with open(inputs["file"], "a") as file:\n    file.write("x")\nraise RuntimeError("no")',
        requires="file",
        produces="x",
        retries="2",
        backoff="exponential 1s..1s",
    )
    await place.load()
    file = place.root / "tries"
    async with place.worker():
        run = await place.start("flaky", data={"file": str(file)})
        for attempt in (2, 3):
            async with asyncio.timeout(30):
                while not any(w["asks"].get("attempt") == attempt for w in await place.waits(run)):
                    await asyncio.sleep(0.01)
        await place.until(run, "failed")
    assert file.read_text() == "xxx"


@pytest.mark.parametrize("pause", ["10ms", "1500ms"])
async def test_an_answer_that_comes_although_the_request_failed_counts(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, pause: str
) -> None:
    screen(place.root, retries="3", backoff=f"exponential {pause}..{pause}")
    await place.load()
    async with HttpService() as service:

        async def answers_then_fails(seen: Seen) -> Reply:
            if len(service.seen) == 1:
                run = seen.json["thread_id"]
                await deliver(place.context, Callback(token=token_of(seen), thread_id=run, data=OK))
                return Reply(500, {})
            return Reply(202, {})  # it knows the key, and won't call back again

        service.on("POST", "/check", answers_then_fails)
        monkeypatch.setenv("SCREEN_URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("screen", data={"name": "Bo"})
            await place.until(run, "completed")
    assert (await place.data(run))["check"] == {"ok": True}


async def test_a_request_is_sent_once_however_full_the_worker_is(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen(place.root)
    add_skill(
        place.root,
        "other",
        "",
        executor="rest",
        requires="name",
        produces="other.ok",
        sidecar='mode: callback\nrequest: {method: POST, url: "{env.SCREEN_URL}/other"}\n',
    )
    await place.load()
    async with HttpService() as service:
        service.on("POST", "/check", Reply(202, {}))
        service.on("POST", "/other", Reply(202, {}))
        monkeypatch.setenv("SCREEN_URL", service.url)
        async with place.worker(private_hosts=service.private, worker_concurrency=1):
            run = await place.start("screen", "other", data={"name": "Bo"})
            async with asyncio.timeout(30):
                while len(service.seen) < 2:
                    await asyncio.sleep(0.001)
            for seen in service.seen:
                part = seen.path.strip("/")
                data = OK if part == "check" else {"other": {"ok": True}}
                await deliver(place.context, Callback(token=token_of(seen), thread_id=run, data=data))
            await place.until(run, "completed")
    assert sorted(seen.path for seen in service.seen) == ["/check", "/other"]


async def test_a_timer_goes_off_while_another_branch_is_busy(place: Workplace, tmp_path: Path) -> None:
    done = tmp_path / "done"
    inline(
        place.root,
        "busy",
        "from pathlib import Path\n"
        'flag = Path(inputs["flag"])\n'
        "for _ in range(600):\n    if flag.exists():\n        break\n    await asyncio.sleep(0.1)\n"
        'return {"a": flag.exists()}',
        requires="flag",
        produces="a",
    )
    inline(
        place.root,
        "again",
        'from pathlib import Path\nif not Path(inputs["flag"] + ".tried").exists():\n'
        '    Path(inputs["flag"] + ".tried").touch()\n    raise RuntimeError("not yet")\n'
        'Path(inputs["flag"]).touch()\nreturn {"b": 1}',
        requires="flag",
        produces="b",
        retries="1",
        backoff="exponential 1s..1s",
    )
    await place.load()
    async with place.worker():
        run = await place.start("busy", "again", data={"flag": str(done)})
        await place.until(run, "completed")
    assert (await place.data(run))["a"] is True  # the busy one saw that the other had gone on
