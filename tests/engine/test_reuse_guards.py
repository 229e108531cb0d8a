"""The last looks: consent right before acting, approvals only of what was approved, no stale inputs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.engine.logged import done, step, whys
from tests.engine.mailed import DATA, mail, mails, sent
from tests.engine.workplace import PERSON, Workplace, inline
from tests.skills.folders import write

from agentskills.domain.errors import PlanChanged, PlanDiverged
from agentskills.domain.rerun import RerunRequest
from agentskills.engine import intents
from agentskills.services.delete import delete

pytestmark = pytest.mark.anyio
UNCHANGED = RerunRequest(plan="unchanged", results="unchanged")
FROM_FAILURE = RerunRequest(start="failure")


@pytest.fixture
def log(place: Workplace) -> Path:
    return place.settings.home / "log"


@pytest.fixture
def file(place: Workplace) -> Path:
    return place.settings.home / "mails"


class Fuse:
    """A skill that fails until it is mended from outside, without a new version of it."""

    def __init__(self, place: Workplace, name: str = "fuse") -> None:
        self.path = place.settings.home / name

    def code(self, code: str) -> str:
        broken = f"import os\nif not os.path.exists({str(self.path)!r}):\n    raise ValueError('bug')\n"
        return broken + code

    def mend(self) -> None:
        self.path.touch()

    def blow(self) -> None:
        self.path.unlink()


async def rests(place: Workplace, run: str) -> tuple[str, list[str]]:
    """Where a run has come to rest: its status, and what it waits for."""
    state = await place.until(run, "completed", "failed", "waiting")
    while state["status"] == "waiting":
        waits = [wait["reason"] for wait in await place.waits(run)]
        if waits and not {"slot", "retry", "effect_elsewhere"} & set(waits):
            return "waiting", waits
        await asyncio.sleep(0.05)
        state = await place.until(run, "completed", "failed", "waiting")
    return state["status"], []


@pytest.mark.parametrize("asked", [RerunRequest(effects="repeat"), RerunRequest(changes={"customer": "bob"})])
async def test_who_waited_for_a_place_still_needs_consent(
    place: Workplace, file: Path, asked: RerunRequest
) -> None:
    mail(place.root, file, slow=1.0, concurrency="1")
    await place.load()
    async with place.worker():
        run = await sent(place)
        other = await place.start("mail", data={"customer": "zoe", "text": "hi"})
        await place.until(other, "running")
        again = await place.rerun(run, asked)
        await place.until(other, "completed")
        assert await rests(place, again) == ("waiting", ["consent"])
    assert mails(file) == ["ann hello", "zoe hi"]


async def test_who_paused_after_a_clean_failure_still_needs_consent(place: Workplace, file: Path) -> None:
    closed = place.settings.home / "closed"
    before = (
        f"import os\nif os.path.exists({str(closed)!r}):\n    os.remove({str(closed)!r})\n"
        "    class EffectNotDone(Exception):\n        pass\n    raise EffectNotDone('closed')"
    )
    mail(place.root, file, before=before, retries="3")
    await place.load()
    async with place.worker():
        run = await place.start("mail", data={"customer": "ann"})  # a text is missing
        await place.until(run, "failed")
        closed.touch()
        first = await place.rerun(run, RerunRequest(effects="repeat", changes={"text": "hello"}))
        await place.until_waiting(first, "retry")
        second = await place.rerun(run, RerunRequest(changes={"text": "hello"}))
        await place.until(second, "completed")
        assert await rests(place, first) == ("waiting", ["consent"])
    assert mails(file) == ["ann hello"]


async def test_what_comes_between_the_look_and_the_act_needs_consent(
    place: Workplace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another run's consented repetition fails with proof just when this one announces its own."""
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await sent(place)
        await place.pool.execute(
            """INSERT INTO effects (scope, skill, key_digest, key, repeat, state, thread_id, seq, inputs)
               SELECT scope, skill, key_digest, key, 1, 'intent', 'other', 2, inputs FROM effects"""
        )
        take = intents.Intents.take

        async def later(self: Any, *asked: Any) -> Any:
            await place.pool.execute("UPDATE effects SET state = 'failed' WHERE thread_id = 'other'")
            return await take(self, *asked)

        monkeypatch.setattr(intents.Intents, "take", later)
        again = await place.rerun(run, RerunRequest(effects="repeat"))
        assert await rests(place, again) == ("waiting", ["consent"])
    assert mails(file) == ["ann hello"]


