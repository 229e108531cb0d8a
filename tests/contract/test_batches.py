"""Batches over HTTP: what is asked for, what is answered, and what is refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from .talking import GIVE_UP, Api, is_problem, new_name

MENDING = {"from": "failure", "changes": {"number": 2}}


def failures(api: Api, number: int, team: str) -> list[str]:
    """Runs that have failed, of a team of their own."""
    runs = [api.start("Use double.", {"number": None}, metadata={"team": team}) for _ in range(number)]
    for thread_id in runs:
        assert api.ended(thread_id)["status"] == "failed"
    return runs


def until(
    api: Api, batch_id: str, status: str, reached: Callable[[dict[str, Any]], bool] = lambda _: True
) -> dict[str, Any]:
    give_up = time.monotonic() + GIVE_UP
    while time.monotonic() < give_up:
        found = api.get(f"/admin/batches/{batch_id}").body
        if found["status"] == status and reached(found):
            return dict(found)
        time.sleep(0.05)
    raise AssertionError(f"never {status}: {found}")


def test_a_batch_by_filter_from_start_to_end(api: Api) -> None:
    team = new_name("team")
    runs = failures(api, 3, team)
    asked = {
        "filter": {
            "status": ["failed"],
            "metadata": {"team": team},
            "created_before": "2999-01-01T00:00:00Z",
        },
        "rerun": MENDING,
        "name": "all of the team",
        "reason": "the number is known now",
        "concurrency": 2,
        "budget": {"tokens": 1000},
    }
    answer = api.post("/admin/batches", asked, Idempotency_Key=team, On_Behalf_Of="grace")
    assert answer.status == 200, answer
    made = answer.body
    assert (made["status"], made["filled"], made["expected"]) == ("running", False, 3)
    assert made["filter"]["created_before"] < "2999"
    assert made["rerun"] == MENDING | {"reason": "the number is known now"}
    assert made["budget"] == {"tokens": 1000, "money": None}
    assert made["requested_by"]["on_behalf_of"] == "grace"
    done = until(api, made["id"], "completed")
    assert done["counts"] == {
        **{"total": 3, "pending": 0, "running": 0, "waiting": 0, "succeeded": 3},
        **{"failed": 0, "cancelled": 0, "refused": 0, "skipped": 0},
    }
    items = api.get(f"/admin/batches/{made['id']}/items", state="succeeded", limit=2).body
    rest = api.get(
        f"/admin/batches/{made['id']}/items", state="succeeded", limit=2, cursor=items["next_cursor"]
    ).body
    assert [item["source"] for item in items["items"] + rest["items"]] == runs
    assert rest["next_cursor"] is None
    for item in items["items"]:
        assert api.get(f"/status/{item['thread_id']}").body["data_store"] == {"number": 2, "result": 4}
        asked_by = api.get(f"/admin/runs/{item['thread_id']}/metadata").body["requested_by"]
        assert (asked_by["kind"], asked_by["name"]) == ("batch", made["id"])
        assert asked_by["on_behalf_of"] == "grace"
    again = api.post("/admin/batches", asked, Idempotency_Key=team, On_Behalf_Of="grace")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.body["id"] == made["id"]
    other = asked | {"concurrency": 3}
    assert is_problem(api.post("/admin/batches", other, Idempotency_Key=team), 409, "idempotency-key-reused")
    assert made["id"] in [
        batch["id"] for batch in api.get("/admin/batches", status="completed").body["items"]
    ]
    assert is_problem(api.post(f"/admin/batches/{made['id']}/abort"), 409, "batch-finished")
    assert is_problem(api.post(f"/admin/batches/{made['id']}/resume", {}), 409, "batch-finished")


def test_pause_resume_abort(api: Api) -> None:
    runs = failures(api, 3, new_name("team"))
    later = MENDING | {"not_before": "2999-01-01T00:00:00Z"}  # so that no rerun ends before the test does
    made = api.post("/admin/batches", {"ids": runs, "rerun": later, "concurrency": 1}).body
    paused = api.post(f"/admin/batches/{made['id']}/pause", {"reason": "wait"}).body
    assert (paused["status"], paused["note"]) == ("paused", "paused: wait")
    limits = {"budget": {"money": 2.5}, "concurrency": 2}
    resumed = api.post(f"/admin/batches/{made['id']}/resume", limits).body
    assert (resumed["status"], resumed["note"], resumed["concurrency"]) == ("running", None, 2)
    assert str(resumed["budget"]["money"]) == "2.5"
    shares = [
        api.post(f"/admin/batches/{made['id']}/resume", body).body["stop_at_failure_rate"]
        for body in ({"stop_at_failure_rate": 0.5}, {}, {"stop_at_failure_rate": None})
    ]
    assert [share and float(share) for share in shares] == [0.5, 0.5, None]
    started = until(api, made["id"], "running", lambda found: found["counts"]["running"] == 2)
    assert started["counts"]["pending"] == 1
    aborted = api.post(f"/admin/batches/{made['id']}/abort", {"reason": "enough"}).body
    assert (aborted["status"], aborted["note"]) == ("aborted", "aborted: enough")
    assert (aborted["counts"]["running"], aborted["counts"]["cancelled"]) == (2, 1)
    assert is_problem(api.post(f"/admin/batches/{made['id']}/abort"), 409, "batch-finished")
    for item in api.get(f"/admin/batches/{made['id']}/items", state="running").body["items"]:
        api.post(f"/admin/runs/{item['thread_id']}/cancel")
    until(api, made["id"], "aborted", lambda found: found["counts"]["cancelled"] == 3)
    actions = [entry["action"] for entry in api.get("/admin/audit", limit=50).body["items"]]
    assert [action for action in actions if action.startswith("batch-")][:7] == [
        *("batch-abort", *["batch-resume"] * 4, "batch-pause", "batch-start"),
    ]


def test_look_before(api: Api) -> None:
    team = new_name("team")
    runs = failures(api, 2, team)
    completed = api.start("Use double.", {"number": 1}, metadata={"team": team})
    api.ended(completed)
    before = len(api.get("/admin/batches").body["items"])
    asked = {"filter": {"metadata": {"team": team}}, "rerun": MENDING, "dry_run": True, "order": "newest"}
    plan = api.post("/admin/batches", asked).body
    assert (plan["dry_run"], plan["count"], plan["capped"]) == (True, 3, False)
    assert (plan["sampled"], plan["refused"], plan["skipped"]) == (3, 1, 0)
    told = [(one["source"], one["outcome"]) for one in plan["sample"]]
    assert told == [(completed, "refused"), (runs[1], "rerun"), (runs[0], "rerun")]
    assert plan["sample"][0]["reason"].startswith("nothing-failed: ")
    assert plan["sample"][1]["plan"]["counts"]["execute"] == 1
    assert plan["estimate"]["money"] == 0
    assert len(api.get("/admin/batches").body["items"]) == before
    nothing = {"filter": {"sop_name": "no such"}}
    assert is_problem(api.post("/admin/batches", nothing | {"dry_run": True}), 409, "nothing-matches")
    assert is_problem(api.post("/admin/batches", nothing), 409, "nothing-matches")
    assert len(api.get("/admin/batches").body["items"]) == before


@pytest.mark.parametrize(
    ("body", "kind", "pointer"),
    [
        ({}, "bad-input", "/ids"),
        ({"ids": ["a"], "filter": {}}, "bad-input", "/filter"),
        ({"ids": []}, "bad-input", "/ids"),
        ({"ids": [1]}, "bad-input", "/ids/0"),
        ({"ids": [""]}, "bad-input", "/ids/0"),
        ({"ids": ["x"] * 10_001}, "bad-input", "/ids"),
        ({"filter": {"status": ["broken"]}}, "bad-input", "/filter/status/0"),
        ({"filter": {"state": "failed"}}, "bad-input", "/filter/state"),
        ({"filter": {"metadata": "[1]"}}, "bad-input", "/filter/metadata"),
        ({"filter": {"created_after": "yesterday"}}, "bad-input", "/filter/created_after"),
        ({"filter": {"created_after": "0001-01-01T00:00:00+14:00"}}, "bad-input", "/filter/created_after"),
        ({"ids": ["a"], "rerun": {"from": "middle"}}, "bad-input", "/rerun/from"),
        (
            {"ids": ["a"], "rerun": {"results": "recorded", "model": "m"}},
            "contradicting-fields",
            "/rerun/model",
        ),
        ({"ids": ["a"], "rerun": {"plan_token": "x"}}, "bad-input", "/rerun/plan_token"),
        ({"ids": ["a"], "rerun": {"run_name": " "}}, "bad-input", "/rerun/run_name"),
        ({"ids": ["a"], "name": " "}, "bad-input", "/name"),
        ({"ids": ["a"], "order": "random"}, "bad-input", "/order"),
        ({"ids": ["a"], "order_by_key": "a..b"}, "bad-input", "/order_by_key"),
        ({"ids": ["a"], "concurrency": 0}, "bad-input", "/concurrency"),
        ({"ids": ["a"], "budget": {"tokens": 0}}, "bad-input", "/budget/tokens"),
        ({"ids": ["a"], "budget": {"euros": 1}}, "bad-input", "/budget/euros"),
        ({"ids": ["a"], "canary": 0}, "bad-input", "/canary"),
        ({"ids": ["a"], "gate": {"path": "a"}}, "bad-input", "/canary"),
        ({"ids": ["a"], "canary": 1, "gate": {"path": "a b"}}, "bad-input", "/gate/path"),
        ({"ids": ["a"], "stop_at_failure_rate": 1}, "bad-input", "/stop_at_failure_rate"),
    ],
)
def test_the_field_is_named(api: Api, body: Any, kind: str, pointer: str) -> None:
    before = api.get("/admin/batches").body
    assert is_problem(api.post("/admin/batches", body), 422, kind, pointer)
    assert api.get("/admin/batches").body == before


@pytest.mark.parametrize("path", ["", "/items"])
def test_there_is_no_such_batch(api: Api, path: str) -> None:
    assert is_problem(api.get(f"/admin/batches/nobody{path}"), 404, "batch-not-found")


@pytest.mark.parametrize("verb", ["pause", "resume", "abort"])
def test_no_such_batch_can_be_changed(api: Api, verb: str) -> None:
    assert is_problem(api.post(f"/admin/batches/nobody/{verb}"), 404, "batch-not-found")
    assert is_problem(api.post(f"/admin/batches/nobody/{verb}", {"why": 1}), 422, "bad-input", "/why")
