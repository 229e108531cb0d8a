"""Irreversible effects: once, with a receipt; in doubt where nobody can tell; never repeated unasked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.engine.workplace import PERSON, Workplace, add_skill
from tests.stubs.http_service import HttpService, Reply

from agentskills.domain.errors import TooEarly
from agentskills.domain.rerun import RerunRequest
from agentskills.services.cancel import cancel

pytestmark = pytest.mark.anyio

ACT = 'open(inputs["file"], "a").write(str(inputs["order"]["id"]) + "\\n")'


def send_mail(root: Path, after: str = "", *, sidecar: str | None = None, **keys: str) -> None:
    """An irreversible skill that appends a line to a file; `after` is what it does then."""
    body = (f"    {ACT}", f"    {after or 'pass'}", '    return {"sent": True}\n')
    code = "\n".join(("import os, time\n\n", "def run(inputs):", *body))
    keys = {"effects": "irreversible", "effect_key": "order.id", "requires": "order.id file"} | keys
    add_skill(root, "send-mail", code, produces="sent", sidecar=sidecar, **keys)


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def file(place: Workplace) -> Path:
    return place.settings.home / "mails"


def order(file: Path, number: int = 7, **more: Any) -> dict[str, Any]:
    return {"order": {"id": number}, "file": str(file), **more}


async def test_a_rerun_does_not_send_a_second_mail_and_says_so(place: Workplace, file: Path) -> None:
    send_mail(place.root)
    await place.load()
    async with place.worker():
        run = await place.start("send-mail", data=order(file))
        await place.until(run, "completed")
        again = await place.rerun(run, RerunRequest())
        state = await place.until(again, "completed")
    assert lines(file) == ["7"]
    assert state["not_repeated"] == 1
    (step,) = await place.steps(again)
    assert step.reused_from == {"thread_id": run, "seq": 2, "why": "receipt"}
    assert step.reason.startswith(f"not repeated: send-mail, done by {run} at ")
    assert (await place.data(again))["sent"] is True
    (effect,) = await place.effects()
    assert (effect["state"], effect["key"], effect["scope"]) == ("receipt", {"order.id": 7}, run)


@pytest.mark.parametrize("after", ['raise RuntimeError("lost")', "time.sleep(60)", "os._exit(3)"])
async def test_an_end_without_proof_leaves_doubt_and_no_repetition(
    place: Workplace, file: Path, after: str
) -> None:
    send_mail(place.root, after, retries="3", backoff="exponential 10ms..10ms", timeout="1s")
    await place.load()
    async with place.worker():
        run = await place.start("send-mail", data=order(file))
        wait = await place.until_waiting(run, "in_doubt")
        assert wait["options"] == ["happened", "not_happened", "stop"]
        assert [s.status for s in await place.steps(run)] == ["in_doubt"]
        assert [e["state"] for e in await place.effects()] == ["doubt"]
        await place.approve(run, decision="happened", data={"sent": "by hand"})
        await place.until(run, "completed")
    assert lines(file) == ["7"]
    assert (await place.data(run))["sent"] == "by hand"
    assert [e["state"] for e in await place.effects()] == ["receipt"]


async def test_a_person_who_knows_that_it_did_not_happen_lets_it_happen(place: Workplace, file: Path) -> None:
    lines_of_code = (
        "import os\n\n",
        "def run(inputs):",
        "    if not os.path.exists(inputs['file'] + '.on'):",
        "        raise RuntimeError('before acting')",
        f"    {ACT}",
        '    return {"sent": True}\n',
    )
    code = "\n".join(lines_of_code)
    add_skill(
        place.root,
        "send-mail",
        code,
        requires="order.id file",
        produces="sent",
        effects="irreversible",
        effect_key="order.id",
    )
    await place.load()
    async with place.worker():
        run = await place.start("send-mail", data=order(file))
        await place.until_waiting(run, "in_doubt")
        Path(f"{file}.on").touch()
        await place.approve(run, decision="not_happened", note="mail server was down")
        await place.until(run, "completed")
    assert lines(file) == ["7"]
    (step,) = await place.steps(run)
    assert step.status == "completed"


async def test_stopping_a_doubt_ends_the_run_and_keeps_the_doubt(place: Workplace, file: Path) -> None:
    send_mail(place.root, 'raise RuntimeError("lost")')
    await place.load()
    async with place.worker():
        run = await place.start("send-mail", data=order(file))
        await place.until_waiting(run, "in_doubt")
        await place.approve(run, decision="stop")
        state = await place.until(run)
        again = await place.rerun(run, RerunRequest())
        wait = await place.until_waiting(again, "in_doubt")
    assert (state["status"], state["error"]["type"]) == ("failed", "in-doubt")
    assert wait["asks"]["thread_id"] == run
    assert lines(file) == ["7"]


async def test_proof_that_nothing_happened_fails_cleanly(place: Workplace, file: Path) -> None:
    code = (
        "class EffectNotDone(Exception):\n    pass\n\n\n"
        'def run(inputs):\n    raise EffectNotDone("the address is unknown")\n'
    )
    add_skill(
        place.root, "send-mail", code, requires="order.id file", produces="sent", effects="irreversible"
    )
    await place.load()
    async with place.worker():
        run = await place.start("send-mail", data=order(file))
        state = await place.until(run)
        again = await place.rerun(run, RerunRequest())
        await place.until(again, "failed")
    assert state["status"] == "failed"
    assert [e["state"] for e in await place.effects()] == ["failed"]


REST = """
request: {method: POST, url: "{env.MAIL_URL}/mail", body: {order: "{order.id}"}}
response: {sent: "$.sent"}
"""


def rest_mail(root: Path, sidecar: str = REST, **keys: str) -> None:
    add_skill(
        root,
        "send-mail",
        "",
        executor="rest",
        effects="irreversible",
        requires="order.id",
        produces="sent",
        timeout="1s",
        sidecar=sidecar,
        **keys,
    )


@pytest.mark.parametrize(
    "reply", [Reply(500, {"error": "after acting"}), Reply(cut=True), Reply(200, {"sent": 1}, slow=5)]
)
async def test_a_5xx_a_cut_and_a_time_out_after_acting_leave_doubt(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, reply: Reply
) -> None:
    rest_mail(place.root)
    await place.load()
    async with HttpService() as service:
        service.on("POST", "/mail", reply)
        monkeypatch.setenv("MAIL_URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("send-mail", data={"order": {"id": 7}})
            await place.until_waiting(run, "in_doubt")
            assert len(service.seen) == 1
            assert service.seen[0].headers["idempotency-key"]


async def test_connection_refused_fails_cleanly_and_may_be_tried_again(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest_mail(place.root, retries="1", backoff="exponential 10ms..10ms")
    await place.load()
    async with HttpService() as service:
        address, private = service.url, service.private
    monkeypatch.setenv("MAIL_URL", address)
    async with place.worker(private_hosts=private):
        run = await place.start("send-mail", data={"order": {"id": 7}})
        state = await place.until(run)
    assert state["status"] == "failed"
    (step,) = await place.steps(run)
    assert step.attempt == 2
    assert [e["state"] for e in await place.effects()] == ["failed"]


CHECK = """
request: {method: POST, url: "{env.MAIL_URL}/mail", body: {order: "{order.id}"}}
response: {sent: "$.sent"}
check:
  request: {method: GET, url: "{env.MAIL_URL}/mail/{order.id}"}
