"""Workers and the database are killed, frozen and taken away; nothing is lost, nothing happens twice.

Real processes: four workers that are replaced when they die, and a server of their own that
writes to disk as it would in production.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.engine.workplace import Workplace, inline

from agentskills.domain.errors import TooEarly
from agentskills.settings import Settings
from agentskills.storage import migrate
from agentskills.storage.check import find_faults
from agentskills.storage.database import open_pool
from agentskills.storage.embedded import EmbeddedPostgres

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

RUNS = 200
WORKERS = 4
CONCURRENCY = 4  # so that 200 runs of a second last longer than the ten seconds of killing
LEASE = 4.0
KILLS = 10
FROZEN_AFTER, THAWED_AFTER = 3, 7  # kills; the last three fall upon a worker that came back
AWAY_AFTER, AWAY_SECONDS = 4, 1.5
POSTMASTER_AFTER = 6
SKILLS = ("check", "price", "send", "book", "close")
GIVE_UP = 240.0  # seconds


def write_skills(root: Path) -> None:
    """Five skills of 200 ms, one after the other; the third appends a line to a file, irreversibly."""
    before = "order"
    for name in SKILLS:
        halves = ["await asyncio.sleep(0.1)", "await asyncio.sleep(0.1)"]
        if name == "send":
            halves.insert(1, _append("sent", "order") + "\n")
        body = "\n".join("    " + line for half in halves for line in half.splitlines())
        inline(
            root,
            name,
            f"import os, time\n{_append('begun', _WHERE)}\ntry:\n{body}\n"
            f"finally:\n    {_append('ended', _WHERE)}\n"
            f'return {{"{name}": inputs["order"]}}',
            requires=f"order folder{'' if before == 'order' else ' ' + before}",
            produces=name,
            effects="irreversible" if name == "send" else "none",
            **({"effect_key": "order"} if name == "send" else {}),
        )
        before = name


_WHERE = "order pid time"


def _append(file: str, what: str) -> str:
    """Code that appends a line in one system call."""
    said = "inputs['order']" if what == "order" else "f\"{inputs['order']} {os.getpid()} {time.monotonic()}\""
    return f"with open(inputs['folder'] + '/{file}', 'a') as f: f.write(str({said}) + '\\n')"


@dataclass
class Staff:
    """The workers: whoever has died is replaced."""

    place: Workplace
    living: list[subprocess.Popen[bytes]] = field(default_factory=list)
    died: dict[int, float] = field(default_factory=dict)  # pid → when it was killed
    frozen: dict[int, float] = field(default_factory=dict)  # pid → when it was frozen
    hired: int = 0
    gave_up: int = 0  # ended by themselves, such as when the database was away as they started

    def replace(self) -> None:
        for process in [p for p in self.living if p.poll() is not None]:
            self.living.remove(process)
            self.gave_up += process.pid not in self.died
        while len(self.living) < WORKERS:
            self.living.append(self.place.spawn())
            self.hired += 1

    async def look_after(self) -> None:
        """What a supervisor does; also for those that found no database as they started."""
        while True:
            self.replace()
            await asyncio.sleep(0.1)

    def kill_one(self) -> None:
        self.replace()
        victim = random.choice([p for p in self.living if not self.is_frozen(p)])
        victim.kill()
        victim.wait()
        self.died[victim.pid] = time.monotonic()

    def is_frozen(self, process: subprocess.Popen[bytes]) -> bool:
        return process.pid in self.frozen and process.pid not in self._thawed

    _thawed: set[int] = field(default_factory=set)

    def freeze_one(self) -> None:
        victim = self.living[0]  # the one that has been there longest, and so has runs
        victim.send_signal(signal.SIGSTOP)
        self.frozen[victim.pid] = time.monotonic()

    def thaw(self) -> None:
        for process in self.living:
            if self.is_frozen(process):
                process.send_signal(signal.SIGCONT)
                self._thawed.add(process.pid)

    def dismiss(self) -> None:
        for process in self.living:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """A server of this test's own, with fsync on; the session's is not to be killed."""
    home = Path(tempfile.mkdtemp(prefix="asf-kill-"))
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
    write_skills(root)
    settings = Settings(
        home=server.home,
        skills=str(root),
        lease_seconds=LEASE,
        worker_concurrency=CONCURRENCY,
        database_url=server.url,
        model=None,
    )
    pool = await open_pool(server.url, name="asf test")
    place = Workplace(pool, server.url, settings, root)
    await place.load()
    yield place
    pool.terminate()


def kill_postmaster(server: EmbeddedPostgres) -> None:
    """Kill it, and start it again once it is dead."""
    os.kill(int((server.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    while not server.ensure_alive():
        time.sleep(0.01)


async def havoc(server: EmbeddedPostgres, staff: Staff) -> float:
    """A kill each second, a freeze, and a database that goes twice; return for how long it was away."""
    away = 0.0
    begin = time.monotonic()
    for kill in range(1, KILLS + 1):
        await asyncio.sleep(max(0.0, begin + kill - time.monotonic()))
        staff.kill_one()
        if kill == FROZEN_AFTER:
            staff.freeze_one()
        if kill == THAWED_AFTER:
            staff.thaw()
        if kill == AWAY_AFTER:
            gone = time.monotonic()
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(max(0.0, gone + AWAY_SECONDS - time.monotonic()))
            await asyncio.to_thread(server.ensure_alive)
            away = time.monotonic() - gone
        if kill == POSTMASTER_AFTER:
            await asyncio.to_thread(kill_postmaster, server)
    return away


async def until(place: Workplace, condition: Callable[[Counter[str]], bool]) -> Counter[str]:
    """Wait until the runs' states satisfy a condition."""
    end = time.monotonic() + GIVE_UP
    while True:
        rows = await place.pool.fetch("SELECT status, count(*) AS n FROM run_state GROUP BY status")
        found = Counter({row["status"]: row["n"] for row in rows})
        if condition(found):
            return found
        if time.monotonic() > end:
            log = (place.settings.home / "worker.log").read_text()[-6000:]
            raise AssertionError(f"after {GIVE_UP:g} s: {dict(found)}\n{log}")
        await asyncio.sleep(0.1)


