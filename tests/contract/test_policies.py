"""/admin/policies over HTTP: what is taken, what is answered, and what is refused by name."""

from __future__ import annotations

import time
from typing import Any

import pytest

from .talking import GIVE_UP, Api, is_problem, new_name

WHOLE = {
    "matches": {"sop_name": "refund", "metadata": {"team": "returns"}, "skill": "pay"},
    "rerun": {"from": "start", "skills": "pinned"},
    "attempts": 5,
    "backoff": {"first_seconds": 1, "factor": 1.5, "most_seconds": 60, "jitter": 0.25},
    "error_types": ["http-503", "timeout"],
    "family_cap": 7,
    "window_cap": {"reruns": 100, "seconds": 3600},
    "breaker": {"failures": 3, "seconds": 60, "rest_seconds": 120},
    "manual_too": True,
}


def make(api: Api, **fields: Any) -> dict[str, Any]:
    """A policy that concerns no run of other tests."""
    given = {"name": new_name("policy"), "matches": {"sop_name": new_name("none")}} | fields
    answer = api.post("/admin/policies", given)
    assert answer.status == 200, answer
    return dict(answer.body)


def entries(api: Api, action: str) -> list[dict[str, Any]]:
    return list(api.get("/admin/audit", action=action, limit=500).body["items"])


def test_a_policy_comes_back_as_it_was_asked_for(api: Api) -> None:
    made = make(api, **WHOLE)
    found = api.get(f"/admin/policies/{made['id']}").body
    assert found == made
    rerun = {"from": "start", "results": "unchanged", "skills": "pinned"}
    assert {name: found[name] for name in WHOLE} == WHOLE | {"rerun": rerun}
    assert found["enabled"] is True
    assert found["answers"] == {}
    assert found["breakers"] == []
    assert found["requested_by"]["kind"] == "person"


def test_what_is_left_out_has_its_default(api: Api) -> None:
    made = make(api, reason="nights")
    assert made["rerun"] == {"from": "failure", "results": "unchanged"}
    assert made["attempts"] == 3
    assert made["backoff"] == {"first_seconds": 60, "factor": 2, "most_seconds": 3600, "jitter": 0}
    assert made["breaker"] == {"failures": 20, "seconds": 600, "rest_seconds": 900}
    assert made["error_types"] is None
    assert made["window_cap"] is None
    assert made["manual_too"] is False
    assert made["requested_by"]["reason"] == "nights"


def test_editing_changes_what_is_given_and_null_brings_the_default_back(api: Api) -> None:
    made = make(api, **WHOLE)
    path = f"/admin/policies/{made['id']}"
    changed = api.patch(path, {"attempts": 1, "window_cap": None, "breaker": None, "reason": "less"}).body
    assert changed["attempts"] == 1
    assert changed["window_cap"] is None
    assert changed["breaker"] == {"failures": 20, "seconds": 600, "rest_seconds": 900}
    assert changed["error_types"] == made["error_types"]
    assert api.get(path).body == changed
    [entry] = [e for e in entries(api, "policy-edit") if e["detail"]["policy_id"] == made["id"]]
    assert entry["reason"] == "less"
    assert entry["detail"]["changed"] == ["attempts", "breaker", "window_cap"]


def test_on_and_off_with_a_note(api: Api) -> None:
    made = make(api)
    path = f"/admin/policies/{made['id']}"
    off = api.post(f"{path}/disable", {"note": "the bank is closed"}).body
    assert (off["enabled"], off["note"]) == (False, "the bank is closed")
    on = api.post(f"{path}/enable").body
    assert (on["enabled"], on["note"]) == (True, None)
    noted = [e["reason"] for e in entries(api, "policy-disable") if e["detail"]["policy_id"] == made["id"]]
    assert noted == ["the bank is closed"]


def test_a_policy_can_be_removed(api: Api) -> None:
    made = make(api)
    path = f"/admin/policies/{made['id']}"
    assert api.delete(path, {"reason": "over"}).body == {"status": "deleted", "id": made["id"]}
    assert is_problem(api.get(path), 404, "policy-not-found")
    assert is_problem(api.delete(path), 404, "policy-not-found")
    assert is_problem(api.get(f"{path}/answers"), 404, "policy-not-found")
    assert is_problem(api.patch(path, {"attempts": 1}), 404, "policy-not-found")


def test_pages(api: Api) -> None:
    ids = [make(api)["id"] for _ in range(5)]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get("/admin/policies", limit=2, **cursor).body
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen))
    assert [one for one in seen if one in ids] == ids[::-1]


