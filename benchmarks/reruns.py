"""Measures what people wait for around reruns: answers of a server, and the same in the service.

Usage: python benchmarks/reruns.py [--json] [--assert-limits]

One function per measurement, listed in `MEASUREMENTS` with what its figures mean; each returns
milliseconds by name, and `LIMITS` says which of them have a limit.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Awaitable, Callable

import httpx2
import uvloop

import compare
import plan
from agentskills.services.context import Context
from agentskills.services.lineage import lineage
from agentskills.services.runs import list_runs
from agentskills.storage.run_filter import RunFilter
from measure import percentile
from processes import Place, server
from report import show
from scratch import installation

Figures = dict[str, float]
Measurement = Callable[[Place, Context], Awaitable[Figures]]

TIMES = 30
RERUNS = 1_000
LIMITS = {"lineage_http_p95_ms": 100.0, "plan_p50_ms": 100.0, "compare_p50_ms": 300.0}
"""What is promised, on a machine that has little else to do."""

SECTIONS = {
    "A run with 1,000 reruns": {
        "lineage_p50_ms": "lineage in the service, p50 ms",
        "lineage_p95_ms": "lineage in the service, p95 ms",
        "lineage_http_p50_ms": "GET …/lineage, p50 ms",
        "lineage_http_p95_ms": "GET …/lineage, p95 ms",
        "list_of_failed_p95_ms": "a page of its failed reruns with what fixed them, p95 ms",
    },
    "A run of 200 skills": {
        "plan_p50_ms": "plan of a rerun with one input edited, p50 ms",
        "plan_p95_ms": "the same, p95 ms",
        "compare_p50_ms": "compared with another one in which every step differs, p50 ms",
        "compare_p95_ms": "the same, p95 ms",
    },
}

_FAMILY = """
    INSERT INTO run_metadata (thread_id, sop, initial_data, run_name, parent_thread_id, root_thread_id,
                              rerun_number, requested_by, request)
    SELECT CASE WHEN n = 0 THEN 'bench' ELSE 'bench_rerun_' || n END, 'Refund the order.',
           '{"order": {"id": "A-10442"}}', 'Refund (Rerun #' || n || ')',
           CASE WHEN n % 10 = 0 AND n > 0 THEN 'bench_rerun_' || n - 1 WHEN n > 0 THEN 'bench' END,
           'bench', n,
           '{"kind": "person", "name": "ada", "reason": "once more"}', '{"format": 1, "from": "failure"}'
    FROM generate_series(0, $1) AS n"""
_ENDS = """
    UPDATE run_state s SET finished_at = now(), status = e.status,
           error = CASE WHEN e.status = 'failed' THEN '{"type": "skill-failed", "message": "no"}'::jsonb END
    FROM (SELECT thread_id, CASE WHEN rerun_number % 20 = 10 THEN 'completed' ELSE 'failed' END AS status
          FROM run_metadata) AS e
    WHERE e.thread_id = s.thread_id AND s.root_thread_id = 'bench'"""


async def measure_lineage(place: Place, context: Context) -> Figures:
    """A family of 1,001 runs: its tree, in the service and from a server, and its rows in the list."""
    async with context.writing() as conn:
        await conn.execute(_FAMILY, RERUNS)
        await conn.execute(_ENDS)
    found = await _timed("lineage", lambda: lineage(context, "bench_rerun_500"))
    wanted = RunFilter(status=["failed"], root="bench")
    page = await _timed("list_of_failed", lambda: list_runs(context, wanted, None, 50))
    async with server(place, "--no-worker") as (port, _, _), httpx2.AsyncClient(trust_env=False) as http:

        async def ask() -> None:
            answer = await http.get(f"http://127.0.0.1:{port}/admin/runs/bench_rerun_500/lineage")
            assert len(answer.json()["items"]) == RERUNS + 1

        return found | page | await _timed("lineage_http", ask)


async def _timed(name: str, work: Callable[[], Awaitable[object]]) -> Figures:
    """Do it once to warm up, then `TIMES` times."""
    await work()
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1000)
    return {f"{name}_p50_ms": percentile(took, 0.5), f"{name}_p95_ms": percentile(took, 0.95)}


async def measure_plan(place: Place, context: Context) -> Figures:
    """Only what changed, of a run of 200 skills in which a tenth hangs on the edited input."""
    thread_id = await plan.prepare(place, context)
    return await _timed("plan", lambda: plan.plan_once(context, thread_id))


async def measure_compare(_: Place, context: Context) -> Figures:
    """Two runs of 200 skills that differ in every step."""
    found = await compare.measure(context)
    return {name: found[name] for name in ("compare_p50_ms", "compare_p95_ms")}


MEASUREMENTS: tuple[Measurement, ...] = (measure_lineage, measure_plan, measure_compare)


async def measure() -> Figures:
    """Return all figures by name, each measurement in one installation of its own."""
    found: Figures = {}
    for measurement in MEASUREMENTS:
        async with installation() as (place, context):
            found |= await measurement(place, context)
    return found


def main() -> int:
    """Measure, print, and with --assert-limits end with 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--assert-limits", action="store_true", help="fail where a limit is passed")
    asked = parser.parse_args()
    found = uvloop.run(measure())
    if asked.json:
        print(json.dumps(found))
    else:
        show(found, SECTIONS)
    late = {name: found[name] for name, limit in LIMITS.items() if found[name] > limit}
    for name, value in late.items():
        print(f"{name} is {value:.1f}; it must be under {LIMITS[name]:g}", file=sys.stderr)
    return 1 if late and asked.assert_limits else 0


if __name__ == "__main__":
    sys.exit(main())
