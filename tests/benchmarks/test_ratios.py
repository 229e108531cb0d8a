"""What the benchmark asserts; `make test` runs it, small, with the peers."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[2] / "benchmarks" / "ratios.py"


def ratios() -> Any:
    spec = importlib.util.spec_from_file_location("ratios", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_ratio_that_is_missed_is_said() -> None:
    module = ratios()
    good = dict(module.LEAST)
    assert module.missed(good, with_peers=True) == []
    assert module.LEAST["times_langgraph"] == module.LEAST["times_dbos"] == 8
    assert module.missed(good | {"times_dbos": 7.5}) == ["times_dbos is 7.500; it must be at least 8.0"]


def test_a_peer_that_was_left_out_is_no_success() -> None:
    module = ratios()
    alone = module.LEAST | {"times_dbos": None, "times_langgraph": None}
    assert module.missed(alone) == []
    assert [line.split()[0] for line in module.missed(alone, with_peers=True)] == [
        "times_langgraph",
        "times_dbos",
    ]
