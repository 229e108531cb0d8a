"""A worker dies before and after each commit of the engine; another one finishes as if nothing had been."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
from pathlib import Path

import pytest
from tests.engine.workplace import Workplace, add_skill, inline

import agentskills.engine
from agentskills.domain.clock import now
from agentskills.domain.status import RunStatus, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.points import COMMITS, POINTS
from agentskills.engine.writer import commit_names
from agentskills.storage.journal import Move, Write

ENGINE = Path(agentskills.engine.__file__).parent

AFTER_A_DEATH = {"take_over", "doubt", "settle"}
"""Commits that are only reached when a worker has left an announced effect behind."""


def write_skills(place: Workplace) -> None:
    """One SOP that passes every commit: a shared place, an effect with a check, a long pause."""
    inline(place.root, "first", 'return {"a": 1}', requires="file", produces="a", concurrency="1")
    add_skill(
        place.root,
        "act",
        "import os\n\n\ndef run(inputs):\n"
        '    with open(inputs["file"], "a") as file:\n        file.write("acted\\n")\n'
        '    return {"b": 2}\n\n\n'
        "def check(inputs):\n"
        '    happened = os.path.exists(inputs["file"])\n'
        '    return {"happened": happened, "output": {"b": 2}} if happened else {"happened": False}\n',
        requires="a file",
        produces="b",
        effects="irreversible",
        effect_key="a",
        sidecar="check: {entry: 'scripts/run.py:check'}\n",
    )
    inline(
        place.root,
        "pause",
        "from pathlib import Path\n"
        'tried = Path(inputs["file"] + ".tried")\n'
        'if not tried.exists():\n    tried.touch()\n    raise RuntimeError("not yet")\n'
        'return {"c": 3}',
        requires="b file",
        produces="c",
        retries="1",
        backoff="exponential 1s..1s",
    )


async def died(process: subprocess.Popen[bytes], within: float = 60.0) -> None:
    """Wait until a worker has died at its crash point."""
    code = await asyncio.to_thread(process.wait, within)
    assert code == 137, f"the worker ended with {code} and never came to its crash point"


@pytest.mark.anyio
@pytest.mark.parametrize("point", POINTS)
async def test_dying_there_changes_nothing(place: Workplace, point: str) -> None:
    write_skills(place)
    await place.load()
    place.settings.lease_seconds = 1.0  # so that the living soon take over
    file = place.settings.home / "acted"
    run = await place.start("pause", data={"file": str(file)})
    name = point.partition(".")[0]
    if name in AFTER_A_DEATH:
        await died(place.spawn(ASF_CRASH_AT="intent.after"))
    process = place.spawn(ASF_CRASH_AT=point)
    try:
        if name == "hand_back":
            await place.until(run, "completed")
            process.send_signal(signal.SIGTERM)
        await died(process)
    finally:
        process.kill()
    async with place.worker():
        state = await place.until(run)
    assert state["status"] == "completed", state["error"]
    assert await place.data(run) == {"file": str(file), "a": 1, "b": 2, "c": 3}
    assert file.read_text() == "acted\n"
    steps = await place.steps(run)
    assert [step.skill for step in steps] == ["first", "act", "pause"]
    assert [effect["state"] for effect in await place.effects()] == ["receipt"]
    assert await place.pool.fetchval("SELECT count(*) FROM slots WHERE worker IS NOT NULL") == 0


def test_every_commit_of_the_engine_has_its_points() -> None:
    """The engine has two doors to the database; one can't write, the other names its points."""
    used: set[str] = set()
    for file in ENGINE.glob("*.py"):
        text = file.read_text()
        if file.name not in ("commit.py", "notifier.py"):  # the notifier only notifies
            assert ".acquire(" not in text, f"{file.name} takes a connection past commit.py"
            assert ".transaction(" not in text, f"{file.name} opens a transaction past commit.py"
        for names in re.findall(r"commit(?:_on)?\(\s*[\w.]+,\s*((?:\"\w+\"|\[\"\w+\"\]),?)", text):
            used |= set(re.findall(r'"(\w+)"', names))
    assert used <= set(COMMITS)
    assert used | names_of_journal_commits() == set(COMMITS)


def names_of_journal_commits() -> set[str]:
    """Every name that a batch of the journal can have."""
    names: set[str] = set()
    for kind in StepKind:
        for status in StepStatus:
            step = Step(seq=1, decision=1, kind=kind, status=status, version=1, started_at=now())
            names |= commit_names([Write(thread_id="r", epoch=1, version=1, steps=[step])])
    for status in RunStatus:
        names |= commit_names([Write(thread_id="r", epoch=1, version=1, move=Move(status=status))])
    return names