async def test_what_may_have_gone_out_to_another_needs_consent(place: Workplace, file: Path) -> None:
    mail(place.root, file, act='raise RuntimeError("lost")')
    await place.load()
    async with place.worker():
        run = await place.start("mail", data=DATA)
        await place.until_waiting(run, "in_doubt")
        await place.approve(run, decision="stop")
        await place.until(run, "failed")
        again = await place.rerun(run, RerunRequest(changes={"customer": "bob"}))
        assert await rests(place, again) == ("waiting", ["consent"])
        (wait,) = await place.waits(again)
    assert wait["asks"]["subject"] == "mail may have been done in this family with other values"


@pytest.mark.parametrize("start", ["failure", "step"])
async def test_pitfall_17_a_kept_approval_does_not_pass_for_other_values(
    place: Workplace, log: Path, start: str
) -> None:
    fuse = Fuse(place)
    pay = (
        f'with open({str(log)!r}, "a") as log:\n    log.write(inputs["to"] + "\\n")\nreturn {{"paid": True}}'
    )
    inline(place.root, "pay", fuse.code(pay), requires="to", produces="paid", approval="before")
    await place.load()
    async with place.worker():
        run = await place.start("pay", data={"to": "ann"})
        await place.until_waiting(run, "approval")
        await place.approve(run)
        await place.until(run, "failed")
        fuse.mend()
        seq = (await place.steps(run))[1].seq
        asked = RerunRequest(start="failure" if start == "failure" else seq)
        same = await place.rerun(run, asked)
        assert await rests(place, same) == ("completed", [])
        assert whys(await place.steps(same)) == ["kept", None]
        changed = await place.rerun(run, replace(asked, changes={"to": "eve"}))
        assert await rests(place, changed) == ("waiting", ["approval"])
    assert done(log) == ["ann"]


async def test_pitfall_17_a_corrected_approval_does_not_pass_for_other_values(
    place: Workplace, log: Path
) -> None:
    pay = f"""with open({str(log)!r}, "a") as log:
    log.write(f'{{inputs["amount"]}}-{{inputs["to"]}}\\n')
return {{"paid": True}}"""
    inline(place.root, "pay", pay, requires="to amount", produces="paid", approval="before")
    await place.load()
    async with place.worker():
        run = await place.start("pay", data={"to": "ann", "amount": 500})
        await place.until_waiting(run, "approval")
        await place.approve(run, data={"amount": 40})
        await place.until(run, "completed")
        lower = await place.rerun(run, replace(UNCHANGED, changes={"amount": 30}))
        await place.until(lower, "completed")
        other = await place.rerun(lower, RerunRequest(changes={"to": "eve"}))
        assert await rests(place, other) == ("waiting", ["approval"])
    assert done(log) == ["40-ann", "30-ann"]


async def test_the_output_of_a_receipt_is_there_wherever_it_is_taken_over(
    place: Workplace, file: Path
) -> None:
    """A person said that it happened, in another run than the one that acted; then that result is kept."""
    fuse = Fuse(place)
    mail(place.root, file, act='raise RuntimeError("lost")')
    inline(
        place.root,
        "book",
        fuse.code('return {"booked": inputs["sent"]}'),
        requires="sent",
        produces="booked",
    )
    await place.load()
    async with place.worker():
        acted = await place.start("mail", "book", data=DATA)
        await place.until_waiting(acted, "in_doubt")
        await place.approve(acted, decision="stop")
        await place.until(acted, "failed")
        told = await place.rerun(acted, RerunRequest())
        await place.until_waiting(told, "in_doubt")
        await place.approve(told, decision="happened", data={"sent": "by hand"})
        await place.until(told, "failed")
        await delete(place.context, acted, None, PERSON)
        fuse.mend()
        kept = await place.rerun(told, FROM_FAILURE)
        await place.until(kept, "completed")
        later = await place.rerun(kept, replace(UNCHANGED, start=(await place.steps(kept))[1].seq))
        await place.until(later, "completed")
    assert whys(await place.steps(kept)) == ["kept", None]
    for run in (kept, later):
        assert (await place.data(run))["booked"] == "by hand"


async def test_a_kept_decision_does_not_carry_a_skill_out_without_what_it_needs(place: Workplace) -> None:
    fuse = Fuse(place)
    code = fuse.code('return {"sent": sorted(inputs)}')
    inline(place.root, "send", code, requires="a b", produces="sent")
    await place.load()
    async with place.worker():
        run = await place.start("send", data={"a": 1, "b": 2})
        await place.until(run, "failed")
        fuse.mend()
        asked = replace(FROM_FAILURE, changes={"b": None})
        assert (await place.plan(run, asked))["ends"]["type"] == PlanDiverged.type
        with pytest.raises(PlanDiverged, match="send, which the recording runs next, needs b"):
            await place.rerun(run, asked)


