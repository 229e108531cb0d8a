"""GET /admin/runs/compare and POST /admin/runs/compare/attribute against the real server."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from .talking import Answer, Api, is_problem, new_name


def finished(api: Api, number: Any, **more: Any) -> str:
    thread_id = api.start("Use double.", {"number": number, **more}, thread_id=new_name("compared"))
    assert api.ended(thread_id)["status"] == "completed"
    return thread_id


def compared(api: Api, left: str, right: str) -> dict[str, Any]:
    answer = api.get("/admin/runs/compare", left=left, right=right)
    assert answer.status == 200, answer
    return dict(answer.body)


def test_a_rerun_with_another_input(api: Api) -> None:
    left = finished(api, 21, note="same")
    right = api.post(f"/rerun/{left}", {"changes": {"number": 12345678901234567890}}).body["thread_id"]
    api.ended(right)
    found = compared(api, left, right)
    assert found["headline"] == "1 origin: input number"
    [origin] = found["origins"]
    assert (origin["kind"], origin["path"], origin["left"]) == ("input", "number", 21)
    assert origin["right"] == 12345678901234567890
    assert origin["steps"] == [{"left": 2, "right": 2}]
    assert [(s["left"]["seq"], s["right"]["seq"], s["state"]) for s in found["steps"]] == [
        (1, 1, "same"),
        (2, 2, "differs"),
        (3, 3, "same"),
    ]
    assert found["steps"][1]["data"]["items"] == [
        {
            "path": "result",
            "change": "changed",
            "left": 42,
            "right": 24691357802469135780,
            "too_large": False,
        }
    ]
    assert [one["path"] for one in found["data"]["items"]] == ["number", "result"]
    assert found["right"]["parent_thread_id"] == left
    assert found["totals"]["delta"]["tokens"] == 0
    assert found["totals"]["delta"]["seconds"] == (
        found["totals"]["right"]["seconds"] - found["totals"]["left"]["seconds"]
    )
    assert found["path"] == []
    assert found["attribution"] == []


def test_the_same_again_does_not_differ(api: Api) -> None:
    left = finished(api, Decimal("1.0"))
    right = finished(api, 1)  # any two runs, not only of one family; 1 equals 1.0
    found = compared(api, left, right)
    assert found["headline"] == "No differences"
    assert not found["differs"]
    assert {step["state"] for step in found["steps"]} == {"same"}


def test_a_run_that_waits_is_compared_as_far_as_it_is(api: Api) -> None:
    left, right = (api.start("Use echo-approved.", {"amount": 1}) for _ in range(2))
    api.waits(left, "approval")
    api.waits(right, "approval")
    assert api.post(f"/approve/{left}", {"data": {"amount": 2}}).status == 200
    api.ended(left)
    found = compared(api, left, right)
    assert found["headline"] == f"No differences; {right} is waiting"
    assert found["totals"]["right"]["seconds"] is None
    assert found["totals"]["delta"]["seconds"] is None
    assert api.post(f"/approve/{right}").status == 200
    api.ended(right)
    found = compared(api, left, right)
    assert found["headline"] == "1 origin: answer to echo-approved; 1 step follows"
    assert found["steps"][2]["follows_from"] == [{"left": 2, "right": 2}]


def test_values_that_are_too_large_are_not_shown(api: Api) -> None:
    left, right = finished(api, 1, text="a" * 5000), finished(api, 1, text="b" * 5000)
    [one] = compared(api, left, right)["data"]["items"]
    assert (one["path"], one["too_large"], one["left"], one["right"]) == ("text", True, None, None)
    many = finished(api, 1, **{f"k{n}": n for n in range(300)})
    data = compared(api, left, many)["data"]
    assert (len(data["items"]), data["more"]) == (200, True)


@pytest.mark.parametrize(("params", "pointer"), [({"left": "a"}, "right"), ({"right": "a"}, "left")])
def test_a_missing_run_is_named(api: Api, params: dict[str, str], pointer: str) -> None:
    assert is_problem(api.get("/admin/runs/compare", **params), 422, "bad-input", pointer)


def test_unknown_and_deleted_runs(api: Api) -> None:
    here = finished(api, 1)
    for left, right in ((here, "nobody"), ("nobody", here)):
        assert is_problem(api.get("/admin/runs/compare", left=left, right=right), 404, "run-not-found")
    gone = finished(api, 2)
    assert api.delete(f"/admin/runs/{gone}").status == 200
    answer = api.get("/admin/runs/compare", left=here, right=gone)
    assert is_problem(answer, 410, "run-deleted")
    assert is_problem(attribute(api, gone, here), 410, "run-deleted")


def attribute(api: Api, left: str, right: str, **headers: str) -> Answer:
    return api.post("/admin/runs/compare/attribute", {"left": left, "right": right}, **headers)


def test_each_ingredient_gets_a_rerun_of_its_own(api: Api, module_url: str) -> None:
    left, right = finished(api, 1, a="x"), finished(api, 2, a="y")
    answer = attribute(api, left, right, Idempotency_Key=f"which-{left}")
    assert answer.status == 200, answer
    assert answer.body["left_out"] == []
    asked = {}
    for started in answer.body["reruns"]:
        row = api.get(f"/admin/runs/{started['thread_id']}/metadata").body
        assert row["parent_thread_id"] == left
        assert row["metadata"]["attribution"] == {
            "left": left,
            "right": right,
            "ingredient": started["ingredient"],
        }
        request = row["request"]
        assert (request["effects"], request["results"], request["skills"]) == ("none", "unchanged", "pinned")
        asked[started["ingredient"]["path"]] = row["initial_data"]
    assert asked == {"a": {"number": 1, "a": "y"}, "number": {"number": 2, "a": "x"}}
    again = attribute(api, left, right, Idempotency_Key=f"which-{left}")
    assert again.body == answer.body
    assert again.headers["Idempotent-Replayed"] == "true"
    with psycopg.connect(module_url) as connection:
        [(detail,)] = connection.execute(
            "SELECT detail FROM audit WHERE action = 'attribute' AND thread_id = %s", (left,)
        ).fetchall()
        assert detail["right"] == right
        assert sorted(detail["reruns"]) == sorted(one["thread_id"] for one in answer.body["reruns"])


def test_what_a_single_ingredient_brings_is_shown_once_it_was_tried(api: Api, module_url: str) -> None:
    left, right = finished(api, 1, a="x"), finished(api, 2, a="y")
    for place, ingredient in (("number", {"number": 2}), ("a", {"a": "y"})):
        label = {"kind": "input", "path": place, "skill": None}
        metadata = {"attribution": {"left": left, "right": right, "ingredient": label}}
        made = api.post(f"/rerun/{left}", {"changes": ingredient, "metadata": metadata}).body["thread_id"]
        api.ended(made)
    tried = {one["ingredient"]["path"]: one for one in compared(api, left, right)["attribution"]}
    assert {path: one["brings"] for path, one in tried.items()} == {"number": "all", "a": "none"}
    assert tried["number"]["status"] == "completed"
    assert compared(api, right, left)["attribution"] == []


def test_nothing_to_find_out(api: Api) -> None:
    left, right = finished(api, 1), finished(api, 1)
    assert is_problem(attribute(api, left, right), 409, "nothing-differs")
    assert is_problem(attribute(api, left, "nobody"), 404, "run-not-found")
    answer = api.post("/admin/runs/compare/attribute", {"left": left})
    assert is_problem(answer, 422, "bad-input", "/right")
    assert [run["thread_id"] for run in api.get("/admin/runs", parent=left).body["items"]] == []


def test_at_most_twelve_at_a_time(api: Api) -> None:
    left = finished(api, 1, **{f"k{n}": 1 for n in range(14)})
    right = finished(api, 1, **{f"k{n}": 2 for n in range(14)})
    answer = attribute(api, left, right).body
    assert (len(answer["reruns"]), len(answer["left_out"])) == (12, 2)


def test_rows_without_fingerprints_are_explained_as_well(api: Api, module_url: str) -> None:
    left, right = finished(api, 1), finished(api, 2)
    with psycopg.connect(module_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE run_steps DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE run_steps SET fingerprint = NULL WHERE thread_id IN (%s, %s)", (left, right)
        )
        connection.execute("ALTER TABLE run_steps ENABLE TRIGGER USER")
    assert compared(api, left, right)["headline"] == "1 origin: input number"


SCALE = """---
name: scale
description: Scales the number. Use when it is named.
metadata:
  asf.executor: "python"
  asf.entry: "run.py:run"
  asf.requires: "number"
  asf.produces: "scaled"
  asf.effects: "none"
