"""Two workers are killed again and again while they answer failures; each is rerun once."""

from __future__ import annotations

import asyncio
import signal
import subprocess

import pytest
from tests.engine.workplace import Workplace, inline
from tests.policies.conftest import Office, office, place

__all__ = ["office", "place"]

pytestmark = pytest.mark.anyio
RUNS = 60


async def test_workers_that_are_killed_rerun_each_failure_once(office: Office) -> None:
    workplace = office.place
    inline(workplace.root, "broken", 'raise RuntimeError("down")', produces="done")
    await workplace.load()
    policy = await office.policy(attempts=2)
    await office.hear("run.failed_for_good")
    workplace.settings.lease_seconds = 1.0
    for _ in range(RUNS):
        await workplace.start("broken")
    workers = [workplace.spawn(), workplace.spawn()]
    kills = 0
    try:
        while not await all_given_up(workplace):
            await asyncio.sleep(2)
            if kills < 6:
                victim = workers.pop(0)
                victim.send_signal(signal.SIGKILL)
                await asyncio.to_thread(victim.wait)
                workers.append(workplace.spawn())
                kills += 1
    finally:
        stop(workers)
    answers = [row["answer"] for row in await office.answers(policy)]
    assert answers.count("rerun") == 2 * RUNS
    assert answers.count("given_up") == RUNS
    assert len(await office.reruns()) == 2 * RUNS
    assert len(await office.events()) == RUNS
    print(f"{RUNS} runs, {2 * RUNS} automatic reruns, {kills} workers killed")


async def all_given_up(workplace: Workplace) -> bool:
    number: int = await workplace.pool.fetchval(
        "SELECT count(*) FROM policy_answers WHERE answer = 'given_up'"
    )
    return number == RUNS


def stop(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        worker.kill()
        worker.wait()
