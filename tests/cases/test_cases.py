"""A past run is a test: kept, it is gone through again anywhere, and says what changed and why."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from tests.cases.conftest import Bench
from tests.engine.workplace import inline

from agentskills.domain.rerun import RerunRequest

pytestmark = pytest.mark.anyio


def adder(root: Path, name: str, reads: str, writes: str, plus: int = 1) -> None:
    inline(root, name, f'return {{"{writes}": inputs["{reads}"] + {plus}}}', requires=reads, produces=writes)


async def chain(bench: Bench) -> str:
    """A run of three skills, each adding one: v0 = 0 to v3 = 3."""
    place = bench.place
    for n in range(3):
        adder(place.root, f"s{n + 1}", f"v{n}", f"v{n + 1}")
    await place.load()
    async with place.worker():
        run = await place.start("s1", "s2", "s3", data={"v0": 0})
        await place.until(run, "completed")
    return run


async def test_a_kept_run_passes_and_names_what_changes(bench: Bench) -> None:
    run = await chain(bench)
    await bench.keep(run)
    await bench.keep(run, "v1", name="first")
    found = bench.verdicts()
    assert found[""] == 0, found
    assert [found[name]["outcome"] for name in (run, "first")] == ["passed", "passed"]

    file = bench.folder / "first.run.json"
    text = file.read_text()
    file.write_text(text.replace('"value": 1', '"value": 1.5'))
    case = bench.verdicts("-k", "first")["first"]
    assert case["changes"][0]["why"] == ["the run had this value, too: another one is expected by hand"]
    file.write_text(text)

    adder(bench.place.root, "s2", "v1", "v2", plus=10)
    found = bench.verdicts()
    assert found[""] == 1
    assert found["first"]["outcome"] == "passed"
    assert found[run]["outcome"] == "changed"
    changes = {change["path"]: change for change in found[run]["changes"]}
    assert changes.keys() == {"v2", "v3"}
    assert (changes["v3"]["before"], changes["v3"]["after"]) == (3, 12)
    assert [why.split(" (")[0] for why in changes["v3"]["why"]] == ["skill s2 changed"]


async def test_what_is_unchanged_is_answered_by_the_recording(bench: Bench) -> None:
    place = bench.place
    inline(place.root, "draw", "import uuid\nreturn {'lot': uuid.uuid4().hex}", requires="n", produces="lot")
    inline(place.root, "note", 'return {"noted": inputs["lot"]}', requires="lot", produces="noted")
    await place.load()
    async with place.worker():
        run = await place.start("draw", "note", data={"n": 1})
        await place.until(run, "completed")
    await bench.keep(run)
    assert bench.verdicts()[run]["outcome"] == "passed"
    inline(place.root, "draw", "import uuid\nreturn {'lot': str(uuid.uuid4())}", requires="n", produces="lot")
    case = bench.verdicts()[run]
    assert case["outcome"] == "changed"
    assert [why.split(" (")[0] for why in case["changes"][1]["why"]] == ["skill draw changed"]


async def test_kept_reruns_with_corrections_and_kept_steps_pass(bench: Bench) -> None:
    run = await chain(bench)
    place = bench.place
    async with place.worker():
        corrected = await place.rerun(
            run, RerunRequest(changes={"v2": 20}, plan="unchanged", results="unchanged")
        )
        await place.until(corrected, "completed")
        third = (await place.steps(run))[2].seq
        kept = await place.rerun(run, RerunRequest(start=third, changes={"v0": 100}))
        await place.until(kept, "completed")
        later = await place.rerun(kept, RerunRequest(plan="unchanged", results="unchanged"))
        await place.until(later, "completed")
    for thread_id in (corrected, kept, later):
        await bench.keep(thread_id)
    found = bench.verdicts()
    assert {name: case["outcome"] for name, case in found.items() if name} == {
        corrected: "passed",  # v2 = 20 was set by a person
        kept: "passed",  # v2 = 2 was kept although v0 is 100
        later: "passed",
    }, found
    adder(place.root, "s3", "v2", "v3", plus=5)
    adder(place.root, "s2", "v1", "v2", plus=7)
    found = bench.verdicts()
    assert found[corrected]["changes"][0]["after"] == 25  # of the result that was set, and not of s2's
    assert found[corrected]["notes"][0].startswith("skill s2 changed (")
    assert found[corrected]["notes"][0].endswith("; not put to the test, its result is set")
    assert found[kept]["changes"][0]["after"] == 8  # s2 stands on v1 = 1, which was kept


async def test_a_run_that_failed_has_to_fail_again(bench: Bench) -> None:
    place = bench.place
    adder(place.root, "s1", "v0", "v1")
    inline(place.root, "s2", "raise ValueError('too much')", requires="v1", produces="v2")
    await place.load()
    async with place.worker():
        run = await place.start("s1", "s2", data={"v0": 0})
        await place.until(run, "failed")
    await bench.keep(run)
    found = bench.verdicts()
    assert (found[run]["outcome"], found[""]) == ("passed", 0), found
    adder(place.root, "s2", "v1", "v2")
    found = bench.verdicts()
    assert (found[run]["outcome"], found[""]) == ("changed", 1)
    assert found[run]["reasons"][0].startswith("it completes; when it was kept it failed: s2: ")
    assert ": skill s2 changed (" in found[run]["reasons"][0]


async def test_a_run_that_completed_and_fails_now(bench: Bench) -> None:
    run = await chain(bench)
    await bench.keep(run)
    inline(bench.place.root, "s2", "raise ValueError('broken')", requires="v1", produces="v2")
    found = bench.verdicts()
    assert (found[run]["outcome"], found[""]) == ("failed", 1)
    assert "broken" in found[run]["reasons"][0]
    assert found[run]["reasons"][1].startswith("skill s2 changed (")
    shutil.rmtree(bench.place.root / "s2")
    found = bench.verdicts()
    assert (found[run]["outcome"], found[""]) == ("failed", 1), found


async def test_another_choice_of_the_planner_is_said(bench: Bench) -> None:
    place = bench.place
    inline(
        place.root, "pick", 'return {"big": inputs["n"]} if inputs["n"] > 5 else {"small": inputs["n"]}',
        requires="n", produces="big? small?",
    )  # fmt: skip
    adder(place.root, "from-big", "big", "done")
    adder(place.root, "from-small", "small", "done", plus=100)
    adder(place.root, "report", "done", "reported")
    await place.load()
    async with place.worker():
        run = await place.start("report", data={"n": 7})
        await place.until(run, "completed")
    await bench.keep(run)
    assert bench.verdicts()[run]["outcome"] == "passed"
    inline(
        place.root, "pick", 'return {"big": inputs["n"]} if inputs["n"] > 9 else {"small": inputs["n"]}',
        requires="n", produces="big? small?",
    )  # fmt: skip
    case = bench.verdicts()[run]
    assert case["outcome"] == "changed"
    changes = {change["path"]: change["why"] for change in case["changes"]}
    assert changes["done"][0] == "from-small ran in addition"
    assert "the planner decided otherwise: run from-small, not run from-big" in changes["done"]


async def test_a_hundred_cases_side_by_side(bench: Bench) -> None:
    run = await chain(bench)
    case = (await bench.keep(run)).read_bytes()
    for number in range(99):
        (bench.folder / f"copy-{number}.run.json").write_bytes(case)
    adder(bench.place.root, "s1", "v0", "v1", plus=3)
    began = time.monotonic()
    found = bench.verdicts("-k", "copy")
    assert time.monotonic() - began < 60  # some five seconds on a machine that has nothing else to do
    assert {found[f"copy-{number}"]["outcome"] for number in range(99)} == {"changed"}
    assert run not in found
