"""Measures the engine, the floor below it and its peers in one call; see benchmarks/README.md.

Usage: python benchmarks/engine.py [--json] [--small] [--runs N] [--no-peers] [--assert-ratios]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
from collections.abc import Callable

import uvloop

import floor
import latency
import peers
import serving
import throughput
from agentskills.services.context import Context
from chain import CHAINS, EFFECTFUL, PURE, Chain
from measure import ratio
from processes import Place
from ratios import missed
from report import show
from scratch import empty_database, installation

Figures = dict[str, float | int | None]
Say = Callable[[str], None]


async def measure(runs: int, small: bool, with_peers: bool, say: Say) -> Figures:
    """Return all figures by name; None where something was left out."""
    repeats = 1 if small else 3
    light = 100 if small else 300
    found: Figures = {"runs": runs, "repeats": repeats, "cores": os.cpu_count()}
    headline, pure = CHAINS[EFFECTFUL], CHAINS[PURE]
    async with installation() as (place, context):
        say("warming up")
        await throughput.advance(place, context, headline, "warm", 200, 1)
        found |= await _engine(place, context, headline, runs, repeats, say)
        say("pure chain")
        found["pure_runs_per_s"] = await _median(place, context, pure, "pure", runs, repeats, 1)
        say("entering while carrying out")
        found["entering_runs_per_s"] = await throughput.sustain(
            place, context, headline, "entering", runs // 2
        )
        say("latencies")
        found |= await latency.accept(context, headline, "accept", light)
        found |= await latency.first_step(place, context, headline, "light", light)
        say("POST /start")
        found |= await _http(place, headline, light * 5)
        say("floor")
        found["floor_runs_per_s"] = await floor.runs_per_s(place.database, headline, max(runs, 2000))
        found["pure_floor_runs_per_s"] = await floor.runs_per_s(place.database, pure, max(runs, 2000))
        found |= await _peers(place, 60 if small else 300, with_peers, say)
    return found | _ratios(found)


async def _engine(place: Place, context: Context, chain: Chain, runs: int, repeats: int, say: Say) -> Figures:
    say("one worker process")
    one = [await throughput.advance(place, context, chain, f"one{turn}", runs, 1) for turn in range(repeats)]
    say("two worker processes")
    return {
        "runs_per_s": statistics.median(turn.advanced for turn in one),
        "bulk_accept_per_s": statistics.median(turn.accepted for turn in one),
        "two_workers_runs_per_s": await _median(place, context, chain, "two", runs, repeats, 2),
    }


async def _median(
    place: Place, context: Context, chain: Chain, label: str, runs: int, repeats: int, processes: int
) -> float:
    turns = [
        await throughput.advance(place, context, chain, f"{label}{turn}", runs, processes)
        for turn in range(repeats)
    ]
    return statistics.median(turn.advanced for turn in turns)


async def _http(place: Place, chain: Chain, requests: int) -> Figures:
    whole = await serving.starts(place, chain, "http", requests)
    alone = await serving.starts(place, chain, "httpalone", requests, "--no-worker")
    return {
        "http_starts_per_s": whole["per_s"],
        "http_start_p50_ms": whole["p50_ms"],
        "http_start_p95_ms": whole["p95_ms"],
        "http_starts_no_worker_per_s": alone["per_s"],
        "serve_ready_s": whole["ready_s"],
    }


async def _peers(place: Place, runs: int, wanted: bool, say: Say) -> Figures:
    found: Figures = {}
    for peer in peers.PEERS:
        best = None
        if wanted:
            say(peer.name)
            names = (f"peer_{peer.name}_{turn}" for turn in itertools.count())
            best = await peers.best(peer, lambda names=names: empty_database(place, next(names)), runs)  # type: ignore[misc]
        found[f"{peer.name}_runs_per_s"] = best and best[0]
        found[f"{peer.name}_concurrency"] = best and best[1]
    return found


def _ratios(found: Figures) -> Figures:
    ours = found["runs_per_s"]
    return {
        "of_floor": ratio(ours, found["floor_runs_per_s"]),
        "pure_of_floor": ratio(found["pure_runs_per_s"], found["pure_floor_runs_per_s"]),
        "times_langgraph": ratio(ours, found["langgraph_runs_per_s"]),
        "times_dbos": ratio(ours, found["dbos_runs_per_s"]),
        "two_workers_over_one": ratio(found["two_workers_runs_per_s"], ours),
    }


def main() -> int:
    """Measure, print, and with --assert-ratios end with 1 where a ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--small", action="store_true", help="few runs, once: for CI")
    parser.add_argument("--runs", type=int, help="runs in one measurement")
    parser.add_argument("--no-peers", action="store_true", help="leave LangGraph and DBOS out")
    parser.add_argument("--assert-ratios", action="store_true", help="fail where a ratio is missed")
    asked = parser.parse_args()
    runs = asked.runs or (1000 if asked.small else 4000)
    if runs < 400:
        parser.error("--runs: at least 400")
    found = uvloop.run(measure(runs, asked.small, not asked.no_peers, _say))
    if asked.json:
        print(json.dumps(found))
    else:
        show(found)
    misses = missed(found) if asked.assert_ratios else []
    for miss in misses:
        print(miss, file=sys.stderr)
    return 1 if misses else 0


def _say(text: str) -> None:
    print(f"  {text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
