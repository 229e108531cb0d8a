"""GET /admin/audit, and that no call changes something without an entry."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.running_server import running_server

from .conftest import SECRET, Outside
from .failure_calls import FAILURE_CALLS
from .schedule_calls import SCHEDULE_CALLS
from .skill_folders import write_skills
from .talking import GIVE_UP, Answer, Api, is_problem, new_name

KEY = "first-key-0001"
WHO = {"kind": "api_key", "on_behalf_of": "Anna Bach"}
Headers = dict[str, str]
Call = Callable[[Api, Headers, Outside], Answer]


@pytest.fixture(scope="module")
def api(module_url: str, outside: Outside) -> Iterator[Api]:
    """A server with keys, whose client shows one."""
    home = Path(tempfile.mkdtemp(prefix="asf-audit-"))
    home.chmod(0o755)
    (home / "outbox").mkdir()
    more = {
        "ASF_API_KEYS": KEY,
        "OUTSIDE_URL": f"http://{outside.address}",
        "ASF_PRIVATE_HOSTS": outside.address,
        "ASF_SECRET_BANK": SECRET,
    }
    with running_server(home, module_url, write_skills(home / "skills"), more) as server:
        client = Api(server.url, server.outbox)
        client.http.headers["Authorization"] = f"Bearer {KEY}"
        yield client
        client.http.close()
    shutil.rmtree(home, ignore_errors=True)


def audit(api: Api, **params: Any) -> list[dict]:
    answer = api.get("/admin/audit", limit=500, **params)
    assert answer.status == 200, answer
    return list(answer.body["items"])


def waiting(api: Api) -> str:
    thread_id = api.start("Use echo-approved.", {"amount": 1})
    api.waits(thread_id, "approval")
    return thread_id


def called_back(api: Api, headers: Headers, outside: Outside) -> Answer:
    thread_id = api.start("Use check-outside.", {"check": {"id": new_name("check")}})
    token = outside.order_of(thread_id)["callback_url"].partition("token=")[2]
    api.waits(thread_id, "callback")
    return api.post(f"/callback?token={token}", {"data": {"check": {"result": 1}}}, **headers)


def doubled(api: Api, number: int) -> str:
    thread_id = api.start("Use double.", {"number": number})
    api.ended(thread_id)
    return thread_id


def batch(api: Api, headers: Headers | None = None) -> Answer:
    """A batch that can't end before the test does."""
    failed = api.start("Use double.", {"number": None})
    assert api.ended(failed)["status"] == "failed"
    asked = {"ids": [failed], "rerun": {"from": "failure", "not_before": "2999-01-01T00:00:00Z"}}
    return api.post("/admin/batches", asked, **(headers or {}))


def batch_changed(verb: str) -> Call:
    return lambda api, h, _: api.post(f"/admin/batches/{batch(api).body['id']}/{verb}", **h)


def batch_resumed(api: Api, headers: Headers, outside: Outside) -> Answer:
    paused = batch_changed("pause")(api, headers, outside)
    return api.post(f"/admin/batches/{paused.body['id']}/resume", **headers)


def signed_out(api: Api, headers: Headers, outside: Outside) -> Answer:
    return api._answer(api.http.delete("/session", headers=headers))


def policy(api: Api, **fields: Any) -> str:
    """The path of a policy that concerns no other run."""
    given = {"name": "audited", "matches": {"sop_name": new_name("none")}} | fields
    return f"/admin/policies/{api.post('/admin/policies', given).body['id']}"


def webhook(api: Api, outside: Outside) -> str:
    """The path of a webhook."""
    asked = {"url": f"http://{outside.address}/", "events": ["webhook.test"]}
    return f"/admin/webhooks/{api.post('/admin/webhooks', asked).body['id']}"


def opened(api: Api) -> str:
    """The path of a policy with an open breaker."""
    mark = {"mark": new_name("mark")}
    path = policy(api, matches={"metadata": mark}, breaker={"failures": 1, "seconds": 60, "rest_seconds": 60})
    api.ended(api.start("Use double.", {"number": {}}, metadata=mark))
    give_up = time.monotonic() + GIVE_UP
    while not api.get(path).body["breakers"]:
        assert time.monotonic() < give_up
        time.sleep(0.05)
    return path


def resent(api: Api, headers: Headers, outside: Outside) -> Answer:
    path = webhook(api, outside)
    delivery = api.post(f"{path}/test").body["id"]
    return api.post(f"{path}/deliveries/{delivery}/resend", **headers)


