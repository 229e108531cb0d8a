"""What becomes of due times: fired once each, in order, with what is missed and what overlaps told."""

from __future__ import annotations

import asyncio

import pytest
from tests.engine.workplace import PERSON
from tests.schedules.clockwork import NINE, Clockwork, utc

from agentskills.services import schedules
from agentskills.services.firing import fire_due

pytestmark = pytest.mark.anyio


async def test_each_due_time_starts_one_run_that_knows_it(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(cron="*/15 * * * *", time_zone="Europe/Berlin", overlap="allow")
    assert await clockwork.fire_all() == 0
    for _ in range(3):
        await clockwork.pass_time(minutes=15)
    found = await clockwork.firings(schedule)
    assert [one["due_at"] for one in found] == [
        utc("2026-11-25T09:15"),
        utc("2026-11-25T09:30"),
        utc("2026-11-25T09:45"),
    ]
    assert found[0]["local"].isoformat() == "2026-11-25T10:15:00+01:00"
    assert {one["state"] for one in found} == {"fired"}
    run = found[1]["thread_id"]
    assert run == f"{schedule}_20261125T093000Z"
    assert await clockwork.initial_data(run) == {"at": "2026-11-25T09:30:00Z"}
    row = await clockwork.place.pool.fetchrow(
        "SELECT m.requested_by, m.lane FROM run_metadata m WHERE thread_id = $1", run
    )
    assert row["requested_by"] == {"kind": "schedule", "name": schedule, "on_behalf_of": "ada"}
    assert row["lane"] == 0
    detail = await clockwork.detail(schedule)
    assert detail["runs"] == 3
    assert detail["next"]["at"] == utc("2026-11-25T10:00")
    assert detail["last_firing"]["run_status"] == "queued"
    assert [one["due_at"] for one in detail["recent"]] == [one["due_at"] for one in reversed(found)]


async def test_many_workers_fire_each_time_once(clockwork: Clockwork) -> None:
    made = [await clockwork.create(every_seconds=1, overlap="allow", catch_up_seconds=60) for _ in range(3)]
    clockwork.now = NINE.replace(second=20)

    async def work() -> int:
        looks = 0
        while await fire_due(clockwork.place.context):
            looks += 1
        return looks

    looks = await asyncio.gather(*(work() for _ in range(6)))
    assert sum(looks) == 60
    for schedule in made:
        found = await clockwork.firings(schedule)
        assert [one["due_at"].second for one in found] == list(range(1, 21))
        assert len({one["thread_id"] for one in found}) == 20
    assert await clockwork.place.pool.fetchval("SELECT count(*) FROM run_metadata") == 60


async def test_an_interval_does_not_drift(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=600, overlap="allow")
    for minutes in (11, 12, 13):  # always late
        await clockwork.pass_time(minutes=minutes)
    assert [one["due_at"] for one in await clockwork.firings(schedule)] == [
        utc("2026-11-25T09:10"),
        utc("2026-11-25T09:20"),
        utc("2026-11-25T09:30"),
    ]


async def test_one_time_fires_once(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(once_at=utc("2026-11-25T09:00:30"))
    await clockwork.pass_time(seconds=31)
    await clockwork.pass_time(days=3)
    assert await clockwork.states(schedule) == ["fired"]
    assert (await clockwork.detail(schedule))["next"] is None


async def test_what_is_older_than_the_window_is_skipped_and_the_rest_fired_in_order(
    clockwork: Clockwork,
) -> None:
    schedule = await clockwork.create(every_seconds=600, overlap="allow", catch_up_seconds=1800)
    await clockwork.pass_time(hours=2, minutes=5)
    found = await clockwork.firings(schedule)
    assert [one["due_at"] for one in found] == [
        utc(f"2026-11-25T{hour:02}:{minute:02}")
        for hour in (9, 10, 11)
        for minute in range(0, 60, 10)
        if (9, 10) <= (hour, minute) <= (11, 0)
    ]
    assert [one["state"] for one in found] == ["skipped"] * 9 + ["fired"] * 3
    assert "catch-up window of 1800 s" in found[0]["reason"]
    runs = await clockwork.place.pool.fetch("SELECT thread_id FROM run_metadata ORDER BY created_at")
    assert [run["thread_id"] for run in runs] == [one["thread_id"] for one in found[9:]]


async def test_a_long_outage_is_written_down_page_by_page(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=1, catch_up_seconds=0)
    await clockwork.pass_time(seconds=3030)
    counts = await clockwork.place.pool.fetch(
        "SELECT state, count(*) AS n FROM firings WHERE schedule_id = $1 GROUP BY state", schedule
    )
    # The last 30 seconds are on time; the first of them runs, so that the rest overlaps.
    assert {row["state"]: row["n"] for row in counts} == {"skipped": 3029, "fired": 1}


async def test_a_schedule_that_minds_overlap_skips(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=60)
    await clockwork.pass_time(seconds=60)
    await clockwork.pass_time(seconds=60)
    found = await clockwork.firings(schedule)
    first = found[0]["thread_id"]
    assert [one["state"] for one in found] == ["fired", "skipped"]
    assert found[1]["reason"] == f"overlap: {first} is queued"
    await clockwork.end(first, "failed")
    await clockwork.pass_time(seconds=60)
    assert await clockwork.states(schedule) == ["fired", "skipped", "fired"]


async def test_queue_one_lets_one_wait_for_the_end(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=60, overlap="queue_one")
    for _ in range(3):
        await clockwork.pass_time(seconds=60)
    assert await clockwork.states(schedule) == ["fired", "queued", "skipped"]
    first = (await clockwork.firings(schedule))[0]["thread_id"]
    await clockwork.end(first)
    await clockwork.fire_all()
    found = await clockwork.firings(schedule)
    assert [one["state"] for one in found] == ["fired", "fired", "skipped"]
    assert "waits for its end already" in found[2]["reason"]
    assert await clockwork.initial_data(found[1]["thread_id"]) == {"at": "2026-11-25T09:02:00Z"}
    await clockwork.pass_time(seconds=60)
    assert await clockwork.states(schedule) == ["fired", "fired", "skipped", "queued"]


async def test_cancel_other_makes_room(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=60, overlap="cancel_other")
    await clockwork.pass_time(seconds=60)
    await clockwork.pass_time(seconds=60)
    first, second = (one["thread_id"] for one in await clockwork.firings(schedule))
    assert (await clockwork.place.state(first))["status"] == "cancelled"
    assert (await clockwork.place.state(second))["status"] == "queued"


async def test_a_start_that_is_refused_is_a_failed_firing_and_the_schedule_goes_on(
    clockwork: Clockwork,
) -> None:
    run = await clockwork.place.start("hello", sop="Say hello.")
    schedule = await clockwork.create(every_seconds=60, reruns=run, rerun={"format": 1})
    await clockwork.pass_time(seconds=60)  # an unfinished run can be started anew as it is
    [first] = await clockwork.firings(schedule)
    assert first["thread_id"] == f"{run}_rerun_1"
    await clockwork.change(schedule, reruns=run, rerun={"format": 1, "effects": "none"}, overlap="allow")
    await clockwork.pass_time(seconds=60)
    await clockwork.end(run)
    await clockwork.pass_time(seconds=60)
    found = await clockwork.firings(schedule)
    assert [one["state"] for one in found] == ["fired", "failed", "fired"]
    assert found[1]["reason"].startswith("not-finished: ")
    request = await clockwork.place.pool.fetchval(
        "SELECT request FROM run_metadata WHERE thread_id = $1", found[2]["thread_id"]
    )
    assert request["reason"] == "Hello, due 2026-11-25T09:03:00+00:00"


async def test_every_kind_of_outcome_is_announced(clockwork: Clockwork) -> None:
    pool = clockwork.place.pool
    await pool.execute(
        "INSERT INTO webhooks (id, url, events, secret, requested_by) VALUES "
        "('w', 'http://x', '{schedule.fired,schedule.skipped,schedule.failed}', 's', '{}')"
    )
    run = await clockwork.place.start("hello", sop="Say hello.")
    schedule = await clockwork.create(every_seconds=60, reruns=run, rerun={"format": 1, "effects": "none"})
    await clockwork.pass_time(seconds=60)
    await clockwork.end(run)
    await clockwork.pass_time(seconds=60)
    await clockwork.pass_time(seconds=60)
    told = await pool.fetch("SELECT type, data FROM deliveries ORDER BY id")
    assert [row["type"] for row in told] == ["schedule.failed", "schedule.fired", "schedule.skipped"]
    assert told[1]["data"] == {
        "schedule_id": schedule,
        "name": "Hello",
        "why": "due",
        "due_at": "2026-11-25T09:02:00Z",
        "thread_id": f"{run}_rerun_1",
    }


async def test_run_now_fires_beside_the_rule(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(cron="@daily")
    context = clockwork.place.context
    first = (await schedules.run_now(context, schedule, "try it", PERSON)).answer
    assert (first["state"], first["why"], first["due_at"]) == ("fired", "now", NINE)
    again = (await schedules.run_now(context, schedule, None, PERSON)).answer
    assert (again["state"], again["reason"]) == ("skipped", f"overlap: {first['thread_id']} is queued")
    assert (await clockwork.detail(schedule))["next"]["at"] == utc("2026-11-26T00:00")
    row = await clockwork.place.pool.fetchrow("SELECT * FROM audit WHERE action = 'schedule-run-now' LIMIT 1")
    assert (row["actor"]["name"], row["reason"], row["thread_id"]) == ("ada", "try it", first["thread_id"])