async def test_a_sample_of_a_dry_run_is_not_kept_for_real(place: Workplace, file: Path) -> None:
    fuse = Fuse(place)
    mail(place.root, file)
    write(place.root / "mail" / "asf.yaml", "sample:\n  sent: SAMPLE\n")
    book = fuse.code('return {"booked": inputs["sent"]}')
    inline(place.root, "book", book, requires="sent", produces="booked")
    await place.load()
    async with place.worker():
        run = await place.start("mail", "book", data={"customer": "ann"})  # a text is missing
        await place.until(run, "failed")
        dry = await place.rerun(run, RerunRequest(effects="none", changes={"text": "hello"}))
        await place.until(dry, "failed")
        fuse.mend()
        live = await place.rerun(dry, FROM_FAILURE)
        await place.until(live, "completed")
    assert whys(await place.steps(dry))[0] == "stand_in"
    assert whys(await place.steps(live)) == [None, None]
    assert mails(file) == ["ann hello"]


async def test_a_plan_is_open_where_a_path_hangs_on_a_value(place: Workplace) -> None:
    inline(place.root, "load", 'return {"order": {"total": 1}}', requires="x", produces="order")
    inline(place.root, "use", 'return {"used": 1}', requires="order.total", produces="used")
    await place.load()
    async with place.worker():
        run = await place.start("load", "use", data={"x": 1})
        await place.until(run, "completed")
        inline(place.root, "load", 'return {"order": {"sum": 1}}', requires="x", produces="order")
        await place.load()
        plan = await place.plan(run, UNCHANGED)
        again = await place.rerun(run, UNCHANGED)
        await place.until(again, "failed")
    assert plan["open_from"] == 3
    assert {line["action"] for line in plan["steps"] if line["seq"] >= 3} == {"open"}


async def test_a_token_knows_versions_that_no_recording_has(place: Workplace, log: Path) -> None:
    fuse = Fuse(place)
    inline(place.root, "one", fuse.code('return {"a": 1}'), requires="x", produces="a")
    step(place.root, "two", "a", "b", log=log)
    await place.load()
    async with place.worker():
        run = await place.start("one", "two", data={"x": 1})
        await place.until(run, "failed")
        fuse.mend()
        token = (await place.plan(run, UNCHANGED))["plan_token"]
        step(place.root, "two", "a", "b", log=log, plus=100)
        await place.load()
        with pytest.raises(PlanChanged):
            await place.rerun(run, replace(UNCHANGED, plan_token=token))


async def test_a_correction_touches_only_who_wrote_last(place: Workplace) -> None:
    first = 'return {"order": {"total": inputs["x"], "note": inputs["x"]}}'
    inline(place.root, "one", first, requires="x", produces="order")
    second = 'return {"order": {"total": inputs["order"]["total"] + 1}}'
    inline(place.root, "two", second, requires="order.note order.total", produces="order.total")
    await place.load()
    async with place.worker():
        run = await place.start("one", "two", data={"x": 1})
        await place.until(run, "completed")
        again = await place.rerun(run, RerunRequest(changes={"order": {"total": 50}, "x": 2}))
        await place.until(again, "completed")
    assert whys(await place.steps(again)) == [None, "given"]
    assert (await place.data(again))["order"] == {"total": 50, "note": 2}


async def test_a_removal_is_whole(place: Workplace) -> None:
    inline(place.root, "one", 'return {"order": {"total": 1}}', requires="x", produces="order.total")
    await place.load()
    async with place.worker():
        run = await place.start("one", data={"x": 1, "order": {"id": 7}})
        await place.until(run, "completed")
        again = await place.rerun(run, RerunRequest(changes={"order": None}))
        await place.until(again, "completed")
    assert await place.data(again) == {"x": 1}


async def test_pitfall_11_large_results_are_taken_over_whole(place: Workplace) -> None:
    inline(place.root, "big", 'return {"text": "x" * 100_000}', requires="x", produces="text")
    inline(place.root, "use", 'return {"size": len(inputs["text"])}', requires="text n", produces="size")
    await place.load()
    async with place.worker():
        run = await place.start("big", "use", data={"x": 1, "n": 1})
        await place.until(run, "completed")
        again = await place.rerun(run, replace(UNCHANGED, changes={"n": 2}))
        await place.until(again, "completed")
        last = await place.rerun(again, UNCHANGED)
        await place.until(last, "completed")
    assert whys(await place.steps(again)) == ["reused", None]
    assert await place.data(last) == {"x": 1, "n": 2, "text": "x" * 100_000, "size": 100_000}
    assert await place.pool.fetchval("SELECT count(*) FROM payloads") == 1