# How each call that changes something is made, and which action the audit then names.
CALLS: dict[tuple[str, str], tuple[str, Call]] = {
    ("post", "/start"): ("start", lambda api, h, _: api.post("/start", {"sop": "Use double."}, **h)),
    ("post", "/rerun/{thread_id}"): (
        "rerun",
        lambda api, h, _: api.post(
            f"/rerun/{api.start('Use double.', {'number': 1})}", {"reason": "why"}, **h
        ),
    ),
    ("post", "/approve/{thread_id}"): (
        "approve",
        lambda api, h, _: api.post(f"/approve/{waiting(api)}", {"note": "agreed"}, **h),
    ),
    ("post", "/admin/runs/{thread_id}/cancel"): (
        "cancel",
        lambda api, h, _: api.post(f"/admin/runs/{waiting(api)}/cancel", {"reason": "not needed"}, **h),
    ),
    ("delete", "/admin/runs/{thread_id}"): (
        "delete",
        lambda api, h, _: api._answer(api.http.delete(f"/admin/runs/{doubled(api, 1)}", headers=h)),
    ),
    ("post", "/admin/runs/compare/attribute"): (
        "rerun",
        lambda api, h, _: api.post(
            "/admin/runs/compare/attribute", {"left": doubled(api, 1), "right": doubled(api, 2)}, **h
        ),
    ),
    ("post", "/admin/batches"): ("batch-start", lambda api, h, _: batch(api, h)),
    ("post", "/admin/batches/{batch_id}/pause"): ("batch-pause", batch_changed("pause")),
    ("post", "/admin/batches/{batch_id}/resume"): ("batch-resume", batch_resumed),
    ("post", "/admin/batches/{batch_id}/abort"): ("batch-abort", batch_changed("abort")),
    ("post", "/callback"): ("callback", called_back),
    ("post", "/admin/policies"): (
        "policy-create",
        lambda api, h, _: api.post("/admin/policies", {"name": "x", "matches": {"skill": "none"}}, **h),
    ),
    ("patch", "/admin/policies/{policy_id}"): (
        "policy-edit",
        lambda api, h, _: api._answer(api.http.patch(policy(api), content=b"{}", headers=h)),
    ),
    ("delete", "/admin/policies/{policy_id}"): (
        "policy-delete",
        lambda api, h, _: api._answer(api.http.delete(policy(api), headers=h)),
    ),
    ("post", "/admin/policies/{policy_id}/enable"): (
        "policy-enable",
        lambda api, h, _: api.post(f"{policy(api)}/enable", **h),
    ),
    ("post", "/admin/policies/{policy_id}/disable"): (
        "policy-disable",
        lambda api, h, _: api.post(f"{policy(api)}/disable", {"note": "why"}, **h),
    ),
    ("post", "/admin/policies/{policy_id}/breakers/{skill}/close"): (
        "policy-close-breaker",
        lambda api, h, _: api.post(f"{opened(api)}/breakers/double/close", {"note": "why"}, **h),
    ),
    ("post", "/admin/webhooks"): (
        "webhook-create",
        lambda api, h, outside: api.post(
            "/admin/webhooks", {"url": f"http://{outside.address}/", "events": ["run.failed"]}, **h
        ),
    ),
    ("patch", "/admin/webhooks/{webhook_id}"): (
        "webhook-edit",
        lambda api, h, outside: api._answer(api.http.patch(webhook(api, outside), content=b"{}", headers=h)),
    ),
    ("delete", "/admin/webhooks/{webhook_id}"): (
        "webhook-delete",
        lambda api, h, outside: api._answer(api.http.delete(webhook(api, outside), headers=h)),
    ),
    ("post", "/admin/webhooks/{webhook_id}/rotate"): (
        "webhook-rotate",
        lambda api, h, outside: api.post(f"{webhook(api, outside)}/rotate", **h),
    ),
    ("post", "/admin/webhooks/{webhook_id}/test"): (
        "webhook-test",
        lambda api, h, outside: api.post(f"{webhook(api, outside)}/test", **h),
    ),
    ("post", "/admin/webhooks/{webhook_id}/deliveries/{delivery_id}/resend"): ("webhook-resend", resent),
    ("post", "/admin/skills/reload"): ("reload", lambda api, h, _: api.post("/admin/skills/reload", **h)),
    ("post", "/session"): ("sign-in", lambda api, h, _: api.post("/session", {"api_key": KEY}, **h)),
    ("delete", "/session"): ("sign-out", signed_out),
    **SCHEDULE_CALLS,
    **FAILURE_CALLS,
}
CHANGES_NOTHING = {
    ("post", "/start/plan"),
    ("post", "/rerun/{thread_id}/plan"),
    ("post", "/admin/schedules/preview"),
}
"""Calls that are no GET and change nothing all the same."""
FOR_THEMSELVES = {"callback", "sign-in"}
"""Acts of services, and of those who are not known yet: nobody is named by the header."""