def test_the_same_key_makes_one_policy(api: Api) -> None:
    body = {"name": new_name("policy"), "matches": {"skill": "none"}}
    key = new_name("key")
    first, second = (api.post("/admin/policies", body, Idempotency_Key=key) for _ in range(2))
    assert first.body == second.body
    assert second.headers["idempotent-replayed"] == "true"
    assert is_problem(
        api.post("/admin/policies", body | {"attempts": 2}, Idempotency_Key=key),
        409,
        "idempotency-key-reused",
    )


@pytest.mark.parametrize(
    ("fields", "kind", "pointer"),
    [
        ({"name": "  "}, "bad-input", "/name"),
        ({"name": None}, "bad-input", "/name"),
        ({"attempts": 0}, "bad-input", "/attempts"),
        ({"matches": {"sop": "x"}}, "bad-input", "/matches/sop"),
        ({"rerun": {"effects": "repeat"}}, "bad-input", "/rerun/effects"),
        ({"rerun": {"results": "recorded"}}, "bad-input", "/rerun/results"),
        ({"rerun": {"skills": {"pay": "new"}}}, "bad-input", "/rerun/skills/pay"),
        ({"rerun": {"skills": {"*": "0" * 64}}}, "bad-input", "/rerun/skills/*"),
        ({"rerun": {"skills": {"pay": "0" * 64}}}, "version-missing", "/rerun/skills/pay"),
        ({"rerun": {"metadata": {"team": "x" * 20_000}}}, "too-large", "/rerun/metadata"),
        ({"error_types": ["timeout", "rejected"]}, "bad-input", "/error_types/1"),
        ({"error_types": ["http-404"]}, "bad-input", "/error_types/0"),
        ({"backoff": {"jitter": 2}}, "bad-input", "/backoff/jitter"),
        ({"backoff": {"first_seconds": 60, "most_seconds": 1}}, "bad-input", "/backoff/most_seconds"),
        ({"breaker": {"failures": 3}}, "bad-input", "/breaker/seconds"),
        ({"window_cap": {"reruns": 0, "seconds": 1}}, "bad-input", "/window_cap/reruns"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    api: Api, fields: dict[str, Any], kind: str, pointer: str
) -> None:
    before = api.get("/admin/policies").body
    answer = api.post("/admin/policies", {"name": "x"} | fields)
    assert is_problem(answer, {"version-missing": 409, "too-large": 413}.get(kind, 422), kind, pointer)
    assert api.get("/admin/policies").body == before


def test_editing_refuses_a_version_that_is_missing(api: Api) -> None:
    path = f"/admin/policies/{make(api)['id']}"
    asked = {"rerun": {"skills": {"pay": "0" * 64}}}
    assert is_problem(api.patch(path, asked), 409, "version-missing", "/rerun/skills/pay")
    assert api.patch(path, {"attempts": 7}).body["attempts"] == 7


def test_a_failed_run_is_rerun_and_the_counts_are_kept_apart(api: Api) -> None:
    mark = new_name("mark")
    made = make(
        api,
        matches={"metadata": {"mark": mark}},
        attempts=2,
        backoff={"first_seconds": 0, "most_seconds": 0},
    )
    run = api.start("Use double.", {"number": {}}, metadata={"mark": mark})
    api.ended(run)
    path = f"/admin/policies/{made['id']}"
    give_up = time.monotonic() + GIVE_UP
    while (counts := api.get(path).body["answers"]) != {"rerun": 2, "given_up": 1}:
        assert time.monotonic() < give_up, counts
        time.sleep(0.05)
    answers = api.get(f"{path}/answers").body["items"]
    assert [one["answer"] for one in answers] == ["given_up", "rerun", "rerun"]
    assert [one["attempt"] for one in answers] == [2, 2, 1]
    assert answers[-1]["failed"] == run
    assert answers[0]["reason"] == "all 2 attempts have failed"
    assert [one["answer"] for one in api.get(f"{path}/answers", answer="given_up").body["items"]] == [
        "given_up"
    ]
    first = api.get(f"/admin/runs/{answers[-1]['thread_id']}").body
    assert first["requested_by"]["kind"] == "policy"
    assert first["requested_by"]["name"] == made["id"]
    assert first["requested_by"]["reason"] == "attempt 1 of 2 after skill-error in double"
    assert api.post(f"/rerun/{run}").status == 200
    detail = api.get(f"/admin/runs/{run}").body
    assert detail["reruns_by_kind"] == {"policy": 2, "person": 1}
    assert is_problem(api.post(f"{path}/breakers/double/close"), 404, "breaker-not-found")