async def until_ready(log: Path) -> None:
    """Wait until all workers have entered, so that they begin together."""
    async with asyncio.timeout(120):
        while True:
            if log.exists() and log.read_text().count("worker.ready") >= WORKERS:
                return
            await asyncio.sleep(0.05)


def lines(place: Workplace) -> Counter[int]:
    """How often each order was sent."""
    file = place.settings.home / "sent"
    return Counter(int(line) for line in file.read_text().split())


def overlaps(place: Workplace, staff: Staff) -> list[tuple[int, float]]:
    """Orders at which two living workers were at the same time, and for how many seconds.

    A worker's time at a step ends when it ended it, when it was killed, or when it was frozen.
    """
    open_at: dict[tuple[int, int], list[float]] = {}
    spells: dict[int, list[tuple[float, float, int]]] = {}
    events = [(*_event(line), 0) for line in _file(place, "begun")]
    events += [(*_event(line), 1) for line in _file(place, "ended")]
    for order, pid, at, ended in sorted(events, key=lambda e: (e[2], e[3])):
        begun = open_at.setdefault((order, pid), [])
        if not ended:
            begun.append(at)
        else:
            end = at if pid not in staff.frozen else min(at, max(begun[0], staff.frozen[pid]))
            spells.setdefault(order, []).append((begun.pop(0), end, pid))
    for (order, pid), left in open_at.items():
        for begun_at in left:
            spells.setdefault(order, []).append((begun_at, staff.died[pid], pid))
    found = []
    for order, mine in spells.items():
        mine.sort()
        for (_, end, pid), (begin, _, other) in itertools.pairwise(mine):
            if other != pid and begin < end:
                found.append((order, end - begin))
    return found


def _file(place: Workplace, name: str) -> list[str]:
    return (place.settings.home / name).read_text().splitlines()


def _event(line: str) -> tuple[int, int, float]:
    order, pid, at = line.split()
    return int(order), int(pid), float(at)


async def journal_is_whole(place: Workplace) -> None:
    """Each run's seqs are 1, 2, 3…, and each skill of a completed run ended exactly once."""
    rows = await place.pool.fetch(
        """SELECT s.thread_id, s.status, array_agg(r.seq ORDER BY r.seq) AS seqs,
                  array_agg(r.skill ORDER BY r.seq) FILTER (WHERE r.kind = 'skill') AS skills,
                  array_agg(r.status ORDER BY r.seq) FILTER (WHERE r.kind = 'skill') AS ends,
                  count(*) FILTER (WHERE r.kind = 'decision') AS decisions
           FROM run_state s JOIN run_steps r USING (thread_id) GROUP BY s.thread_id, s.status"""
    )
    assert len(rows) == RUNS
    for row in rows:
        assert row["seqs"] == list(range(1, len(row["seqs"]) + 1)), dict(row)
        if row["status"] == "completed":
            assert row["skills"] == list(SKILLS), dict(row)
            assert set(row["ends"]) == {"completed"}, dict(row)
            assert row["decisions"] == len(SKILLS) + 1, dict(row)
        else:
            assert row["skills"] == ["check", "price", "send"], dict(row)
            assert row["ends"] == ["completed", "completed", "in_doubt"], dict(row)


