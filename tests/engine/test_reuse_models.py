"""Reruns with models, against a stub that speaks the providers' HTTP: what is asked again."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from tests.engine.logged import as_planned, whys
from tests.engine.workplace import Workplace, add_skill, inline
from tests.stubs.model_server import ModelServer, answer

from agentskills.domain.errors import PlanDiverged
from agentskills.domain.rerun import RerunRequest
from agentskills.storage import workers

pytestmark = pytest.mark.anyio

UNCHANGED = RerunRequest(plan="unchanged", results="unchanged")
MODEL = "openai:stub"


@pytest.fixture
async def server(place: Workplace) -> AsyncIterator[ModelServer]:
    """A model for this place, and with it the planner that asks it."""
    async with ModelServer() as running:
        place.settings.model = MODEL
        place.settings.model_base_url = running.base_url
        place.settings.api_key = SecretStr("a key for the stub")
        yield running


def llm(root: Path, name: str, reads: str, writes: str, body: str = "Do it.", **keys: str) -> None:
    add_skill(root, name, "", executor="llm", requires=reads, produces=writes, body=body, **keys)


def asked(server: ModelServer) -> list[str]:
    """What the model was asked since the last look: the skills' names, or `decision`."""
    found = []
    for request in server.asked:
        name = re.search(r'<skill name=\\"([\w-]+)\\">', str(request).replace('"', '\\"'))
        found.append(name[1] if name else "decision")
    server.seen.clear()
    return found


def run(*names: str) -> Any:
    """A decision to run these."""
    skills = [{"skill": name, "reason": f"{name} is next"} for name in names]
    return answer({"reason": "next", "action": "run", "skills": skills})


FINISH = answer({"reason": "done", "action": "finish"})


def three(root: Path) -> None:
    """Of the topic a title and a list are made, of the title a text."""
    llm(root, "a-title", "topic", "title")
    llm(root, "b-text", "title", "text")
    llm(root, "c-list", "topic", "list")


async def first_run(place: Workplace, server: ModelServer, **data: Any) -> str:
    thread_id = await place.start(sop="Make it all.", data={"topic": "tea", **data})
    await place.until(thread_id, "completed")
    server.seen.clear()
    return thread_id


async def without_planner(place: Workplace, server: ModelServer, *names: str, data: dict[str, Any]) -> str:
    """A run of llm skills that is planned without a model."""
    place.settings.model = None
    thread_id = await place.start(*names, data=data)
    place.settings.model = MODEL
    await place.until(thread_id, "completed")
    server.seen.clear()
    return thread_id


async def test_nothing_changed_no_model_is_asked(place: Workplace, server: ModelServer) -> None:
    three(place.root)
    await place.load()
    async with place.worker():
        root = await first_run(place, server)
        plan = await place.plan(root, UNCHANGED)
        again = await place.rerun(root, UNCHANGED)
        state = await place.until(again, "completed")
        third = await place.rerun(again, UNCHANGED)
        await place.until(third, "completed")
    assert asked(server) == []
    assert whys(await place.steps(third)) == ["reused"] * 3
    as_planned(plan, await place.steps(again))
    assert {line["action"] for line in plan["steps"]} == {"reuse"}
    assert plan["open_from"] is None
    assert plan["estimate"] == dict.fromkeys(plan["estimate"], 0)
    assert state["tokens"] == 0
    assert await place.data(third) == await place.data(root)


