"""reruns.md over HTTP: the request's fields, the plan, its token, and every refusal by its own type."""

from __future__ import annotations

from typing import Any

import pytest

from .talking import Api, is_problem

UNCHANGED = {"plan": "unchanged", "results": "unchanged"}


@pytest.fixture
def run(api: Api) -> str:
    thread_id = api.start("Use double.", {"number": 12345678901234567890})
    assert api.ended(thread_id)["status"] == "completed"
    return thread_id


def test_a_plan_says_what_will_be_and_starts_nothing(api: Api, run: str) -> None:
    plan = api.post(f"/rerun/{run}/plan", UNCHANGED | {"reason": "to see"}).body
    (line,) = [step for step in plan["steps"] if step["kind"] == "skill"]
    assert (line["action"], line["outcome"], line["recorded_seq"]) == ("reuse", "reused", 2)
    assert line["reused_from"] == {"why": "reused", "thread_id": run, "seq": 2}
    assert plan["counts"] == {"reuse": 1, "execute": 0, "open": 0}
    assert plan["preset"] == "only-what-changed"
    assert api.get(f"/admin/runs/{run}/metadata").body["rerun_count"] == 0
    changed = api.post(f"/rerun/{run}/plan", UNCHANGED | {"changes": {"number": 1}}).body
    (line,) = [step for step in changed["steps"] if step["kind"] == "skill"]
    assert (line["action"], line["reason"]) == ("execute", "input number changed")
    assert line["estimate"]["seconds"] is not None
    assert changed["plan_token"] != plan["plan_token"]


def test_a_rerun_goes_as_planned_and_shows_where_results_come_from(api: Api, run: str) -> None:
    token = api.post(f"/rerun/{run}/plan", UNCHANGED).body["plan_token"]
    again = api.post(f"/rerun/{run}", UNCHANGED | {"plan_token": token}).body["thread_id"]
    assert api.ended(again)["data_store"] == api.ended(run)["data_store"]
    (step,) = [s for s in api.get(f"/admin/runs/{again}/steps").body["items"] if s["kind"] == "skill"]
    assert step["outputs"] == {"result": 24691357802469135780}
    assert step["reused_from"] == {"why": "reused", "thread_id": run, "seq": 2}
    assert api.get(f"/admin/runs/{again}/metadata").body["request"] == {"format": 1} | UNCHANGED


def test_a_correction_is_told_with_the_value_before_and_after(api: Api, run: str) -> None:
    plan = api.post(f"/rerun/{run}/plan", UNCHANGED | {"changes": {"result": 7}}).body
    (correction,) = plan["corrections"]
    values = {"path": "result", "change": "changed", "before": 24691357802469135780, "after": 7}
    assert correction["changed"] == [values]
    assert (correction["paths"], correction["changed_more"]) == (["result"], False)
    corrected = api.post(f"/rerun/{run}", UNCHANGED | {"changes": {"result": 7}}).body["thread_id"]
    api.ended(corrected)
    (inherited,) = api.post(f"/rerun/{corrected}/plan", UNCHANGED).body["corrections"]
    assert inherited["changed"] == []


def test_a_plan_that_has_changed_is_answered_with_the_new_one(api: Api, run: str) -> None:
    token = api.post(f"/rerun/{run}/plan", UNCHANGED).body["plan_token"]
    body = UNCHANGED | {"changes": {"number": 2}, "plan_token": token}
    refused = api.post(f"/rerun/{run}", body)
    assert is_problem(refused, 409, "plan-changed")
    assert refused.body["plan"]["counts"] == {"reuse": 0, "execute": 1, "open": 0}
    body["plan_token"] = refused.body["plan"]["plan_token"]
    assert api.post(f"/rerun/{run}", body).status == 200


