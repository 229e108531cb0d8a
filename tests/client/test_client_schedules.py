"""`client.schedules` against a real server."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime, timedelta

import pytest
from tests.docs.test_commands import ROOT
from tests.running_server import RunningServer

from agentskills.client import AgentSkills, Schedule, Schedules
from agentskills.domain.errors import BadInput, ScheduleNotFound

pytestmark = pytest.mark.anyio
HELLO = {"sop": "Say hello.", "initial_data": {"day": "{{ scheduled_at.date }}"}}


async def test_the_life_of_a_schedule(server: RunningServer) -> None:
    async with AgentSkills(server.url) as client:
        schedules = client.schedules
        made = await schedules.create(
            "Daily", start=HELLO, cron="0 4 * * *", time_zone="Asia/Tokyo", paused=True, note="not yet"
        )
        assert (made.name, made.answer["note"]) == ("Daily", "not yet")
        assert await schedules.get(made.id) == made
        assert made.id in [one.id async for one in schedules.list(paused=True)]
        assert made.id not in [one.id async for one in schedules.list(paused=False)]
        end = datetime(2026, 3, 3, tzinfo=UTC)
        tried = await made.backfill(end - timedelta(days=2), end, dry_run=True)
        assert [time["local"] for time in tried["times"]] == [
            "2026-03-02T04:00:00+09:00",
            "2026-03-03T04:00:00+09:00",
        ]
        firing = await made.run_now(reason="try")
        run = await client.metadata(firing["thread_id"])
        assert run["initial_data"]["day"] == firing["local"][:10]
        assert [one["state"] async for one in made.firings(state=["fired"])] == ["fired"]
        changed = await made.change(rerun=firing["thread_id"], request={"start": "start", "reason": "again"})
        assert changed.answer["start"] is None
        assert changed.answer["rerun"]["thread_id"] == firing["thread_id"]
        assert changed.answer["rerun"]["request"]["reason"] == "again"
        assert (await made.resume()).answer["next"] is not None
        assert (await made.pause("enough")).answer["note"] == "enough"
        assert (await made.delete(reason="done"))["status"] == "deleted"
        with pytest.raises(ScheduleNotFound):
            await schedules.get(made.id)


async def test_times_and_what_is_wrong(server: RunningServer) -> None:
    async with AgentSkills(server.url) as client:
        after = datetime(2027, 3, 28, tzinfo=UTC)
        times = await client.schedules.preview(
            cron="30 2 * * *", time_zone="Europe/Berlin", count=1, after=after
        )
        assert times == [{"at": "2027-03-28T01:00:00Z", "local": "2027-03-28T03:00:00+02:00"}]
        with pytest.raises(BadInput) as raised:
            await client.schedules.create("Wrong", start=HELLO, cron="0 0 30 2 *")
        assert raised.value.pointer == "/cron"


def test_the_client_page_names_every_method() -> None:
    page = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    for kind in (Schedule, Schedules):
        for name, member in inspect.getmembers(kind):
            if inspect.isfunction(member) and not name.startswith("_"):
                assert f"`{name}()`" in page, name
