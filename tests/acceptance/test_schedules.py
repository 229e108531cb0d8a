"""Four workers die at every turn and the database goes: each due time is fired once, none is left out."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.domain.errors import DatabaseGone
from agentskills.engine.points import CHORE_POINTS
from agentskills.services import schedules
from agentskills.services.schedules import ScheduleRequest
from agentskills.settings import Settings
from agentskills.storage import migrate
from agentskills.storage.database import open_pool
from agentskills.storage.embedded import EmbeddedPostgres

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

WORKERS = 4
SECONDS = 24  # of havoc
AWAY_AFTER, AWAY_SECONDS = 9, 2.0
POSTMASTER_AFTER = 16
GIVE_UP = 90.0
FIRE_POINTS = [point for point in CHORE_POINTS if point.startswith("fire.")]


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A server of this test's own: the session's is not to be killed."""
    home = Path(tempfile.mkdtemp(prefix="asf-schedules-"))
    home.chmod(0o755)
    server = EmbeddedPostgres(home).acquire()
    yield server
    server.ensure_alive()
    server.release()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
async def place(server: EmbeddedPostgres) -> AsyncIterator[Workplace]:
    await migrate.upgrade(server.url)
    root = server.home / "skills"
    inline(root, "tick", 'return {"ticked": inputs["at"]}', requires="at", produces="ticked")
    inline(root, "linger", 'await asyncio.sleep(1.2)\nreturn {"done": True}', requires="at", produces="done")
    settings = Settings(
        home=server.home, skills=str(root), lease_seconds=2.0, database_url=server.url, model=None
    )
    pool = await open_pool(server.url, name="asf test")
    place = Workplace(pool, server.url, settings, root)
    await place.load()
    yield place
    pool.terminate()


class Staff:
    """Workers, most of which die as soon as they fire; whoever has died is replaced."""

    def __init__(self, place: Workplace) -> None:
        self.place = place
        self.living: list[subprocess.Popen[bytes]] = []
        self.ends: Counter[str] = Counter()
        self.hired = 0
        self.calm = False

    async def look_after(self) -> None:
        while True:
            for process in [p for p in self.living if p.poll() is not None]:
                self.living.remove(process)
                self.ends["at a crash point" if process.returncode == 137 else str(process.returncode)] += 1
            while len(self.living) < WORKERS:
                point = None if self.calm or self.hired % 3 == 2 else FIRE_POINTS[self.hired % 3]
                self.living.append(self.place.spawn(**({"ASF_CRASH_AT": point} if point else {})))
                self.hired += 1
            await asyncio.sleep(0.1)

    def kill_one(self) -> None:
        random.choice(self.living).kill()

    def dismiss(self) -> None:
        for process in self.living:
            process.kill()
            process.wait()


async def create(place: Workplace, skill: str, **asked: Any) -> str:
    starts = {"sop": f"Do {skill}.", "skills": [skill], "initial_data": {"at": "{{ scheduled_at }}"}}
    request = ScheduleRequest(**{"name": skill, "starts": starts, "catch_up_seconds": 3600} | asked)
    return str((await schedules.create_schedule(place.context, request, PERSON)).answer["id"])


async def havoc(server: EmbeddedPostgres, staff: Staff) -> None:
    begin = time.monotonic()
    for second in range(1, SECONDS + 1):
        await asyncio.sleep(max(0.0, begin + second - time.monotonic()))
        if second % 2:
            staff.kill_one()
        if second == AWAY_AFTER:
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(AWAY_SECONDS)
            await asyncio.to_thread(server.ensure_alive)
        if second == POSTMASTER_AFTER:
            os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
            while not await asyncio.to_thread(server.ensure_alive):
                await asyncio.sleep(0.01)


async def fetch(place: Workplace, query: str, *arguments: Any) -> list[asyncpg.Record]:
    """Rows, also where the pool's connections have died with the server."""
    for _ in range(20):
        try:
            async with place.context.reading() as conn:
                return list(await conn.fetch(query, *arguments))
        except DatabaseGone:
            await asyncio.sleep(0.1)
    raise AssertionError("the database does not come back")


async def until(place: Workplace, query: str, what: str) -> None:
    """Wait until a query finds nothing."""
    end = time.monotonic() + GIVE_UP
    while rows := await fetch(place, query):
        assert time.monotonic() < end, f"{what}: {rows[:5]}"
        await asyncio.sleep(0.2)


