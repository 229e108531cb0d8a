"""A worker dies before and after each commit of a rerun; another one finishes as if nothing had been."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from tests.engine.logged import whys
from tests.engine.test_crash_points import AFTER_A_DEATH, died
from tests.engine.workplace import Workplace, add_skill, inline

from agentskills.domain.rerun import RerunRequest
from agentskills.engine.points import POINTS

pytestmark = pytest.mark.anyio

ASKED = RerunRequest(
    changes={"y": 2}, plan="unchanged", results="unchanged", consent=("tell",), reason="y was wrong"
)


def effect(root: Path, name: str, reads: str, writes: str, key: str) -> None:
    """An irreversible skill that writes a line to the file, with a check that looks for the line."""
    line = f"{name} {{inputs['{key}']}}"
    add_skill(
        root,
        name,
        "import os\n\n\ndef run(inputs):\n"
        f'    with open(inputs["file"], "a") as file:\n        file.write(f"{line}\\n")\n'
        f'    return {{"{writes}": inputs["{key}"]}}\n\n\n'
        "def check(inputs):\n"
        f'    lines = open(inputs["file"]).read().split("\\n") if os.path.exists(inputs["file"]) else []\n'
        f'    happened = f"{line}" in lines\n'
        f'    return {{"happened": happened, "output": {{"{writes}": inputs["{key}"]}}}} if happened else '
        '{"happened": False}\n',
        requires=f"{reads} file",
        produces=writes,
        effects="irreversible",
        effect_key=key,
        sidecar="check: {entry: 'scripts/run.py:check'}\n",
    )


def write_skills(root: Path) -> None:
    """In the rerun `first` is reused and `book` has its receipt; the others are carried out."""
    inline(root, "first", 'return {"a": inputs["x"]}', requires="x", produces="a")
    effect(root, "book", "a", "b", "a")
    inline(
        root,
        "second",
        'return {"c": inputs["b"] + inputs["y"]}',
        requires="b y",
        produces="c",
        concurrency="1",
    )
    effect(root, "tell", "c", "d", "c")
    inline(
        root,
        "pause",
        "from pathlib import Path\n"
        "tried = Path(f\"{inputs['file']}.tried-{inputs['d']}\")\n"
        'if not tried.exists():\n    tried.touch()\n    raise RuntimeError("not yet")\n'
        'return {"e": inputs["d"]}',
        requires="d file",
        produces="e",
        retries="1",
        backoff="exponential 1s..1s",
    )


async def outcome(place: Workplace, thread_id: str) -> dict[str, Any]:
    """All that the death of a worker must not change."""
    steps = await place.steps(thread_id)
    return {
        "data": await place.data(thread_id),
        "steps": [(step.skill, str(step.status)) for step in steps],
        "whys": whys(steps),
        "not repeated": (await place.state(thread_id))["not_repeated"],
        "effects": [(e["skill"], e["key"], e["state"], e["repeat"]) for e in await place.effects()],
        "slots": await place.pool.fetchval("SELECT count(*) FROM slots WHERE worker IS NOT NULL"),
    }


@pytest.mark.parametrize("point", POINTS)
async def test_dying_there_changes_nothing(place: Workplace, point: str) -> None:
    write_skills(place.root)
    await place.load()
    place.settings.lease_seconds = 1.0  # so that the living soon take over
    file = place.settings.home / "acted"
    async with place.worker():
        run = await place.start("pause", data={"file": str(file), "x": 10, "y": 1})
        await place.until(run, "completed")
    again = await place.rerun(run, ASKED)
    name = point.partition(".")[0]
    if name in AFTER_A_DEATH:
        await died(place.spawn(ASF_CRASH_AT="intent.after"))
    process = place.spawn(ASF_CRASH_AT=point)
    try:
        if name == "hand_back":
            await place.until(again, "completed")
            process.send_signal(signal.SIGTERM)
        await died(process)
    finally:
        process.kill()
    async with place.worker():
        state = await place.until(again)
    assert state["status"] == "completed", state["error"]
    assert await outcome(place, again) == {
        "data": {"file": str(file), "x": 10, "y": 2, "a": 10, "b": 10, "c": 12, "d": 12, "e": 12},
        "steps": [(skill, "completed") for skill in ("first", "book", "second", "tell", "pause")],
        "whys": ["reused", "receipt", None, None, None],
        "not repeated": 1,
        "effects": [
            ("book", {"a": 10}, "receipt", 0),
            ("tell", {"c": 11}, "receipt", 0),
            ("tell", {"c": 12}, "receipt", 0),
        ],
        "slots": 0,
    }
    assert file.read_text() == "book 10\ntell 11\ntell 12\n"
