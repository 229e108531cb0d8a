"""Failures, dismissals, one answer for many, and backtests over HTTP."""

from __future__ import annotations

import time

import pytest

from agentskills.client import AgentSkills

from .talking import Api, is_problem, new_name


def failed_runs(api: Api, number: int) -> list[str]:
    """Runs that fail: nothing can be doubled."""
    runs = [api.start("Use double.", {"number": None}) for _ in range(number)]
    assert {api.ended(run)["status"] for run in runs} == {"failed"}
    return runs


def group_of(api: Api, **params: object) -> dict:
    [group] = api.get("/admin/failures", skill="double", **params).body["items"]
    return dict(group)


def test_failures_from_group_to_dismissal_and_back(api: Api) -> None:
    runs = failed_runs(api, 3)
    group = group_of(api)
    assert group["count"] == 3
    assert group["sample"]["thread_id"] in runs
    assert len(group["versions"]) == 1
    same = {"failed_skill": "double", "signature": group["signature"], "open": "true"}
    listed = api.get("/admin/runs", **same).body["items"]
    assert [run["thread_id"] for run in listed] == runs[::-1]
    assert {run["dismissed"] for run in listed} == {None}
    assert api.get("/admin/runs/count", **same).body["count"] == 3

    asked = {"ids": [runs[0], "nobody"], "note": "no"}
    key = new_name("key")
    done = api.post("/admin/failures/dismiss", asked, Idempotency_Key=key)
    assert done.body == {"count": 1, "left_out": ["nobody"]}
    again = api.post("/admin/failures/dismiss", asked, Idempotency_Key=key)
    assert (again.body, again.headers["idempotent-replayed"]) == (done.body, "true")
    assert group_of(api)["count"] == 2
    assert group_of(api, dismissed="true")["dismissed"] == 1
    shown = api.get(f"/admin/runs/{runs[0]}").body
    assert shown["dismissed"]["note"] == "no"
    assert shown["signature"] == group["signature"]
    kind = {"skill": "double", "signature": group["signature"]}
    assert api.post("/admin/failures/dismiss", kind).body["count"] == 2
    none = api.get("/admin/failures", skill="double").body
    assert (none["items"], none["capped"], none["next_cursor"]) == ([], False, None)
    assert set(none["over_time"]) == {"from", "to"}
    assert api.post("/admin/failures/restore", kind).body["count"] == 3
    entries = api.get("/admin/audit", thread_id=runs[0]).body["items"]
    assert [e["action"] for e in entries[:2]] == ["failure-restore", "failure-dismiss"]
    assert entries[1]["reason"] == "no"
    assert api.get("/admin/runs", **same, dry="true").body["items"] == []
    assert len(api.get("/admin/runs", **same, dry="false").body["items"]) == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/signature"),
        ({"skill": "double"}, "/signature"),
        ({"signature": "x"}, "/skill"),
        ({"ids": ["a"], "skill": "double", "signature": "x"}, "/ids"),
        ({"ids": []}, "/ids"),
        ({"ids": ["a"], "why": 1}, "/why"),
    ],
)
@pytest.mark.parametrize("verb", ["dismiss", "restore"])
def test_which_failures_has_to_be_said(api: Api, verb: str, body: dict, pointer: str) -> None:
    assert is_problem(api.post(f"/admin/failures/{verb}", body), 422, "bad-input", pointer)


@pytest.mark.parametrize("params", [{"after": "yesterday"}, {"cursor": "x"}, {"limit": 0}, {"why": 1}])
def test_bad_filters_of_failures(api: Api, params: dict) -> None:
    [name] = params
    assert is_problem(api.get("/admin/failures", **params), 422, "bad-input", name)


def test_one_answer_for_many(api: Api) -> None:
    runs = [api.start("Use echo-approved.", {"amount": n}) for n in range(3)]
    waits = [api.waits(run, "approval") for run in runs]
    listed = [
        {"thread_id": runs[0], "step": waits[0][0]["step"], "digest": waits[0][0]["digest"]},
        {"thread_id": runs[1], "digest": "another"},
        {"thread_id": "nobody"},
    ]
    done = api.post("/admin/answers", {"answers": listed, "decision": "approve", "note": "all of them"}).body
    assert [item["outcome"] for item in done["items"]] == ["answered", "refused", "refused"]
    assert [(item["problem"] or {}).get("type") for item in done["items"]] == [
        None,
        "out-of-date",
        "run-not-found",
    ]
    assert (done["answered"], done["refused"], done["more"]) == (1, 2, False)
    until = max(wait["since"] for [wait] in waits)
    found = {"filter": {"reason": "approval", "skill": "echo-approved", "until": until}, "decision": "reject"}
    done = api.post("/admin/answers", found).body
    assert {item["thread_id"] for item in done["items"] if item["outcome"] == "answered"} >= set(runs[1:])
    assert [api.ended(run)["status"] for run in runs] == ["completed", "failed", "failed"]
    again = api.post("/admin/answers", {"answers": listed[:1], "decision": "approve"}).body
    assert again["items"][0]["problem"]["type"] == "not-waiting"
    [entry] = [
        e for e in api.get("/admin/audit", thread_id=runs[0]).body["items"] if e["action"] == "approve"
    ]
    assert entry["reason"] == "all of them"