REFUSALS: list[tuple[dict[str, Any], int, str, str | None]] = [
    ({"from": 99}, 422, "step-out-of-range", "/from"),
    ({"from": 0}, 422, "bad-input", "/from"),
    ({"from": "middle"}, 422, "bad-input", "/from"),
    ({"from": True}, 422, "bad-input", "/from"),
    ({"from": "failure"}, 409, "nothing-failed", None),
    ({"plan": "old"}, 422, "bad-input", "/plan"),
    ({"results": 1}, 422, "bad-input", "/results"),
    ({"effects": "twice"}, 422, "bad-input", "/effects"),
    ({"skills": "newest"}, 422, "bad-input", "/skills"),
    ({"skills": {"double": 7}}, 422, "bad-input", "/skills"),
    ({"skills": {"double": "0" * 64}}, 409, "version-missing", "/skills/double"),
    ({"skills": {"nobody/else": "0" * 64}}, 409, "version-missing", "/skills/nobody~1else"),
    ({"skills": {"double": "xyz"}}, 422, "bad-input", "/skills/double"),
    ({"skills": {"*": "oldest"}}, 422, "bad-input", "/skills/*"),
    ({"consent": "pay"}, 422, "bad-input", "/consent"),
    ({"consent": ["nosuch"]}, 422, "bad-input", "/consent/0"),
    ({"consent": ["double"]}, 422, "bad-input", "/consent/0"),
    ({"not_before": 5}, 422, "bad-input", "/not_before"),
    ({"not_before": "tomorrow"}, 422, "bad-input", "/not_before"),
    ({"changes": {"result": {"a": "\u0000"}}}, 422, "bad-input", None),
    ({"changes": {"a": 1}, "initial_data": {}}, 422, "contradicting-fields", "/changes"),
    ({"results": "recorded", "model": "openai:x"}, 422, "contradicting-fields", "/model"),
    ({"results": "recorded", "sop": "Use double."}, 422, "contradicting-fields", "/sop"),
    ({"results": "recorded", "skills": "latest"}, 422, "contradicting-fields", "/skills"),
    ({"results": "recorded", "effects": "repeat"}, 422, "contradicting-fields", "/effects"),
    ({"effects": "none", "consent": ["pay"]}, 422, "contradicting-fields", "/consent"),
    ({"plan_token": "nonsense"}, 422, "foreign-plan", "/plan_token"),
]


@pytest.mark.parametrize(("body", "status", "kind", "pointer"), REFUSALS)
def test_a_refusal_names_its_case_and_starts_nothing(
    api: Api, run: str, body: dict[str, Any], status: int, kind: str, pointer: str | None
) -> None:
    assert is_problem(api.post(f"/rerun/{run}", body), status, kind, pointer)
    if "plan_token" not in body:
        assert is_problem(api.post(f"/rerun/{run}/plan", body), status, kind, pointer)
    assert api.get(f"/admin/runs/{run}/metadata").body["rerun_count"] == 0


def test_a_token_of_another_run_is_refused(api: Api, run: str) -> None:
    other = api.start("Use double.", {"number": 1})
    api.ended(other)
    token = api.post(f"/rerun/{other}/plan", {}).body["plan_token"]
    assert is_problem(api.post(f"/rerun/{run}", {"plan_token": token}), 422, "foreign-plan", "/plan_token")


def test_around_what_a_step_produced_nothing_can_be_put(api: Api) -> None:
    run = api.start("Use ask-colour.", {"ask": 1})
    api.waits(run, "approval")
    assert api.post(f"/approve/{run}", {"data": {"answer.colour": "red"}}).status == 200
    api.ended(run)
    refused = api.post(f"/rerun/{run}", {"changes": {"answer": 5}})
    assert is_problem(refused, 422, "bad-input", "/changes/answer")
    again = api.post(f"/rerun/{run}", {"changes": {"answer": {"colour": "blue"}}}).body["thread_id"]
    assert api.ended(again)["data_store"] == {"ask": 1, "answer": {"colour": "blue"}}


def test_an_unfinished_run_is_not_rerun_in_parts(api: Api) -> None:
    run = api.start("Use ask-colour.", {"ask": 1})
    api.waits(run, "approval")
    for body in ({"from": "failure"}, UNCHANGED, {"changes": {"ask": 2}}):
        assert is_problem(api.post(f"/rerun/{run}", body), 409, "not-finished")
    assert api.post(f"/rerun/{run}", {"run_name": "Once more", "reason": "impatient"}).status == 200


def test_a_rerun_may_wait_for_its_time(api: Api, run: str) -> None:
    later = {"not_before": "2999-01-01T00:00:00Z"}
    again = api.post(f"/rerun/{run}", later, Idempotency_Key=f"later-{run}").body["thread_id"]
    assert api.post(f"/rerun/{run}", later, Idempotency_Key=f"later-{run}").body["thread_id"] == again
    assert api.get(f"/status/{again}").body["status"] == "queued"
    assert api.get(f"/admin/runs/{again}/metadata").body["not_before"].startswith("2999-01-01")
    assert is_problem(api.post("/rerun/unknown/plan", {}), 404, "run-not-found")