async def test_one_prompt_edited_only_what_hangs_on_it_is_asked(
    place: Workplace, server: ModelServer
) -> None:
    three(place.root)
    await place.load()
    async with place.worker():
        root = await without_planner(place, server, "b-text", "c-list", data={"topic": "tea"})
        llm(place.root, "a-title", "topic", "title", body="Be bold.")
        await place.load()
        plan = await place.plan(root, UNCHANGED)
        same = await place.rerun(root, UNCHANGED)
        await place.until(same, "completed")
        assert asked(server) == ["a-title"]  # which answered as before
        llm(place.root, "a-title", "topic", "title", body="Be bolder.")
        await place.load()
        server.say(answer({"title": "Tea!"}))
        other = await place.rerun(same, UNCHANGED)
        await place.until(other, "completed")
    assert asked(server) == ["a-title", "b-text"]
    reasons = {line["skill"]: line["reason"] for line in plan["steps"]}
    assert reasons["a-title"] == "skill changed"
    assert plan["counts"] == {"reuse": 1, "execute": 1, "open": 1}
    assert plan["estimate"]["tokens"] == 150
    as_planned(plan, await place.steps(same))


async def test_a_planner_is_asked_again_only_after_what_has_changed(
    place: Workplace, server: ModelServer
) -> None:
    """It is told what was carried out, so that all decisions after a changed step are its own."""
    three(place.root)
    await place.load()
    async with place.worker():
        root = await first_run(place, server)  # a-title, b-text, c-list, one after the other
        llm(place.root, "b-text", "title", "text", body="Be brief.")
        await place.load()
        plan = await place.plan(root, UNCHANGED)
        again = await place.rerun(root, UNCHANGED)
        await place.until(again, "completed")
    assert asked(server) == ["b-text", "decision", "decision"]
    assert whys(await place.steps(again)) == ["reused", None, "reused"]
    actions = [(line["skill"] or "", line["action"], line["expected"]) for line in plan["steps"]]
    assert actions[:4] == [
        ("", "reuse", "reuse"),
        ("a-title", "reuse", "reuse"),
        ("", "reuse", "reuse"),
        ("b-text", "execute", "execute"),
    ]
    assert {action for _, action, _ in actions[4:]} == {"open"}
    assert plan["open_from"] is not None
    as_planned(plan, await place.steps(again))


async def test_another_model_is_asked_everything_but_what_names_its_own(
    place: Workplace, server: ModelServer
) -> None:
    three(place.root)
    llm(place.root, "c-list", "topic", "list", model=MODEL)
    await place.load()
    async with place.worker():
        root = await without_planner(place, server, "b-text", "c-list", data={"topic": "tea"})
        other = RerunRequest(plan="unchanged", results="unchanged", model="openai:other")
        plan = await place.plan(root, other)
        again = await place.rerun(root, other)
        await place.until(again, "completed")
        assert asked(server) == ["a-title", "b-text"]
        back = await place.rerun(again, RerunRequest(plan="unchanged", results="unchanged", model=MODEL))
        await place.until(back, "completed")
    assert asked(server) == []  # the first run is an ancestor too
    lines = {line["skill"]: line for line in plan["steps"]}
    assert (lines["a-title"]["action"], lines["a-title"]["reason"]) == ("execute", "model changed")
    assert lines["b-text"]["action"] == "execute"
    assert lines["c-list"]["action"] == "reuse"
    as_planned(plan, await place.steps(again))


async def test_another_model_decides_anew(place: Workplace, server: ModelServer) -> None:
    three(place.root)
    await place.load()
    async with place.worker():
        root = await first_run(place, server)
        other = RerunRequest(plan="unchanged", model="openai:other")
        again = await place.rerun(root, other)
        await place.until(again, "completed")
    assert asked(server).count("decision") == 4


async def test_the_two_axes_are_independent(place: Workplace, server: ModelServer) -> None:
    three(place.root)
    await place.load()
    async with place.worker():
        root = await first_run(place, server)
        decided_anew = await place.rerun(root, RerunRequest(results="unchanged"))
        await place.until(decided_anew, "completed")
        assert asked(server) == ["decision"] * 4
        assert whys(await place.steps(decided_anew)) == ["reused"] * 3
        done_anew = await place.rerun(root, RerunRequest(plan="unchanged"))
        await place.until(done_anew, "completed")
        assert asked(server) == ["a-title", "b-text", "c-list"]
        assert whys(await place.steps(done_anew)) == [None] * 3


