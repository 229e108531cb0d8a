"""POST /start/plan: what a run would begin with, and what it lacks."""

from __future__ import annotations

from typing import Any

import pytest

from .talking import Api, is_problem


def planned(api: Api, **asked: Any) -> dict[str, Any]:
    answer = api.post("/start/plan", asked)
    assert answer.status == 200, answer
    return dict(answer.body)


def whens(plan: dict[str, Any]) -> dict[str, str]:
    return {one["skill"]: one["when"] for one in plan["skills"]}


def test_it_is_what_the_run_begins_with(api: Api) -> None:
    asked = {"sop": "Use double and echo-approved.", "initial_data": {"number": 1, "amount": 2}}
    plan = planned(api, **asked)
    assert (plan["planner"], plan["model"]) == ("dataflow", None)
    thread_id = api.post("/start", asked).body["thread_id"]
    api.waits(thread_id, "approval")
    [decision] = [s for s in api.get(f"/admin/runs/{thread_id}/steps").body["items"] if s["seq"] == 1]
    assert plan["decision"] == {
        "kind": "run",
        "skills": decision["outputs"]["run"],
        "reason": decision["reason"],
        "error_type": None,
        "missing": [],
    }
    assert whens(plan) == {"double": "first", "echo-approved": "first"}
    assert [need | {"skills": None} for need in plan["needs"]] == [
        {"path": path, "there": True, "skills": None} for path in ("number", "amount")
    ]
    assert plan["skills"][1]["approval"] == "before"


def test_nothing_is_started(api: Api) -> None:
    before = api.get("/admin/runs/count").body["count"]
    planned(api, sop="Use double.", initial_data={"number": 1})
    assert api.get("/admin/runs/count").body["count"] == before


def test_what_is_missing(api: Api) -> None:
    plan = planned(api, sop="Use double and pay.", initial_data={"pay": {"order": "o"}})
    assert plan["decision"]["kind"] == "give_up"
    assert (plan["decision"]["error_type"], plan["decision"]["missing"]) == ("missing-paths", ["number"])
    assert whens(plan) == {"double": "never", "pay": "later"}
    assert plan["skills"][0]["why"] == "number is missing"
    assert {need["path"]: need["there"] for need in plan["needs"]} == {"number": False, "pay.order": True}


def test_skills_that_wait_for_others(api: Api) -> None:
    """What others deliver is not asked of a person, unless the request leaves those out."""
    asked = {"sop": "Anything.", "initial_data": {}}
    plan = planned(api, **asked, skills=["mail-approved"])
    assert [need["path"] for need in plan["needs"]] == ["mail.to", "mail.amount"]
    nothing = planned(api, **asked)
    assert nothing["decision"]["error_type"] == "nothing-to-do"
    assert nothing["needs"] == []


@pytest.mark.parametrize(
    ("asked", "status", "pointer"),
    [
        ({}, 422, "/sop"),
        ({"sop": " "}, 422, "/sop"),
        ({"sop_name": "nobody"}, 422, "/sop_name"),
        ({"sop": "Use double.", "skills": ["dubble"]}, 422, "/skills/0"),
        ({"sop": "Use double.", "initial_data": [1]}, 422, "/initial_data"),
        ({"sop": "Use double.", "limits": {"steps": 0}}, 422, "/limits/steps"),
        ({"sop": "Use double.", "colour": "red"}, 422, "/colour"),
    ],
)
def test_what_start_refuses_is_refused_alike(api: Api, asked: dict, status: int, pointer: str) -> None:
    plan, start = api.post("/start/plan", asked), api.post("/start", asked)
    assert is_problem(plan, status, start.body["type"], pointer)
    assert plan.body["errors"] == start.body["errors"]


def test_a_model_is_not_asked(api: Api) -> None:
    """A model would decide: it is told what it may choose from, nothing more."""
    plan = planned(api, sop="Use double.", initial_data={"number": 1}, model="openai:none")
    assert (plan["planner"], plan["model"], plan["decision"]) == ("llm", "openai:none", None)
    found = whens(plan)
    assert found["double"] == "offered"
    assert found["pay"] == "never"
    assert plan["needs"] == []
