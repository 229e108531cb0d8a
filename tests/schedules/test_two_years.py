"""Schedules under a clock that jumps over two years, against an oracle that looks at every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from tests.schedules.clockwork import Clockwork
from tests.schedules.oracle import due_times
from tests.schedules.test_cron import ZONES

pytestmark = pytest.mark.anyio

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
FIXED = {"Europe/Berlin": "30 2 * * *", "America/New_York": "45 1 * * *", "Australia/Lord_Howe": "15 2 * * *"}
REAL_TIME = "*/30 1-3 * * sun"  # clocks change on Sundays in all three


@pytest.mark.parametrize("zone", ZONES)
async def test_every_due_time_of_two_years_is_fired_once_and_in_order(
    clockwork: Clockwork, zone: str
) -> None:
    chance = Random(zone)
    clockwork.now = START - timedelta(seconds=1)
    expressions = (FIXED[zone], REAL_TIME)
    made = [
        await clockwork.create(cron=cron, time_zone=zone, overlap="allow", catch_up_seconds=7 * 86400)
        for cron in expressions
    ]
    while clockwork.now < END:  # sometimes nothing runs for days
        await clockwork.pass_time(minutes=chance.choice([7, 45, 1440, 4000, 9000]))
    last = clockwork.now.replace(second=0, microsecond=0) + timedelta(minutes=1)
    for schedule, expected in zip(made, due_times(expressions, zone, START, last), strict=True):
        rows = await clockwork.place.pool.fetch(
            """SELECT f.due_at, f.state, m.initial_data ->> 'at' AS told, m.created_at FROM firings f
               JOIN run_metadata m USING (thread_id) WHERE schedule_id = $1 ORDER BY due_at""",
            schedule,
        )
        assert [row["due_at"] for row in rows] == expected
        assert {row["state"] for row in rows} == {"fired"}
        assert [row["told"] for row in rows] == [f"{due:%Y-%m-%dT%H:%M:%SZ}" for due in expected]
        assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)
        assert (await clockwork.detail(schedule))["runs"] == len(expected) > 400
