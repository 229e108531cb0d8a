"""Runs from start to end: order, data, parallel skills, failures, retries, limits, cancel."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest
from tests.engine.workplace import Workplace, add_skill, inline

pytestmark = pytest.mark.anyio


def chain(root: Path, n: int = 3) -> None:
    for i in range(n):
        inline(
            root,
            f"step-{i}",
            f'return {{"r{i}": inputs["{"n" if i == 0 else f"r{i - 1}"}"] + 1}}',
            requires="n" if i == 0 else f"r{i - 1}",
            produces=f"r{i}",
        )


async def test_a_chain_is_carried_out_in_the_order_of_its_data(place: Workplace) -> None:
    chain(place.root)
    await place.load()
    async with place.worker():
        run = await place.start("step-2", data={"n": 12345678901234567890, "keep": Decimal("1.10")})
        state = await place.until(run)
    assert state["status"] == "completed"
    assert state["owner"] is None
    assert state["wake_at"] is None
    assert await place.data(run) == {
        "n": 12345678901234567890,
        "keep": Decimal("1.10"),
        "r0": 12345678901234567891,
        "r1": 12345678901234567892,
        "r2": 12345678901234567893,
    }
    steps = await place.steps(run)
    assert [(s.skill, s.status, s.inputs) for s in steps] == [
        ("step-0", "completed", {"n": 0}),
        ("step-1", "completed", {"r0": steps[0].seq}),
        ("step-2", "completed", {"r1": steps[1].seq}),
    ]


async def test_skills_in_processes_of_their_own_give_the_same(place: Workplace) -> None:
    add_skill(
        place.root,
        "double",
        'def run(inputs):\n    print("working")\n    return {"b": inputs["a"] * 2}\n',
        requires="a",
        produces="b",
    )
    await place.load()
    async with place.worker():
        run = await place.start("double", data={"a": 21})
        await place.until(run, "completed")
    assert (await place.data(run))["b"] == 42
    shown = await place.pool.fetchval(
        "SELECT content FROM step_details WHERE thread_id = $1 AND kind = 'stdout'", run
    )
    assert "working" in str(shown)


async def test_ready_skills_run_side_by_side_and_a_failure_lets_the_others_end(place: Workplace) -> None:
    inline(place.root, "left", 'await asyncio.sleep(0.2)\nreturn {"l": 1}', requires="n", produces="l")
    inline(place.root, "right", 'raise ValueError("no stock")', requires="n", produces="r")
    await place.load()
    async with place.worker():
        run = await place.start("left", "right", data={"n": 1})
        state = await place.until(run)
    left, right = await place.steps(run)
    assert (left.status, right.status) == ("completed", "failed")
    assert left.decision == right.decision
    assert right.finished_at < left.finished_at
    assert state["status"] == "failed"
    assert state["error"]["skill"] == "right"
    assert "no stock" in state["error"]["message"]


async def test_attempts_follow_the_contract_and_are_kept(place: Workplace) -> None:
    code = (
        "from pathlib import Path\n"
        'tries = Path(inputs["file"])\n'
        'tries.write_text(tries.read_text() + "x" if tries.exists() else "x")\n'
        'if len(tries.read_text()) < 3:\n    raise RuntimeError("not yet")\n'
        'return {"done": True}'
    )
    inline(
        place.root,
        "flaky",
        code,
        requires="file",
        produces="done",
        retries="3",
        backoff="exponential 10ms..20ms",
    )
    await place.load()
    async with place.worker():
        run = await place.start("flaky", data={"file": str(place.root / "tries")})
        await place.until(run, "completed")
    (step,) = await place.steps(run)
    assert step.attempt == 3
    assert [a["attempt"] for a in step.attempts] == [1, 2]
    assert "not yet" in step.attempts[0]["error"]["message"]


async def test_a_long_pause_between_attempts_holds_no_worker(place: Workplace) -> None:
    inline(
        place.root,
        "late",
        'raise RuntimeError("down")',
        requires="n",
        produces="x",
        retries="1",
        backoff="exponential 1200ms..2s",
    )
    await place.load()
    async with place.worker():
        run = await place.start("late", data={"n": 1})
        wait = await place.until_waiting(run, "retry")
        state = await place.state(run)
        assert state["owner"] is None
        assert wait["until"] is not None
        state = await place.until(run, "failed")
    (step,) = await place.steps(run)
    assert step.attempt == 2
    assert state["epoch"] == 2


async def test_bad_output_fails_its_own_step_only(place: Workplace) -> None:
    bad = {
        "no-object": "return [1]",
        "no-path": 'return {"other": 1}',
        "nul": 'return {"x": "a\\u0000b"}',
        "surrogate": 'return {"x": "\\ud800"}',
        "nan": 'return {"x": float("nan")}',
        "deep": 'v = 1\nfor _ in range(100):\n    v = {"v": v}\nreturn {"x": v}',
        "huge": 'return {"x": "y" * 6_000_000}',
        "number": 'return {"x": 10 ** 101}',
    }
    for name, code in bad.items():
        inline(place.root, name, code, requires="n", produces="x")
    await place.load()
    async with place.worker():
        runs = {name: await place.start(name, data={"n": 1}) for name in bad}
        for name, run in runs.items():
            state = await place.until(run)
            assert (name, state["status"], state["error"]["type"]) == (name, "failed", "bad-output")


async def test_large_outputs_are_stored_once_and_read_back(place: Workplace) -> None:
    inline(place.root, "big", 'return {"text": "z" * 20_000}', requires="n", produces="text")
    inline(place.root, "size", 'return {"size": len(inputs["text"])}', requires="text", produces="size")
    await place.load()
    async with place.worker():
        runs = [await place.start("size", data={"n": i}) for i in range(3)]
        for run in runs:
            await place.until(run, "completed")
            assert (await place.data(run))["size"] == 20_000
    assert await place.pool.fetchval("SELECT count(*) FROM payloads") == 1


async def test_nothing_to_do_fails_at_once_and_says_so(place: Workplace) -> None:
    chain(place.root, 1)
    await place.load()
    async with place.worker():
        run = await place.start("step-0", data={})
        state = await place.until(run)
    assert state["status"] == "failed"
    assert state["error"]["missing"] == ["n"]
    assert not await place.steps(run)


async def test_limits_end_a_run_with_their_name(place: Workplace) -> None:
    chain(place.root)
    await place.load()
    async with place.worker():
        run = await place.start("step-2", data={"n": 1}, limits={"steps": 3})
        state = await place.until(run)
    assert (state["status"], state["error"]["type"]) == ("failed", "steps-limit")


@pytest.mark.parametrize("where", ["queued", "running", "waiting"])
async def test_cancel_ends_a_run_wherever_it_stands(place: Workplace, where: str) -> None:
    from tests.engine.workplace import PERSON

    from agentskills.services.cancel import cancel

    inline(
        place.root,
        "slow",
        'await asyncio.sleep(600)\nreturn {"x": 1}',
        requires="n",
        produces="x",
        approval="before" if where == "waiting" else "none",
    )
    await place.load()
    run = await place.start("slow", data={"n": 1})
    if where == "queued":
        await cancel(place.context, run, "not needed", PERSON)
    async with place.worker():
        if where == "running":
            await place.until(run, "running")
            await asyncio.sleep(0.1)
        if where == "waiting":
            await place.until_waiting(run, "approval")
        if where != "queued":
            await cancel(place.context, run, "not needed", PERSON)
        state = await place.until(run)
    assert state["status"] == "cancelled"
    assert not await place.waits(run)
    assert all(step.ended for step in await place.steps(run))


async def test_a_run_that_kills_its_workers_is_stopped(place: Workplace) -> None:
    chain(place.root, 1)
    await place.load()
    run = await place.start("step-0", data={"n": 1})
    await place.pool.execute("UPDATE run_state SET stalls = 6")
    async with place.worker():
        state = await place.until(run)
    assert (state["status"], state["error"]["type"]) == ("failed", "poisoned")


async def test_a_stopping_worker_hands_back_its_runs(place: Workplace) -> None:
    inline(
        place.root,
        "slow",
        "from pathlib import Path\n"
        'flag = Path(inputs["flag"])\n'
        "if not flag.exists():\n    flag.touch()\n    await asyncio.sleep(600)\n"
        'return {"x": 1}',
        requires="flag",
        produces="x",
    )
    await place.load()
    process = place.spawn()
    run = await place.start("slow", data={"flag": str(place.root / "flag")})
    async with asyncio.timeout(30):
        while not (place.root / "flag").exists():
            await asyncio.sleep(0.02)
    process.terminate()
    assert await asyncio.to_thread(process.wait, 30) == 0
    state = await place.state(run)
    assert (state["status"], state["owner"]) == ("queued", None)
    async with place.worker():
        await place.until(run, "completed")
    assert not await place.pool.fetchval("SELECT count(*) FROM workers")
