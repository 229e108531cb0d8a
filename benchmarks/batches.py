"""Measures batches: how long one takes to be accepted, filled from a filter, and dispatched.

Usage: python benchmarks/batches.py [--runs N] [--small] [--json] [--assert-limits]

The installation holds `--runs` failed runs (a million; 20,000 with --small), all found by one filter.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Awaitable, Callable

import httpx2
import uvloop

from agentskills.domain.rerun import RerunRequest
from agentskills.services import batches
from agentskills.services.actor import Actor
from agentskills.services.batch_dispatch import PAGE, dispatch_batches
from agentskills.services.batch_start import BatchRequest, start_batch
from agentskills.services.context import Context
from agentskills.storage.run_filter import RunFilter
from measure import percentile
from processes import Place, server
from report import show
from scratch import installation

RUNS, SMALL = 1_000_000, 20_000
IDS = 10_000
PAGES, DISPATCHED = 10, 600
ACTOR = Actor(name="benchmark")
FAILED = RunFilter(status=["failed"])
LIMITS = {"accept_ids_http_s": 2.0, "accept_filter_http_s": 2.0}
"""What is promised."""

SECTIONS = {
    "Batches": {
        "runs": "failed runs in the installation",
        "accept_ids_s": "accepting 10,000 ids, service, s",
        "accept_ids_http_s": "the same over HTTP, s",
        "accept_filter_s": "accepting a filter that finds all runs, service, s",
        "accept_filter_http_s": "the same over HTTP, s",
        "plan_http_s": "dry run over that filter, HTTP, s",
        "fill_page_p50_ms": "1,000 items taken from the filter, p50 ms",
        "fill_page_p95_ms": "the same, p95 ms",
        "dispatched_per_s": "reruns from the failure dispatched per second, one process",
    }
}

_RUNS = """
    INSERT INTO run_metadata (thread_id, sop, initial_data, run_name, requested_by, created_at)
    SELECT 'bench-' || n, 'Refund the order.', jsonb_build_object('order', jsonb_build_object('id', n)),
           'Refund', '{"kind": "person"}', now() - interval '1 day' + n * interval '1 ms'
    FROM generate_series($1::int, $2::int) AS n"""
_ENDS = """
    UPDATE run_state
    SET finished_at = now(), status = 'failed', error = '{"type": "skill-failed", "message": "no"}'
    WHERE status = 'recorded'"""


async def measure(runs: int) -> dict[str, float]:
    """Return all figures by name."""
    async with installation() as (place, context):
        await _fill_installation(context, runs)
        found = {"runs": float(runs)}
        ids = tuple(f"bench-{n}" for n in range(1, min(IDS, runs) + 1))
        by_ids, by_filter = BatchRequest(ids=ids), BatchRequest(filter=FAILED)
        found["accept_ids_s"] = await _took(lambda: start_batch(context, by_ids, ACTOR))
        found["accept_filter_s"] = await _took(lambda: start_batch(context, by_filter, ACTOR))
        found |= await _over_http(place, list(ids))
        await _abort_all(context)
        found |= await _filling(context)
        return found | await _dispatching(context)


async def _fill_installation(context: Context, runs: int) -> None:
    for first in range(1, runs + 1, 50_000):
        async with context.writing() as conn:
            await conn.execute(_RUNS, first, min(first + 49_999, runs))
            await conn.execute("ALTER TABLE run_state DISABLE TRIGGER run_state_moved")
            await conn.execute(_ENDS)
            await conn.execute("ALTER TABLE run_state ENABLE TRIGGER run_state_moved")
    async with context.reading() as conn:
        await conn.execute("ANALYZE")


async def _took(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _over_http(place: Place, ids: list[str]) -> dict[str, float]:
    found = {}
    async with (
        server(place, "--no-worker") as (port, _, _),
        httpx2.AsyncClient(trust_env=False, timeout=60) as http,
    ):

        async def ask(body: object) -> None:
            answer = await http.post(f"http://127.0.0.1:{port}/admin/batches", json=body)
            assert answer.status_code == 200, answer.text

        everything = {"filter": {"status": ["failed"]}}
        found["accept_ids_http_s"] = await _took(lambda: ask({"ids": ids}))
        found["accept_filter_http_s"] = await _took(lambda: ask(everything))
        found["plan_http_s"] = await _took(lambda: ask(everything | {"dry_run": True}))
    return found


async def _abort_all(context: Context) -> None:
    page = await batches.list_batches(context, "running", None, 100)
    for batch in page["items"]:
        await batches.abort(context, batch["id"], None, ACTOR)
    while await dispatch_batches(context):
        pass


async def _filling(context: Context) -> dict[str, float]:
    """Take pages from the filter and skip them at once, so that the next one is taken."""
    batch = (await start_batch(context, BatchRequest(filter=FAILED), ACTOR)).answer
    took = []
    for number in range(1, PAGES + 1):
        took.append(await _took(lambda: dispatch_batches(context)) * 1000)
        counts = (await batches.batch(context, batch["id"]))["counts"]
        assert counts["total"] == number * PAGE, counts
        async with context.writing() as conn:
            await conn.execute("UPDATE batch_items SET state = 'skipped' WHERE state = 'pending'")
    await batches.abort(context, batch["id"], None, ACTOR)
    await dispatch_batches(context)
    return {"fill_page_p50_ms": percentile(took, 0.5), "fill_page_p95_ms": percentile(took, 0.95)}


async def _dispatching(context: Context) -> dict[str, float]:
    ids = tuple(f"bench-{n}" for n in range(1, DISPATCHED + 1))
    asked = BatchRequest(
        ids=ids, rerun=RerunRequest(start="failure", results="unchanged"), concurrency=10_000
    )
    batch = (await start_batch(context, asked, ACTOR)).answer
    began = time.perf_counter()
    while (counts := (await batches.batch(context, batch["id"]))["counts"])["pending"]:
        await dispatch_batches(context)
    took = time.perf_counter() - began
    assert counts["running"] == DISPATCHED, counts
    return {"dispatched_per_s": DISPATCHED / took}


def main() -> int:
    """Measure, print, and with --assert-limits end with 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS, help="failed runs in the installation")
    parser.add_argument("--small", action="store_true", help=f"{SMALL:,} runs")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--assert-limits", action="store_true", help="fail where a limit is passed")
    asked = parser.parse_args()
    found = uvloop.run(measure(SMALL if asked.small else asked.runs))
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
