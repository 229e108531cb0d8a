"""What runs that wait cost the others: latency of further runs and memory of the worker, before and after.

Usage: python benchmarks/waiting.py [--json] [--waiting N] [--runs N]. Prints `p95_ratio` (p95 of further
runs with N runs waiting for approval, over that of the empty system) and `worker_growth_mb`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import uvloop

import entering
import latency
from agentskills.services.context import Context
from agentskills.storage.database import Conn
from chain import CHAINS, PURE
from measure import percentile, ratio, resident_mb
from processes import until, workers
from report import show
from scratch import installation

BULK = 500
SKILL = "grant"
SOP = f"Have a person look at the request and then {SKILL} it."
ENDED = """
SELECT extract(epoch FROM s.finished_at - s.created_at)::float8 * 1000 AS took
FROM run_state s WHERE s.thread_id LIKE $1 || '-%' AND s.status = 'completed'
"""
SECTIONS = {
    "Runs that wait for approval, and the others": {
        "waiting": "runs waiting",
        "empty_p95_ms": "p95 of a further run, empty system, ms",
        "waiting_p95_ms": "p95 of a further run, with them waiting, ms",
        "p95_ratio": "the second over the first (at most 1.5)",
        "worker_mb": "worker, resident, MB",
        "worker_growth_mb": "grown by, MB (below 20)",
    }
}


async def measure(waiting: int, runs: int) -> dict[str, float | int | None]:
    """Return the figures; milliseconds from created_at to finished_at, MB of 10^6 bytes."""
    with tempfile.TemporaryDirectory(prefix="asf-bench-") as folder:
        _write_skill(Path(folder) / SKILL)
        async with installation([Path(folder)]) as (place, context), context.pool.acquire() as conn:
            async with workers(place, conn, 1, 200) as (worker,):
                await _burst(context, conn, "warm", waiting)
                empty = await _further(context, conn, "empty", runs)
                before = resident_mb(worker.pid)
                for first in range(0, waiting, BULK):
                    numbers = range(first, min(waiting, first + BULK))
                    await entering.many_of(context, SOP, {"request": {"number": 1}}, "waiting", numbers)
                await until(lambda: _wait(conn, waiting), [worker], f"{waiting} runs to wait")
                crowded = await _further(context, conn, "crowded", runs)
                after = resident_mb(worker.pid)
            assert await _wait(conn, waiting)
    return {
        "waiting": waiting,
        "empty_p95_ms": percentile(empty, 0.95),
        "waiting_p95_ms": percentile(crowded, 0.95),
        "p95_ratio": ratio(percentile(crowded, 0.95), percentile(empty, 0.95)),
        "worker_mb": after,
        "worker_growth_mb": None if after is None or before is None else after - before,
    }


async def _burst(context: Context, conn: Conn, label: str, runs: int) -> None:
    """Carry out as many runs as will wait later, so that growth is what the waiting costs, not the load."""
    for first in range(0, runs, BULK):
        await entering.many(context, CHAINS[PURE], label, range(first, min(runs, first + BULK)))
    await until(lambda: _ended(conn, label, runs), [], "the warm-up")


async def _further(context: Context, conn: Conn, label: str, runs: int) -> list[float]:
    await latency.lightly(context, CHAINS[PURE], label, runs)
    await until(lambda: _ended(conn, label, runs), [], f"the runs {label}")
    return [row["took"] for row in await conn.fetch(ENDED, label)]


async def _ended(conn: Conn, label: str, runs: int) -> bool:
    return len(await conn.fetch(ENDED, label)) == runs


async def _wait(conn: Conn, runs: int) -> bool:
    return bool(
        await conn.fetchval(
            "SELECT count(*) = $1 FROM run_state s JOIN waits w USING (thread_id) "
            "WHERE s.status = 'waiting' AND s.owner IS NULL AND w.state = 'open' AND w.reason = 'approval'",
            runs,
        )
    )


def _write_skill(folder: Path) -> None:
    (folder / "scripts").mkdir(parents=True)
    (folder / "SKILL.md").write_text(
        f"""---
name: {SKILL}
description: Grants a request. Use when a person has agreed.
metadata:
  asf.executor: "python"
  asf.entry: "scripts/grant.py:run"
  asf.inline: "true"
  asf.requires: "request.number"
  asf.produces: "granted"
  asf.effects: "none"
  asf.approval: "before"
---
Grants it.
"""
    )
    (folder / "scripts" / "grant.py").write_text(
        """async def run(inputs):
    return {"granted": True}
"""
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--waiting", type=int, default=5000, help="runs that wait")
    parser.add_argument("--runs", type=int, default=300, help="further runs, measured before and after")
    asked = parser.parse_args()
    found = uvloop.run(measure(asked.waiting, asked.runs))
    if asked.json:
        print(json.dumps(found))
    else:
        show(found, SECTIONS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
