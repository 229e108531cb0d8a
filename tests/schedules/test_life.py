"""A schedule that is paused, changed, and filled in backwards."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from tests.engine.workplace import PERSON
from tests.schedules.clockwork import NINE, Clockwork, utc

from agentskills.domain.errors import BadInput
from agentskills.domain.timing import Timing
from agentskills.services import schedules
from agentskills.services.backfill import backfill
from agentskills.storage import firings

pytestmark = pytest.mark.anyio


async def test_what_came_due_while_paused_is_not_fired(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=600, overlap="allow")
    await clockwork.pass_time(minutes=10)
    await schedules.pause_schedule(clockwork.place.context, schedule, "closed", PERSON)
    await clockwork.pass_time(minutes=25)
    await schedules.resume_schedule(clockwork.place.context, schedule, None, PERSON)
    await clockwork.pass_time(minutes=6)
    assert [one["due_at"] for one in await clockwork.firings(schedule)] == [
        utc("2026-11-25T09:10"),
        utc("2026-11-25T09:40"),
    ]


async def test_what_is_queued_waits_while_paused(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=60, overlap="queue_one")
    await clockwork.pass_time(seconds=60)
    await clockwork.pass_time(seconds=60)
    await schedules.pause_schedule(clockwork.place.context, schedule, None, PERSON)
    await clockwork.end((await clockwork.firings(schedule))[0]["thread_id"])
    assert await clockwork.fire_all() == 0
    await schedules.resume_schedule(clockwork.place.context, schedule, None, PERSON)
    await clockwork.fire_all()
    assert await clockwork.states(schedule) == ["fired", "fired"]


async def test_another_rule_counts_from_now_on(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(cron="0 * * * *", overlap="allow")
    clockwork.now += timedelta(minutes=150)  # two due times that nobody has looked at
    changed = await clockwork.change(schedule, every_seconds=60)
    assert changed["next"]["at"] == utc("2026-11-25T11:31")
    assert await clockwork.fire_all() == 0
    named = await clockwork.change(schedule, name="Minutely")
    assert (named["name"], named["next"]) == ("Minutely", changed["next"])
    with pytest.raises(BadInput, match="lies in the past"):
        await clockwork.change(schedule, once_at=NINE)


async def test_backfilled_times_run_one_after_the_other(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(cron="0 * * * *", time_zone="Europe/Berlin")
    start, end = utc("2026-11-24T00:00"), utc("2026-11-24T03:00")
    await backfill(clockwork.place.context, schedule, start, end, PERSON, reason="it was new")
    for done in range(1, 4):
        await clockwork.fire_all()
        assert await clockwork.states(schedule) == ["fired"] * done + ["queued"] * (3 - done)
        await clockwork.end((await clockwork.firings(schedule))[done - 1]["thread_id"])
    found = await clockwork.firings(schedule)
    assert [one["due_at"].hour for one in found] == [0, 1, 2]
    assert {one["why"] for one in found} == {"backfill"}
    again = await backfill(clockwork.place.context, schedule, start, end + timedelta(hours=1), PERSON)
    assert (again.answer["count"], again.answer["left_alone"]) == (1, 3)
    assert [time["has_firing"] for time in again.answer["times"]] == [True, True, True, False]


async def test_a_backfill_does_not_take_the_place_of_the_one_that_waits(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=60, overlap="queue_one", anchor=NINE - timedelta(hours=1))
    await clockwork.pass_time(seconds=60)
    window = (NINE - timedelta(minutes=10), NINE - timedelta(minutes=8))
    await backfill(clockwork.place.context, schedule, *window, PERSON)
    await clockwork.pass_time(seconds=60)
    await clockwork.pass_time(seconds=60)
    states = await clockwork.states(schedule)
    assert states == ["queued", "queued", "fired", "queued", "skipped"]


async def test_with_allow_a_backfill_runs_at_once(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(cron="@daily", overlap="allow")
    await backfill(clockwork.place.context, schedule, NINE - timedelta(days=5), NINE, PERSON)
    await clockwork.fire_all()
    assert await clockwork.states(schedule) == ["fired"] * 5


async def test_a_deleted_schedule_leaves_its_runs(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=60)
    await clockwork.pass_time(seconds=60)
    [firing] = await clockwork.firings(schedule)
    await schedules.delete_schedule(clockwork.place.context, schedule, "enough", PERSON)
    await clockwork.pass_time(seconds=60)
    assert (await clockwork.place.state(firing["thread_id"]))["status"] == "queued"
    assert await clockwork.place.pool.fetchval("SELECT count(*) FROM firings") == 0
    assert await clockwork.place.pool.fetchval("SELECT count(*) FROM run_metadata") == 1


async def test_one_schedule_that_breaks_does_not_hold_up_the_others(clockwork: Clockwork) -> None:
    broken = await clockwork.create(every_seconds=60)
    sound = await clockwork.create(every_seconds=60)
    await clockwork.place.pool.execute(
        "UPDATE schedules SET starts = '{\"nonsense\": 1}' WHERE id = $1", broken
    )
    await clockwork.pass_time(seconds=60)
    [found] = await clockwork.firings(broken)
    assert (found["state"], found["reason"]) == ("failed", "internal: TypeError")
    assert await clockwork.states(sound) == ["fired"]


async def test_old_firings_are_forgotten_but_for_the_last_run(clockwork: Clockwork) -> None:
    schedule = await clockwork.create(every_seconds=600, overlap="allow")
    for _ in range(3):
        await clockwork.pass_time(minutes=10)
    await clockwork.change(schedule, overlap="skip")
    await clockwork.pass_time(minutes=10)
    assert await clockwork.states(schedule) == ["fired", "fired", "fired", "skipped"]
    async with clockwork.place.pool.acquire() as conn:
        assert await firings.forget_old(conn, clockwork.now, 1) == 1
        assert await firings.forget_old(conn, clockwork.now, 10) == 1
        assert await firings.forget_old(conn, clockwork.now, 10) == 0
    assert await clockwork.states(schedule) == ["fired", "skipped"]


async def test_a_rule_that_cannot_be_worked_out_pauses_its_schedule_and_no_other(
    clockwork: Clockwork,
) -> None:
    pool = clockwork.place.pool
    await pool.execute(
        "INSERT INTO webhooks (id, url, events, secret, requested_by) VALUES "
        "('w', 'http://x', '{schedule.failed}', 's', '{}')"
    )
    gone = await clockwork.create(cron="*/5 * * * *", overlap="allow")
    sound = await clockwork.create(every_seconds=600, overlap="allow")
    await clockwork.pass_time(minutes=5)
    await pool.execute("UPDATE schedules SET time_zone = 'Atlantis/Poseidonis' WHERE id = $1", gone)
    await clockwork.pass_time(minutes=5)
    assert await clockwork.states(sound) == ["fired"]
    detail = await clockwork.detail(gone)
    assert (detail["paused"], detail["next"]) == (True, None)
    assert detail["note"].startswith("the time due at 2026-11-25T09:10:00Z can't be dealt with: bad-input: ")
    assert "Atlantis/Poseidonis" in detail["note"]
    assert len((await schedules.list_schedules(clockwork.place.context, None, None, 5))["items"]) == 2
    [told] = await pool.fetch("SELECT type, data FROM deliveries")
    assert (told["type"], told["data"]["reason"]) == ("schedule.failed", detail["note"])
    assert await pool.fetchval("SELECT reason FROM audit WHERE action = 'schedule-pause'") == detail["note"]
    with pytest.raises(BadInput, match="no time zone"):
        await schedules.resume_schedule(clockwork.place.context, gone, None, PERSON)
    await clockwork.change(gone, time_zone="UTC")
    await schedules.resume_schedule(clockwork.place.context, gone, None, PERSON)
    await clockwork.pass_time(minutes=5)
    assert await clockwork.states(gone) == ["fired", "fired"]


RARE = {"cron": "0 0 29 2 */7", "time_zone": "Europe/Berlin"}  # leap days that are Sundays


async def test_of_a_rare_rule_the_times_of_fifty_years_are_shown(clockwork: Clockwork) -> None:
    days = ["2032-02-29", "2060-02-29"]
    found = await schedules.preview(Timing(**RARE), 1000, NINE)
    assert [str(time["local"].date()) for time in found["times"]] == days
    schedule = await clockwork.create(**RARE)
    detail = await clockwork.detail(schedule)
    assert [str(time["local"].date()) for time in detail["next_times"]] == days
    far = Timing(once_at=utc("2500-01-01T00:00"))
    assert [time["at"].year for time in (await schedules.preview(far, 1000, NINE))["times"]] == [2500]
    yearly = Timing(every_seconds=366 * 24 * 3600, anchor=NINE)
    assert len((await schedules.preview(yearly, 100, NINE))["times"]) == 100


async def test_whatever_walks_far_leaves_the_event_loop_alone(
    clockwork: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    walkers = []
    next_after = Timing.next_after

    def seen(self: Timing, after: datetime) -> datetime | None:
        walkers.append(threading.current_thread())
        return next_after(self, after)

    schedule = await clockwork.create(**RARE)
    monkeypatch.setattr(Timing, "next_after", seen)
    await schedules.preview(Timing(**RARE), 1000, NINE)
    await clockwork.detail(schedule)
    window = (utc("1970-01-01T00:00"), NINE)
    done = await backfill(clockwork.place.context, schedule, *window, PERSON, dry_run=True)
    assert [time["local"].year for time in done.answer["times"]] == [1976, 2004]
    assert len(walkers) > 3
    assert threading.main_thread() not in walkers
