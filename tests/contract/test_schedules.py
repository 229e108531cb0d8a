"""Schedules over HTTP: the whole life of one, and what is refused, by field."""

from __future__ import annotations

from typing import Any

import pytest

from .talking import Answer, Api, new_name

HELLO: dict[str, Any] = {"sop": "Say hello.", "initial_data": {}}
DAILY: dict[str, Any] = {"name": "Daily", "start": HELLO, "cron": "30 2 * * *", "time_zone": "Europe/Berlin"}


def made(api: Api, **more: Any) -> dict[str, Any]:
    answer = api.post("/admin/schedules", DAILY | more)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def patch(api: Api, path: str, body: Any) -> Answer:
    return api._answer(api.http.patch(path, json=body))


def refused(answer: Answer, pointer: str, status: int = 422) -> str:
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["errors"][0]["pointer"] == pointer, answer.body
    return str(answer.body["detail"])


def test_a_schedule_is_made_read_changed_paused_resumed_and_deleted(api: Api) -> None:
    found = made(api)
    path = f"/admin/schedules/{found['id']}"
    assert found["rule"] == "cron 30 2 * * * in Europe/Berlin"
    assert (found["overlap"], found["catch_up_seconds"], found["paused"]) == ("skip", 3600, False)
    assert found["start"] == HELLO
    assert found["next"] == found["next_times"][0]
    assert len(found["next_times"]) == 5
    assert {time["local"][11:16] for time in found["next_times"]} <= {"02:30", "03:00"}
    assert found["requested_by"]["kind"] == "person"
    assert api.get(path).body == found
    listed = api.get("/admin/schedules", limit=1)
    assert listed.body["items"][0]["id"] == found["id"]

    changed = patch(api, path, {"every_seconds": 7200, "name": "Every two hours"}).body
    assert (changed["cron"], changed["every_seconds"], changed["name"]) == (None, 7200, "Every two hours")
    assert changed["start"] == HELLO
    assert changed["next"]["at"] != found["next"]["at"]

    paused = api.post(f"{path}/pause", {"note": "supplier is down"}).body
    assert (paused["paused"], paused["note"], paused["next"], paused["next_times"]) == (
        True,
        "supplier is down",
        None,
        [],
    )
    assert found["id"] in [one["id"] for one in api.get("/admin/schedules", paused="true").body["items"]]
    resumed = api.post(f"{path}/resume").body
    assert (resumed["paused"], resumed["note"]) == (False, None)
    assert resumed["next"] is not None

    assert api.delete(path, {"reason": "no longer needed"}).body == {"status": "deleted", "id": found["id"]}
    assert api.get(path).body["type"] == "schedule-not-found"
    actions = [
        (entry["action"], entry["reason"])
        for entry in api.get("/admin/audit").body["items"]
        if entry["detail"].get("schedule_id") == found["id"]
    ]
    assert actions == [
        ("schedule-delete", "no longer needed"),
        ("schedule-resume", None),
        ("schedule-pause", "supplier is down"),
        ("schedule-change", None),
        ("schedule-create", None),
    ]


def test_the_same_key_makes_one_schedule(api: Api) -> None:
    key = new_name("key")
    first = api.post("/admin/schedules", DAILY, Idempotency_Key=key)
    again = api.post("/admin/schedules", DAILY, Idempotency_Key=key)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    other = api.post("/admin/schedules", DAILY | {"name": "x"}, Idempotency_Key=key)
    assert other.body["type"] == "idempotency-key-reused"


def test_run_now_starts_a_run_that_a_worker_carries_out(api: Api) -> None:
    double = {"sop": "Double it.", "skills": ["double"], "initial_data": {"number": "{{ firing.number }}"}}
    found = made(api, paused=True, start=double)
    path = f"/admin/schedules/{found['id']}"
    firing = api.post(f"{path}/run-now", {"reason": "try"}).body
    assert (firing["state"], firing["why"]) == ("fired", "now")
    assert api.ended(firing["thread_id"])["data_store"] == {"number": 1, "result": 2}
    page = api.get(f"{path}/firings").body
    assert [(one["thread_id"], one["run_status"]) for one in page["items"]] == [
        (firing["thread_id"], "completed")
    ]
    assert api.get(f"{path}/firings", state="skipped").body == {"items": [], "next_cursor": None}


def test_firings_come_page_by_page(api: Api) -> None:
    found = made(api, overlap="allow", paused=True)
    path = f"/admin/schedules/{found['id']}"
    runs = [api.post(f"{path}/run-now").body["thread_id"] for _ in range(3)]
    first = api.get(f"{path}/firings", limit=2).body
    second = api.get(f"{path}/firings", limit=2, cursor=first["next_cursor"]).body
    assert [one["thread_id"] for one in first["items"] + second["items"]] == runs[::-1]
    assert second["next_cursor"] is None


def test_preview_shows_the_night_on_which_clocks_change(api: Api) -> None:
    rule = {"cron": "30 2 * * *", "time_zone": "Europe/Berlin", "count": 3, "after": "2027-03-27T00:00:00Z"}
    found = api.post("/admin/schedules/preview", rule).body
    assert found["times"] == [
        {"at": "2027-03-27T01:30:00Z", "local": "2027-03-27T02:30:00+01:00"},
        {"at": "2027-03-28T01:00:00Z", "local": "2027-03-28T03:00:00+02:00"},
        {"at": "2027-03-29T00:30:00Z", "local": "2027-03-29T02:30:00+02:00"},
    ]
    every = {"every_seconds": 90, "anchor": "2027-01-01T00:00:00Z", "after": "2027-01-01T00:00:00Z"}
    times = api.post("/admin/schedules/preview", every | {"count": 2}).body["times"]
    assert [time["at"] for time in times] == ["2027-01-01T00:01:30Z", "2027-01-01T00:03:00Z"]