"""


@pytest.mark.parametrize("happened", [True, False, None])
async def test_check_resolves_doubt_by_itself(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, happened: bool | None
) -> None:
    rest_mail(place.root, CHECK)
    await place.load()
    posts = iter([Reply(500, {}), Reply(200, {"sent": "second"})])
    answer = {"happened": happened, "output": {"sent": "first"}} if happened else {"happened": happened}
    async with HttpService() as service:
        service.on("POST", "/mail", lambda _: next(posts))
        service.on("GET", "/mail/7", Reply(200, answer))
        monkeypatch.setenv("MAIL_URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("send-mail", data={"order": {"id": 7}})
            if happened is None:
                await place.until_waiting(run, "in_doubt")
                return
            await place.until(run, "completed")
        keys = [seen.headers["idempotency-key"] for seen in service.seen if seen.method == "POST"]
    assert (await place.data(run))["sent"] == ("first" if happened else "second")
    assert len(keys) == (1 if happened else 2)
    assert len(set(keys)) == 1


async def test_two_simultaneous_reruns_send_an_unsent_effect_once(place: Workplace, file: Path) -> None:
    code = (
        "import os, time\n\n\n"
        "class EffectNotDone(Exception):\n    pass\n\n\n"
        "def run(inputs):\n"
        '    if not os.path.exists(inputs["file"] + ".on"):\n        raise EffectNotDone("closed")\n'
        f'    {ACT}\n    time.sleep(0.5)\n    return {{"sent": True}}\n'
    )
    add_skill(
        place.root,
        "send-mail",
        code,
        requires="order.id file",
        produces="sent",
        effects="irreversible",
        effect_key="order.id",
    )
    await place.load()
    async with place.worker(), place.worker():
        run = await place.start("send-mail", data=order(file))
        await place.until(run, "failed")
        Path(f"{file}.on").touch()
        reruns = await asyncio.gather(*(place.rerun(run, RerunRequest()) for _ in range(2)))
        states = [await place.until(again, "completed") for again in reruns]
    assert lines(file) == ["7"]
    assert sorted(state["not_repeated"] for state in states) == [0, 1]


async def test_a_changed_key_needs_consent_which_shows_the_earlier_receipt(
    place: Workplace, file: Path
) -> None:
    send_mail(place.root)
    await place.load()
    async with place.worker():
        run = await place.start("send-mail", data=order(file))
        await place.until(run, "completed")
        yes, no = [
            await place.rerun(run, RerunRequest(changes={"order": {"id": number}})) for number in (8, 9)
        ]
        wait = await place.until_waiting(yes, "consent")
        assert wait["asks"]["earlier_receipt"]["thread_id"] == run
        assert wait["asks"]["effect"]["key"] == {"order.id": 8}
        await place.until_waiting(no, "consent")
        assert lines(file) == ["7"]
        await place.approve(yes)
        await place.until(yes, "completed")
        await place.approve(no, decision="reject")
        state = await place.until(no, "failed")
    assert state["error"]["type"] == "rejected"
    assert lines(file) == ["7", "8"]


async def test_global_effects_happen_once_for_all_families(place: Workplace, file: Path) -> None:
    send_mail(place.root, effect_scope="global")
    await place.load()
    async with place.worker():
        for _ in range(2):
            await place.until(await place.start("send-mail", data=order(file)), "completed")
    assert lines(file) == ["7"]


async def test_cancelling_an_irreversible_step_in_flight_leaves_doubt(place: Workplace, file: Path) -> None:
    send_mail(place.root, "time.sleep(60)")
    await place.load()
    async with place.worker():
        run = await place.start("send-mail", data=order(file))
        async with asyncio.timeout(30):
            while not lines(file):
                await asyncio.sleep(0.02)
        await cancel(place.context, run, None, PERSON)
        state = await place.until(run)
    assert state["status"] == "cancelled"
    assert [e["state"] for e in await place.effects()] == ["doubt"]
    assert [s.status for s in await place.steps(run)] == ["in_doubt"]


async def test_an_effect_of_a_lost_worker_is_in_doubt_and_its_lease_is_waited_for(
    place: Workplace, file: Path
) -> None:
    send_mail(place.root, "time.sleep(60)")
    await place.load()
    process = place.spawn()
    run = await place.start("send-mail", data=order(file))
    async with asyncio.timeout(30):
        while not lines(file):
            await asyncio.sleep(0.02)
    process.kill()
    process.wait()
    async with place.worker():
        await place.until_waiting(run, "in_doubt")
        # As if the worker that had it were alive after all: a person has to wait for its lease.
        await place.pool.execute("UPDATE workers SET lease_until = now() + interval '1 hour'")
        with pytest.raises(TooEarly):
            await place.approve(run, decision="not_happened")
        await place.pool.execute("UPDATE workers SET lease_until = now() - interval '1 s'")
    assert lines(file) == ["7"]
