"""Python skills in processes: what goes in and out, and that what should have ended has ended."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.executors.python import PythonExecutor
from agentskills.executors.python_pool import PythonPool
from executors.skill_versions import Store, assignment

pytestmark = pytest.mark.anyio


async def failure(python: PythonExecutor, *args: object, **more: object) -> SkillFailed:
    with pytest.raises(SkillFailed) as raised:
        await python.carry_out(assignment(*args, **more))  # type: ignore[arg-type]
    return raised.value


def running(pid: int) -> bool:
    """Whether a process is there and has not ended (a zombie has)."""
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout.strip()[:1] not in ("", "Z")


async def until(condition: object, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)


async def test_exact_numbers_both_ways(store: Store, python: PythonExecutor) -> None:
    source = (
        "from decimal import Decimal\n"
        "def run(inputs):\n"
        " assert type(inputs['price']) is Decimal and type(inputs['number']) is int\n"
        " return {**inputs, 'half': 0.5, 'pair': (1, 'ü')}"
    )
    inputs = {"price": Decimal("1.10"), "number": 12345678901234567890}
    done = await python.carry_out(assignment(store.skill(source), inputs))
    assert done.outputs == {**inputs, "half": Decimal("0.5"), "pair": [1, "ü"]}
    assert str(done.outputs["price"]) == "1.10"


async def test_plain_and_async_functions_and_neighbours(store: Store, python: PythonExecutor) -> None:
    source = (
        "import asyncio, helper\nloops = set()\n"
        "async def run(inputs):\n"
        " loops.add(id(asyncio.get_running_loop())); await asyncio.sleep(0)\n"
        " return {'loops': len(loops), 'helper': helper.NAME}"
    )
    skill = store.skill(source, files={"scripts/helper.py": "NAME = 'h'"})
    for _ in range(2):
        done = await python.carry_out(assignment(skill))
        assert done.outputs == {"loops": 1, "helper": "h"}


async def test_what_a_skill_prints_is_kept(store: Store, python: PythonExecutor) -> None:
    source = (
        "import os, sys\n"
        "def run(inputs):\n"
        " print('to stdout'); print('to stderr', file=sys.stderr)\n"
        " os.system('echo from a program')\n"
        " return {}"
    )
    skill = store.skill(source)
    for _ in range(2):  # each call has its own
        details = {each.kind: each.content for each in (await python.carry_out(assignment(skill))).details}
        assert details == {"stdout": "to stdout\nfrom a program\n", "stderr": "to stderr\n"}


async def test_what_a_skill_prints_is_bounded(store: Store, python: PythonExecutor) -> None:
    source = "def run(inputs):\n for _ in range(200): print('x' * 10000)\n return {'ok': True}"
    done = await python.carry_out(assignment(store.skill(source)))
    (stdout,) = done.details
    assert done.outputs == {"ok": True}
    assert 60_000 < len(stdout.content) < 70_000
    assert stdout.content.endswith("more bytes")


async def test_exceptions_and_business_errors(store: Store, python: PythonExecutor) -> None:
    failed = await failure(python, store.skill("def run(inputs): return {'x': inputs['gone']}"))
    assert (failed.error_type, str(failed)) == ("skill-error", "KeyError: 'gone'")
    assert failed.retryable
    assert not failed.nothing_happened
    assert "Traceback" in failed.details[0].content

    source = "class SkillFailed(Exception): pass\ndef run(inputs): raise SkillFailed('over the limit')"
    refused = await failure(python, store.skill(source))
    assert (refused.error_type, str(refused), refused.retryable) == ("skill-error", "over the limit", False)

    source = (
        "class EffectNotDone(Exception): pass\nclass QueueFull(EffectNotDone): pass\n"
        "def run(inputs): raise QueueFull('try later')"
    )
    not_done = await failure(python, store.skill(source))
    assert (not_done.error_type, not_done.nothing_happened, not_done.retryable) == (
        "effect-not-done",
        True,
        True,
    )

    left = await failure(python, store.skill("import sys\ndef run(inputs): sys.exit(3)"))
    assert (left.error_type, str(left)) == ("skill-error", "SystemExit: 3")


async def test_effect_not_done_can_be_imported(store: Store, python: PythonExecutor) -> None:
    source = "from agentskills import EffectNotDone\ndef run(inputs): raise EffectNotDone('no')"
    failed = await failure(python, store.skill(source))
    assert failed.nothing_happened


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("None", "must be an object"),
        ("[1]", "must be an object"),
        ("{'a': {'b': float('nan')}}", "/a/b"),
        ("{'a': 'x' * 6_000_000}", "5,242,880 are allowed"),
        ("{'a': object()}", "object is not a JSON value"),
        ("{'a': chr(0xd800)}", "lone surrogate"),
        ("{'a': 'x\\0'}", "NUL"),
        ("{'a': 10 ** 200}", "digits"),
        ("__import__('functools').reduce(lambda x, _: {'x': x}, range(90), 1)", "nested deeper"),
        ("(lambda x: x.update(x=x) or x)({})", "nested too deeply"),
    ],
)
async def test_bad_outputs(store: Store, python: PythonExecutor, returned: str, words: str) -> None:
    failed = await failure(python, store.skill(f"def run(inputs): return {returned}"))
    assert (failed.error_type, failed.retryable) == ("bad-output", False)
    assert words in str(failed)


async def test_output_schema(store: Store, python: PythonExecutor) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "number", "maximum": Decimal("9.5")}}}
    skill = store.skill("def run(inputs): return {'n': inputs['n']}", output_schema=schema)
    assert (await python.carry_out(assignment(skill, {"n": Decimal("9.5")}))).outputs == {"n": Decimal("9.5")}
    failed = await failure(python, skill, {"n": Decimal("9.51")})
    assert failed.error_type == "bad-output"
    assert "/n: 9.51 is greater" in str(failed)
    cents = {"properties": {"n": {"multipleOf": Decimal("0.01")}}}
    skill = store.skill("def run(inputs): return {'n': 10 ** 41}", output_schema=cents)
    assert (await python.carry_out(assignment(skill))).outputs == {"n": 10**41}
    lost = store.skill("def run(inputs): return {'n': 1}", output_schema={"$ref": "#/nowhere"})
    assert "output_schema can't be applied" in str(await failure(python, lost))


@pytest.mark.parametrize("source", ["import nowhere_to_be_found", "x = 1", "def ("])
async def test_what_does_not_load_has_done_nothing(store: Store, python: PythonExecutor, source: str) -> None:
    failed = await failure(python, store.skill(source))
    assert (failed.error_type, failed.nothing_happened, failed.retryable) == ("load-error", True, False)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os\ndef run(inputs): os._exit(7)", "exit code 7"),
        ("import os, signal\ndef run(inputs): os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
    ],
)
async def test_a_crash_is_a_failure_and_the_next_call_works(
    store: Store, python: PythonExecutor, source: str, words: str
) -> None:
    failed = await failure(python, store.skill(source))
    assert (failed.error_type, failed.nothing_happened) == ("crashed", False)
    assert words in str(failed)
    done = await python.carry_out(assignment(store.skill("def run(inputs): return {'ok': 1}")))
    assert done.outputs == {"ok": 1}


async def test_a_process_that_died_while_idle_is_replaced(store: Store, python: PythonExecutor) -> None:
    skill = store.skill("import os\ndef run(inputs): return {'pid': os.getpid()}")
    first = (await python.carry_out(assignment(skill))).outputs["pid"]
    assert (await python.carry_out(assignment(skill))).outputs["pid"] == first
    os.kill(first, signal.SIGKILL)
    await until(lambda: not running(first))
    assert (await python.carry_out(assignment(skill))).outputs["pid"] != first


async def test_the_environment_of_a_skill(
    store: Store, python: PythonExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = ["DATABASE_URL", "ASF_MODEL", "ASF_SECRET_SHOP", "PGPASSWORD", "OPENAI_API_KEY", "SHOP_TOKEN"]
    for name in hidden:
        monkeypatch.setenv(name, "planted")
    monkeypatch.setenv("SHOP_URL", "http://shop")
    skill = store.skill("import os\ndef run(inputs): return {'env': dict(os.environ)}")
    seen = (await python.carry_out(assignment(skill))).outputs["env"]
    assert seen["SHOP_URL"] == "http://shop"
    assert "planted" not in seen.values()
    assert not set(hidden) & set(seen)


WRITER = (
    "import time\n"
    "def run(inputs):\n"
    " with open(inputs['file'], 'a', buffering=1) as out:\n"
    "  for n in range(600):\n"
    "   out.write(f'{n}\\n'); time.sleep(inputs.get('pause', 0.05))\n"
    " return {}"
)


async def test_a_skill_that_timed_out_has_really_stopped(
    store: Store, python: PythonExecutor, tmp_path: Path
) -> None:
    """It writes a line each second; once carry_out has returned, no more lines come."""
    file = tmp_path / "lines"
    failed = await failure(python, store.skill(WRITER), {"file": str(file), "pause": 1}, timeout=1.6)
    assert failed.error_type == "timeout"
    lines = file.read_text()
    assert len(lines.splitlines()) == 2
    await asyncio.sleep(2.2)
    assert file.read_text() == lines


async def test_a_cancelled_skill_and_its_programs_have_stopped(
    store: Store, python: PythonExecutor, tmp_path: Path
) -> None:
    file = tmp_path / "lines"
    source = (
        "import subprocess, time\n"
        "def run(inputs):\n"
        " subprocess.Popen(['sh', '-c', 'while :; do echo x >> \"$0\"; sleep 0.02; done', inputs['file']])\n"
        " while True: pass"
    )
    task = asyncio.create_task(python.carry_out(assignment(store.skill(source), {"file": str(file)})))
    await until(lambda: file.exists() and file.stat().st_size > 6)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()  # twice: it still returns only when the process has ended
    with pytest.raises(asyncio.CancelledError):
        await task
    size = file.stat().st_size
    await asyncio.sleep(0.3)
    assert file.stat().st_size <= size + 2  # what was being written at that very moment


async def test_a_skill_that_blocks_holds_up_nobody(store: Store, python: PythonExecutor) -> None:
    busy = store.skill("def run(inputs):\n while True: pass")
    task = asyncio.create_task(failure(python, busy, timeout=0.5))
    ticks = 0
    while not task.done():
        await asyncio.sleep(0.01)
        ticks += 1
    assert ticks > 10
    assert (await task).error_type == "timeout"


WORKER = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from agentskills.executors.python import PythonExecutor
from executors.skill_versions import Store, assignment

async def main():
    store = Store(Path({home!r}))
    python = PythonExecutor(store.folders)
    await python.carry_out(assignment(store.skill({source!r}), {{"file": {file!r}}}))

asyncio.run(main())
"""

