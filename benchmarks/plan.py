"""The plan of a rerun of a run of 200 skills: milliseconds of the use case behind `POST /rerun/…/plan`."""

from __future__ import annotations

import asyncio
from pathlib import Path

from agentskills.domain.rerun import RerunRequest
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.plan import plan_rerun
from agentskills.services.skills import load_skills
from agentskills.services.start import StartRequest, start_run
from agentskills.storage import runs
from processes import Place, workers

STEPS = 200
WIDTH = 10
"""Chains side by side; each skill reads what the one before it in its chain produced."""

SOMEBODY = Actor(kind="person", name="benchmark")
ONLY_WHAT_CHANGED = RerunRequest(changes={"start": {"v0": 7}}, plan="unchanged", results="unchanged")
"""One chain of ten begins with another value: a tenth of the skills hangs on it."""


async def prepare(place: Place, context: Context) -> str:
    """Carry out a run of `STEPS` skills with a real worker and return its id."""
    names = [_write_skill(place.skills[0], number) for number in range(STEPS)]
    await load_skills(context.pool, context.settings)
    asked = StartRequest(
        sop="Do all of it.",
        initial_data={"start": {f"v{number}": number for number in range(WIDTH)}},
        skills=names,
        thread_id="planned",
    )
    async with context.pool.acquire() as conn, workers(place, conn, 1, 10):
        await start_run(context, asked, SOMEBODY)
        while True:
            status = await runs.status_of(conn, "planned")
            if status not in ("queued", "running"):
                break
            await asyncio.sleep(0.05)
    assert status == "completed", status
    return "planned"


async def plan_once(context: Context, thread_id: str) -> None:
    """Plan the rerun, and check that the plan is the right one."""
    plan = await plan_rerun(context, thread_id, ONLY_WHAT_CHANGED, SOMEBODY)
    depend = STEPS // WIDTH
    assert plan["counts"] == {"reuse": STEPS - depend, "execute": 1, "open": depend - 1}, plan["counts"]


def _write_skill(root: Path, number: int) -> str:
    source = f"start.v{number}" if number < WIDTH else f"made.v{number - WIDTH}"
    group, key = source.split(".")
    name = f"planned-{number}"
    scripts = root / name / "scripts"
    scripts.mkdir(parents=True)
    (root / name / "SKILL.md").write_text(
        f"""---
name: {name}
description: Adds one to {source}.
metadata:
  asf.executor: "python"
  asf.entry: "scripts/add.py:run"
  asf.inline: "true"
  asf.requires: "{source}"
  asf.produces: "made.v{number}"
  asf.effects: "none"
---
Adds one.
"""
    )
    (scripts / "add.py").write_text(
        f"""async def run(inputs):
    return {{"made": {{"v{number}": inputs["{group}"]["{key}"] + 1}}}}
"""
    )
    return name