def test_a_decision_that_does_not_fit_is_refused_for_each(api: Api) -> None:
    run = api.start("Use echo-approved.", {"amount": 1})
    api.waits(run, "approval")
    asked = {"answers": [{"thread_id": run}], "decision": "happened"}
    [item] = api.post("/admin/answers", asked).body["items"]
    assert (item["outcome"], item["problem"]["type"], item["problem"]["status"]) == (
        "refused",
        "bad-input",
        422,
    )
    assert api.post(f"/approve/{run}").status == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"decision": "approve"}, "/answers"),
        (
            {"decision": "approve", "answers": [{"thread_id": "a"}], "filter": {"reason": "approval"}},
            "/answers",
        ),
        ({"decision": "maybe", "filter": {"reason": "approval"}}, "/decision"),
        ({"decision": "approve", "filter": {"reason": "timer"}}, "/filter/reason"),
        ({"decision": "approve", "filter": {"reason": "approval"}}, "/filter/until"),
        ({"decision": "approve", "filter": {"reason": "consent", "skill": "pay"}}, "/filter/until"),
        ({"decision": "stop", "filter": {"reason": "in_doubt", "until": "today"}}, "/filter/until"),
        ({"decision": "approve", "answers": [{"thread_id": "a"}] * 1001}, "/answers"),
    ],
)
def test_which_waits_has_to_be_said(api: Api, body: dict, pointer: str) -> None:
    assert is_problem(api.post("/admin/answers", body), 422, "bad-input", pointer)


def test_a_backtest_by_workers(api: Api) -> None:
    run = api.start("Use double.", {"number": 21}, metadata={"of": "backtest"})
    assert api.ended(run)["status"] == "completed"
    asked = {"filter": {"metadata": {"of": "backtest"}}, "name": "as it is", "reason": "to see"}
    key = new_name("key")
    started = api.post("/admin/backtests", asked, Idempotency_Key=key)
    assert started.status == 200, started
    assert api.post("/admin/backtests", asked, Idempotency_Key=key).body["id"] == started.body["id"]
    path = f"/admin/backtests/{started.body['id']}"
    give_up = time.monotonic() + 30
    while (found := api.get(path).body)["reported_at"] is None:
        assert time.monotonic() < give_up, found
        time.sleep(0.1)
    assert found["verdicts"] == {"stays": 1, "changed": 0, "cant_tell": 0, "newly_failed": 0, "pending": 0}
    assert (found["status"], found["name"], found["paths"], found["untold"]) == (
        "completed",
        "as it is",
        [],
        [],
    )
    [item] = api.get(f"{path}/items").body["items"]
    assert (item["source"], item["report"]["verdict"]) == (run, "stays")
    assert api.get(f"{path}/items", verdict="changed").body["items"] == []
    assert found["id"] in [one["id"] for one in api.get("/admin/backtests").body["items"]]
    assert api.get(f"/admin/runs/{item['thread_id']}").body["dry"] is True


@pytest.mark.parametrize(
    ("body", "status", "kind", "pointer"),
    [
        ({}, 422, "bad-input", "/ids"),
        ({"ids": ["a"], "filter": {}}, 422, "bad-input", "/filter"),
        ({"ids": ["a"], "most": 0}, 422, "bad-input", "/most"),
        ({"ids": ["a"], "skills": {"double": "new"}}, 422, "bad-input", "/skills/double"),
        ({"ids": ["a"], "skills": {"double": "0" * 16}}, 409, "version-missing", "/skills/double"),
        ({"filter": {"metadata": "{"}}, 422, "bad-input", "/filter/metadata"),
        ({"filter": {"sop_name": "nobody-has-it"}}, 409, "nothing-matches", None),
    ],
)
def test_a_backtest_that_cant_be(api: Api, body: dict, status: int, kind: str, pointer: str | None) -> None:
    before = api.get("/admin/backtests").body["items"]
    assert is_problem(api.post("/admin/backtests", body), status, kind, pointer)
    assert api.get("/admin/backtests").body["items"] == before


def test_no_such_backtest(api: Api) -> None:
    assert is_problem(api.get("/admin/backtests/nobody"), 404, "batch-not-found")
    assert is_problem(api.get("/admin/backtests/nobody/items"), 404, "batch-not-found")


@pytest.mark.anyio
async def test_the_same_by_client(api: Api) -> None:
    [run] = failed_runs(api, 1)
    async with AgentSkills(api.url) as client:
        groups = [group async for group in client.failures.list(skill="double")]
        assert groups[0]["sample"]["thread_id"] == run
        signature = groups[0]["signature"]
        assert (await client.failures.dismiss([run], note="no"))["count"] == 1
        assert (await client.failures.restore(skill="double", signature=signature))["count"] == 1
        found = [r["thread_id"] async for r in client.runs(failed_skill="double", open=True, dry=False)]
        assert run in found
        waiting = api.start("Use echo-approved.", {"amount": 7})
        [wait] = api.waits(waiting, "approval")
        listed = [{"thread_id": waiting, "step": wait["step"]}]
        assert (await client.answer_all("approve", answers=listed))["answered"] == 1
        backtest = await client.backtests.start(ids=[run], skills="pinned")
        assert (await backtest.wait(30))["verdicts"]["stays"] == 1
        assert [item["source"] async for item in backtest.items(verdict="stays")] == [run]
        assert backtest.id in [one["id"] async for one in client.backtests.list()]
        assert [r["thread_id"] async for r in client.runs(parent=run, dry=True)] == [f"{run}_rerun_1"]