async def test_recorded_decisions_are_followed_whatever_comes_out(
    place: Workplace, server: ModelServer
) -> None:
    three(place.root)
    await place.load()
    recorded = RerunRequest(plan="recorded", changes={"topic": "coffee"})
    async with place.worker():
        root = await first_run(place, server)
        plan = await place.plan(root, recorded)
        again = await place.rerun(root, recorded)
        await place.until(again, "completed")
    assert asked(server) == ["a-title", "b-text", "c-list"]
    as_planned(plan, await place.steps(again))
    assert plan["counts"] == {"reuse": 0, "execute": 3, "open": 0}


async def test_a_plan_that_certainly_cannot_be_followed_is_refused(
    place: Workplace, server: ModelServer
) -> None:
    three(place.root)
    await place.load()
    async with place.worker():
        root = await first_run(place, server)
        with pytest.raises(PlanDiverged, match=r"a-title.* needs topic, which is not there"):
            await place.rerun(root, RerunRequest(plan="recorded", changes={"topic": None}))
        shutil.rmtree(place.root / "b-text")
        await place.load()
        gone = RerunRequest(plan="recorded")
        assert (await place.plan(root, gone))["ends"]["type"] == "plan-diverged"
        with pytest.raises(PlanDiverged, match="b-text"):
            await place.rerun(root, gone)
        pinned = await place.rerun(root, RerunRequest(plan="recorded", skills="pinned"))
        await place.until(pinned, "completed")
    assert await place.pool.fetchval("SELECT count(*) FROM run_metadata") == 2


async def test_it_diverges_where_a_step_does_not_produce_what_the_next_one_needs(
    place: Workplace, server: ModelServer
) -> None:
    code = 'return {"title": "x"} if inputs["topic"] == "tea" else {}'
    inline(place.root, "a-title", code, requires="topic", produces="title?")
    llm(place.root, "b-text", "title", "text")
    await place.load()
    recorded = RerunRequest(plan="recorded", changes={"topic": "coffee"})
    async with place.worker():
        root = await first_run(place, server)
        plan = await place.plan(root, recorded)
        again = await place.rerun(root, recorded)
        state = await place.until(again, "failed")
    assert plan["ends"] is None
    assert plan["open_because"] == "a-title may or may not produce title"
    assert state["error"]["type"] == "plan-diverged"
    assert state["error"]["seq"] == 3
    assert "b-text, which the recording runs next, needs title" in state["error"]["message"]
    assert asked(server) == []


async def test_it_diverges_where_a_step_fails_and_says_why_it_failed(
    place: Workplace, server: ModelServer
) -> None:
    inline(place.root, "a-title", 'return {"title": 10 // inputs["n"]}', requires="n", produces="title")
    llm(place.root, "b-text", "title", "text")
    await place.load()
    async with place.worker():
        root = await first_run(place, server, n=1)
        again = await place.rerun(root, RerunRequest(plan="recorded", changes={"n": 0}))
        state = await place.until(again, "failed")
    error = state["error"]
    assert (error["type"], error["seq"], error["skill"]) == ("plan-diverged", 2, "a-title")
    assert "ZeroDivisionError" in error["cause"]["message"] or "division" in error["cause"]["message"]
    assert asked(server) == []


async def test_it_diverges_where_the_recording_ends(place: Workplace, server: ModelServer) -> None:
    inline(place.root, "a-title", "raise ValueError('bug')", requires="topic", produces="title")
    llm(place.root, "b-text", "title", "text")
    await place.load()
    async with place.worker():
        root = await place.start(sop="Make it all.", data={"topic": "tea"})
        await place.until(root, "failed")
        inline(place.root, "a-title", 'return {"title": "x"}', requires="topic", produces="title")
        await place.load()
        with pytest.raises(PlanDiverged, match=f"the recording of {root} ends here"):
            await place.rerun(root, RerunRequest(plan="recorded"))
        server.seen.clear()
        goes_on = await place.rerun(root, RerunRequest(start="failure"))
        await place.until(goes_on, "completed")
    assert asked(server) == ["decision", "b-text", "decision"]  # the first decision is kept


