"""5,000 runs that wait for approval hold nothing: others are as quick, the worker grows by little.

Two installations on the same server, one empty and one crowded, are measured in turns, so that
whatever else the machine does falls upon both.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.databases import fresh_database
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.services.start import StartRequest, start_many
from agentskills.settings import Settings
from agentskills.storage.database import open_pool
from agentskills.storage.embedded import EmbeddedPostgres

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory from /proc"),
]

WAITING, FURTHER, SHARE = 5_000, 200, 500
CHAIN = ("one", "two", "three", "four", "five")


@pytest.fixture
async def crowded(
    postgres: EmbeddedPostgres, template: str, place: Workplace, asf_home: Path
) -> AsyncIterator[Workplace]:
    """A second installation: the same skills, another database."""
    home = asf_home / "crowded"
    home.mkdir()
    with fresh_database(postgres, template) as url:
        settings = Settings(
            home=home, skills=str(place.root), lease_seconds=10.0, database_url=url, model=None
        )
        pool = await open_pool(url, name="asf test")
        crowded = Workplace(pool, url, settings, place.root)
        crowded.notifier.start()
        yield crowded
        await crowded.notifier.close()
        pool.terminate()


def write_skills(place: Workplace) -> None:
    before = "number"
    for name in CHAIN:
        inline(place.root, name, f'return {{"{name}": 1}}', requires=before, produces=name)
        before = name
    inline(
        place.root, "grant", 'return {"granted": 1}', requires="number", produces="granted", approval="before"
    )


async def many(place: Workplace, label: str, skills: Sequence[str], runs: int) -> None:
    for first in range(0, runs, SHARE):
        asked = [
            StartRequest(
                sop="Do what is asked.",
                initial_data={"number": number},
                thread_id=f"{label}-{number}",
                skills=list(skills),
            )
            for number in range(first, min(runs, first + SHARE))
        ]
        await start_many(place.context, asked, PERSON)


async def until_all(place: Workplace, status: str, label: str, runs: int) -> None:
    query = "SELECT count(*) FROM run_state WHERE status = $1 AND thread_id LIKE $2 || '-%'"
    async with asyncio.timeout(240):
        while True:
            if await place.pool.fetchval(query, status, label) == runs:
                return
            await asyncio.sleep(0.1)


async def p95(place: Workplace) -> float:
    """Milliseconds from start to end of the further runs."""
    took: float = await place.pool.fetchval(
        """SELECT percentile_cont(0.95) WITHIN GROUP (
               ORDER BY extract(epoch FROM finished_at - created_at)::float8 * 1000)
           FROM run_state WHERE thread_id LIKE 'further-%'"""
    )
    return took


def resident(pid: int) -> float:
    """Megabytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


async def test_waiting_runs_hold_nothing(
    place: Workplace, crowded: Workplace, report: Callable[[str, dict[str, Any]], None]
) -> None:
    write_skills(place)
    place.settings.lease_seconds = 10.0
    places, processes = (place, crowded), []
    try:
        for each in places:
            await each.load()
            processes.append(each.spawn())
            await many(each, "warm", CHAIN, WAITING // 2)  # what the load itself costs is not meant
            await until_all(each, "completed", "warm", WAITING // 2)
        before = resident(processes[1].pid)
        await many(crowded, "waiting", ["grant"], WAITING)
        await until_all(crowded, "waiting", "waiting", WAITING)
        for number in range(FURTHER):
            for each in random.sample(places, 2):
                data = {"number": number}
                await each.start(*CHAIN, data=data, thread_id=f"further-{number}")
                await asyncio.sleep(random.uniform(0.01, 0.05))
        for each in places:
            await until_all(each, "completed", "further", FURTHER)
        grown = resident(processes[1].pid) - before
        await until_all(crowded, "waiting", "waiting", WAITING)
        owned = await crowded.pool.fetchval("SELECT count(*) FROM run_state WHERE owner IS NOT NULL")
    finally:
        for process in processes:
            process.kill()
            process.wait()
    empty, full = await p95(place), await p95(crowded)
    report(
        "Waiting",
        {
            "runs that wait for approval": WAITING,
            "further runs of five steps, in each installation": FURTHER,
            "p95 in the empty one, ms": empty,
            "p95 beside those that wait, ms": full,
            "ratio (at most 1.5)": f"{full / empty:.2f}",
            "worker, resident before they came, MB": before,
            "worker grown by, MB (below 20)": grown,
        },
    )
    assert owned == 0
    assert full <= 1.5 * empty
    assert grown < 20
