"""`asf batch`, as people type it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from agentskills.domain.json_text import parse_json

MISTYPED = '{"order": {"id": "A-09876"}, "request": {"received_on": "2026-11-20"}}'
MENDING = ("--from", "failure", "--set", "request.received_on=2026-09-01")
_numbers = itertools.count(1)


@pytest.fixture
def failed(on: Any) -> tuple[str, str]:
    """Two runs that have failed, of a desk of their own, and that desk as metadata."""
    desk = f'{{"desk": "cli-batch-{next(_numbers)}"}}'
    for _ in range(2):
        ended = on("run", "start", "--name", "order-refund", "--data", MISTYPED, "--metadata", desk, "--wait")
        assert ended.returncode == 1, ended.stderr
    listed = parse_json(on("run", "ls", "--metadata", desk, "-o", "json").stdout)
    assert [run["status"] for run in listed] == ["failed", "failed"]
    return desk, listed[1]["thread_id"]


def test_start_and_watch(on: Any, failed: tuple[str, str]):
    desk, first = failed
    found = ("--status", "failed", "--metadata", desk)
    planned = on("batch", "start", *found, *MENDING, "--dry-run")
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout == on("batch", "plan", *found, *MENDING).stdout
    assert f"{first}  rerun" in planned.stdout
    started = on("batch", "start", *found, *MENDING, "--batch-name", "both", "--concurrency", "1")
    assert started.returncode == 0, started.stderr
    batch = started.stdout.strip()
    watched = on("batch", "watch", batch, "-o", "json")
    assert watched.returncode == 0, watched.stderr
    done = parse_json(watched.stdout)
    assert (done["status"], done["counts"]["succeeded"], done["concurrency"]) == ("completed", 2, 1)
    assert parse_json(on("batch", "show", batch, "-o", "json").stdout) == done
    shown = on("batch", "show", batch).stdout
    assert "2 succeeded" in shown
    [row] = [line for line in on("batch", "ls").stdout.splitlines() if batch in line]
    assert row.split()[1] == "completed"
    assert "2/2" in row
    items = parse_json(on("batch", "items", batch, "-o", "json").stdout)
    assert (items[0]["source"], items[0]["thread_id"]) == (first, f"{first}_rerun_1")
    told = on("batch", "items", batch, "--state", "failed")
    assert (told.stdout, told.stderr) == ("", "no items found\n")
    aborted = on("batch", "abort", batch)
    assert aborted.returncode == 4
    assert aborted.stderr == f"Error: {batch} is completed already\n"


def test_what_failed_again_is_an_exit_code(on: Any, failed: tuple[str, str], tmp_path: Path):
    _, first = failed
    (tmp_path / "ids").write_text(f"{first}\nnobody\n")
    ended = on("batch", "start", "--ids-file", str(tmp_path / "ids"), "--preset", "again", "--wait")
    assert ended.returncode == 1, ended.stderr
    assert "1 failed, 1 refused" in ended.stdout
    assert "named by id" in ended.stdout


def test_it_must_be_said_which_runs(on: Any):
    ended = on("batch", "start", "--canary", "2")
    assert ended.returncode == 2
    assert "say which runs" in ended.stderr
    nothing = on("batch", "plan", "--sop-name", "no-such-sop")
    assert nothing.returncode == 4
    assert nothing.stderr == "Error: The filter finds no run; nothing was started.\n"
    assert on("batch", "show", "nobody").returncode == 3
    assert on("batch", "start", "--all", "--stop-at-failure-rate", "much").returncode == 2


def test_a_limit_is_lifted(on: Any, failed: tuple[str, str]):
    _, first = failed
    batch = on("batch", "start", "--id", first, "--stop-at-failure-rate", "0.2", "--not-before", "24h")
    assert batch.returncode == 0, batch.stderr

    def limit(*more: str) -> Any:
        resumed = on("batch", "resume", batch.stdout.strip(), *more, "-o", "json")
        assert resumed.returncode == 0, resumed.stderr
        return parse_json(resumed.stdout)["stop_at_failure_rate"]

    assert str(limit()) == "0.2"
    assert limit("--stop-at-failure-rate", "null") is None
    assert str(limit("--stop-at-failure-rate", "0.5")) == "0.5"
    on("batch", "abort", batch.stdout.strip())
    on("run", "cancel", f"{first}_rerun_1")