async def nobody_owns_what_he_should_not(place: Workplace) -> None:
    assert await place.pool.fetchval("SELECT count(*) FROM run_state WHERE owner IS NOT NULL") == 0
    assert await place.pool.fetchval("SELECT count(*) FROM run_state WHERE wake_at < now()") == 0
    async with place.pool.acquire() as conn:
        assert {text: count for text, count in await find_faults(conn) if count} == {}


async def answer(place: Workplace, thread_id: str, order: int, sent: bool) -> None:
    """Tell what a look at the file tells; the lease of the worker that had it may have to lapse first."""
    said: dict[str, Any] = {"decision": "not_happened"}
    if sent:
        said = {"decision": "happened", "data": {"send": order}}
    for _ in range(100):
        try:
            await place.approve(thread_id, **said)
            return
        except TooEarly:
            await asyncio.sleep(0.2)
    raise AssertionError(f"{thread_id}: the lease of the worker that had it never lapsed")


async def test_nothing_is_lost_and_nothing_happens_twice(
    server: EmbeddedPostgres, place: Workplace, report: Callable[[str, dict[str, Any]], None]
) -> None:
    staff = Staff(place)
    looking_after = asyncio.create_task(staff.look_after())
    try:
        ready = place.settings.home / "worker.log"
        await until_ready(ready)
        for order in range(RUNS):
            data = {"order": order, "folder": str(place.settings.home)}
            await place.start(*SKILLS, thread_id=f"order-{order}", data=data)
        began = time.monotonic()
        away = await havoc(server, staff)
        killed_for = time.monotonic() - began
        left = await place.pool.fetchval("SELECT count(*) FROM run_state WHERE finished_at IS NULL")
        calm = ("completed", "waiting")
        states = await until(place, lambda found: sum(found[s] for s in calm) == RUNS)
        took = time.monotonic() - began
        await nobody_owns_what_he_should_not(place)
        await journal_is_whole(place)
        sent = lines(place)
        assert max(sent.values()) == 1, "sent twice"
        doubts = await _in_doubt(place)
        assert len(doubts) == states["waiting"]
        for order in range(RUNS):
            if f"order-{order}" not in doubts:
                assert sent[order] == 1, f"order {order} is completed and was never sent"
        for thread_id, order in doubts.items():
            await answer(place, thread_id, order, bool(sent[order]))
        await until(place, lambda found: found["completed"] == RUNS)
        await nobody_owns_what_he_should_not(place)
        await journal_is_whole(place)
        assert lines(place) == Counter(range(RUNS))
        assert {e["state"] for e in await place.effects()} == {"receipt"}
        both = overlaps(place, staff)
        takeovers = await place.pool.fetchval("SELECT sum(epoch - 1) FROM run_state")
    finally:
        looking_after.cancel()
        staff.dismiss()
    log = ready.read_text()
    report(
        "Kill test",
        {
            "runs, of five steps of 200 ms": RUNS,
            "completed / in doubt, before answers": f"{states['completed']} / {states['waiting']}",
            "doubts where it had happened / had not": _told(doubts, sent),
            "completed after the answers": RUNS,
            "workers killed with -9 / frozen and thawed": f"{len(staff.died)} / {len(staff.frozen)}",
            "workers hired / ended by themselves": f"{staff.hired} / {staff.gave_up}",
            "database away, s": away,
            "killing lasted, s": killed_for,
            "runs unfinished when it ended": left,
            "from the first kill until all calm, s": took,
            "claims beyond the first of each run": takeovers,
            "steps begun / recorded": f"{len(_file(place, 'begun'))} / {RUNS * len(SKILLS)}",
            "lines appended, of which twice": f"{len(_file(place, 'sent'))}, 0",
            "workers that lost their lease": log.count("worker.lease_lost"),
            "steps of one run begun beside another worker": json.dumps([round(s, 3) for _, s in both]),
        },
    )
    assert left > 0, "the runs had ended before the killing had"
    assert both == []


def _told(doubts: dict[str, int], sent: Counter[int]) -> str:
    happened = sum(bool(sent[order]) for order in doubts.values())
    return f"{happened} / {len(doubts) - happened}"


async def _in_doubt(place: Workplace) -> dict[str, int]:
    """The runs that wait for a person to tell whether it happened, with their orders."""
    rows = await place.pool.fetch(
        """SELECT s.thread_id FROM run_state s JOIN waits w USING (thread_id)
           WHERE s.status = 'waiting' AND w.state = 'open' AND w.reason = 'in_doubt'"""
    )
    return {row["thread_id"]: int(row["thread_id"].partition("-")[2]) for row in rows}
