"""What reaches outside is answered by the recording: models, services, effects, people; nobody is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cases.conftest import Bench
from tests.engine.workplace import add_skill, inline
from tests.skills.folders import skill_text, write
from tests.stubs.http_service import HttpService, Reply
from tests.stubs.model_server import ModelServer

from agentskills.domain.rerun import RerunRequest
from agentskills.services.callbacks import Callback, deliver

pytestmark = pytest.mark.anyio

MODEL = "openai:stub"


def draft(root: Path, body: str = "Write a reply.", **keys: str) -> None:
    """An llm skill that writes a letter."""
    given = {"executor": "llm", "requires": "name", "produces": "letter"} | keys
    write(root / "draft" / "SKILL.md", skill_text("draft", given, body))


def send(root: Path, file: Path, plus: str = "", **keys: str) -> None:
    """An irreversible skill that appends a line to a file."""
    code = f'with open({str(file)!r}, "a") as out:\n    out.write("sent\\n")\nreturn {{"sent": "ok{plus}"}}'
    given = {"requires": "letter", "produces": "sent", "effects": "irreversible"} | keys
    inline(root, "send", code, **given)


async def test_model_calls_are_answered_by_the_recording(bench: Bench, monkeypatch: Any) -> None:
    place, file = bench.place, bench.place.settings.home / "mails"
    draft(place.root)
    send(place.root, file)
    await place.load()
    async with ModelServer() as model:
        # What a machine that could ask a model looks like: it must not.
        keys = {"ASF_MODEL": MODEL, "ASF_MODEL_BASE_URL": model.base_url, "OPENAI_API_KEY": "sk-none"}
        async with place.worker(model=MODEL, model_base_url=model.base_url):
            run = await place.start("draft", "send", data={"name": "Bo"})
            await place.until(run, "completed")
        asked = len(model.asked)
        await bench.keep(run)
        found = bench.verdicts(**keys)
        assert (found[run]["outcome"], found[""]) == ("passed", 0), found

        draft(place.root, body="Write a short reply.")
        found = bench.verdicts(**keys)
        assert (found[run]["outcome"], found[""]) == ("can't tell", 0), found
        assert found[run]["reasons"][0].startswith(
            "draft would have to ask a model anew: skill draft changed ("
        )
        assert bench.verdicts("--strict", **keys)[""] == 1

        draft(place.root, model="openai:another")  # one that the skill itself names
        assert bench.verdicts(**keys)[run]["outcome"] == "can't tell"
        assert len(model.asked) == asked
    assert file.read_text() == "sent\n"  # once, when the run was made


async def test_decisions_of_a_model_are_answered_by_the_recording(bench: Bench) -> None:
    place = bench.place
    draft(place.root, reuse="no")  # results may be too old for a rerun, never for a test
    inline(
        place.root, "count", 'return {"length": len(inputs["letter"])}', requires="letter", produces="length"
    )
    await place.load()
    async with ModelServer() as model, place.worker(model=MODEL, model_base_url=model.base_url):
        run = await place.start(data={"name": "Bo"}, model=MODEL, sop="Draft, then count.")
        await place.until(run, "completed")
    case = await bench.keep(run)
    assert f'"model": "{MODEL}"' in case.read_text()
    found = bench.verdicts()
    assert (found[run]["outcome"], found[""]) == ("passed", 0), found

    # The same description, another result: the next decision has other data to look at.
    inline(place.root, "count", 'return {"length": 0}', requires="letter", produces="length")
    found = bench.verdicts()
    assert (found[run]["outcome"], found[""]) == ("changed", 1), found
    assert [change["path"] for change in found[run]["changes"]] == ["length"]
    assert found[run]["reasons"][0].startswith(
        "the planner would have to ask a model anew: skill count changed ("
    )


async def test_an_irreversible_step_never_acts(bench: Bench) -> None:
    place, file = bench.place, bench.place.settings.home / "mails"
    send(place.root, file)
    await place.load()
    async with place.worker():
        run = await place.start("send", data={"letter": "Dear Bo"})
        await place.until(run, "completed")
        again = await place.rerun(run, RerunRequest())  # honours the receipt
        await place.until(again, "completed")
    await bench.keep(run)
    kept = await bench.keep(again)
    assert '"by_this_run": false' in kept.read_text()
    assert run not in kept.read_text().replace(again, "")  # no ids of the old database are needed
    found = bench.verdicts()
    assert {found[name]["outcome"] for name in (run, again)} == {"passed"}, found

    send(place.root, file, plus="!")
    found = bench.verdicts()
    assert {found[name]["outcome"] for name in (run, again)} == {"passed"}
    assert found[run]["notes"][0].endswith("; not put to the test, its recording stood in")

    # Under a key that was never recorded there is nothing to stand in.
    inline(
        place.root, "write", 'return {"letter": "Dear " + inputs["name"]}', requires="name", produces="letter"
    )
    await place.load()
    async with place.worker():
        whole = await place.start("write", "send", data={"name": "Cy"})
        await place.until(whole, "completed")
    await bench.keep(whole)
    inline(
        place.root, "write", 'return {"letter": "Hi " + inputs["name"]}', requires="name", produces="letter"
    )
    case = bench.verdicts("-k", whole)[whole]
    assert case["outcome"] == "changed"  # the letter is another one
    assert case["reasons"][0].startswith("send reaches outside, and neither a recording nor a sample")
    await bench.keep(whole, "sent")
    bench.test("-k", whole)
    assert file.read_text() == "sent\n" * 2


async def test_services_and_callbacks_are_answered_by_the_recording(bench: Bench, monkeypatch: Any) -> None:
    place = bench.place
    look_up = 'request: {method: GET, url: "{env.SHOP_URL}/customers/{id}"}\nresponse: {name: $.name}\n'
    add_skill(place.root, "look-up", "", executor="rest", requires="id", produces="name", sidecar=look_up)
    screen = 'mode: callback\nrequest: {method: POST, url: "{env.SHOP_URL}/check"}\n'
    add_skill(place.root, "screen", "", executor="rest", requires="name", produces="check.ok", sidecar=screen)
    await place.load()
    async with HttpService() as service:
        service.on("GET", "/customers/7", Reply(200, {"name": "Bo"}))
        service.on("POST", "/check", Reply(202, {}))
        monkeypatch.setenv("SHOP_URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("look-up", "screen", data={"id": 7})
            await place.until_waiting(run, "callback")
            token = service.seen[-1].json["callback_url"].partition("token=")[2]
            await deliver(place.context, Callback(token=token, thread_id=run, data={"check": {"ok": True}}))
            await place.until(run, "completed")
        seen = len(service.seen)
        await bench.keep(run)
        found = bench.verdicts(ASF_PRIVATE_HOSTS=service.private)
        assert (found[run]["outcome"], found[""]) == ("passed", 0), found
        assert len(service.seen) == seen


async def test_people_are_answered_by_the_recording(bench: Bench) -> None:
    place = bench.place
    inline(
        place.root, "offer", 'return {"price": inputs["size"] * 2}',
        requires="size", produces="price", approval="after",
    )  # fmt: skip
    form = "form:\n  type: object\n  properties: {verdict: {type: string}}\n"
    add_skill(place.root, "judge", "", executor="human", requires="price", produces="verdict", sidecar=form)
    await place.load()
    async with place.worker():
        run = await place.start("offer", "judge", data={"size": 4})
        await place.until_waiting(run, "approval")
        await place.approve(run, data={"price": 7})
        wait = await place.until_waiting(run, "approval")
        while wait["skill"] != "judge":
            wait = await place.until_waiting(run, "approval")
        await place.approve(run, data={"verdict": "fair"})
        await place.until(run, "completed")
        refused = await place.start("offer", data={"size": 5})
        await place.until_waiting(refused, "approval")
        await place.approve(refused, decision="reject", note="too much")
        await place.until(refused, "failed")
    await bench.keep(run)
    await bench.keep(refused)
    found = bench.verdicts()
    assert (found[run]["outcome"], found[refused]["outcome"]) == ("passed", "passed"), found

    # Another version that offers the same: a person would say the same of it.
    inline(
        place.root, "offer", 'return {"price": 2 * inputs["size"]}',
        requires="size", produces="price", approval="after",
    )  # fmt: skip
    found = bench.verdicts()
    assert (found[run]["outcome"], found[refused]["outcome"]) == ("passed", "passed"), found

    inline(
        place.root, "offer", 'return {"price": 3 * inputs["size"]}',
        requires="size", produces="price", approval="after",
    )  # fmt: skip
    await bench.keep(run, "verdict")
    case = bench.verdicts()[run]
    assert case["outcome"] == "can't tell"
    assert case["reasons"][0].startswith("offer waits for a person: ")
