"""Reruns in which nothing goes out: recordings and samples stand in, or the run ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.logged import as_planned, whys
from tests.engine.mailed import DATA, effect_of, mail, mails, sent
from tests.engine.workplace import Workplace, inline
from tests.skills.folders import skill_text, write

from agentskills.domain.errors import EffectNeeded
from agentskills.domain.rerun import RerunRequest

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(place: Workplace) -> Path:
    """Where the mails go: one line for each."""
    return place.settings.home / "mails"


async def test_nothing_goes_out_and_the_familys_recording_stands_in(place: Workplace, file: Path) -> None:
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await sent(place)
        between = await place.rerun(run, RerunRequest(changes={"customer": "bob"}, consent=("mail",)))
        await place.until(between, "completed")
        asked = RerunRequest(effects="none", changes={"text": "changed"})
        plan = await place.plan(run, asked)
        assert effect_of(plan)["state"] == "stands_in"
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        cousin = await place.rerun(run, RerunRequest(effects="none", changes={"customer": "bob"}))
        await place.until(cousin, "completed")
    as_planned(plan, await place.steps(again))
    (step,) = await place.steps(again)
    assert (step.reused_from["why"], step.reused_from["thread_id"]) == ("stand_in", run)
    assert (await place.steps(cousin))[0].reused_from["thread_id"] == between  # a sibling is family too
    assert (await place.data(cousin))["sent"] == "bob"
    assert len(mails(file)) == 2


SAMPLE = "sample: {sent: nobody}\n"


async def test_a_sample_stands_in_where_there_is_no_recording(place: Workplace, file: Path) -> None:
    mail(place.root, file, sidecar=SAMPLE)
    await place.load()
    async with place.worker():
        run = await sent(place)
        asked = RerunRequest(effects="none", changes={"customer": "bob"})
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        assert (await place.data(again))["sent"] == "nobody"
        real = await place.rerun(again, RerunRequest(results="unchanged", consent=("mail",)))
        await place.until(real, "completed")  # what only stood in is no source
    as_planned(plan, await place.steps(again))
    assert (await place.data(real))["sent"] == "bob"
    assert mails(file) == ["ann hello", "bob hello"]


async def test_without_a_stand_in_the_rerun_is_refused_before_anything_starts(
    place: Workplace, file: Path
) -> None:
    mail(place.root, file)
    await place.load()
    asked = RerunRequest(effects="none", changes={"customer": "bob"})
    async with place.worker():
        run = await sent(place)
        plan = await place.plan(run, asked)
        assert plan["ends"]["type"] == "effect-needed"
        with pytest.raises(EffectNeeded) as refused:
            await place.rerun(run, asked)
    assert refused.value.fields["step"] == 2
    assert await place.pool.fetchval("SELECT count(*) FROM run_metadata") == 1
    assert await place.pool.fetchval("SELECT rerun_count FROM run_metadata") == 0


async def test_what_it_may_or_may_not_produce_does_not_hide_that_it_ends_the_run(
    place: Workplace, file: Path
) -> None:
    mail(place.root, file, produces="sent?")
    inline(place.root, "book", 'return {"booked": inputs["sent"]}', requires="sent", produces="booked")
    await place.load()
    async with place.worker():
        run = await place.start("book", data=DATA, sop="Do mail, then book.")
        await place.until(run, "completed")
        with pytest.raises(EffectNeeded):
            await place.rerun(run, RerunRequest(effects="none", changes={"customer": "bob"}))


async def test_what_may_be_produced_beside_it_does_not_hide_that_it_ends_the_run(
    place: Workplace, file: Path
) -> None:
    inline(place.root, "look-up", 'return {"found": 1}', requires="text", produces="found?")
    mail(place.root, file)
    inline(place.root, "book", 'return {"booked": inputs["found"]}', requires="found", produces="booked")
    await place.load()
    async with place.worker():
        run = await place.start("look-up", "mail", "book", data=DATA)
        await place.until(run, "completed")
        with pytest.raises(EffectNeeded):
            await place.rerun(run, RerunRequest(effects="none", changes={"customer": "bob"}))


async def test_an_end_is_not_certain_behind_a_step_that_may_end_the_run(place: Workplace, file: Path) -> None:
    inline(place.root, "look-up", 'return {"customer": inputs["id"]}', requires="id", produces="customer")
    mail(place.root, file)
    inline(place.root, "book", "raise ValueError('closed')", requires="sent", produces="booked")
    await place.load()
    asked = RerunRequest(effects="none", plan="recorded", skills="latest")
    async with place.worker():
        run = await place.start("look-up", "mail", "book", data={"id": "ann", "text": "hello"})
        await place.until(run, "failed")
        inline(place.root, "look-up", 'return {"customer": "bob"}', requires="id", produces="customer")
        await place.load()
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        state = await place.until(again, "failed")
    assert plan["ends"] is None  # though behind book, which failed, there is nothing to follow
    assert (plan["open_from"], plan["open_because"]) == (5, "mail may end the run")
    assert state["error"]["type"] == "effect-needed"
    assert mails(file) == ["ann hello"]


async def test_where_its_key_is_produced_anew_the_run_ends_when_it_gets_there(
    place: Workplace, file: Path
) -> None:
    inline(place.root, "look-up", 'return {"customer": inputs["id"]}', requires="id", produces="customer")
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await place.start("look-up", "mail", data={"id": "ann", "text": "hello"})
        await place.until(run, "completed")
        asked = RerunRequest(effects="none", changes={"id": "bob"})
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        state = await place.until(again, "failed")
    lines = {line["skill"]: line for line in plan["steps"] if line["skill"]}
    assert plan["ends"] is None
    assert (lines["mail"]["action"], lines["mail"]["expected"]) == ("open", "reuse")
    assert (state["error"]["type"], state["error"]["skill"]) == ("effect-needed", "mail")
    assert mails(file) == ["ann hello"]


async def test_where_a_step_ends_the_run_nothing_is_carried_out_beside_it(
    place: Workplace, file: Path
) -> None:
    inline(place.root, "look-up", 'return {"customer": inputs["id"]}', requires="id", produces="customer")
    inline(place.root, "book", "raise ValueError('closed')", requires="customer", produces="booked")
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await place.start("look-up", "book", "mail", data={"id": "ann", "text": "hello"})
        await place.until(run, "failed")
        again = await place.rerun(run, RerunRequest(effects="none", changes={"id": "bob"}))
        state = await place.until(again, "failed")
    assert [step.skill for step in await place.steps(run)] == ["look-up", "book", "mail"]
    assert [step.skill for step in await place.steps(again)] == ["look-up", "mail"]
    assert (state["error"]["type"], state["error"]["skill"]) == ("effect-needed", "mail")


async def test_what_says_nothing_about_effects_reaches_outside(place: Workplace) -> None:
    keys = {
        "executor": "python",
        "entry": "scripts/run.py:run",
        "requires": "a",
        "produces": "b",
        "inline": "true",
    }
    write(place.root / "silent" / "SKILL.md", skill_text("silent", keys))
    write(
        place.root / "silent" / "scripts" / "run.py",
        'async def run(inputs):\n    return {"b": inputs["a"]}\n',
    )
    await place.load()
    async with place.worker():
        run = await place.start("silent", data={"a": 1})
        await place.until(run, "completed")
        same = await place.rerun(run, RerunRequest(effects="none"))
        await place.until(same, "completed")
        with pytest.raises(EffectNeeded):
            await place.rerun(run, RerunRequest(effects="none", changes={"a": 2}))
    assert whys(await place.steps(same)) == ["stand_in"]


async def test_what_is_found_out_without_effects_is_no_source_for_others(place: Workplace) -> None:
    inline(place.root, "pure", 'return {"b": inputs["a"]}', requires="a", produces="b")
    await place.load()
    async with place.worker():
        run = await place.start("pure", data={"a": 1})
        await place.until(run, "completed")
        tried = await place.rerun(run, RerunRequest(effects="none", changes={"a": 2}))
        await place.until(tried, "completed")
        real = await place.rerun(tried, RerunRequest(results="unchanged"))
        await place.until(real, "completed")
        back = await place.rerun(real, RerunRequest(results="unchanged", changes={"a": 1}))
        await place.until(back, "completed")
    assert whys(await place.steps(tried)) == [None]
    assert whys(await place.steps(real)) == [None]
    assert whys(await place.steps(back)) == ["reused"]


async def test_nothing_is_refused_for_a_key_that_is_only_guessed(place: Workplace, file: Path) -> None:
    """The run that is repeated never got to the mail, but another one of the family did."""
    inline(place.root, "look-up", "raise ValueError('bug')", requires="id", produces="customer")
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await place.start("look-up", "mail", data={"id": "ann", "text": "hello"})
        await place.until(run, "failed")
        inline(place.root, "look-up", 'return {"customer": inputs["id"]}', requires="id", produces="customer")
        await place.load()
        await place.until(await place.rerun(run, RerunRequest()), "completed")
        asked = RerunRequest(effects="none")
        assert (await place.plan(run, asked))["ends"] is None
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
    assert whys(await place.steps(again)) == [None, "stand_in"]
    assert mails(file) == ["ann hello"]
