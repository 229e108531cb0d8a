"""Runs that fail for real: their groups, versions, and what fixes them."""

from __future__ import annotations

import pytest
from tests.engine.workplace import Workplace, inline

from agentskills.domain.rerun import RerunRequest
from agentskills.services.failures import list_failures
from agentskills.storage.failures import FailureFilter

from .broken_world import KINDS, failures

pytestmark = pytest.mark.anyio


async def groups(place: Workplace) -> dict[tuple[str, str], int]:
    page = await list_failures(place.context, FailureFilter(), None, 50)
    return {(group["skill"], group["signature"]): group["count"] for group in page["items"]}


async def test_skills_that_raise_what_the_generator_says(place: Workplace) -> None:
    for skill in {skill for skill, _ in KINDS}:
        inline(
            place.root, skill, 'raise ValueError(inputs["words"])', requires="words", produces=f"{skill}.x"
        )
    await place.load()
    made = failures(60, seed=3)
    started = [await place.start(skill, data={"words": words}) for skill, _, words in made]
    async with place.worker():
        for run in started:
            assert (await place.until(run))["status"] == "failed"
    found = await groups(place)
    assert sorted(found.values()) == [15, 15, 15, 15]
    assert {skill for skill, _ in found} == {skill for skill, _ in KINDS}


async def test_versions_that_failed_and_a_rerun_that_fixes(place: Workplace) -> None:
    inline(place.root, "work", 'raise ValueError("no line 42")', requires="order", produces="done")
    await place.load()
    async with place.worker():
        first = await place.start("work", data={"order": 1})
        await place.until(first, "failed")
        inline(place.root, "work", 'raise ValueError("no line 43")', requires="order", produces="done")
        await place.load()
        second = await place.rerun(first, RerunRequest())
        await place.until(second, "failed")
        dry = await place.rerun(first, RerunRequest(effects="none"))
        await place.until(dry, "failed")
        [group] = (await list_failures(place.context, FailureFilter(), None, 50))["items"]
        assert (group["count"], group["sample"]["thread_id"]) == (2, second)
        used = [(await place.steps(run))[-1].skill_digest for run in (first, second)]
        assert sorted(group["versions"]) == sorted(used)
        assert len(set(used)) == 2
        inline(place.root, "work", 'return {"done": True}', requires="order", produces="done")
        await place.load()
        await place.until(await place.rerun(second, RerunRequest()), "completed")
    assert await groups(place) == {}


async def test_a_failure_of_no_skill(place: Workplace) -> None:
    inline(place.root, "work", 'return {"done": True}', requires="order.id", produces="done")
    await place.load()
    async with place.worker():
        run = await place.start("work", data={"order": {}})
        state = await place.until(run, "failed")
    [(skill, signature)] = await groups(place)
    assert skill == (state["error"].get("skill") or "")
    assert signature.startswith(f"{state['error']['type']}: ")