def operations(api: Api) -> set[tuple[str, str]]:
    paths = api.get("/openapi.json").body["paths"]
    return {(method, path) for path, of in paths.items() for method in of if method != "get"}


def test_every_call_that_changes_something_is_in_the_audit(api: Api, outside: Outside) -> None:
    missing = operations(api) - CALLS.keys() - CHANGES_NOTHING
    assert not missing, f"say in CALLS how {missing} are made, or that they change nothing"
    for call, (action, make) in CALLS.items():
        before = audit(api, action=action)
        answer = make(api, {"On-Behalf-Of": "Anna Bach"}, outside)
        assert answer.status == 200, (call, answer)
        after = audit(api, action=action)
        told = WHO if action not in FOR_THEMSELVES else {}
        new = [entry for entry in after if entry not in before and told.items() <= entry["actor"].items()]
        assert len(new) == 1, f"{call} leaves no entry {action!r}"
        if "thread_id" in answer.body:
            assert new[0]["thread_id"] == answer.body["thread_id"]


def test_an_entry_says_who_for_whom_and_why(api: Api) -> None:
    thread_id = waiting(api)
    body = {"decision": "approve", "data": {"amount": 4711}, "note": f"pin {SECRET}"}
    assert api.post(f"/approve/{thread_id}", body, On_Behalf_Of="Anna").status == 200
    [entry] = audit(api, thread_id=thread_id, action="approve")
    assert entry["actor"]["kind"] == "api_key"
    assert entry["actor"]["name"]
    assert entry["actor"]["on_behalf_of"] == "Anna"
    assert entry["reason"] == "pin [secret]"
    assert entry["detail"] == {
        "step": entry["detail"]["step"],
        "waited_for": "approval",
        "decision": "approve",
        "paths": ["amount"],  # what was given stands with the step
    }
    assert "4711" not in str(audit(api, thread_id=thread_id))


def test_a_rerun_says_what_was_asked_for_without_values(api: Api) -> None:
    original = doubled(api, 1)
    asked = {"plan": "unchanged", "results": "unchanged", "changes": {"deep": {"number": 4711}, "b": None}}
    again = api.post(f"/rerun/{original}", asked | {"reason": "typo", "effects": "repeat"}).body["thread_id"]
    [entry] = audit(api, thread_id=again, action="rerun")
    assert entry["detail"] == {
        "parent_thread_id": original,
        "plan": "unchanged",
        "results": "unchanged",
        "effects": "repeat",
        "changed": ["b", "deep.number"],
    }
    assert "4711" not in str(entry)
    again = api.post(f"/rerun/{original}", {"initial_data": {"number": 4711}}).body["thread_id"]
    [entry] = audit(api, thread_id=again, action="rerun")
    assert entry["detail"] == {"parent_thread_id": original, "replaced": ["initial_data"]}


def test_the_history_of_a_run(api: Api) -> None:
    thread_id = waiting(api)
    api.post(f"/approve/{thread_id}", {"digest": "0" * 64})
    api.post(f"/admin/runs/{thread_id}/cancel", {"reason": "enough"})
    api.ended(thread_id)
    api.post(f"/admin/runs/{thread_id}/cancel")  # refused: changes nothing
    assert [entry["action"] for entry in audit(api, thread_id=thread_id)] == [
        "cancel",
        "approve-refused",
        "start",
    ]


def test_a_start_is_told_once_however_it_came(api: Api, module_url: str) -> None:
    thread_id = new_name("twice")
    body = {"thread_id": thread_id, "sop": "Use double."}
    api.post("/start", body, On_Behalf_Of="Anna")
    api.post("/start", body, On_Behalf_Of="Bert")  # the run that exists: nothing is changed
    [entry] = audit(api, thread_id=thread_id)
    assert (entry["action"], entry["actor"]["on_behalf_of"]) == ("start", "Anna")
    recorded = new_name("recorded")
    with psycopg.connect(module_url) as sql:
        sql.execute(
            """INSERT INTO run_metadata (thread_id, sop, created_at)
               VALUES (%s, 'Use double.', now() - interval '3 days')""",
            [recorded],
        )
    assert audit(api, thread_id=recorded) == []
    before = audit(api)[0]["at"]
    assert (
        api.post("/start", {"thread_id": recorded, "sop": "Use double."}, On_Behalf_Of="Anna").status == 200
    )
    [started] = audit(api, thread_id=recorded)
    assert (started["action"], started["actor"]["on_behalf_of"]) == ("start", "Anna")
    assert started["at"] > before


