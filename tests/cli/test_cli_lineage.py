"""`asf run lineage` and `asf run delete` against a real server."""

from __future__ import annotations

import json
from typing import Any


def family(on: Any, name: str) -> None:
    """A run that failed, a rerun that failed, a rerun of that which completed, and a second of the first."""
    on("run", "start", "--sop", "Fetch order.", "--skill", "fetch-order", "--id", name, "--wait")
    on("run", "rerun", name, "--reason", "perhaps now", "--wait")
    fixed = ["--set", "order.id=A-10442", "--reason", "the id was missing", "--wait"]
    assert on("run", "rerun", f"{name}_rerun_1", *fixed).returncode == 0
    on("run", "rerun", name, "--wait")


def test_the_tree(on: Any):
    family(on, "tree")
    done = on("run", "lineage", "tree_rerun_2")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout
    root, first, second, third = done.stdout.splitlines()
    assert root.startswith("tree  failed (")
    assert "fixed by tree_rerun_2" in root
    assert first.startswith("├── tree_rerun_1  failed (")
    assert "again, by person" in first
    assert first.endswith("“perhaps now”")
    assert second.startswith("│   └── tree_rerun_2  completed")
    assert second.endswith("“the id was missing”")
    assert third.startswith("└── tree_rerun_3  failed")
    assert "fixed by" not in third
    shown = json.loads(on("run", "lineage", "tree_r", "-o", "json").stdout or "{}")
    assert shown == {}  # several begin so
    found = json.loads(on("run", "lineage", "tree", "-o", "json").stdout)
    assert [item["rerun_number"] for item in found["items"]] == [0, 1, 2, 3]
    assert on("run", "lineage", "nobody").returncode == 3
    assert "fixed by" in on("run", "show", "tree").stdout
    assert "fixed by tree_rerun_2" in on("run", "ls", "--root", "tree", "--status", "failed").stdout


def test_delete(on: Any):
    family(on, "doomed")
    asked = on("run", "delete", "doomed", typed="n\n")
    assert asked.returncode == 1
    assert "its place in the family" in asked.stderr
    assert on("run", "show", "doomed").returncode == 0
    done = on("run", "delete", "doomed", "--reason", "not needed", typed="y\n")
    assert (done.returncode, done.stdout) == (0, "doomed: deleted\n"), done.stderr
    gone = on("run", "show", "doomed")
    assert gone.returncode == 3
    assert "doomed has been deleted" in gone.stderr
    again = on("run", "delete", "doomed", "--yes", "-o", "json")
    assert json.loads(again.stdout)["status"] == "deleted"
    tree = on("run", "lineage", "doomed").stdout.splitlines()
    assert tree[0].startswith("doomed  deleted")
    assert len(tree) == 4
    assert on("run", "delete", "doomed_rerun_1", "--yes").returncode == 0
    assert on("run", "delete", "nobody", "--yes").returncode == 3


def test_what_is_under_way_is_not_deleted(on: Any):
    on("run", "start", "--name", "order-refund", "--id", "busy", "--data",
       '{"order": {"id": "A-10517"}, "request": {"received_on": "2026-11-20"}}')  # fmt: skip
    done = on("run", "delete", "busy", "-y")
    assert done.returncode == 4
    assert "only a run that is over" in done.stderr
