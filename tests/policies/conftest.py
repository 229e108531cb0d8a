"""A workplace whose workers also do the chores of policies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from tests.engine.conftest import place
from tests.engine.workplace import PERSON, Workplace

from agentskills.services import policies
from agentskills.services.chores import CHORES, Chore, doing_chores
from agentskills.services.rerun_failed import rerun_failed

__all__ = ["place"]

AT_ONCE = {"first_seconds": 0, "factor": 1, "most_seconds": 0, "jitter": 0}
NO_BREAKER = {"failures": 1_000_000, "seconds": 1, "rest_seconds": 1}


@dataclass
class Office:
    """Makes policies, lets workers look, and counts."""

    place: Workplace

    async def policy(self, **fields: Any) -> dict[str, Any]:
        given = {"name": "by itself", "backoff": AT_ONCE, "breaker": NO_BREAKER} | fields
        return (await policies.create(self.place.context, given, None, PERSON)).answer

    async def look(self) -> None:
        """Do the chore until nothing is due."""
        while await rerun_failed(self.place.context):
            pass

    @asynccontextmanager
    async def looking(self, workers: int) -> AsyncIterator[None]:
        """Let so many workers look at failures, all the time."""
        quick = [Chore(chore.name, chore.work, 0.01) for chore in CHORES if chore.name == "policies"]
        async with AsyncExitStack() as stack:
            for _ in range(workers):
                await stack.enter_async_context(doing_chores(self.place.settings, self.place.url, quick))
            yield

    async def fail(self, thread_id: str, kind: str = "timeout", skill: str = "any", **error: Any) -> str:
        """Make a run that has failed, as if a worker had ended it."""
        pool = self.place.pool
        await pool.execute(
            "INSERT INTO run_metadata (thread_id, sop, lane, planner) VALUES ($1, 'Use any.', 2, 'dataflow')",
            thread_id,
        )
        await self.end(thread_id, kind, skill, **error)
        return thread_id

    async def end(self, thread_id: str, kind: str = "timeout", skill: str = "any", **error: Any) -> None:
        """Let a run end failed."""
        told = {"type": kind, "message": "it failed"} | ({"skill": skill} if skill else {}) | error
        await self.place.pool.execute(
            """UPDATE run_state SET status = 'failed', error = $2, finished_at = now(), wake_at = NULL
               WHERE thread_id = $1""",
            thread_id,
            told,
        )

    async def answers(self, policy: dict[str, Any]) -> list[dict[str, Any]]:
        """What a policy did, the oldest first."""
        rows = await self.place.pool.fetch(
            "SELECT * FROM policy_answers WHERE policy_id = $1 ORDER BY at, failed", policy["id"]
        )
        return [dict(row) for row in rows]

    async def answer(self, policy: dict[str, Any], failed: str) -> tuple[str, str | None]:
        """What a policy did about a run, and its rerun."""
        [row] = [row for row in await self.answers(policy) if row["failed"] == failed]
        return row["answer"], row["thread_id"]

    async def breakers(self, policy: dict[str, Any]) -> list[dict[str, Any]]:
        return list((await policies.policy(self.place.context, policy["id"]))["breakers"])

    async def reruns(self) -> list[str]:
        rows = await self.place.pool.fetch(
            "SELECT thread_id FROM run_metadata WHERE parent_thread_id IS NOT NULL ORDER BY thread_id"
        )
        return [row["thread_id"] for row in rows]

    async def events(self) -> list[dict[str, Any]]:
        """What was announced to the webhook that hears everything."""
        rows = await self.place.pool.fetch("SELECT type, data FROM deliveries ORDER BY id")
        return [{"type": row["type"]} | row["data"] for row in rows]

    async def hear(self, *events: str) -> None:
        await self.place.pool.execute(
            """INSERT INTO webhooks (id, url, events, secret, requested_by)
               VALUES ('hook_1', 'https://example.org/', $1, 'whsec_', '{}')""",
            list(events),
        )

    async def let_time_pass(self, span: timedelta) -> None:
        """Let what policies have answered have been so much earlier."""
        await self.place.pool.execute(
            "UPDATE policy_answers SET at = at - $1::interval, again_at = again_at - $1::interval", span
        )

    async def until(self, reached: Callable[[], Any]) -> Any:
        """Wait until `reached`, an async function, answers something true; return it."""
        async with asyncio.timeout(120):
            while not (found := await reached()):
                await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def office(place: Workplace) -> Office:
    return Office(place)