STUBBORN = (
    "import os, subprocess\n"
    "def run(inputs):\n"
    " sh = subprocess.Popen(['sh', '-c', 'while :; do echo x >> \"$0\"; sleep 0.05; done', inputs['file']])\n"
    " open(inputs['file'] + '.pids', 'w').write(f'{os.getpid()} {sh.pid}')\n"
    " while True: pass"
)


async def test_children_die_with_a_worker_that_is_killed(tmp_path: Path) -> None:
    """Also a skill that never lets go of the interpreter, and the program it has started."""
    file, pids = tmp_path / "lines", tmp_path / "lines.pids"
    tests = str(Path(__file__).parents[1])
    code = WORKER.format(tests=tests, home=str(tmp_path / "home"), source=STUBBORN, file=str(file))
    worker = subprocess.Popen([sys.executable, "-c", code])
    try:
        await until(lambda: pids.exists() and len(pids.read_text().split()) == 2, 30)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    children = [int(pid) for pid in pids.read_text().split()]
    await until(lambda: not any(running(pid) for pid in children))


async def test_the_pool_is_bounded_and_shares_fairly(store: Store) -> None:
    pool = PythonPool(limit=2)
    python = PythonExecutor(store.folders, pool)
    source = (
        "import os, time\nVERSION = {}\ndef run(inputs):\n time.sleep(0.02)\n return {{'pid': os.getpid()}}"
    )
    skills = [store.skill(source.format(n)) for n in range(3)]
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, len(pool._busy) + len(pool._idle))
            await asyncio.sleep(0.001)

    watcher = asyncio.create_task(watch())
    try:
        work = [python.carry_out(assignment(skills[n % 3])) for n in range(30)]
        pids = {done.outputs["pid"] for done in await asyncio.gather(*work)}
    finally:
        watcher.cancel()
        await python.close()
    assert most == 2
    assert 3 <= len(pids) < 15  # a process serves several calls before another version takes its place
    assert not any(running(pid) for pid in pids)


async def test_a_waiter_that_gives_up_leaves_its_place(store: Store) -> None:
    python = PythonExecutor(store.folders, PythonPool(limit=1))
    slow = store.skill("import time\ndef run(inputs):\n time.sleep(0.3)\n return {}")
    try:
        first = asyncio.create_task(python.carry_out(assignment(slow)))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(python.carry_out(assignment(slow)))
        third = asyncio.create_task(python.carry_out(assignment(slow)))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.gather(first, third)
        assert second.cancelled()
    finally:
        await python.close()


async def test_waiting_for_a_process_does_not_count_as_time_of_the_skill(store: Store) -> None:
    python = PythonExecutor(store.folders, PythonPool(limit=1))
    slow = store.skill("import time\ndef run(inputs):\n time.sleep(0.4)\n return {}")
    try:
        await asyncio.gather(*(python.carry_out(assignment(slow, timeout=1.5)) for _ in range(5)))
    finally:
        await python.close()
