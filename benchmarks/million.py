"""Measures the list of runs with a million runs in the database, in the services: see benchmarks/README.md.

Usage: python benchmarks/million.py [--runs N] [--small] [--at FOLDER] [--turns N] [--only TEXT] [--json]
       [--assert-limits]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import million_runs
from agentskills.domain.errors import QueryTooSlow
from agentskills.engine.notifier import Notifier
from agentskills.services.activity import activity_of
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.runs import count_runs, list_runs
from agentskills.storage.database import open_pool
from agentskills.storage.embedded import EmbeddedPostgres
from agentskills.storage.run_filter import RunFilter
from measure import percentile
from million_filters import FILTERS
from processes import Place
from scratch import migrate

RUNS, SMALL = 1_000_000, 20_000
LIMIT_MS = 300.0
"""What is promised, for each of them."""
PAGE = 50
SHOW = ["order.id", "order.total", "customer.name"]
Milliseconds = list[float]


@dataclass(frozen=True, slots=True)
class Question:
    """One way to ask for the runs that a filter finds."""

    name: str
    ask: Callable[[Context, RunFilter], Awaitable[object]]


def questions(now: datetime) -> list[Question]:
    """Return what the list's page asks: rows from the top, far down and from a date on, counts, the chart."""
    half = now - timedelta(days=45)
    below = Cursor.write(half, "run_5")

    def to_date(wanted: RunFilter) -> RunFilter:
        return msgspec.structs.replace(wanted, created_before=half)

    return [
        Question("page", lambda context, wanted: list_runs(context, wanted, None, PAGE, SHOW)),
        Question("far down", lambda context, wanted: list_runs(context, wanted, below, PAGE, SHOW)),
        Question("to a date", lambda context, wanted: list_runs(context, to_date(wanted), None, PAGE, SHOW)),
        Question("count", count_runs),
        Question("day", lambda context, wanted: activity_of(context, wanted, None, now, 48)),
        Question(
            "90 days",
            lambda context, wanted: activity_of(context, wanted, now - timedelta(days=90), now, 48),
        ),
    ]


async def measure(
    context: Context, turns: int, only: str, bar: Progress
) -> dict[str, dict[str, Milliseconds]]:
    """Return what each question took, for each filter, in each turn; the first turn only warms up."""
    asked = questions(datetime.now(UTC))
    chosen = {name: wanted for name, wanted in FILTERS.items() if only in name}
    task = bar.add_task("measuring", total=len(chosen))
    found: dict[str, dict[str, Milliseconds]] = {}
    for name, wanted in chosen.items():
        bar.update(task, description=name)
        found[name] = {
            question.name: [await _took(question, context, wanted) for _ in range(turns + 1)][1:]
            for question in asked
        }
        bar.advance(task)
    return found


async def _took(question: Question, context: Context, wanted: RunFilter) -> float:
    began = time.perf_counter()
    with suppress(QueryTooSlow):  # it took what it took
        await question.ask(context, wanted)
    return (time.perf_counter() - began) * 1000


@asynccontextmanager
async def installation(folder: Path | None, runs: int, bar: Progress) -> AsyncIterator[Context]:
    """Lend a database with that many runs; one in `folder` is filled once, and stays."""
    with ExitStack() as stack:
        if folder is None:
            made = stack.enter_context(tempfile.TemporaryDirectory(prefix="asf-", ignore_cleanup_errors=True))
            folder = Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        os.chmod(folder, 0o755)  # as root, Postgres runs as another account
        server = EmbeddedPostgres(folder).acquire()
        stack.callback(server.release)
        place = Place(folder, (), server.url)
        migrate(place)
        pool = await open_pool(place.database, min_size=1, max_size=4, name="benchmark")
        try:
            await _fill(pool, runs, bar)
            yield Context(pool, place.settings(), Notifier(pool))
        finally:
            await pool.close()


async def _fill(pool, runs: int, bar: Progress) -> None:  # type: ignore[no-untyped-def]
    async with pool.acquire() as conn:
        if await conn.fetchval("SELECT EXISTS (SELECT FROM run_metadata)"):
            return
        task = bar.add_task("filling", total=None)

        def say(what: str, done: int, whole: int) -> None:
            bar.update(task, description=what, completed=done, total=whole)

        await million_runs.fill(conn, runs, say)
        bar.remove_task(task)


def missed(found: dict[str, dict[str, Milliseconds]]) -> list[str]:
    """Return one line for each question that took too long."""
    return [
        f"{name}, {question}: {percentile(took, 0.5):.0f} ms; it may take {LIMIT_MS:.0f}"
        for name, asked in found.items()
        for question, took in asked.items()
        if percentile(took, 0.5) > LIMIT_MS
    ]


def show(found: dict[str, dict[str, Milliseconds]], console: Console) -> None:
    """Print one row for each filter: p50, and the worst turn, in milliseconds."""
    table = Table(title="Milliseconds in the service: p50, worst", title_justify="left")
    table.add_column("filter")
    for question in next(iter(found.values())):
        table.add_column(question, justify="right")
    for name, asked in found.items():
        table.add_row(name, *(_cell(took) for took in asked.values()))
    console.print(table)


def _cell(took: Milliseconds) -> str:
    text = f"{percentile(took, 0.5):.0f} {max(took):.0f}"
    return f"[red]{text}[/]" if percentile(took, 0.5) > LIMIT_MS else text


async def run(options: argparse.Namespace) -> int:
    """Fill, measure, print; return the exit code."""
    console = Console(width=None if sys.stdout.isatty() else 110)
    columns = (TextColumn("{task.description:<40}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        async with installation(options.at, options.runs, bar) as context:
            found = await measure(context, options.turns, options.only, bar)
    if options.json:
        print(json.dumps(found))
    else:
        show(found, console)
    too_slow = missed(found)
    print("\n".join(too_slow), file=sys.stderr)
    return 1 if options.assert_limits and too_slow else 0


def main() -> int:
    """Read the options and go."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--small", dest="runs", action="store_const", const=SMALL, help=f"{SMALL:,} runs")
    parser.add_argument("--at", type=Path, help="ASF_HOME to fill, unless it is, and to keep")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="", help="filters whose names hold this text")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--assert-limits", action="store_true")
    return uvloop.run(run(parser.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
