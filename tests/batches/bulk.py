"""Many failed runs, batches over them, and the chore that carries batches, one turn at a time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.services import batches
from agentskills.services.batch_dispatch import dispatch_batches
from agentskills.services.batch_start import BatchRequest, start_batch

BROKEN = 'raise ValueError("no line 42 for order " + str(inputs["order"]))'
MENDED = 'return {"done": {"order": inputs["order"], "right": inputs["order"] % 2 == 0}}'
ENDED = ("completed", "failed", "cancelled")


@dataclass
class Bulk:
    """A workplace with batches."""

    place: Workplace

    async def broken(self) -> None:
        """Every run of `work` fails from now on."""
        await self.skill(BROKEN)

    async def mended(self) -> None:
        """Every run of `work` completes from now on; an even order is right."""
        await self.skill(MENDED)

    async def skill(self, code: str, **keys: str) -> None:
        inline(self.place.root, "work", code, **{"requires": "order", "produces": "done", **keys})
        await self.place.load()

    async def runs(self, number: int, **more: Any) -> list[str]:
        """Start so many runs and let them end."""
        data = more.pop("data", lambda order: {"order": order})
        started = [await self.place.start("work", data=data(order), **more) for order in range(number)]
        async with self.place.worker():
            for thread_id in started:
                await self.place.until(thread_id, *ENDED)
        return started

    async def failures(self, number: int, **more: Any) -> list[str]:
        """Return so many failed runs of a skill that is mended by now."""
        failed = await self.runs(number, **more)
        await self.mended()
        return failed

    async def start(self, **asked: Any) -> dict[str, Any]:
        done = await start_batch(self.place.context, BatchRequest(**asked), PERSON)
        return done.answer

    async def get(self, batch: dict[str, Any]) -> dict[str, Any]:
        return await batches.batch(self.place.context, batch["id"])

    async def items(self, batch: dict[str, Any], *states: str) -> list[dict[str, Any]]:
        page = await batches.list_items(self.place.context, batch["id"], states, None, 10_000)
        return list(page["items"])

    async def turn(self) -> bool:
        """Give whatever is due one turn, as a worker would."""
        await self.place.pool.execute(
            "UPDATE batches SET wake_at = now() - '1 s'::interval WHERE wake_at > now()"
        )
        return await dispatch_batches(self.place.context)

    async def until(self, batch: dict[str, Any], *statuses: str) -> dict[str, Any]:
        """Carry batches until this one has one of these statuses; there must be a worker."""
        async with asyncio.timeout(60):
            while (found := await self.get(batch))["status"] not in statuses:
                await self.turn()
                await asyncio.sleep(0.02)
        return found

    async def carried(self, batch: dict[str, Any], *statuses: str) -> dict[str, Any]:
        """Carry a batch with a worker until it has completed, or one of these statuses, and nothing runs."""
        async with self.place.worker(), asyncio.timeout(60):
            found = await self.until(batch, *(statuses or ("completed",)))
            while found["counts"]["running"]:  # what it cost is known before a run has ended
                await self.turn()
                await asyncio.sleep(0.02)
                found = await self.get(batch)
        return found

    async def reruns(self) -> dict[str, int]:
        """How often each run has been rerun."""
        rows = await self.place.pool.fetch(
            """SELECT parent_thread_id AS source, count(*) AS n FROM run_metadata
               WHERE parent_thread_id IS NOT NULL GROUP BY 1"""
        )
        return {row["source"]: row["n"] for row in rows}
