"""The figures as tables for people."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

SECTIONS: dict[str, dict[str, str]] = {
    "Five-step runs per second, the last step irreversible": {
        "runs_per_s": "one worker process",
        "two_workers_runs_per_s": "two worker processes",
        "entering_runs_per_s": "one worker, runs entered one by one meanwhile",
        "pure_runs_per_s": "one worker, no effect",
        "floor_runs_per_s": "floor: the same rows by plain asyncpg",
        "pure_floor_runs_per_s": "floor, no effect",
        "langgraph_runs_per_s": "LangGraph, Postgres checkpointer",
        "dbos_runs_per_s": "DBOS",
    },
    "Entering": {
        "bulk_accept_per_s": "accepted per second, 500 in a call",
        "accept_p50_ms": "accept, service, p50 ms",
        "accept_p95_ms": "accept, service, p95 ms",
        "http_starts_per_s": "POST /start per second, worker beside it",
        "http_starts_no_worker_per_s": "POST /start per second, no worker",
        "http_start_p50_ms": "POST /start, p50 ms",
        "http_start_p95_ms": "POST /start, p95 ms",
        "serve_ready_s": "asf serve ready, s",
    },
    "Light load, from created_at": {
        "accept_to_first_step_p50_ms": "first skill begins, p50 ms",
        "accept_to_first_step_p95_ms": "first skill begins, p95 ms",
        "accept_to_first_result_p50_ms": "first skill has ended, p50 ms",
        "accept_to_first_result_p95_ms": "first skill has ended, p95 ms",
        "accept_to_end_p50_ms": "run has ended, p50 ms",
        "accept_to_end_p95_ms": "run has ended, p95 ms",
    },
    "Ratios": {
        "of_floor": "of the floor",
        "pure_of_floor": "of the floor, no effect",
        "times_langgraph": "times LangGraph",
        "times_dbos": "times DBOS",
        "two_workers_over_one": "two workers over one",
    },
}


def show(
    found: Mapping[str, float | int | None], sections: Mapping[str, Mapping[str, str]] = SECTIONS
) -> None:
    """Print one table for each section that has figures."""
    console = Console()
    for title, lines in sections.items():
        table = Table(title=title, title_justify="left", show_header=False, min_width=64)
        table.add_column()
        table.add_column(justify="right")
        for name, text in lines.items():
            table.add_row(text, _figure(found.get(name)))
        console.print(table)


def _figure(value: float | int | None) -> str:
    if value is None:
        return "not measured"
    return f"{value:,.0f}" if value >= 100 else f"{value:,.1f}" if value >= 10 else f"{value:.3f}"
