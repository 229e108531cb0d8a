"""2,000 runs whose answers race their timers: none is lost or carried out twice, hardly one claimed twice.

Each run has two branches side by side. One is a REST skill in callback mode: a real service takes
the request over HTTP and answers between 0 and 50 ms after it has accepted it. The other depends:

- `plain` (half of the runs): done at once; the run has nothing but its answer to wait for.
- `soon` (a quarter): fails when the service answers and is tried again 20 ms later. So short a
  pause is slept in the worker: the answer stirs a run of which one branch is under way.
- `late` (a quarter): fails at once and is tried again 1 s later. So long a pause is a timer on
  the run, and the service accepts the request so late that its answer comes about when the
  timer is due: both want a run woken that is about to be let go of.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from tests.engine.workplace import Workplace, add_skill, inline
from tests.stubs.http_service import HttpService, Reply, Seen

from agentskills.services.callbacks import Callback, deliver

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

RUNS = 2_000
IN_FLIGHT = 40  # few enough that the machine answers when it should
KINDS = ("plain", "soon", "plain", "late")
PAUSE, LEAD = 1.0, 0.02
SPREAD = 0.15  # a busy machine adds something that differs, so that answers come on both sides of the timer;
# a timer more than a quarter of a second away would rightly park the run

SIDECAR = 'mode: callback\nrequest: {method: POST, url: "{env.SCREEN_URL}/check"}\n'
ATTEMPT = """
from pathlib import Path
with open(inputs["folder"] + "/attempts", "a") as file:
    file.write(inputs["id"] + "\\n")
"""
FAIL_ONCE = """
tried = Path(inputs["folder"], inputs["id"])
if not tried.exists():
    tried.touch()
    await asyncio.sleep({pause})
    raise RuntimeError("not yet")
"""


def write_skills(place: Workplace) -> None:
    add_skill(
        place.root,
        "screen",
        "",
        executor="rest",
        requires="id answer_after accept_after",
        produces="check.ok",
        sidecar=SIDECAR,
    )
    common = {"requires": "id folder answer_after", "produces": "counted"}
    done = 'return {"counted": 1}'
    inline(place.root, "plain", ATTEMPT + done, **common)
    soon = FAIL_ONCE.format(pause='float(inputs["answer_after"])')
    inline(place.root, "soon", ATTEMPT + soon + done, retries="1", backoff="20ms", **common)
    late = FAIL_ONCE.format(pause="0")
    inline(place.root, "late", ATTEMPT + late + done, retries="1", backoff="1s", **common)


class Screening:
    """The service: accepts, and delivers its answer by the token that it was given."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self.requests: Counter[str] = Counter()
        self.delivering: set[asyncio.Task[None]] = set()

    async def check(self, seen: Seen) -> Reply:
        asked = seen.json
        inputs = asked["inputs"]
        self.requests[asked["thread_id"]] += 1
        await asyncio.sleep(inputs["accept_after"])
        token = asked["callback_url"].partition("token=")[2]
        task = asyncio.create_task(self._answer(asked["thread_id"], token, inputs["answer_after"]))
        self.delivering.add(task)
        return Reply(202)

    async def _answer(self, thread_id: str, token: str, after: float) -> None:
        await asyncio.sleep(after)
        await deliver(self._place.context, Callback(token, thread_id, data={"check": {"ok": True}}))


async def run_one(place: Workplace, number: int) -> None:
    kind = KINDS[number % len(KINDS)]
    answer_after = random.uniform(0, 0.05)
    accept_after = PAUSE - LEAD - answer_after - random.uniform(0, SPREAD) if kind == "late" else 0
    thread_id = f"{kind}-{number}"
    data = {
        "id": thread_id,
        "folder": str(place.settings.home / "tried"),
        "answer_after": answer_after,
        "accept_after": accept_after,
    }
    await place.start("screen", kind, data=data, thread_id=thread_id)
    state = await place.until(thread_id, within=120)
    assert state["status"] == "completed", state["error"]


async def test_answers_and_timers_race_and_none_is_lost(
    place: Workplace, report: Callable[[str, dict[str, Any]], None]
) -> None:
    write_skills(place)
    (place.settings.home / "tried").mkdir()
    await place.load()
    screening = Screening(place)
    async with HttpService() as service:
        service.on("POST", "/check", screening.check)
        place.env = {"SCREEN_URL": service.url, "ASF_PRIVATE_HOSTS": service.private}
        place.settings.worker_concurrency = 400
        worker = place.spawn()
        try:
            numbers = iter(range(RUNS))

            async def carry() -> None:
                for number in numbers:
                    await run_one(place, number)

            await asyncio.gather(*(carry() for _ in range(IN_FLIGHT)))
        finally:
            worker.kill()
            worker.wait()
    for task in screening.delivering:
        task.result()  # each answer was taken: none came too late
    epochs = Counter(row["epoch"] for row in await place.pool.fetch("SELECT epoch FROM run_state"))
    attempts = Counter((place.settings.home / "tried" / "attempts").read_text().split())
    margins = await place.pool.fetch(_MARGINS)
    again = await place.pool.fetch(_AGAIN)
    report(
        "Wake-ups",
        {
            "runs, each with a callback and another branch": RUNS,
            "of which with a timer beside the answer": RUNS // 2,
            "completed": await place.pool.fetchval(
                "SELECT count(*) FROM run_state WHERE status = 'completed'"
            ),
            "runs by number of claims": dict(epochs),
            "runs claimed again: answer after, timer after, ms": [tuple(r) for r in again] or "none",
            "requests / attempts beyond those asked for": "0 / 0",
            "timer after answer, ms (p10, p50, p90)": _quantiles([row["ms"] for row in margins]),
            "timers that were due before the answer": sum(row["ms"] < 0 for row in margins),
        },
    )
    ids = {f"{KINDS[number % len(KINDS)]}-{number}" for number in range(RUNS)}
    assert screening.requests == dict.fromkeys(ids, 1)
    assert attempts == {thread_id: 1 if thread_id.startswith("plain") else 2 for thread_id in ids}
    # Where the machine is busy, an answer can come later than a worker keeps a run for it.
    assert sum(number for epoch, number in epochs.items() if epoch > 1) <= RUNS // 100


_AGAIN = """
    SELECT s.thread_id, round(extract(epoch FROM a.answered_at - a.since) * 1000)::int AS answer,
           round(extract(epoch FROM t.until - a.since) * 1000)::int AS timer, s.owned_ms
    FROM run_state s JOIN waits a ON a.thread_id = s.thread_id AND a.reason = 'callback'
    LEFT JOIN waits t ON t.thread_id = s.thread_id AND t.reason = 'retry' WHERE s.epoch > 1"""

_MARGINS = """
    SELECT extract(epoch FROM timer.until - answer.answered_at)::float8 * 1000 AS ms
    FROM waits timer JOIN waits answer USING (thread_id)
    WHERE timer.reason = 'retry' AND answer.reason = 'callback'"""


def _quantiles(values: list[float]) -> str:
    ordered = sorted(values)
    return ", ".join(f"{ordered[int(len(ordered) * part)]:.0f}" for part in (0.1, 0.5, 0.9))
