"""A probe finds out whether a skill is well again, or does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.policies.conftest import Office

pytestmark = pytest.mark.anyio


async def test_a_probe_that_waits_for_a_person_keeps_nobody_waiting(office: Office) -> None:
    pool = office.place.pool
    policy = await office.policy(breaker={"failures": 2, "seconds": 600, "rest_seconds": 60})
    for number in range(4):
        await office.fail(f"run-{number}")
    await office.look()
    await pool.execute("UPDATE breakers SET open_until = now()")
    await office.look()
    [breaker] = await office.breakers(policy)
    assert (breaker["state"], len(await office.reruns())) == ("probing", 2)

    await pool.execute("UPDATE run_state SET status = 'waiting' WHERE thread_id = $1", breaker["probe"])
    await pool.execute(
        "INSERT INTO waits (thread_id, seq, reason) VALUES ($1, 1, 'approval')", breaker["probe"]
    )
    await office.look()
    assert [one["state"] for one in await office.breakers(policy)] == ["probing"]  # it has just asked
    await pool.execute("UPDATE waits SET since = since - $1::interval", timedelta(seconds=60))
    await office.look()
    assert [one["state"] for one in await office.breakers(policy)] == ["open"]

    await pool.execute("UPDATE breakers SET open_until = now()")
    await office.look()
    [another] = await office.breakers(policy)
    assert (another["state"], len(await office.reruns())) == ("probing", 3)
    assert another["probe"] != breaker["probe"]