def test_a_backfill_is_counted_before_it_is_done(api: Api) -> None:
    found = made(api, cron="0 * * * *", paused=True)
    path = f"/admin/schedules/{found['id']}/backfill"
    window = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T03:00:00Z"}
    tried = api.post(path, window | {"dry_run": True}).body
    assert (tried["dry_run"], tried["count"], tried["left_alone"]) == (True, 3, 0)
    assert [time["at"][11:16] for time in tried["times"]] == ["00:00", "01:00", "02:00"]
    assert api.get(f"/admin/schedules/{found['id']}").body["queued"] == 0
    done = api.post(path, window).body
    assert done == tried | {"dry_run": False}
    assert api.get(f"/admin/schedules/{found['id']}").body["queued"] == 3  # it is paused
    again = api.post(path, window | {"dry_run": True}).body
    assert (again["count"], again["left_alone"]) == (0, 3)
    year = {"from": "2025-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert "more than 1,000 times" in refused(api.post(path, year), "/to")
    refused(api.post(path, window | {"to": "2126-01-01T00:00:00Z"}), "/to")
    refused(api.post(path, window | {"from": window["to"]}), "/to")
    refused(api.post(path, {"to": window["to"]}), "/from")


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"cron": "61 2 * * *"}, "/cron", "minute '61'"),
        ({"cron": "0 0 30 2 *"}, "/cron", "never comes due"),
        ({"cron": "soon"}, "/cron", "five fields"),
        ({"time_zone": "Europe/Atlantis"}, "/time_zone", "no time zone 'Europe/Atlantis'"),
        ({"cron": None}, "/cron", "just one of"),
        ({"every_seconds": 60}, "/cron", "just one of"),
        ({"cron": None, "every_seconds": 0}, "/every_seconds", "greater than or equal to 1"),
        ({"cron": None, "every_seconds": 0.5}, "/every_seconds", "integer"),
        ({"cron": None, "at": "2020-01-01T00:00:00Z"}, "/at", "lies in the past"),
        ({"cron": None, "at": "2099-01-01T00:00:00"}, "/at", "timezone"),
        ({"name": None}, "/name", ""),
        ({"name": "  "}, "/name", "missing"),
        ({"start": None}, "/start", "either start"),
        ({"rerun": {"thread_id": "x"}}, "/rerun", "either start"),
        ({"start": None, "rerun": {"thread_id": "nobody"}}, "/rerun/thread_id", "no run 'nobody'"),
        ({"start": None, "rerun": {"thread_id": "x", "request": {"plan": "old"}}}, "/rerun/request/plan", ""),
        (
            {"start": None, "rerun": {"thread_id": "x", "request": {"not_before": "2099-01-01T00:00:00Z"}}},
            "/rerun/request/not_before",
            "leave not_before out",
        ),
        ({"start": {"sop": " "}}, "/start/sop", "empty"),
        ({"start": {"sop_name": "nothing"}}, "/start/sop_name", "no SOP named"),
        ({"start": HELLO | {"skills": ["nix"]}}, "/start/skills/0", "no skill named"),
        ({"start": HELLO | {"thread_id": "mine"}}, "/start/thread_id", "leave thread_id out"),
        ({"start": HELLO | {"run_name": "{{ now }}"}}, "/start/run_name", "no placeholder {{ now }}"),
        (
            {"start": HELLO | {"initial_data": {"a/b": ["{{scheduled_at}}", "x {{ env.HOME }}"]}}},
            "/start/initial_data/a~1b/1",
            "no placeholder {{ env.HOME }}",
        ),
        ({"overlap": "sometimes"}, "/overlap", ""),
        ({"catch_up_seconds": -1}, "/catch_up_seconds", ""),
        ({"colour": "red"}, "/colour", "unknown field"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_saved(
    api: Api, change: dict[str, Any], pointer: str, said: str
) -> None:
    before = len(api.get("/admin/schedules", limit=500).body["items"])
    body = {name: value for name, value in (DAILY | change).items() if value is not None}
    assert said in refused(api.post("/admin/schedules", body), pointer)
    assert len(api.get("/admin/schedules", limit=500).body["items"]) == before


def test_a_change_that_is_refused_leaves_the_schedule_as_it_was(api: Api) -> None:
    found = made(api)
    path = f"/admin/schedules/{found['id']}"
    refused(patch(api, path, {"name": "New", "cron": "* * * * 9"}), "/cron")
    refused(patch(api, path, {"cron": "0 0 1 1 *", "every_seconds": 5}), "/cron")
    refused(patch(api, path, {"start": {"sop": ""}}), "/start/sop")
    assert api.get(path).body == found


@pytest.mark.parametrize("action", ["pause", "resume", "run-now", "firings", "backfill", ""])
def test_schedules_that_are_not_there(api: Api, action: str) -> None:
    path = f"/admin/schedules/nobody/{action}".rstrip("/")
    window = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T03:00:00Z"}
    answer = (
        api.get(path) if action in ("firings", "") else api.post(path, window if action == "backfill" else {})
    )
    assert (answer.status, answer.body["type"]) == (404, "schedule-not-found")
