"""`asf run compare` against a real server."""

from __future__ import annotations

import json
from typing import Any

import pytest


@pytest.fixture(scope="module")
def both(server: Any) -> tuple[str, str]:
    """A refund, and its rerun for another order."""
    from tests.cli.asf_command import asf

    environment = {"ASF_API_URL": server.url, "NO_PROXY": "*"}
    data = '{"order": {"id": "A-10442"}, "request": {"received_on": "2026-11-20"}}'
    start = ["--name", "order-refund", "--id", "compare-me", "--data", data, "--wait"]
    assert asf("run", "start", *start, environment=environment).returncode == 0
    asf("run", "rerun", "compare-me", "--set", "order.id=A-1O442", "--wait", environment=environment)
    return "compare-me", "compare-me_rerun_1"


def test_for_people(on: Any, both: tuple[str, str]) -> None:
    done = on("run", "compare", *both)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("1 origin: input order.id; ")
    assert lines[1].split() == ["A", "compare-me", "completed"]
    assert lines[2].split() == ["B", "compare-me_rerun_1", "failed"]
    assert [line.split() for line in lines if line.startswith("input order.id")] == [
        ["input", "order.id", "A-10442", "A-1O442"]
    ]
    rows = {line.split()[0]: line for line in lines if line[:1] in "=≠←→" and line.strip()}
    assert set(rows) == {"=", "≠", "←"}
    assert "input order.id" in rows["≠"] or "follows from step 2" in done.stdout
    assert "model calls" in lines[-1]
    assert "\x1b" not in done.stdout


def test_for_programs(on: Any, both: tuple[str, str]) -> None:
    found = json.loads(on("run", "compare", *both, "-o", "json").stdout)
    assert (found["left"]["thread_id"], found["right"]["thread_id"]) == both
    assert found["origins"][0]["name"] == "input order.id"
    mirrored = json.loads(on("run", "compare", *reversed(both), "-o", "jsonl").stdout)
    assert mirrored["headline"] == found["headline"]
    assert "only_right" in {step["state"] for step in mirrored["steps"]}


def test_ids_may_be_shortened_and_unknown_ones_are_not_found(on: Any, both: tuple[str, str]) -> None:
    assert on("run", "compare", "compare-me", "compare-me_r").returncode == 0
    assert on("run", "compare", "compare-me", "nobody").returncode == 3


def test_which_starts_a_rerun_for_each_ingredient(on: Any, both: tuple[str, str]) -> None:
    done = on("run", "compare", *both, "--which", "--reason", "why did it fail")
    assert done.returncode == 0, done.stderr
    [_, row] = done.stdout.splitlines()
    assert row.split()[:2] == ["input", "order.id"]
    shown = json.loads(on("run", "show", row.split()[-1], "-o", "json").stdout)
    assert shown["parent_thread_id"] == "compare-me"
    assert shown["initial_data"]["order"]["id"] == "A-1O442"
    assert shown["requested_by"]["reason"] == "why did it fail"
    assert "WITH ONLY" in on("run", "compare", *both).stdout
    assert on("run", "compare", "compare-me", "compare-me", "--which").returncode == 4
