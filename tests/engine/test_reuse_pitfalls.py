"""What others fell into: results of the wrong run, version or person; effects and secrets that slip out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.engine.logged import done, step, whys
from tests.engine.workplace import PERSON, Workplace, add_skill, inline
from tests.skills.folders import write
from tests.stubs.http_service import HttpService, Reply, Seen

from agentskills.domain.errors import EffectNeeded
from agentskills.domain.rerun import RerunRequest, request_from
from agentskills.storage import runs

pytestmark = pytest.mark.anyio

UNCHANGED = RerunRequest(plan="unchanged", results="unchanged")


def only_what_changed(**changes: Any) -> RerunRequest:
    return RerunRequest(plan="unchanged", results="unchanged", changes=changes)


@pytest.fixture
def log(place: Workplace) -> Path:
    return place.settings.home / "log"


async def test_pitfall_5_each_result_comes_from_the_run_that_produced_it(place: Workplace, log: Path) -> None:
    """A rerun of an edited rerun goes on from the edited one, not from the root."""
    for name, reads, writes in (("a", "x", "p"), ("b", "y", "q"), ("c", "z", "r")):
        step(place.root, name, reads, writes, log=log)
    step(place.root, "sum", "p q r", "s", log=log)
    await place.load()
    async with place.worker():
        one = await place.start("sum", data={"x": 1, "y": 1, "z": 1})
        await place.until(one, "completed")
        two = await place.rerun(one, only_what_changed(x=2))
        await place.until(two, "completed")
        three = await place.rerun(two, only_what_changed(y=2))
        await place.until(three, "completed")
        four = await place.rerun(three, UNCHANGED)
        await place.until(four, "completed")
        done(log)
        from_root = await place.rerun(one, only_what_changed(x=2, y=2))  # its siblings are no ancestors
        await place.until(from_root, "completed")
    assert await place.data(four) == {"x": 2, "y": 2, "z": 1, "p": 3, "q": 3, "r": 2, "s": 4}
    origins = {step.skill: step.reused_from["thread_id"] for step in await place.steps(four)}
    assert origins == {"a": two, "b": three, "c": one, "sum": three}
    assert sorted(done(log)) == ["a", "b", "sum"]
    rows = await place.pool.fetch("SELECT thread_id, parent_thread_id, root_thread_id FROM run_metadata")
    lineage = {row[0]: (row[1], row[2]) for row in rows}
    assert lineage[four] == (three, one)


async def test_pitfall_7_a_result_never_goes_to_another_skill_or_version(place: Workplace, log: Path) -> None:
    """Two skills change places, and another one comes in before them: neither name nor position counts."""
    step(place.root, "alpha", "x", "p", log=log, plus=1)
    step(place.root, "beta", "x", "q", log=log, plus=10)
    await place.load()
    async with place.worker():
        run = await place.start(sop="Do it.", data={"x": 0})
        await place.until(run, "completed")
        done(log)
        step(place.root, "alpha", "x", "q", log=log, plus=10)
        step(place.root, "beta", "x", "p", log=log, plus=1)
        step(place.root, "aaa", "x", "o", log=log)
        await place.load()
        plan = await place.plan(run, UNCHANGED)
        again = await place.rerun(run, UNCHANGED)
        await place.until(again, "completed")
        assert sorted(done(log)) == ["aaa", "alpha", "beta"]  # the digest of a skill holds its name
        assert await place.data(again) == {"x": 0, "o": 1, "p": 1, "q": 10}
        shutil.rmtree(place.root / "aaa")
        step(place.root, "alpha", "x", "p", log=log, plus=1)
        step(place.root, "beta", "x", "q", log=log, plus=10)
        await place.load()
        back = await place.rerun(again, UNCHANGED)
        await place.until(back, "completed")
    assert done(log) == []
    assert {step.reused_from["thread_id"] for step in await place.steps(back)} == {run}
    assert {version["skill"] for version in plan["versions"]} == {"alpha", "beta"}


async def test_pitfall_8_where_nothing_may_go_out_nothing_does_and_what_is_not_repeated_is_said(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GET, a PUT that may be repeated, and a POST: none is sent; and a receipt is never silent."""
    request = (
        'request: {{method: {method}, url: "{{env.URL}}/{name}/{{x}}"}}\nresponse: {{{name}: "$.{name}"}}\n'
    )
    for name, method, effects in (("got", "GET", "none"), ("put", "PUT", "idempotent"), ("sent", "POST", "")):
        keys = {"effects": effects or "irreversible"}
        sidecar = request.format(method=method, name=name)
        add_skill(place.root, name, "", executor="rest", requires="x", produces=name, sidecar=sidecar, **keys)
    await place.load()
    async with HttpService(lambda seen: Reply(200, {seen.path.split("/")[1]: 1})) as service:
        monkeypatch.setenv("URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("got", "put", "sent", data={"x": 1})
            await place.until(run, "completed")
            assert len(service.seen) == 3
            service.seen.clear()
            for results in ("new", "unchanged"):
                dry = await place.rerun(run, RerunRequest(effects="none", results=results))  # type: ignore[arg-type]
                await place.until(dry, "completed")
                assert whys(await place.steps(dry)) == ["stand_in"] * 3
            with pytest.raises(EffectNeeded):
                await place.rerun(run, RerunRequest(effects="none", changes={"x": 2}))
            assert service.seen == []
            again = await place.rerun(run, RerunRequest())
            state = await place.until(again, "completed")
    assert sorted(seen.method for seen in service.seen) == ["GET", "PUT"]
    assert state["not_repeated"] == 1
    reason = next(step.reason for step in await place.steps(again) if step.skill == "sent")
    assert reason.startswith(f"not repeated: sent, done by {run} at ")


async def test_pitfall_10_a_rerun_takes_no_secret_along(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Secrets are resolved anew; their values are in no fingerprint, and nowhere in what is stored."""
    first, second = "first-planted-secret", "second-planted-secret"
    sidecar = (
        'request: {method: POST, url: "{env.URL}/s", headers: {X-Key: "{secret.KEY}"}, body: {x: "{x}"}}\n'
        'response: {score: "$.score"}\n'
    )
    add_skill(
        place.root,
        "score",
        "",
        executor="rest",
        effects="idempotent",
        requires="x",
        produces="score",
        sidecar=sidecar,
    )
    await place.load()

    def echo(seen: Seen) -> Reply:
        return Reply(200, {"score": f"by {seen.headers['x-key']}"})

    async with HttpService(echo) as service:
        monkeypatch.setenv("URL", service.url)
        monkeypatch.setenv("ASF_SECRET_KEY", first)
        async with place.worker(private_hosts=service.private):
            run = await place.start("score", data={"x": 1})
            await place.until(run, "completed")
            monkeypatch.setenv("ASF_SECRET_KEY", second)
            again = await place.rerun(run, RerunRequest())
            await place.until(again, "completed")
            same = await place.rerun(again, UNCHANGED)
            await place.until(same, "completed")
            plan = await place.plan(same, RerunRequest(changes={"x": 2}))
    assert [seen.headers["x-key"] for seen in service.seen] == [first, second]
    assert whys(await place.steps(same)) == ["reused"]
    assert "planted" not in json.dumps(plan, default=str)
    tables = await place.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for (table,) in tables:
        rows = await place.pool.fetch(f'SELECT t::text FROM "{table}" t')
        assert not [row for row in rows if "planted" in row[0]], table


async def test_pitfall_17_an_approval_never_passes_for_what_was_not_approved(
    place: Workplace, log: Path
) -> None:
    step(place.root, "pay", "amount to", "paid", log=log, approval="before")
    await place.load()
    async with place.worker():
        run = await place.start("pay", data={"amount": 5, "to": "ann"})
        await place.until_waiting(run, "approval")
        await place.approve(run)
        await place.until(run, "completed")
        done(log)
        for asked in (only_what_changed(to="bob"), only_what_changed(amount=6), RerunRequest()):
            again = await place.rerun(run, asked)
            await place.until_waiting(again, "approval")
        recorded = await place.rerun(run, RerunRequest(plan="recorded", changes={"amount": 6}))
        await place.until_waiting(recorded, "approval")  # a followed plan is no approval either
        third = await place.rerun(run, only_what_changed(amount=6))
        await place.until_waiting(third, "approval")
        await place.approve(third)
        await place.until(third, "completed")
        back = await place.rerun(third, only_what_changed(amount=5))
        await place.until(back, "completed")
    assert done(log) == ["pay"]
    assert whys(await place.steps(back)) == ["reused", "reused"]


async def test_pitfall_18_spelling_and_attempts_are_in_no_fingerprint_but_files_and_environment_are(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = place.settings.home / "tried"
    code = (
        "import pathlib\n"
        f"tried = pathlib.Path({str(tried)!r})\n"
        "if not tried.exists():\n    tried.touch()\n    raise RuntimeError('not yet')\n"
        "return {'b': len(inputs['a'])}"
    )
    inline(
        place.root, "load", code, requires="a", produces="b", retries="1", backoff="exponential 10ms..10ms"
    )
    write(place.root / "load" / "references" / "table.csv", "1\n" * 200_000)
    sidecar = 'request: {method: GET, url: "{env.URL}/ask/{b}"}\nresponse: {c: "$.c"}\n'
    add_skill(
        place.root, "ask", "", executor="rest", requires="b", produces="c", reuse="yes", sidecar=sidecar
    )
    await place.load()
    async with HttpService(lambda seen: Reply(200, {"c": 1})) as service:
        monkeypatch.setenv("URL", service.url)
        async with place.worker(private_hosts=service.private):
            run = await place.start("ask", data={"a": {"n": 1, "m": [1, 2]}})
            await place.until(run, "completed")
            assert (await place.steps(run))[0].attempt == 2
            respelled = RerunRequest(
                plan="unchanged", results="unchanged", initial_data={"a": {"m": [1.0, 2], "n": 1.0}}
            )
            for asked in (respelled, UNCHANGED):
                run = await place.rerun(run, asked)
                await place.until(run, "completed")
                assert whys(await place.steps(run)) == ["reused", "reused"]
            write(place.root / "load" / "references" / "table.csv", "1\n" * 199_999 + "2\n")
            await place.load()
            run = await place.rerun(run, UNCHANGED)
            await place.until(run, "completed")
            assert whys(await place.steps(run)) == [None, "reused"]
            monkeypatch.setenv("URL", service.url.replace("127.0.0.1", "localhost"))
            run = await place.rerun(run, UNCHANGED)
            await place.until(run)
            steps = await place.steps(run)
            assert whys(steps) == ["reused", None]
            floating = RerunRequest(plan="unchanged", results="unchanged", model="openai:gpt-latest")
            assert "floating name" in " ".join((await place.plan(run, floating))["warnings"])


async def test_pitfall_19_a_rerun_loses_nothing_of_what_it_repeats(place: Workplace, log: Path) -> None:
    step(place.root, "a", "x", "p", log=log)
    step(place.root, "b", "p", "q", log=log, effects="irreversible")
    await place.load()
    asked = RerunRequest(
        changes={"x": 2, "p": 7, "deep": {"k": None}},
        run_name="Another name",
        metadata={"team": "blue", "n": 2},
        plan="unchanged",
        results="unchanged",
        skills="pinned",
        effects="repeat",
        consent=("b",),
        reason="because",
    )
    async with place.worker():
        run = await place.start(
            "b",
            data={"x": 1, "deep": {"k": 1, "l": None}},
            metadata={"team": "red", "m": 1},
            run_name="A name",
            sop="Do b as it is written.",
            limits={"steps": 50},
        )
        await place.until(run, "completed")
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        third = await place.rerun(again, RerunRequest())
        await place.until(third, "completed")
    async with place.pool.acquire() as conn:
        first, second, last = [await runs.get(conn, thread_id) for thread_id in (run, again, third)]
    assert first is not None
    assert second is not None
    assert last is not None
    assert request_from(second.request or {}) == asked
    assert second.initial_data == {"x": 2, "deep": {"l": None}}
    assert second.metadata == {"team": "blue", "m": 1, "n": 2}
    assert second.requested_by["reason"] == "because"
    assert second.requested_by["name"] == PERSON.name
    for name in ("sop", "skills", "model", "planner", "limits", "root_thread_id", "sop_name"):
        assert getattr(last, name) == getattr(second, name) == getattr(first, name), name
    assert (last.initial_data, last.metadata, last.given) == (
        second.initial_data,
        second.metadata,
        second.given,
    )
    assert last.requested_by.get("reason") is None
    assert await place.data(third) == await place.data(again) == {"x": 2, "deep": {"l": None}, "p": 7, "q": 8}
