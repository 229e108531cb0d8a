"""What a run has to say is written once for several steps, where nobody can have acted on it before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.engine.active import HOLD
from agentskills.services.cancel import cancel

pytestmark = pytest.mark.anyio


def chain(root: Path, code: Callable[[int], str] = lambda _: "", **last: str) -> None:
    """Write three inline skills; `code` stands in each, `last` are keys of the last."""
    for i in range(3):
        source = f"r{i - 1}" if i else "n"
        inline(
            root,
            f"step-{i}",
            f'{code(i)}\nreturn {{"r{i}": inputs["{source}"] + 1}}',
            requires=source,
            produces=f"r{i}",
            **(last if i == 2 else {}),
        )


async def commits(place: Workplace, run: str) -> list[list[int]]:
    """The seqs that were last written by each transaction, in order."""
    rows = await place.pool.fetch(
        """SELECT array_agg(seq ORDER BY seq) AS seqs FROM run_steps WHERE thread_id = $1
           GROUP BY xmin::text ORDER BY min(seq)""",
        run,
    )
    return [row["seqs"] for row in rows]


async def carried_out(place: Workplace) -> str:
    """Carry out two runs and return the second: the first has to wait for the skills' files."""
    await place.load()
    async with place.worker():
        await place.until(await place.start("step-2", data={"n": 7}))
        run = await place.start("step-2", data={"n": 0})
        state = await place.until(run)
    assert state["status"] == "completed", state["error"]
    assert await place.data(run) == {"n": 0, "r0": 1, "r1": 2, "r2": 3}
    return run


async def test_a_run_without_effects_that_never_waits_is_one_commit(place: Workplace) -> None:
    chain(place.root)
    run = await carried_out(place)
    assert await commits(place, run) == [[1, 2, 3, 4, 5, 6, 7]]
    rows = await place.pool.fetch("SELECT version FROM run_steps WHERE thread_id = $1 ORDER BY seq", run)
    assert [row["version"] for row in rows] == sorted({row["version"] for row in rows})


async def test_an_intent_takes_along_what_came_before_it(place: Workplace) -> None:
    chain(place.root, effects="irreversible")
    run = await carried_out(place)
    assert await commits(place, run) == [[1, 2, 3, 4, 5], [6, 7]]


@pytest.mark.parametrize("effects", ["idempotent", "undeclared"])
async def test_whatever_may_act_finds_its_decision_on_disk(place: Workplace, effects: str) -> None:
    chain(place.root, effects=effects)
    if effects == "undeclared":
        file = place.root / "step-2" / "SKILL.md"
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if "undeclared" not in line))
    run = await carried_out(place)
    assert await commits(place, run) == [[1, 2, 3, 4, 5], [6, 7]]


async def test_a_run_that_never_waits_writes_after_a_moment(place: Workplace) -> None:
    chain(place.root, lambda _: f"import time\ntime.sleep({HOLD * 1.1})")
    run = await carried_out(place)
    assert len(await commits(place, run)) > 1


async def waiting(place: Workplace) -> str:
    """A run whose last skill waits for the file `go`."""
    wait = f"from pathlib import Path\nwhile not Path({str(place.root / 'go')!r}).exists():\n"
    chain(place.root, lambda i: wait + "    await asyncio.sleep(0.01)" if i == 2 else "")
    await place.load()
    return await place.start("step-2", data={"n": 0})


async def until_written(place: Workplace, run: str, rows: int) -> None:
    async with asyncio.timeout(20):
        while sum(map(len, await commits(place, run))) < rows:
            await asyncio.sleep(0.01)


async def test_a_skill_that_waits_does_not_keep_back_what_came_before_it(place: Workplace) -> None:
    run = await waiting(place)
    async with place.worker():
        await until_written(place, run, 5)
        (place.root / "go").touch()
        assert (await place.until(run))["status"] == "completed"
    assert (await commits(place, run))[-1] == [6, 7]


async def test_cancelled_while_it_is_written_a_run_ends_with_all_it_did(place: Workplace) -> None:
    run = await waiting(place)
    async with place.worker():
        await until_written(place, run, 5)
        await cancel(place.context, run, None, PERSON)
        assert (await place.until(run))["status"] == "cancelled"
    assert [step.skill for step in await place.steps(run)] == ["step-0", "step-1"]


@pytest.mark.parametrize("point", ["decide.before", "end.after", "finish.before"])
async def test_what_was_not_written_is_done_again(place: Workplace, point: str) -> None:
    chain(place.root)
    await place.load()
    place.settings.lease_seconds = 1.0  # so that the living soon take over
    run = await place.start("step-2", data={"n": 0})
    assert await asyncio.to_thread(place.spawn(ASF_CRASH_AT=point).wait, 30) == 137
    async with place.worker():
        assert (await place.until(run))["status"] == "completed"
    assert [step.seq for step in await place.steps(run)] == [2, 4, 6]
    assert await place.data(run) == {"n": 0, "r0": 1, "r1": 2, "r2": 3}


async def test_of_a_skill_that_ends_its_worker_the_journal_tells(place: Workplace) -> None:
    chain(place.root, lambda i: 'import os\nif inputs["r1"] > 10:\n    os._exit(1)' if i == 2 else "")
    await place.load()
    place.settings.lease_seconds = 1.0
    told = []
    for run in ("fatal", None):  # the second worker takes the same run over
        process = place.spawn()
        await place.until(await place.start("step-2", data={"n": 0}))  # has the skills' files read
        if run:
            await place.start("step-2", data={"n": 10}, thread_id=run)
        assert await asyncio.to_thread(process.wait, 30) == 1
        told.append([seq for seqs in await commits(place, "fatal") for seq in seqs])
    assert told == [[], [1, 2, 3, 4, 5]]
