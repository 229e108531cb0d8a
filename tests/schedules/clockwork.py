"""Schedules under a clock that only the test moves, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.engine.workplace import PERSON, Workplace

from agentskills.services import backfill, firing, schedules
from agentskills.services.schedules import ScheduleRequest

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Clockwork:
    """What a test needs to make schedules, let time pass, and look at what became of it."""

    def __init__(self, place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
        self.place = place
        self.now = NINE
        for module in (schedules, backfill, firing):
            monkeypatch.setattr(module, "now", lambda: self.now)

    async def create(self, **asked: Any) -> str:
        """A schedule that starts a small SOP, unless told otherwise; its id."""
        if "reruns" not in asked:
            asked.setdefault("starts", {"sop": "Say hello.", "initial_data": {"at": "{{ scheduled_at }}"}})
        request = ScheduleRequest(**{"name": "Hello"} | asked)
        answered = await schedules.create_schedule(self.place.context, request, PERSON)
        return str(answered.answer["id"])

    async def detail(self, schedule_id: str) -> dict[str, Any]:
        return await schedules.schedule(self.place.context, schedule_id)

    async def change(self, schedule_id: str, **asked: Any) -> dict[str, Any]:
        request = ScheduleRequest(**asked)
        return await schedules.change_schedule(self.place.context, schedule_id, request, PERSON)

    async def fire_all(self) -> int:
        """Do what is due at this moment; how often there was something."""
        looks = 0
        while await firing.fire_due(self.place.context):
            looks += 1
        return looks

    async def pass_time(self, **span: float) -> None:
        """Let time pass in which nothing runs, then do what is due."""
        self.now += timedelta(**span)
        await self.fire_all()

    async def firings(self, schedule_id: str) -> list[dict[str, Any]]:
        """What became of the due times, the earliest first."""
        page = await schedules.list_firings(self.place.context, schedule_id, [], None, 500)
        return list(reversed(page["items"]))

    async def states(self, schedule_id: str) -> list[str]:
        return [one["state"] for one in await self.firings(schedule_id)]

    async def end(self, thread_id: str, status: str = "completed") -> None:
        """Let a run be over without a worker: what it does is not the matter here."""
        await self.place.pool.execute(
            "UPDATE run_state SET status = $2, wake_at = NULL, owner = NULL, finished_at = now(), "
            'error = CASE WHEN $2 = \'failed\' THEN \'{"type": "t", "message": "m"}\'::jsonb END '
            "WHERE thread_id = $1",
            thread_id,
            status,
        )

    async def initial_data(self, thread_id: str) -> Any:
        return await self.place.pool.fetchval(
            "SELECT initial_data FROM run_metadata WHERE thread_id = $1", thread_id
        )
