"""What a policy does while others rerun the same run, change the policy, or lose the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.workplace import PERSON
from tests.policies.conftest import Office

from agentskills.domain.errors import DatabaseGone
from agentskills.domain.rerun import RerunRequest
from agentskills.services import policies
from agentskills.services.rerun import rerun_in
from agentskills.storage import runs
from agentskills.storage.database import Conn

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def looking_meanwhile(office: Office) -> AsyncIterator[Conn]:
    """Lend a transaction; the chore waits for what it locks, and ends after its commit."""
    look = None
    async with office.place.context.writing() as conn:
        yield conn
        look = asyncio.create_task(office.look())
        await office.until(lambda: waits_for_a_lock(office))
    await look


async def waits_for_a_lock(office: Office) -> bool:
    found: bool = await office.place.pool.fetchval(
        """SELECT EXISTS (SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock')"""
    )
    return found


async def rerun_by_batch(office: Office, conn: Conn, thread_id: str) -> None:
    """Do what a batch does: hold the run, then rerun it."""
    await runs.hold(conn, [thread_id])
    await rerun_in(conn, office.place.settings, thread_id, RerunRequest(), PERSON)


async def test_what_a_batch_is_about_to_rerun_is_left(office: Office) -> None:
    policy = await office.policy()
    await office.fail("order-42")
    async with looking_meanwhile(office) as conn:
        await rerun_by_batch(office, conn, "order-42")
    assert await office.answer(policy, "order-42") == ("left", None)
    assert await office.reruns() == ["order-42_rerun_1"]


async def held_back(office: Office) -> dict[str, Any]:
    """Return a policy that has held `two` back and may now rerun it."""
    policy = await office.policy(window_cap={"reruns": 1, "seconds": 3600})
    for name in ("one", "two"):
        await office.fail(name)
    await office.look()
    assert (await office.answer(policy, "two"))[0] == "held_back"
    await office.let_time_pass(timedelta(hours=2))
    return policy


async def test_what_was_held_back_and_a_batch_is_about_to_rerun_is_left(office: Office) -> None:
    policy = await held_back(office)
    async with looking_meanwhile(office) as conn:
        await rerun_by_batch(office, conn, "two")
    assert await office.answer(policy, "two") == ("left", None)


async def test_a_policy_that_has_just_been_disabled_reruns_nothing(office: Office) -> None:
    policy = await held_back(office)
    async with looking_meanwhile(office) as conn:
        await conn.execute("UPDATE policies SET enabled = false")
    assert (await office.answer(policy, "two"))[0] == "held_back"
    assert await office.reruns() == ["one_rerun_1"]
    await policies.switch(office.place.context, policy["id"], True, None, PERSON)
    await office.look()
    assert await office.reruns() == ["one_rerun_1", "two_rerun_1"]


async def test_what_passes_by_itself_refuses_nothing(office: Office) -> None:
    policy = await office.policy()
    await office.fail("order-42")
    await office.place.pool.execute(
        """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
           CREATE TRIGGER full_disk BEFORE INSERT ON run_metadata EXECUTE FUNCTION full_disk()"""
    )
    with pytest.raises(DatabaseGone):
        await office.look()
    assert await office.answers(policy) == []
    await office.place.pool.execute("DROP TRIGGER full_disk ON run_metadata")
    await office.look()
    assert await office.answer(policy, "order-42") == ("rerun", "order-42_rerun_1")
