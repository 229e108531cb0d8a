"""What people answered, in reruns: reused only where the very same is asked again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.engine.logged import as_planned, done, step, whys
from tests.engine.workplace import Workplace, add_skill, inline

from agentskills.domain.rerun import RerunRequest

pytestmark = pytest.mark.anyio

UNCHANGED = RerunRequest(plan="unchanged", results="unchanged")


def only_what_changed(**changes: Any) -> RerunRequest:
    return RerunRequest(plan="unchanged", results="unchanged", changes=changes)


@pytest.fixture
def log(place: Workplace) -> Path:
    return place.settings.home / "log"


def pay(root: Path, log: Path, when: str = "before", **keys: str) -> None:
    """A skill with an approval, and one that reads what it produces."""
    step(root, "pay", "amount", "paid", log=log, approval=when, **keys)
    step(root, "book", "paid", "booked", log=log)


async def paid(place: Workplace, log: Path, **answer: Any) -> str:
    """A run of both, approved, whose log has been read."""
    run = await place.start("pay", "book", data={"amount": 500, "note": "x"})
    await place.until_waiting(run, "approval")
    await place.approve(run, **answer)
    await place.until(run, "completed")
    assert done(log) == ["pay", "book"]
    return run


@pytest.mark.parametrize("when", ["before", "after"])
async def test_the_same_needs_no_second_approval(place: Workplace, log: Path, when: str) -> None:
    pay(place.root, log, when)
    await place.load()
    async with place.worker():
        run = await paid(place, log)
        asked = only_what_changed(note="y")  # which nobody reads
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
    steps = await place.steps(again)
    assert done(log) == []
    assert whys(steps) == ["reused"] * 3
    as_planned(plan, steps)
    approval = next(step for step in steps if step.kind == "approval")
    assert approval.actor["name"] == "ada"  # who approved it, not who asked for the rerun


@pytest.mark.parametrize("when", ["before", "after"])
async def test_another_amount_is_approved_anew(place: Workplace, log: Path, when: str) -> None:
    pay(place.root, log, when)
    await place.load()
    async with place.worker():
        run = await paid(place, log)
        asked = only_what_changed(amount=600)
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        wait = await place.until_waiting(again, "approval")
        assert wait["asks"]["shown"] == ({"amount": 600} if when == "before" else {"paid": 601})
        await place.approve(again)
        await place.until(again, "completed")
        third = await place.rerun(again, only_what_changed(amount=500))  # as the first run had it
        await place.until(third, "completed")
    assert whys(await place.steps(again)) == [None] * 3
    as_planned(plan, await place.steps(again))
    line = next(line for line in plan["steps"] if line["kind"] == "approval")
    if when == "before":
        assert (line["action"], line["reason"]) == ("execute", "what is approved differs")
        assert line["estimate"] == {"tokens": 0, "money": 0, "seconds": 0, "from": None}  # people take none
    else:  # it may be paid the same in the end
        assert (line["action"], line["expected"]) == ("open", "reuse")
    assert whys(await place.steps(third)) == ["reused"] * 3


async def test_another_version_of_the_skill_is_approved_anew(place: Workplace, log: Path) -> None:
    pay(place.root, log)
    await place.load()
    async with place.worker():
        run = await paid(place, log)
        pay(place.root, log, timeout="30s")
        await place.load()
        plan = await place.plan(run, UNCHANGED)
        again = await place.rerun(run, UNCHANGED)
        await place.until_waiting(again, "approval")
    line = next(line for line in plan["steps"] if line["kind"] == "approval")
    assert line["action"] == "execute"
    assert done(log) == []


async def test_where_everything_is_done_anew_it_is_approved_anew(place: Workplace, log: Path) -> None:
    pay(place.root, log)
    await place.load()
    async with place.worker():
        run = await paid(place, log)
        again = await place.rerun(run, RerunRequest(plan="unchanged"))
        await place.until_waiting(again, "approval")
    assert done(log) == []


@pytest.mark.parametrize("when", ["before", "after"])
async def test_edits_are_taken_along(place: Workplace, log: Path, when: str) -> None:
    pay(place.root, log, when)
    await place.load()
    edit = {"amount": 40} if when == "before" else {"paid": 41}
    async with place.worker():
        run = await paid(place, log, data=edit, note="too much")
        plan = await place.plan(run, UNCHANGED)
        again = await place.rerun(run, UNCHANGED)
        await place.until(again, "completed")
    assert done(log) == []
    assert whys(await place.steps(again)) == ["reused"] * 3
    as_planned(plan, await place.steps(again))
    assert (await place.data(again))["booked"] == 42
    assert await place.data(again) == await place.data(run)


async def test_edits_of_a_kept_approval_stand_when_the_skill_after_it_is_done_anew(
    place: Workplace, log: Path
) -> None:
    pay(place.root, log)
    await place.load()
    async with place.worker():
        run = await paid(place, log, data={"amount": 40})
        skill = next(step for step in await place.steps(run) if step.kind == "skill")
        asked = RerunRequest(start=skill.seq)
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
    assert done(log) == ["pay", "book"]
    assert whys(await place.steps(again)) == ["kept", None, None]
    as_planned(plan, await place.steps(again))
    assert (await place.data(again))["booked"] == 42


async def test_an_edit_can_be_corrected(place: Workplace, log: Path) -> None:
    """The amount that counts was set by whoever approved it; a change of it is one of that answer."""
    pay(place.root, log)
    await place.load()
    async with place.worker():
        run = await paid(place, log, data={"amount": 40})
        asked = only_what_changed(amount=30)
        plan = await place.plan(run, asked)
        assert [(c["skill"], c["paths"]) for c in plan["corrections"]] == [("pay", ["amount"])]
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        assert done(log) == ["pay", "book"]
        later = await place.rerun(again, UNCHANGED)
        await place.until(later, "completed")
        back = await place.rerun(run, UNCHANGED)
        await place.until(back, "completed")
    assert done(log) == []
    steps = await place.steps(again)
    assert whys(steps) == ["given", None, None]
    as_planned(plan, steps)
    assert steps[0].actor["name"] == "ada"
    assert await place.data(again) == {"amount": 30, "note": "x", "paid": 31, "booked": 32}
    assert whys(await place.steps(later)) == ["given", "reused", "reused"]
    assert (await place.data(back))["amount"] == 40


async def test_a_rejection_is_never_reused(place: Workplace, log: Path) -> None:
    pay(place.root, log)
    await place.load()
    async with place.worker():
        run = await place.start("pay", "book", data={"amount": 500})
        await place.until_waiting(run, "approval")
        await place.approve(run, decision="reject", note="no")
        await place.until(run, "failed")
        for asked in (UNCHANGED, RerunRequest(start="failure"), RerunRequest()):
            plan = await place.plan(run, asked)
            line = next(line for line in plan["steps"] if line["kind"] == "approval")
            assert line["action"] == "execute", line
            again = await place.rerun(run, asked)
            await place.until_waiting(again, "approval")
            await place.approve(again)
            await place.until(again, "completed")
            assert done(log) == ["pay", "book"]


FORM = (
    "form:\n  type: object\n  required: [score]\n  properties:\n"
    "    score: {type: integer}\n    note: {type: string}\n"
)


def judge(root: Path, log: Path) -> None:
    """A form that a person fills in, and a skill that reads the answer."""
    add_skill(root, "judge", "", executor="human", requires="name", produces="score note?", sidecar=FORM)
    step(root, "book", "score", "booked", log=log)


async def judged(place: Workplace, log: Path) -> str:
    run = await place.start("judge", "book", data={"name": "Bo", "other": 1})
    await place.until_waiting(run, "approval")
    await place.approve(run, data={"score": 7})
    await place.until(run, "completed")
    done(log)
    return run


async def test_a_form_is_filled_in_again_only_for_other_values(place: Workplace, log: Path) -> None:
    judge(place.root, log)
    await place.load()
    async with place.worker():
        run = await judged(place, log)
        same = await place.rerun(run, only_what_changed(other=2))
        await place.until(same, "completed")
        assert done(log) == []
        other = await place.rerun(run, only_what_changed(name="Al"))
        await place.until_waiting(other, "approval")
        await place.approve(other, data={"score": 7, "note": "well"})
        await place.until(other, "completed")
        anew = await place.rerun(run, RerunRequest())
        await place.until_waiting(anew, "approval")
    assert whys(await place.steps(same)) == ["reused", "reused"]
    assert (await place.steps(same))[0].actor["name"] == "ada"
    assert whys(await place.steps(other)) == [None, "reused"]  # the same score again
    assert done(log) == []


async def test_a_score_that_a_person_corrects_stands(place: Workplace, log: Path) -> None:
    """Whether a skill or a person had given it: its readers are done anew, and it is no source of reuse."""
    judge(place.root, log)
    await place.load()
    async with place.worker():
        run = await judged(place, log)
        corrected = await place.rerun(run, only_what_changed(score=9))
        await place.until(corrected, "completed")
        assert done(log) == ["book"]
        assert whys(await place.steps(corrected)) == ["given", None]
        elsewhere = await place.rerun(corrected, only_what_changed(name="Al"))
        await place.until(elsewhere, "completed")  # the correction stands, whatever it was made of
    assert await place.data(elsewhere) == {"name": "Al", "other": 1, "score": 9, "booked": 10}
    assert whys(await place.steps(elsewhere)) == ["given", "reused"]


async def test_a_correction_of_one_path_leaves_the_others_as_they_were(place: Workplace) -> None:
    inline(place.root, "rate", 'return {"r": {"score": 1, "why": "x"}, "n": 1}', requires="a", produces="r n")
    await place.load()
    async with place.worker():
        run = await place.start("rate", data={"a": 1})
        await place.until(run, "completed")
        again = await place.rerun(run, only_what_changed(r={"score": 2}))
        await place.until(again, "completed")
        twice = await place.rerun(again, only_what_changed(r={"why": None}))
        await place.until(twice, "completed")
    assert await place.data(again) == {"a": 1, "r": {"score": 2, "why": "x"}, "n": 1}
    assert await place.data(twice) == {"a": 1, "r": {"score": 2}, "n": 1}
    assert whys(await place.steps(twice)) == ["given"]


async def test_a_payment_that_was_approved_is_not_made_twice_and_another_one_is_approved_and_agreed_to(
    place: Workplace, log: Path
) -> None:
    pay(place.root, log, effects="irreversible", effect_key="amount")
    await place.load()
    async with place.worker():
        run = await paid(place, log)
        same = await place.rerun(run, UNCHANGED)
        await place.until(same, "completed")
        other = await place.rerun(run, only_what_changed(amount=600))
        await place.until_waiting(other, "approval")
        await place.approve(other)
        await place.until_waiting(other, "consent")
        assert done(log) == []
        await place.approve(other)
        await place.until(other, "completed")
    assert whys(await place.steps(same)) == ["reused", "receipt", "reused"]
    assert done(log) == ["pay", "book"]