async def test_each_due_time_is_fired_once_whatever_dies(
    server: EmbeddedPostgres, place: Workplace, report: Callable[[str, dict[str, Any]], None]
) -> None:
    free = [await create(place, "tick", every_seconds=1, overlap="allow") for _ in range(2)]
    skipping = await create(place, "linger", every_seconds=1, overlap="skip")
    queueing = await create(place, "linger", every_seconds=1, overlap="queue_one")
    began = {row["id"]: row["anchor"] for row in await fetch(place, "SELECT id, anchor FROM schedules")}
    staff = Staff(place)
    supervisor = asyncio.create_task(staff.look_after())
    try:
        await havoc(server, staff)
        staff.calm = True
        await until(  # those who would still die have fired
            place, "SELECT 1 FROM schedules WHERE next_at < now() - interval '1 s'", "schedules lag behind"
        )
        for schedule in began:
            await schedules.pause_schedule(place.context, schedule, "enough", PERSON)
        await until(
            place,
            "SELECT thread_id, status FROM run_state WHERE status IN ('queued', 'running', 'waiting')",
            "runs that do not end",
        )
    finally:
        supervisor.cancel()
        staff.dismiss()
    rows = await fetch(
        place,
        """SELECT f.schedule_id, f.due_at, f.state, f.thread_id, f.reason, m.initial_data ->> 'at' AS at,
                  s.status, m.created_at, s.started_at, s.finished_at
           FROM firings f LEFT JOIN run_metadata m USING (thread_id) LEFT JOIN run_state s USING (thread_id)
           ORDER BY f.schedule_id, f.due_at""",
    )
    by_schedule = {schedule: [row for row in rows if row["schedule_id"] == schedule] for schedule in began}
    for schedule, found in by_schedule.items():
        assert len(found) >= SECONDS - 2  # all are paused at once, and some began a little later
        expected = [began[schedule] + timedelta(seconds=n) for n in range(1, len(found) + 1)]
        assert [row["due_at"] for row in found] == expected  # none left out, none twice
        assert {row["state"] for row in found} <= {"fired", "skipped", "queued"}
        runs = [row for row in found if row["state"] == "fired"]
        assert [row["at"] for row in runs] == [f"{row['due_at']:%Y-%m-%dT%H:%M:%SZ}" for row in runs]
        assert {row["status"] for row in runs} == {"completed"}
    assert {row["state"] for schedule in free for row in by_schedule[schedule]} == {"fired"}
    for schedule in (skipping, queueing):
        runs = sorted(
            (row for row in by_schedule[schedule] if row["state"] == "fired"),
            key=lambda row: row["created_at"],
        )
        assert len(runs) > 3
        # created_at is when the transaction began that saw the run before end, and may lie before that.
        assert all(a["finished_at"] <= b["started_at"] for a, b in pairwise(runs))
        assert all("overlap: " in row["reason"] for row in by_schedule[schedule] if row["state"] == "skipped")
    assert {row["state"] for row in by_schedule[skipping]} == {"fired", "skipped"}
    started = {row["thread_id"] for row in await fetch(place, "SELECT thread_id FROM run_metadata")}
    assert started == {row["thread_id"] for row in rows if row["thread_id"]}
    report(
        "Schedules under havoc",
        {
            "due times / runs": f"{len(rows)} / {len(started)}",
            "fired, skipped, queued": str(dict(Counter(row["state"] for row in rows))),
            "workers hired": staff.hired,
            "how they ended": str(dict(staff.ends)),
            "due times left out or fired twice": 0,
        },
    )


@pytest.mark.parametrize("point", FIRE_POINTS)
async def test_a_worker_that_dies_as_it_fires_leaves_all_or_nothing(place: Workplace, point: str) -> None:
    schedule = await create(place, "tick", every_seconds=1, overlap="allow")
    dying = place.spawn(ASF_CRASH_AT=point)
    try:
        assert await asyncio.to_thread(dying.wait, 60) == 137
    finally:
        dying.kill()
    [left] = await fetch(place, "SELECT count(*) AS firings FROM firings WHERE schedule_id = $1", schedule)
    [runs] = await fetch(place, "SELECT count(*) AS runs FROM run_metadata")
    assert left["firings"] == runs["runs"] == (1 if point == "fire.after" else 0)