async def test_recorded_answers_of_a_model_need_no_model(place: Workplace, server: ModelServer) -> None:
    three(place.root)
    await place.load()
    replay = RerunRequest(plan="recorded", results="recorded")
    async with place.worker():
        root = await first_run(place, server)
        llm(place.root, "a-title", "topic", "title", body="Something else.")
        await place.load()
        again = await place.rerun(root, replay)
        await place.until(again, "completed")
        twice = await place.rerun(again, replay)
        await place.until(twice, "completed")
    assert asked(server) == []
    assert await place.data(twice) == await place.data(root)
    assert {step.reused_from["thread_id"] for step in await place.steps(twice)} == {root}


def customers(
    root: Path, file: Path, *, line: str = "inputs['mail']['text']", key: str = "customer.id"
) -> None:
    """A model writes the text of a mail, of which `line` is what is kept to look at."""
    llm(root, "a-write", "customer.name amount", "mail.text")
    code = (
        f'with open({str(file)!r}, "a") as file:\n    file.write(f"{{{line}}}\\n")\nreturn {{"sent": True}}'
    )
    reads = "customer.id mail.text amount"
    inline(root, "b-mail", code, requires=reads, produces="sent", effects="irreversible", effect_key=key)


CUSTOMER = {"customer": {"id": 7, "name": "Ann"}, "amount": 100}


async def test_a_mail_that_a_model_worded_otherwise_is_not_sent_again(
    place: Workplace, server: ModelServer
) -> None:
    file = place.settings.home / "mails"
    customers(place.root, file)
    await place.load()
    async with place.worker():
        server.say(run("a-write"), answer({"mail": {"text": "Dear Ann"}}), run("b-mail"), FINISH)
        root = await first_run(place, server, **CUSTOMER)
        server.say(run("a-write"), answer({"mail": {"text": "Hello Ann"}}), run("b-mail"), FINISH)
        again = await place.rerun(root, RerunRequest())
        state = await place.until(again, "completed")
    assert file.read_text() == "Dear Ann\n"
    assert state["not_repeated"] == 1
    mail = (await place.steps(again))[1]
    assert mail.reused_from == {"why": "receipt", "thread_id": root, "seq": 4, "stale": ["mail.text"]}
    assert (await place.data(again))["mail"]["text"] == "Hello Ann"


async def test_a_changed_amount_waits_for_consent(place: Workplace, server: ModelServer) -> None:
    file = place.settings.home / "mails"
    customers(place.root, file, line="inputs['amount']", key="customer.id amount")
    await place.load()
    async with place.worker():
        root = await first_run(place, server, **CUSTOMER)
        again = await place.rerun(root, RerunRequest(changes={"amount": 120}))
        wait = await place.until_waiting(again, "consent")
    assert wait["asks"]["earlier_receipt"]["key"] == {"customer.id": 7, "amount": 100}
    assert wait["asks"]["effect"]["key"] == {"customer.id": 7, "amount": 120}
    assert file.read_text() == "100\n"


async def test_requests_to_models_are_counted_for_the_metrics(place: Workplace, server: ModelServer) -> None:
    three(place.root)
    await place.load()
    async with place.worker():
        await place.until(await place.start(sop="Make it all.", data={"topic": "tea"}), "completed")
        sent = len(server.asked)
        assert sent > 3  # three skills, and the planner
        async with asyncio.timeout(30):  # figures leave a worker with each renewal of its lease
            while (counted := await _counted(place)) < sent:
                await asyncio.sleep(0.05)
    assert counted == sent


async def _counted(place: Workplace) -> float:
    async with place.pool.acquire() as conn:
        return sum(of.get("model_requests_total", 0) for of in (await workers.counts(conn)).values())
