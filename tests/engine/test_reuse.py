"""Reruns take over what has not changed: kept, reused, given, recorded, or honoured by a receipt."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine.logged import as_planned, chain, done, step, whys
from tests.engine.workplace import Workplace, inline

from agentskills.domain.errors import (
    ContradictingFields,
    ForeignPlan,
    NothingFailed,
    PlanChanged,
    PlanDiverged,
    StepOutOfRange,
    VersionMissing,
)
from agentskills.domain.rerun import RerunRequest

pytestmark = pytest.mark.anyio

UNCHANGED = RerunRequest(plan="unchanged", results="unchanged")


@pytest.fixture
def log(place: Workplace) -> Path:
    return place.settings.home / "log"


async def test_nothing_changed_nothing_is_carried_out(place: Workplace, log: Path) -> None:
    names = chain(place.root, 5, log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        assert len(done(log)) == 5
        plan = await place.plan(run, UNCHANGED)
        assert plan["counts"] == {"reuse": 5, "execute": 0, "open": 0}
        again = await place.rerun(run, UNCHANGED)
        await place.until(again, "completed")
        third = await place.rerun(again, UNCHANGED)
        await place.until(third, "completed")
    assert done(log) == []
    for rerun in (again, third):
        assert await place.data(rerun) == await place.data(run)
        steps = await place.steps(rerun)
        assert whys(steps) == ["reused"] * 5
        assert {step.reused_from["thread_id"] for step in steps} == {run}
        assert steps[0].reason == f"unchanged since {run}, step 2"
        as_planned(plan, steps)
    stored = await place.pool.fetchval(
        "SELECT count(*) FROM run_steps WHERE thread_id = $1 AND outputs IS NOT NULL", again
    )
    assert stored <= 6  # decisions; results are pointed to, not copied


async def test_one_input_changed_just_what_hangs_on_it_is_carried_out(place: Workplace, log: Path) -> None:
    for n in range(10):
        step(place.root, f"a{n}", f"x{n}", f"y{n}", log=log)
    step(place.root, "b", "y3 y4", "z", log=log)
    step(place.root, "c", "z", "w", log=log)
    names = [*(f"a{n}" for n in range(10)), "b", "c"]
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={f"x{n}": n for n in range(10)})
        await place.until(run, "completed")
        done(log)
        asked = RerunRequest(changes={"x3": 30}, plan="unchanged", results="unchanged")
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
    assert done(log) == ["a3", "b", "c"]
    assert (await place.data(again))["w"] == 33
    as_planned(plan, await place.steps(again))
    reasons = {line["skill"]: line["reason"] for line in plan["steps"]}
    assert reasons["a3"] == "input x3 changed"
    assert reasons["a4"].startswith("unchanged since")
    assert plan["counts"] == {"reuse": 9, "execute": 1, "open": 2}
    assert plan["as_last_time"] == {"reuse": 11, "execute": 1, "open": 0}


async def test_a_changed_skill_that_gives_the_same_stops_the_ripple(place: Workplace, log: Path) -> None:
    names = chain(place.root, 4, log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        done(log)
        step(place.root, "s2", "v1", "v2", log=log, timeout="30s")
        await place.load()
        plan = await place.plan(run, UNCHANGED)
        again = await place.rerun(run, UNCHANGED)
        await place.until(again, "completed")
        pinned = await place.rerun(run, RerunRequest(plan="unchanged", results="unchanged", skills="pinned"))
        await place.until(pinned, "completed")
    assert done(log) == ["s2"]
    assert whys(await place.steps(pinned)) == ["reused"] * 4
    lines = {line["skill"]: line for line in plan["steps"] if line["skill"]}
    assert (lines["s2"]["action"], lines["s2"]["reason"]) == ("execute", "skill changed")
    assert (lines["s3"]["action"], lines["s3"]["expected"]) == ("open", "reuse")
    assert [version["skill"] for version in plan["versions"]] == ["s2"]


async def test_after_a_bug_is_fixed_the_rerun_goes_on_from_the_failure(place: Workplace, log: Path) -> None:
    names = chain(place.root, 10, log=log)
    inline(place.root, "s8", "raise ValueError('bug')", requires="v7", produces="v8")
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "failed")
        assert len(done(log)) == 7
        step(place.root, "s8", "v7", "v8", log=log)
        await place.load()
        plan = await place.plan(run, RerunRequest(start="failure"))
        again = await place.rerun(run, RerunRequest(start="failure"))
        await place.until(again, "completed")
        with pytest.raises(NothingFailed):
            await place.rerun(again, RerunRequest(start="failure"))
    assert done(log) == ["s8", "s9", "s10"]
    steps = await place.steps(again)
    assert whys(steps) == ["kept"] * 7 + [None] * 3
    as_planned(plan, steps)
    assert plan["counts"] == {"reuse": 7, "execute": 3, "open": 0}
    assert (await place.data(again))["v10"] == 10


async def test_steps_before_the_chosen_one_are_kept_whatever_has_changed(place: Workplace, log: Path) -> None:
    names = chain(place.root, 4, log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        done(log)
        third = (await place.steps(run))[2].seq
        asked = RerunRequest(start=third, changes={"v0": 100})
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        with pytest.raises(StepOutOfRange):
            await place.rerun(run, RerunRequest(start=99))
    assert done(log) == ["s3", "s4"]
    steps = await place.steps(again)
    assert whys(steps) == ["kept", "kept", None, None]
    assert steps[0].reused_from["warnings"] == ["kept although: input v0 changed"]
    as_planned(plan, steps)
    assert (await place.data(again))["v4"] == 4


async def test_a_correction_stands_and_its_readers_are_carried_out(place: Workplace, log: Path) -> None:
    names = chain(place.root, 4, log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        done(log)
        asked = RerunRequest(changes={"v2": 20}, plan="unchanged", results="unchanged")
        plan = await place.plan(run, asked)
        corrected = await place.rerun(run, asked)
        await place.until(corrected, "completed")
        assert done(log) == ["s3", "s4"]
        later = await place.rerun(corrected, UNCHANGED)
        await place.until(later, "completed")
        assert done(log) == []
        anew = await place.rerun(run, UNCHANGED)  # of the run that was not corrected
        await place.until(anew, "completed")
    steps = await place.steps(corrected)
    assert whys(steps) == ["reused", "given", None, None]
    assert steps[1].reused_from["by"]["name"] == "ada"
    as_planned(plan, steps)
    assert await place.data(corrected) == {"v0": 0, "v1": 1, "v2": 20, "v3": 21, "v4": 22}
    assert whys(await place.steps(later)) == ["reused", "given", "reused", "reused"]
    assert await place.data(later) == await place.data(corrected)
    assert (await place.data(anew))["v2"] == 2


async def test_an_audit_replay_answers_from_recordings_only(place: Workplace, log: Path) -> None:
    names = chain(place.root, 3, log=log)
    await place.load()
    replay = RerunRequest(plan="recorded", results="recorded")
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        step(place.root, "s2", "v1", "v2", log=log, plus=50)
        await place.load()
        done(log)
        again = await place.rerun(run, replay)
        await place.until(again, "completed")
        for clash in ({"changes": {}}, {"start": "failure"}, {"skills": "latest"}, {"effects": "repeat"}):
            with pytest.raises(ContradictingFields) as refused:
                await place.rerun(run, RerunRequest(plan="recorded", results="recorded", **clash))
            assert refused.value.pointer == f"/{next(iter(clash)).replace('start', 'from')}"
    assert done(log) == []
    assert whys(await place.steps(again)) == ["recorded"] * 3
    assert await place.data(again) == await place.data(run)


async def test_a_plan_token_holds_the_rerun_to_its_plan(place: Workplace, log: Path) -> None:
    names = chain(place.root, 3, log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        other = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        await place.until(other, "completed")
        agreed = await place.plan(run, UNCHANGED)
        assert (await place.plan(run, UNCHANGED))["plan_token"] == agreed["plan_token"]
        foreign = (await place.plan(other, UNCHANGED))["plan_token"]
        with pytest.raises(ForeignPlan):
            await place.rerun(run, RerunRequest(plan="unchanged", results="unchanged", plan_token=foreign))
        asked = RerunRequest(plan="unchanged", results="unchanged", plan_token=agreed["plan_token"])
        await place.until(await place.rerun(run, asked), "completed")
        await place.until(await place.rerun(run, asked), "completed")  # counters are not in it
        step(place.root, "s3", "v2", "v3", log=log, plus=7)
        await place.load()
        with pytest.raises(PlanChanged) as changed:
            await place.rerun(run, asked)
        assert changed.value.fields["plan"]["counts"]["execute"] == 1
        count = await place.pool.fetchval("SELECT count(*) FROM run_metadata")
        assert count == 4


async def test_chosen_versions(place: Workplace, log: Path) -> None:
    names = chain(place.root, 2, log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        old = (await place.steps(run))[1].skill_digest
        step(place.root, "s1", "v0", "v1", log=log, plus=10)
        step(place.root, "s2", "v1", "v2", log=log, plus=100)
        await place.load()
        chosen = await place.rerun(run, RerunRequest(skills={"s2": old[:12]}))
        await place.until(chosen, "completed")
        pinned = await place.rerun(run, RerunRequest(skills="pinned"))
        await place.until(pinned, "completed")
        fresh = await place.start(*names, data={"v0": 0})  # a made-up catalogue is never the current one
        await place.until(fresh, "completed")
        with pytest.raises(VersionMissing) as missing:
            await place.rerun(run, RerunRequest(skills={"s2": "0" * 64}))
        assert missing.value.fields["errors"][0]["pointer"] == "/skills/s2"
    assert (await place.data(chosen))["v2"] == 11
    assert (await place.data(pinned))["v2"] == 2
    assert (await place.data(fresh))["v2"] == 110


async def test_a_replay_finds_what_its_run_had_taken_over_from_an_older_version(
    place: Workplace, log: Path
) -> None:
    names = chain(place.root, 3, log=log)
    await place.load()
    async with place.worker():
        run = await place.start(*names, data={"v0": 0})
        await place.until(run, "completed")
        step(place.root, "s1", "v0", "v1", log=log, plus=50)
        await place.load()
        last = (await place.steps(run))[2].seq
        kept = await place.rerun(run, RerunRequest(start=last))  # s1 as it was, though it is another one now
        await place.until(kept, "completed")
        done(log)
        replay = await place.rerun(kept, RerunRequest(plan="recorded", results="recorded"))
        await place.until(replay, "completed")
    assert done(log) == []
    assert await place.data(replay) == await place.data(kept) == await place.data(run)


async def test_whether_a_step_is_kept_after_a_failure_may_hang_on_what_comes_before_it(
    place: Workplace, log: Path
) -> None:
    """`s3` reads a corrected value; if it gives the same as before, `s4` is reused and `s5` is kept."""
    names = chain(place.root, 5, log=log)
    inline(place.root, "s6", "raise ValueError('bug')", requires="v5", produces="v6")
    inline(place.root, "s3", 'return {"v3": inputs["v2"] // 100}', requires="v2", produces="v3")
    await place.load()
    async with place.worker():
        run = await place.start(*names, "s6", data={"v0": 0})
        await place.until(run, "failed")
        for value, last in ((7, ["reused", "kept"]), (700, [None, None])):
            asked = RerunRequest(start="failure", results="unchanged", changes={"v2": value})
            plan = await place.plan(run, asked)
            again = await place.rerun(run, asked)
            await place.until(again, "failed")
            steps = await place.steps(again)
            assert whys(steps) == ["kept", "given", None, *last, None]
            as_planned(plan, steps)
            lines = [line for line in plan["steps"] if line["skill"]]
            actions = [(line["action"], line["expected"]) for line in lines]
            assert actions[2:5] == [("execute", "execute"), ("open", "reuse"), ("open", "reuse")]


async def test_a_rerun_after_a_failure_that_lacks_an_input_is_refused(place: Workplace, log: Path) -> None:
    step(place.root, "s1", "a", "b", log=log)
    inline(place.root, "s2", "raise ValueError('bug')", requires="b c", produces="d")
    await place.load()
    async with place.worker():
        run = await place.start("s1", "s2", data={"a": 0, "c": 1})
        await place.until(run, "failed")
        with pytest.raises(PlanDiverged):
            await place.rerun(run, RerunRequest(start="failure", changes={"c": None}))
    assert await place.pool.fetchval("SELECT count(*) FROM run_metadata") == 1


async def test_a_step_whose_input_is_taken_away_is_not_carried_out_without_it(
    place: Workplace, log: Path
) -> None:
    """It was completed, and would be kept after the failure but for the correction of what it read."""
    names = chain(place.root, 2, log=log)
    inline(place.root, "s3", "raise ValueError('bug')", requires="v2", produces="v3")
    await place.load()
    async with place.worker():
        run = await place.start(*names, "s3", data={"v0": 0})
        await place.until(run, "failed")
        done(log)
        with pytest.raises(PlanDiverged, match="s2, which the recording runs next, needs v1"):
            await place.rerun(run, RerunRequest(start="failure", changes={"v1": None}))
        given = await place.rerun(run, RerunRequest(start="failure", changes={"v1": None, "v2": 9}))
        await place.until(given, "failed")
    assert done(log) == []
    assert whys(await place.steps(given)) == ["given", "given", None]
