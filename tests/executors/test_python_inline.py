"""Inline skills: trusted async functions in the worker itself."""

from __future__ import annotations

import asyncio
import sys
import time
from decimal import Decimal

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.executors.python import PythonExecutor
from executors.skill_versions import Store, assignment

pytestmark = pytest.mark.anyio


async def failure(python: PythonExecutor, *args: object, **more: object) -> SkillFailed:
    with pytest.raises(SkillFailed) as raised:
        await python.carry_out(assignment(*args, **more))  # type: ignore[arg-type]
    return raised.value


async def test_exact_numbers_both_ways(store: Store, python: PythonExecutor) -> None:
    source = "async def run(inputs): return {'same': inputs['n'], 'half': 0.5, 'pair': (1, 2)}"
    skill = store.skill(source, inline=True)
    n = [12345678901234567890, Decimal("1.10")]
    done = await python.carry_out(assignment(skill, {"n": n}))
    assert done.outputs == {"same": n, "half": Decimal("0.5"), "pair": [1, 2]}
    assert [type(each) for each in done.outputs["same"]] == [int, Decimal]
    assert str(done.outputs["same"][1]) == "1.10"


async def test_a_skill_can_not_change_its_inputs_for_others(store: Store, python: PythonExecutor) -> None:
    source = "async def run(inputs):\n inputs['order']['lines'].append(9)\n return inputs"
    given = {"order": {"lines": [1]}}
    done = await python.carry_out(assignment(store.skill(source, inline=True), given))
    assert done.outputs == {"order": {"lines": [1, 9]}}
    assert given == {"order": {"lines": [1]}}


async def test_the_module_is_loaded_once(store: Store, python: PythonExecutor) -> None:
    source = "calls = []\nasync def run(inputs):\n calls.append(1)\n return {'calls': len(calls)}"
    skill = store.skill(source, inline=True)
    together = await asyncio.gather(*(python.carry_out(assignment(skill)) for _ in range(3)))
    later = await python.carry_out(assignment(skill))
    assert [done.outputs["calls"] for done in (*together, later)] == [1, 2, 3, 4]


async def test_two_versions_have_neighbours_of_one_name(store: Store, python: PythonExecutor) -> None:
    source = "import limits\nasync def run(inputs): return {'limit': limits.LIMIT}"
    old = store.skill(source, inline=True, files={"scripts/limits.py": "LIMIT = 1"})
    new = store.skill(source, inline=True, files={"scripts/limits.py": "LIMIT = 2"})
    path = list(sys.path)
    answers = [(await python.carry_out(assignment(skill))).outputs for skill in (old, new, old)]
    assert answers == [{"limit": 1}, {"limit": 2}, {"limit": 1}]
    assert "limits" not in sys.modules
    assert sys.path == path


async def test_a_plain_function_is_a_load_error(store: Store, python: PythonExecutor) -> None:
    failed = await failure(python, store.skill("def run(inputs): return {}", inline=True))
    assert failed.error_type == "load-error"
    assert "must be an async function" in str(failed)
    assert failed.nothing_happened
    assert not failed.retryable


@pytest.mark.parametrize("source", ["import nowhere_to_be_found", "async def other(inputs): ...", "def ("])
async def test_what_does_not_load(store: Store, python: PythonExecutor, source: str) -> None:
    failed = await failure(python, store.skill(source, inline=True))
    assert failed.error_type == "load-error"


async def test_time_out_and_what_the_skill_itself_waits_for(store: Store, python: PythonExecutor) -> None:
    source = (
        "import asyncio\nseen = []\n"
        "async def run(inputs):\n"
        " if inputs.get('own'):\n  raise TimeoutError('its own')\n"
        " try:\n  await asyncio.sleep(inputs['s'])\n"
        " except asyncio.CancelledError:\n  seen.append('cancelled'); raise\n"
        " return {'seen': seen}"
    )
    skill = store.skill(source, inline=True)
    assert (await python.carry_out(assignment(skill, {"s": Decimal("0")}))).outputs == {"seen": []}
    failed = await failure(python, skill, {"s": 30}, timeout=0.05)
    assert (failed.error_type, failed.retryable, failed.nothing_happened) == ("timeout", True, False)
    assert (await python.carry_out(assignment(skill, {"s": 0}))).outputs == {"seen": ["cancelled"]}
    own = await failure(python, skill, {"own": True})
    assert (own.error_type, str(own)) == ("skill-error", "TimeoutError: its own")


async def test_a_waiting_skill_is_cancelled_with_its_step(store: Store, python: PythonExecutor) -> None:
    source = (
        "import asyncio\nstate = {}\n"
        "async def run(inputs):\n"
        " if 'ask' in inputs:\n  return dict(state)\n"
        " try:\n  async with asyncio.timeout(60):\n   await asyncio.sleep(60)\n"
        " finally:\n  state['ended'] = True"
    )
    skill = store.skill(source, inline=True)
    await python.carry_out(assignment(skill, {"ask": 1}))  # loads it
    task = asyncio.create_task(python.carry_out(assignment(skill)))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await python.carry_out(assignment(skill, {"ask": 1}))).outputs == {"ended": True}


@pytest.mark.parametrize("returned", ["None", "[1]", "'text'"])
async def test_an_output_must_be_an_object(store: Store, python: PythonExecutor, returned: str) -> None:
    failed = await failure(python, store.skill(f"async def run(inputs): return {returned}", inline=True))
    assert (failed.error_type, failed.retryable) == ("bad-output", False)


async def test_an_output_that_holds_itself(store: Store, python: PythonExecutor) -> None:
    source = "async def run(inputs):\n x = {}\n x['x'] = x\n return x"
    assert (await failure(python, store.skill(source, inline=True))).error_type == "bad-output"


async def test_effect_not_done_is_proof(store: Store, python: PythonExecutor) -> None:
    source = "class EffectNotDone(Exception): pass\nasync def run(inputs): raise EffectNotDone('queue full')"
    failed = await failure(python, store.skill(source, inline=True))
    assert failed.nothing_happened
    assert (failed.error_type, str(failed)) == ("effect-not-done", "queue full")


async def test_calls_cost_little(store: Store, python: PythonExecutor) -> None:
    """Beside the same call in a process, an inline call is nothing: that is what it is for."""
    inputs = {"order": {"id": "A-1", "total": Decimal("12.50")}}
    inline = store.skill("async def run(inputs): return {'total': inputs['order']['total']}", inline=True)
    child = store.skill("def run(inputs): return {'total': inputs['order']['total']}")

    async def seconds(work: object, calls: int) -> float:
        await python.carry_out(work)  # type: ignore[arg-type]
        start = time.perf_counter()
        for _ in range(calls):
            await python.carry_out(work)  # type: ignore[arg-type]
        return (time.perf_counter() - start) / calls

    fast = min([await seconds(assignment(inline, inputs), 500) for _ in range(3)])
    slow = await seconds(assignment(child, inputs), 100)
    print(f"inline {fast * 1e6:.1f} µs, in a process {slow * 1e6:.0f} µs")
    assert fast < slow / 5
