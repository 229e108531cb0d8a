"""Many runs at once: one statement, the same door."""

from __future__ import annotations

import pytest

from agentskills.domain.errors import IdTaken, TooLarge
from agentskills.engine.notifier import Notifier
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.start import StartRequest, start_many, start_run
from agentskills.settings import Settings
from agentskills.storage.database import Pool

pytestmark = pytest.mark.anyio


def context_of(pool: Pool) -> Context:
    return Context(pool, Settings(), Notifier(pool))


def asked(thread_id: str | None = None, number: int = 1) -> StartRequest:
    return StartRequest(sop="Use double.", initial_data={"number": number}, thread_id=thread_id)


async def test_they_are_queued_on_the_batch_lane(pool: Pool) -> None:
    context = context_of(pool)
    await start_run(context, asked("a"), Actor())
    started = await start_many(context, [asked("a"), asked("b"), asked("b"), asked()], Actor("batch"))
    assert [one.thread_id for one in started[:3]] == ["a", "b", "b"]
    rows = await pool.fetch("SELECT thread_id, status, lane FROM run_state WHERE thread_id <> 'a'")
    assert {(row["status"], row["lane"]) for row in rows} == {("queued", 1)}
    assert len(rows) == 2


@pytest.mark.parametrize("second", [asked("x", 2), asked("taken", 2)])
async def test_one_that_is_refused_leaves_nothing(pool: Pool, second: StartRequest) -> None:
    context = context_of(pool)
    await start_run(context, asked("taken"), Actor())
    with pytest.raises(IdTaken):
        await start_many(context, [asked("x", 1), second], Actor())
    assert await pool.fetchval("SELECT count(*) FROM run_metadata") == 1


async def test_limits_hold_here_too(pool: Pool) -> None:
    large = StartRequest(sop="x" * 100_001)
    with pytest.raises(TooLarge):
        await start_many(context_of(pool), [asked(), large], Actor())
    assert await pool.fetchval("SELECT count(*) FROM run_metadata") == 0
