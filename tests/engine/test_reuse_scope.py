"""How much of a large run is carried out again, and how long results may be reused."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.logged import as_planned, done, step, whys
from tests.engine.workplace import Workplace

from agentskills.domain.rerun import RerunRequest

pytestmark = pytest.mark.anyio

UNCHANGED = RerunRequest(plan="unchanged", results="unchanged")


@pytest.fixture
def log(place: Workplace) -> Path:
    return place.settings.home / "log"


async def test_of_50_skills_the_3_that_hang_on_an_edited_input_are_carried_out(
    place: Workplace, log: Path
) -> None:
    names = [f"s{n:02}" for n in range(50)]
    for n, name in enumerate(names):
        reads = {20: "edited", 30: "y20 y29", 40: "y30 y39"}.get(n) or ("x" if n % 10 == 0 else f"y{n - 1}")
        step(place.root, name, reads, f"y{n}", log=log)
    for n in (21, 31, 41):  # would hang on it as well
        step(place.root, names[n], "x", f"y{n}", log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"x": 1, "edited": 2})
        await place.until(run, "completed")
        assert sorted(done(log)) == names
        asked = RerunRequest(plan="unchanged", results="unchanged", changes={"edited": 3})
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        assert done(log) == ["s20", "s30", "s40"]
        as_planned(plan, await place.steps(again))
        assert plan["as_last_time"] == {"reuse": 49, "execute": 1, "open": 0}
        assert plan["counts"] == {"reuse": 47, "execute": 1, "open": 2}
        fresh = await place.start(*names, data={"x": 1, "edited": 3})
        await place.until(fresh, "completed")
    assert await place.data(again) == await place.data(fresh)


async def grow_older(place: Workplace, hours: float) -> None:
    await place.pool.execute(
        "UPDATE run_steps SET finished_at = finished_at - $1 * interval '1 hour'", float(hours)
    )


async def test_a_result_is_reused_for_as_long_as_the_skill_says(place: Workplace, log: Path) -> None:
    step(place.root, "rate", "currency", "rate", log=log, reuse="24h")
    step(place.root, "convert", "rate", "total", log=log)
    await place.load()
    async with place.worker():
        run = await place.start("rate", "convert", data={"currency": 1})
        await place.until(run, "completed")
        done(log)
        await grow_older(place, 23)
        young = await place.rerun(run, UNCHANGED)
        await place.until(young, "completed")
        assert done(log) == []
        await grow_older(place, 2)
        plan = await place.plan(young, UNCHANGED)
        old = await place.rerun(young, UNCHANGED)  # being reused has not made it younger
        await place.until(old, "completed")
        assert done(log) == ["rate"]
        as_planned(plan, await place.steps(old))
        line = next(line for line in plan["steps"] if line["skill"] == "rate")
        assert (line["action"], line["reason"]) == ("execute", "older than 24h")
        renewed = await place.rerun(old, UNCHANGED)
        await place.until(renewed, "completed")
    assert done(log) == []
    assert (await place.steps(renewed))[0].reused_from["thread_id"] == old


async def test_what_says_no_is_never_reused_but_kept_and_recorded(place: Workplace, log: Path) -> None:
    step(place.root, "look", "a", "b", log=log, reuse="no")
    step(place.root, "use", "b", "c", log=log)
    await place.load()
    async with place.worker():
        run = await place.start("look", "use", data={"a": 1})
        await place.until(run, "completed")
        done(log)
        plan = await place.plan(run, UNCHANGED)
        again = await place.rerun(run, UNCHANGED)
        await place.until(again, "completed")
        assert done(log) == ["look"]
        assert whys(await place.steps(again)) == [None, "reused"]
        line = next(line for line in plan["steps"] if line["skill"] == "look")
        assert (line["action"], line["reason"]) == (
            "execute",
            "the skill says that its results are not reused",
        )
        last = (await place.steps(run))[-1].seq
        for asked in (
            RerunRequest(start=last, plan="unchanged", results="unchanged"),
            RerunRequest(plan="recorded", results="recorded"),
        ):
            await place.until(await place.rerun(run, asked), "completed")
    assert done(log) == []
