"""Waits: approvals before and after, forms, callbacks; each holds nothing and is answered once."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from tests.engine.workplace import Workplace, add_skill, inline
from tests.stubs.http_service import HttpService, Reply, Seen

from agentskills.domain.errors import BadInput, ForgedToken, NotWaiting, OutOfDate, StepChoiceNeeded
from agentskills.services.callbacks import Callback, deliver

pytestmark = pytest.mark.anyio


def pay(root: Path, name: str = "pay", produces: str = "paid", **keys: str) -> None:
    code = f'return {{"{produces}": inputs["amount"]}}'
    inline(root, name, code, **{"requires": "amount", "produces": produces, "approval": "before"} | keys)


async def test_an_approval_before_shows_what_goes_in_and_its_edits_count(place: Workplace) -> None:
    pay(place.root)
    await place.load()
    async with place.worker():
        run = await place.start("pay", data={"amount": 500})
        wait = await place.until_waiting(run, "approval")
        assert (await place.state(run))["owner"] is None
        assert wait["asks"]["shown"] == {"amount": 500}
        with pytest.raises(OutOfDate):
            await place.approve(run, digest="0" * 64)
        await place.approve(run, data={"amount": 50}, digest=wait["shown_digest"], note="typo")
        await place.until(run, "completed")
    approval, skill = await place.steps(run)
    assert (approval.kind, approval.outputs, approval.actor["name"]) == ("approval", {"amount": 50}, "ada")
    assert (skill.outputs, skill.inputs) == ({"paid": 50}, {"amount": approval.seq})
    assert (await place.data(run)) == {"amount": 50, "paid": 50}


async def test_an_approval_after_shows_what_came_out_and_its_edits_count(place: Workplace) -> None:
    pay(place.root, approval="after")
    inline(place.root, "book", 'return {"booked": inputs["paid"]}', requires="paid", produces="booked")
    await place.load()
    async with place.worker():
        run = await place.start("book", data={"amount": 500})
        wait = await place.until_waiting(run, "approval")
        assert wait["asks"]["shown"] == {"paid": 500}
        await place.approve(run, data={"paid": 400})
        await place.until(run, "completed")
    assert (await place.data(run))["booked"] == 400


async def test_a_rejection_ends_the_run(place: Workplace) -> None:
    pay(place.root)
    await place.load()
    async with place.worker():
        run = await place.start("pay", data={"amount": 500})
        await place.until_waiting(run, "approval")
        await place.approve(run, decision="reject", note="too much")
        state = await place.until(run)
    assert (state["status"], state["error"]["type"]) == ("failed", "rejected")
    assert state["error"]["message"] == "too much"


async def test_of_two_simultaneous_answers_one_wins(place: Workplace) -> None:
    pay(place.root)
    await place.load()
    async with place.worker():
        run = await place.start("pay", data={"amount": 500})
        await place.until_waiting(run, "approval")
        answers = await asyncio.gather(
            place.approve(run), place.approve(run, decision="reject"), return_exceptions=True
        )
        await place.until(run)
    assert sorted(type(answer).__name__ for answer in answers) == ["Answered", "NotWaiting"]
    with pytest.raises(NotWaiting):
        await place.approve(run)


async def test_two_waits_in_one_run_are_told_apart(place: Workplace) -> None:
    pay(place.root, "pay-a", "a")
    pay(place.root, "pay-b", "b")
    await place.load()
    async with place.worker():
        run = await place.start("pay-a", "pay-b", data={"amount": 5})
        await place.until_waiting(run, "approval")
        with pytest.raises(StepChoiceNeeded):
            await place.approve(run)
        first, second = await place.waits(run)
        await place.approve(run, step=second["seq"], data={"amount": 6})
        async with asyncio.timeout(30):
            while len(await place.waits(run)) > 1 or (await place.state(run))["status"] != "waiting":
                await asyncio.sleep(0.01)
        await place.approve(run, step=first["seq"])
        await place.until(run, "completed")
    assert {s.skill: s.outputs for s in await place.steps(run) if s.kind == "skill"} == {
        "pay-a": {"a": 5},
        "pay-b": {"b": 6},
    }


async def test_a_person_fills_in_a_form(place: Workplace) -> None:
    add_skill(
        place.root,
        "judge",
        "",
        executor="human",
        requires="name",
        produces="verdict.score verdict.note?",
        sidecar="form:\n  type: object\n  required: [verdict]\n  properties:\n    verdict:\n"
        "      type: object\n      required: [score]\n      properties: {score: {type: integer}}\n",
    )
    await place.load()
    async with place.worker():
        run = await place.start("judge", data={"name": "Bo"})
        wait = await place.until_waiting(run, "approval")
        assert wait["asks"]["kind"] == "form"
        with pytest.raises(BadInput):
            await place.approve(run, data={"verdict.score": "many"})
        await place.approve(run, data={"verdict.score": 4})
        await place.until(run, "completed")
    assert (await place.data(run))["verdict"] == {"score": 4}


CALLBACK = """
mode: callback
request: {method: POST, url: "{env.SCREEN_URL}/check"}
"""


def screen(root: Path, **keys: str) -> None:
    add_skill(
        root,
        "screen",
        "",
        executor="rest",
        requires="name",
        produces="check.ok",
        sidecar=CALLBACK,
        **keys,
    )


def token_of(seen: Seen) -> str:
    token: str = seen.json["callback_url"].partition("token=")[2]
    return token


async def test_a_callback_is_taken_once_and_only_with_its_token(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen(place.root)
    await place.load()
    async with HttpService() as service:
        service.on("POST", "/check", Reply(202, {}))
        monkeypatch.setenv("SCREEN_URL", service.url)
        async with place.worker(private_hosts=service.private):
            one = await place.start("screen", data={"name": "Bo"})
            two = await place.start("screen", data={"name": "Cy"})
            for run in (one, two):
                await place.until_waiting(run, "callback")
            tokens = {seen.json["thread_id"]: token_of(seen) for seen in service.seen}
            assert service.seen[0].json["expected_outputs"] == ["check.ok"]
            stored = await place.pool.fetchval("SELECT string_agg(w::text, '') FROM waits w")
            assert tokens[one] not in stored

            async def call(run: str, token: str | None, data: Any) -> None:
                await deliver(place.context, Callback(token=token, thread_id=run, data=data))

            for forged in (None, "", "0" * 64, tokens[two]):
                with pytest.raises(ForgedToken):
                    await call(one, forged, {"check": {"ok": True}})
            with pytest.raises(BadInput):
                await call(one, tokens[one], {"check": {}})
            await call(one, tokens[one], {"check": {"ok": True}})
            await place.until(one, "completed")
            with pytest.raises(NotWaiting):
                await call(one, tokens[one], {"check": {"ok": False}})
    assert (await place.data(one))["check"] == {"ok": True}
    assert await place.pool.fetchval("SELECT count(*) FROM audit WHERE thread_id = $1", one) >= 2


async def test_a_callback_that_never_comes_expires(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    screen(place.root, timeout="1s")
    await place.load()
    async with HttpService() as service:
        service.on("POST", "/check", Reply(202, {}))
        monkeypatch.setenv("SCREEN_URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("screen", data={"name": "Bo"})
            state = await place.until(run)
    assert (state["status"], state["error"]["type"]) == ("failed", "expired")


async def test_a_late_callback_proves_that_the_effect_happened(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen(place.root, timeout="1s", effects="irreversible")
    await place.load()
    async with HttpService() as service:
        service.on("POST", "/check", Reply(202, {}))
        monkeypatch.setenv("SCREEN_URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("screen", data={"name": "Bo"})
            await place.until_waiting(run, "in_doubt")
            late = Callback(token=token_of(service.seen[0]), thread_id=run, data={"check": {"ok": True}})
            with contextlib.suppress(NotWaiting):  # its own wait is over; what it proves counts
                await deliver(place.context, late)
            await place.until(run, "completed")
    assert [e["state"] for e in await place.effects()] == ["receipt"]


async def test_places_of_a_skill_are_shared_over_all_workers(place: Workplace) -> None:
    inline(
        place.root,
        "narrow",
        'from pathlib import Path\nimport os\nmark = Path(inputs["folder"], str(inputs["n"]))\nmark.touch()\n'
        'most = len(os.listdir(inputs["folder"]))\nawait asyncio.sleep(0.05)\nmark.unlink()\n'
        'return {"most": most}',
        requires="n folder",
        produces="most",
        concurrency="2",
    )
    await place.load()
    folder = place.settings.home / "inside"
    folder.mkdir()
    async with place.worker(), place.worker():
        runs = [await place.start("narrow", data={"n": n, "folder": str(folder)}) for n in range(12)]
        for run in runs:
            await place.until(run, "completed")
    assert max([(await place.data(run))["most"] for run in runs]) <= 2
    assert await place.pool.fetchval("SELECT count(*) FROM slots WHERE worker IS NOT NULL") == 0
