"""The benchmark runs, checks every result, and its ratios hold; absolute figures are never asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ENGINE = Path(__file__).parents[2] / "benchmarks" / "engine.py"


@pytest.mark.timeout(600)
def test_ratios_hold_in_a_small_run() -> None:
    ended = subprocess.run(
        [sys.executable, str(ENGINE), "--small", "--json", "--no-peers", "--assert-ratios"],
        capture_output=True,
        text=True,
        timeout=580,
    )

    assert ended.returncode == 0, ended.stderr[-4000:]
    found = json.loads(ended.stdout)
    assert found["of_floor"] == pytest.approx(found["runs_per_s"] / found["floor_runs_per_s"])
    assert found["two_workers_over_one"] > 0
    assert found["times_dbos"] is None  # left out, and said so
