"""Measures the engine, the floor below it and its peers in one call; see benchmarks/README.md.

Usage: python benchmarks/engine.py [--json] [--small] [--runs N] [--no-peers] [--assert-ratios] [--tries N]
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Turn:
    """Figures taken one right after the other, so that their ratios mean something on a busy machine."""

    one: throughput.Throughput
    two: throughput.Throughput
    pure: throughput.Throughput
    floor: float
    pure_floor: float


async def measure(runs: int, small: bool, with_peers: bool, say: Say) -> Figures:
    """Return all figures by name; None where something was left out."""
    repeats = 1 if small else 3
    light = 100 if small else 300
    found: Figures = {"runs": runs, "repeats": repeats, "cores": os.cpu_count()}
    headline = CHAINS[EFFECTFUL]
    async with installation() as (place, context):
        say("warming up")
        await throughput.advance(place, context, headline, "warm", 200, 1)
        turns = [await _turn(place, context, runs, number, say) for number in range(repeats)]
        found |= _of_turns(turns)
        say("entering while carrying out")
        found["entering_runs_per_s"] = await throughput.sustain(
            place, context, headline, "entering", runs // 2
        )
        say("latencies")
        found |= await latency.accept(context, headline, "accept", light)
        found |= await latency.first_step(place, context, headline, "light", light)
        say("POST /start")
        found |= await _http(place, headline, light * 5)
        found |= await _peers(place, 60 if small else 300, with_peers, say)
    for peer in peers.PEERS:
        found[f"times_{peer.name}"] = ratio(found["runs_per_s"], found[f"{peer.name}_runs_per_s"])
    return found


async def _turn(place: Place, context: Context, runs: int, number: int, say: Say) -> Turn:
    headline, pure = CHAINS[EFFECTFUL], CHAINS[PURE]

    async def advance(chain: Chain, label: str, processes: int) -> throughput.Throughput:
        say(f"turn {number + 1}: {label} chain, {processes} worker process{'es' * (processes > 1)}")
        name = f"{label}{processes}turn{number}"
        return await throughput.advance(place, context, chain, name, runs, processes)

    one = await advance(headline, EFFECTFUL, 1)
    bare = await floor.runs_per_s(place.database, headline, runs)
    two = await advance(headline, EFFECTFUL, 2)
    return Turn(
        one=one,
        two=two,
        pure=await advance(pure, PURE, 1),
        floor=bare,
        pure_floor=await floor.runs_per_s(place.database, pure, runs),
    )


def _of_turns(turns: list[Turn]) -> Figures:
    def median(figure: Callable[[Turn], float]) -> float:
        return statistics.median(map(figure, turns))

    return {
        "runs_per_s": median(lambda turn: turn.one.advanced),
        "two_workers_runs_per_s": median(lambda turn: turn.two.advanced),
        "pure_runs_per_s": median(lambda turn: turn.pure.advanced),
        "bulk_accept_per_s": median(lambda turn: turn.one.accepted),
        "floor_runs_per_s": median(lambda turn: turn.floor),
        "pure_floor_runs_per_s": median(lambda turn: turn.pure_floor),
        "of_floor": median(lambda turn: turn.one.advanced / turn.floor),
        "pure_of_floor": median(lambda turn: turn.pure.advanced / turn.pure_floor),
        "two_workers_over_one": median(lambda turn: turn.two.advanced / turn.one.advanced),
    }


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


def main() -> int:
    """Measure, print, and with --assert-ratios end with 1 where a ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--small", action="store_true", help="few runs, once: for CI")
    parser.add_argument("--runs", type=int, help="runs in one measurement")
    parser.add_argument("--no-peers", action="store_true", help="leave LangGraph and DBOS out")
    parser.add_argument("--assert-ratios", action="store_true", help="fail where a ratio is missed")
    parser.add_argument("--tries", type=int, default=1, help="measure again, at most so often, after a miss")
    asked = parser.parse_args()
    runs = asked.runs or (1000 if asked.small else 4000)
    if runs < 400:
        parser.error("--runs: at least 400")
    for _ in range(asked.tries):  # on a busy machine one figure of a ratio may have a bad moment
        found = uvloop.run(measure(runs, asked.small, not asked.no_peers, _say))
        if asked.json:
            print(json.dumps(found))
        else:
            show(found)
        misses = missed(found, with_peers=not asked.no_peers) if asked.assert_ratios else []
        for miss in misses:
            print(miss, file=sys.stderr)
        if not misses:
            return 0
    return 1


def _say(text: str) -> None:
    print(f"  {text} …", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