def test_what_came_too_late_is_listed_without_what_is_long(api: Api, outside: Outside) -> None:
    thread_id = api.start("Use check-outside.", {"check": {"id": new_name("late")}})
    path = f"/callback?token={outside.order_of(thread_id)['callback_url'].partition('token=')[2]}"
    api.waits(thread_id, "callback")
    assert api.post(path, {"data": {"check": {"result": 1}}}).status == 200
    many = [f"{number:08d}" for number in range(5000)]
    assert is_problem(api.post(path, {"data": {"check": {"result": many}}}), 409, "not-waiting")
    late, *_ = audit(api, thread_id=thread_id)
    assert late["action"] == "callback-late"
    assert late["detail"] == {"step": late["detail"]["step"], "left_out": ["data"]}


def test_filters(api: Api) -> None:
    thread_id = waiting(api)
    name = new_name("Carla")
    api.post(f"/admin/runs/{thread_id}/cancel", On_Behalf_Of=name)
    [entry] = audit(api, actor=name)
    assert (entry["action"], entry["thread_id"]) == ("cancel", thread_id)
    key = entry["actor"]["name"]
    assert entry in audit(api, actor=key)
    found = [one["actor"] for one in audit(api, actor=key)]
    assert found
    assert all(key in (actor["name"], actor.get("on_behalf_of")) for actor in found)
    assert entry in audit(api, actor="api_key", after=entry["at"])
    assert entry not in audit(api, before=entry["at"])
    assert {one["action"] for one in audit(api, action="start")} == {"start"}
    assert audit(api, actor=name, action="start") == []
    assert audit(api, action="nothing") == []


def test_pages_hold_each_entry_once_the_newest_first(api: Api) -> None:
    for _ in range(3):
        api.post(f"/rerun/{api.start('Use double.', {'number': 1})}")
    with_starts, cursor = [], None
    while True:
        page = api.get("/admin/audit", limit=3, **({"cursor": cursor} if cursor else {})).body
        with_starts += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert with_starts == audit(api)
    assert [entry["at"] for entry in with_starts] == sorted((e["at"] for e in with_starts), reverse=True)
    told = [(entry["action"], entry["thread_id"]) for entry in with_starts if entry["action"] == "start"]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("same_instant", [1, 2, 5])
def test_pages_within_one_instant(api: Api, module_url: str, same_instant: int) -> None:
    """Entries and starts of the same microsecond, cut at each place."""
    thread_id, at = new_name("instant"), f"2020-01-0{same_instant}T00:00:00Z"
    with psycopg.connect(module_url) as sql:
        for number in range(same_instant):
            sql.execute(
                """INSERT INTO run_metadata (thread_id, sop, created_at, lane, not_before, requested_by)
                   VALUES (%s, 'x', %s, 1, now() + interval '1 day', %s)""",
                [f"{thread_id}-{number}", at, '{"kind": "batch", "name": "instant"}'],
            )
            sql.execute(
                """INSERT INTO audit (actor, action, thread_id, at)
                   VALUES ('{"kind": "batch", "name": "instant"}', 'cancel', %s, %s)""",
                [f"{thread_id}-{number}", at],
            )
    window = {"after": at, "before": at.replace("00Z", "01Z"), "actor": "instant"}
    for size in (1, 2, 3):
        seen, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = api.get("/admin/audit", limit=size, **window, **more).body
            seen += [(entry["action"], entry["thread_id"]) for entry in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 2 * same_instant


def test_whom_somebody_acts_for_is_kept_as_said(api: Api) -> None:
    label = "Zoë Müller, ☎ 4711"
    sent = api.http.post(
        "/start", content=b'{"sop": "Use double."}', headers={"On-Behalf-Of": label.encode()}
    )
    thread_id = sent.json()["thread_id"]
    assert api.get(f"/admin/runs/{thread_id}").body["requested_by"]["on_behalf_of"] == label
    assert audit(api, thread_id=thread_id)[0]["actor"]["on_behalf_of"] == label


@pytest.mark.parametrize("label", [b"x" * 201, b"", b"a\tb", "Zoë".encode("latin-1")])
def test_a_label_that_is_none_is_refused(api: Api, label: bytes) -> None:
    before = audit(api)
    sent = api.http.post("/start", content=b'{"sop": "Use double."}', headers={"On-Behalf-Of": label})
    assert is_problem(api._answer(sent), 422, "bad-input", "On-Behalf-Of")
    assert audit(api) == before


def test_bad_input_names_the_field(api: Api) -> None:
    assert is_problem(api.get("/admin/audit", cursor="nonsense"), 422, "bad-input", "cursor")
    assert api.get("/admin/audit", after="yesterday").status == 422
    assert api.get("/admin/audit", colour="red").status == 422
