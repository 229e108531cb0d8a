"""contract.md, GET /admin/runs and what it links to: filters, pages, steps, events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .talking import Api, is_problem, new_name


def ids(api: Api, **wanted: Any) -> list[str]:
    answer = api.get("/admin/runs", **wanted)
    assert answer.status == 200, answer
    return [item["thread_id"] for item in answer.body["items"]]


@pytest.fixture(scope="module")
def family(api: Api) -> list[str]:
    """A completed run, its rerun, a rerun of that, and a failed stranger."""
    root = new_name("Fam_ily")
    data = {"number": 12345678901234567890, "order": {"id": 4711, "lines": [1, 2], "note": "n" * 300}}
    api.start(
        "Use double for Grünkohl.", data, thread_id=root, run_name="Ünique 100% name", metadata={"team": "x"}
    )
    api.ended(root)
    one = api.post(f"/rerun/{root}", {"metadata": {"team": "y"}}).body["thread_id"]
    api.ended(one)
    two = api.post(f"/rerun/{one}", {"changes": {"number": {"no": "number"}}}).body["thread_id"]
    api.ended(two)
    stranger = api.start("Use nothing at all.", {"other": 1})
    api.ended(stranger)
    return [root, one, two, stranger]


def test_a_row(api: Api, family: list[str]) -> None:
    root, one, two, _ = family
    items = {item["thread_id"]: item for item in api.get("/admin/runs", root=root).body["items"]}
    assert list(items) == [two, one, root]  # the newest first; an original and its reruns, never folded
    row = items[one]
    assert row["status"] == "completed"
    assert row["run_name"] == "Ünique 100% name (Rerun #1)"
    assert (row["parent_thread_id"], row["root_thread_id"]) == (root, root)
    assert (row["rerun_count"], row["rerun_number"]) == (1, 1)
    assert row["sop_title"] == "Use double for Grünkohl."
    assert row["metadata"] == {"team": "y"}
    assert items[two]["status"] == "failed"
    assert items[two]["error"]["type"]


def test_filters(api: Api, family: list[str]) -> None:
    root, one, two, stranger = family
    assert ids(api, root=root, status="completed") == [one, root]
    assert ids(api, root=root, status=["completed", "failed"]) == [two, one, root]
    assert ids(api, root=root, status="running") == []
    assert ids(api, parent=one) == [two]
    assert ids(api, name="ünique 100%") == [two, one, root]
    assert ids(api, name="ünique 100_") == []
    assert ids(api, name=root[:4], root=root) == [two, one, root]
    assert ids(api, q="grünk double") == [two, one, root]
    assert ids(api, q="grünkohl missing") == []
    assert ids(api, q="!!") == []
    assert stranger in ids(api, q="noth")
    contained = {"order": {"id": 4711}}
    assert ids(api, initial_data=json.dumps(contained)) == [two, one, root]
    assert ids(api, initial_data='{"number": 12345678901234567890}') == [one, root]
    assert ids(api, initial_data='{"number": 12345678901234567891}') == []
    assert ids(api, initial_data='{"order": {"lines": [2]}}', root=root) == [two, one, root]
    assert ids(api, initial_data='{"order": {"lines": [3]}}', root=root) == []
    assert ids(api, initial_data=json.dumps({"order": {"note": "n" * 300}})) == [two, one, root]
    assert ids(api, initial_data=json.dumps({"order": {"note": "n" * 299}})) == []
    assert ids(api, metadata='{"team": "x"}') == [root]
    assert ids(api, metadata='{"team": "y"}', status="failed") == [two]


def test_filter_by_time(api: Api, family: list[str]) -> None:
    root, one, two, _ = family
    created = {run: api.get(f"/admin/runs/{run}/metadata").body["created_at"] for run in family}
    assert ids(api, root=root, created_after=created[one]) == [two, one]
    assert ids(api, root=root, created_before=created[one]) == [root]
    assert ids(api, name="ünique", created_after=created[one], created_before=created[two]) == [one]


@pytest.mark.parametrize("more", [{}, {"q": "double"}, {"status": ["completed", "failed"]}])
def test_pages(api: Api, family: list[str], more: dict[str, Any]) -> None:
    whole = ids(api, limit=500, **more)
    assert len(whole) == len(set(whole)) >= 3
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = api.get("/admin/runs", limit=2, **more, **cursor).body
        found += [item["thread_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        assert len(page["items"]) == 2
        cursor = {"cursor": page["next_cursor"]}
    assert found == whole


def test_counts(api: Api, family: list[str]) -> None:
    root = family[0]
    count = api.get("/admin/runs/count", root=root).body
    assert (count["count"], count["capped"]) == (3, False)
    assert count["by_status"]["completed"] == 2
    assert count["by_status"]["failed"] == 1
    assert api.get("/admin/runs/count", metadata='{"team": "y"}', status="failed").body["count"] == 1


def test_runs_by_what_they_used_and_what_they_need(api: Api, family: list[str]) -> None:
    root, one, two, stranger = family
    version = next(s for s in api.get(f"/admin/runs/{root}/steps").body["items"] if s["skill"] == "double")
    assert ids(api, root=root, skill="double") == [two, one, root]  # failed is carried out as well
    assert ids(api, root=stranger, skill="double") == []
    assert ids(api, root=root, skill="double", skill_digest=version["skill_digest"][:8]) == [two, one, root]
    assert ids(api, root=root, skill="double", skill_digest="0" * 64) == []
    assert ids(api, root=root, skill="doubl") == []
    assert ids(api, root=root, attention=True) == [two]
    assert api.get("/admin/runs/count", root=root, status="completed").body["attention"] == 1


def test_runs_by_their_ids(api: Api, family: list[str]) -> None:
    root, one, two, _ = family
    assert ids(api, thread_id=[root, two, "never-was"]) == [two, root]
    assert ids(api, thread_id=[one, two], status="completed") == [one]
    assert is_problem(api.get("/admin/runs", thread_id=["x"] * 101), 422, "bad-input")


def test_values_that_are_shown(api: Api, family: list[str]) -> None:
    root = family[0]
    paths = ["order.id", "order.note", "order.lines[]", "order.id[]", "number", "nowhere"]
    [*_, row] = api.get("/admin/runs", root=root, show=paths).body["items"]
    assert row["shown"] == {
        "number": 12345678901234567890,
        "order.id": 4711,
        "order.lines[]": [1, 2],
        "order.note": {"cut": "n" * 200},
    }
    assert api.get("/admin/runs", root=root).body["items"][0]["shown"] == {}
    assert is_problem(api.get("/admin/runs", show="a..b"), 422, "bad-input")


def test_families_in_one_row(api: Api, family: list[str]) -> None:
    root, _, two, stranger = family
    [row] = api.get("/admin/runs", folded=True, root=root).body["items"]
    assert row["thread_id"] == root
    latest = row["family"].pop("latest")
    assert row["family"] == {"reruns": 2}
    assert (latest["thread_id"], latest["status"], latest["rerun_number"]) == (two, "failed", 2)
    [alone] = api.get("/admin/runs", folded=True, root=stranger).body["items"]
    assert alone["family"] == {"reruns": 0, "latest": None}
    assert api.get("/admin/runs", root=stranger).body["items"][0]["family"] is None


def test_activity(api: Api, family: list[str]) -> None:
    root, *_ = family
    rows = api.get("/admin/runs", root=root).body["items"]
    first, last = rows[-1]["created_at"], rows[0]["created_at"]
    found = api.get("/admin/runs/activity", root=root, **{"from": first, "to": last}, buckets=3).body
    assert (found["from"], found["to"], found["exact"]) == (first, last, True)
    assert len(found["buckets"]) == 3
    assert found["buckets"][0]["at"] == first
    assert sum(bucket["by_status"].get("completed", 0) for bucket in found["buckets"]) == 2
    assert not any("failed" in bucket["by_status"] for bucket in found["buckets"])  # it came at `to`
    day = api.get("/admin/runs/activity", root=root).body
    assert (len(day["buckets"]), day["bucket_seconds"]) == (48, 1800)
    assert sum(sum(bucket["by_status"].values()) for bucket in day["buckets"]) == 3
    assert is_problem(api.get("/admin/runs/activity", **{"from": last, "to": first}), 422, "bad-input")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "done"),
        ("skill_digest", "0123abcd"),
        ("skill_digest", "xyz"),
        ("limit", "0"),
        ("limit", "x"),
        ("cursor", "x"),
        ("cursor", "WyJhIiwiYiJd"),
        ("initial_data", "[1]"),
        ("initial_data", "{"),
        ("metadata", '{"a": 1e131071}'),
        ("created_after", "yesterday"),
        ("name", "a\0b"),
        ("stauts", "failed"),
    ],
)
def test_wrong_parameters_are_named(api: Api, name: str, value: str) -> None:
    answer = api.get("/admin/runs", **{name: value})
    assert answer.status in (400, 422)
    assert any(error["pointer"].startswith(name) for error in answer.body["errors"]), answer.body


def test_detail(api: Api, family: list[str]) -> None:
    root, one, two, _ = family
    run = api.get(f"/admin/runs/{one}").body
    assert run["status"] == "completed"
    assert run["parent"]["thread_id"] == root
    assert [rerun["thread_id"] for rerun in run["reruns"]] == [two]
    assert (run["rerunnable"], run["cancellable"]) == ("yes", False)
    assert run["finished_at"] > run["started_at"] >= run["created_at"]


def test_steps(api: Api, family: list[str]) -> None:
    page = api.get(f"/admin/runs/{family[0]}/steps").body
    assert page["next_cursor"] is None
    decision, double, finish = page["items"]
    fields = "seq kind skill skill_digest status reason inputs outputs reused_from attempt error"
    assert {*fields.split(), "started_at", "finished_at"} <= double.keys()
    assert [step["kind"] for step in page["items"]] == ["decision", "skill", "decision"]
    assert [step["status"] for step in page["items"]] == ["completed"] * 3
    assert (double["skill"], len(double["skill_digest"])) == ("double", 64)
    assert double["inputs"] == {"number": 12345678901234567890}
    assert double["input_steps"] == {"number": 0}
    assert double["outputs"] == {"result": 24691357802469135780}
    assert decision["outputs"]["run"] == ["double"]
    assert "finish" in finish["outputs"]
    first = api.get(f"/admin/runs/{family[0]}/steps", limit=2).body
    rest = api.get(f"/admin/runs/{family[0]}/steps", limit=2, cursor=first["next_cursor"]).body
    assert first["items"] + rest["items"] == page["items"]
    one = api.get(f"/admin/runs/{family[0]}/steps/{double['seq']}").body
    assert double.items() <= one.items()
    assert is_problem(api.get(f"/admin/runs/{family[0]}/steps/99"), 404, "step-not-found")


def events(api: Api, thread_id: str, last: str | None = None) -> list[dict[str, Any]]:
    """All events of a run until the stream ends."""
    found: list[dict[str, Any]] = []
    headers = {"Last-Event-ID": last} if last else {}
    with api.http.stream("GET", f"/admin/runs/{thread_id}/events", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        event: dict[str, Any] = {}
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if not line and "data" in event:
                found.append(event)
                event = {}
            elif name in ("event", "id"):
                event[name] = value
            elif name == "data":
                event["data"] = json.loads(value)
    return found


def test_events_tell_everything_and_end(api: Api) -> None:
    thread_id = api.start("Use double.", {"number": 1})
    told = events(api, thread_id)
    assert told[-1]["event"] == "run"
    assert told[-1]["data"]["status"] == "completed"
    last = {event["data"]["seq"]: event["data"] for event in told if event["event"] == "step"}
    assert list(last.values()) == api.get(f"/admin/runs/{thread_id}/steps").body["items"]
    numbers = [int(event["id"]) for event in told if "id" in event]
    assert numbers == sorted(set(numbers))


def test_events_follow_a_run_that_is_under_way(api: Api) -> None:
    thread_id = api.start("Use echo-approved.", {"amount": 1})
    api.waits(thread_id, "approval")
    seen: list[str] = []
    with api.http.stream("GET", f"/admin/runs/{thread_id}/events") as response:
        for line in response.iter_lines():
            if line.startswith("data: ") and "seq" not in (data := json.loads(line[6:])):
                seen.append(data["status"])
                if seen == ["waiting"]:
                    assert [wait["reason"] for wait in data["waiting"]] == ["approval"]
                    assert api.post(f"/approve/{thread_id}").status == 200
    assert (seen[0], seen[-1]) == ("waiting", "completed")


def test_events_go_on_after_the_last_one_seen(api: Api, family: list[str]) -> None:
    told = events(api, family[0])
    for place, event in enumerate(told[:-1]):
        if "id" in event:
            assert events(api, family[0], event["id"]) == told[place + 1 :]
    assert events(api, family[0], told[-1]["id"]) == told[-1:]  # a finished run says so again