---
Do it.
"""


def write_version(api: Api, root: Path, factor: int) -> None:
    folder = root / "scale"
    folder.mkdir(exist_ok=True)
    (folder / "SKILL.md").write_text(SCALE)
    (folder / "run.py").write_text(
        f"def run(inputs):\n    return {{'scaled': inputs['number'] * {factor}}}\n"
    )
    assert api.post("/admin/skills/reload").status == 200


def test_whole_flow_of_finding_out_whether_it_was_the_input_or_the_version(
    api: Api, skills_root: Path
) -> None:
    write_version(api, skills_root, 2)
    left = api.start("Use scale.", {"number": 1, "note": "a"}, thread_id=new_name("scaled"))
    api.ended(left)
    write_version(api, skills_root, 3)
    changes = {"number": Decimal("1.0"), "note": "b"}
    right = api.post(f"/rerun/{left}", {"changes": changes}).body["thread_id"]
    api.ended(right)
    found = compared(api, left, right)
    assert found["headline"] == ("1 origin: skill version of scale; input note differs without effect")
    for started in attribute(api, left, right).body["reruns"]:
        assert api.ended(started["thread_id"])["status"] == "completed"
    tried = compared(api, left, right)["attribution"]
    named = {one["ingredient"]["skill"] or one["ingredient"]["path"]: one["brings"] for one in tried}
    assert named == {"scale": "all", "note": "none"}
