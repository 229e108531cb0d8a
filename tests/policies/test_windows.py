"""Beyond the cap of a window failed runs wait for their turn, in the order in which they came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.engine.workplace import PERSON
from tests.policies.conftest import Office

from agentskills.services import policies

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


async def full(office: Office, waiting: int) -> dict[str, Any]:
    """Return a policy that may rerun one run an hour, has just done so, and holds `waiting` more back."""
    policy = await office.policy(window_cap={"reruns": 1, "seconds": 3600})
    for number in range(waiting + 1):
        await office.fail(f"run-{number}")
    await office.look()
    assert await office.reruns() == ["run-0_rerun_1"]
    return policy


async def test_what_has_waited_longest_comes_first(office: Office) -> None:
    policy = await full(office, 2)
    await office.let_time_pass(HOUR)
    await office.fail("late")
    await office.look()
    assert await office.reruns() == ["run-0_rerun_1", "run-1_rerun_1"]
    assert (await office.answer(policy, "late"))[0] == "held_back"
    for count in (3, 4):
        await office.let_time_pass(HOUR)
        await office.look()
        assert len(await office.reruns()) == count
    assert await office.answer(policy, "late") == ("rerun", "late_rerun_1")


async def test_those_for_which_there_is_no_room_wait_together(office: Office) -> None:
    policy = await full(office, 3)
    before = {row["failed"]: row for row in await office.answers(policy)}
    await office.let_time_pass(HOUR)
    await office.look()
    after = {row["failed"]: row for row in await office.answers(policy)}
    assert after["run-1"]["answer"] == "rerun"
    for name in ("run-2", "run-3"):
        assert after[name]["at"] == before[name]["at"] - HOUR  # nobody answered anew for it
        assert after[name]["again_at"] == after["run-1"]["at"] + HOUR


async def test_a_changed_cap_counts_at_once(office: Office) -> None:
    policy = await full(office, 3)
    cap = {"reruns": 3, "seconds": 3600}
    await policies.edit(office.place.context, policy["id"], {"window_cap": cap}, None, PERSON)
    await office.look()
    assert await office.reruns() == [f"run-{number}_rerun_1" for number in range(3)]
    await policies.edit(office.place.context, policy["id"], {"window_cap": None}, None, PERSON)
    await office.look()
    assert len(await office.reruns()) == 4
