"""contract.md, POST /approve and POST /callback, GET /status and …/steps of what waits."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import psycopg
import pytest

from agentskills.domain.json_text import parse_stored

from .conftest import SECRET, Outside
from .talking import Api, is_problem, new_name


def waiting_for_approval(api: Api) -> tuple[str, dict]:
    thread_id = api.start("Use echo-approved.", {"amount": 12345678901234567890})
    [wait] = api.waits(thread_id, "approval")
    return thread_id, wait


def test_what_a_waiting_run_shows(api: Api) -> None:
    thread_id, wait = waiting_for_approval(api)
    assert {"step", "skill", "reason", "since", "until", "asks", "options", "digest"} <= wait.keys()
    assert (wait["skill"], wait["reason"]) == ("echo-approved", "approval")
    assert wait["options"] == ["approve", "reject"]
    assert wait["asks"]["shown"] == {"amount": 12345678901234567890}
    steps = {step["seq"]: step for step in api.get(f"/admin/runs/{thread_id}/steps").body["items"]}
    assert (steps[wait["step"]]["kind"], steps[wait["step"]]["status"]) == ("approval", "waiting")
    assert wait in api.get(f"/admin/runs/{thread_id}").body["waiting"]
    inbox = api.get("/admin/waits", limit=500).body["items"]
    [item] = [item for item in inbox if item["thread_id"] == thread_id]
    assert wait.items() <= item.items()
    rows = api.get("/admin/runs", status="waiting").body["items"]
    [in_short] = [run["waiting"] for run in rows if run["thread_id"] == thread_id]
    assert in_short == [{name: value for name, value in wait.items() if name != "asks"}]
    assert wait in last_run_event(api, thread_id)["waiting"]


def last_run_event(api: Api, thread_id: str) -> dict:
    """The data of the newest `run` event."""
    with api.http.stream("GET", f"/admin/runs/{thread_id}/events") as response:
        kind = ""
        for line in response.iter_lines():
            kind = line.removeprefix("event: ") if line.startswith("event: ") else kind
            if kind == "run" and line.startswith("data: "):
                return dict(parse_stored(line.removeprefix("data: ")))
    raise AssertionError("the stream ended without a run event")


def test_approve_is_the_default(api: Api) -> None:
    thread_id, wait = waiting_for_approval(api)
    answer = api.post(f"/approve/{thread_id}")
    assert answer.body == {
        "status": "accepted",
        "thread_id": thread_id,
        "step": wait["step"],
        "decision": "approve",
    }
    assert api.ended(thread_id)["data_store"]["seen"] == 12345678901234567890


def test_data_edits_what_is_approved(api: Api) -> None:
    thread_id, wait = waiting_for_approval(api)
    given = {"step": wait["step"], "data": {"amount": 5}, "note": "less", "digest": wait["digest"]}
    assert api.post(f"/approve/{thread_id}", given).status == 200
    assert api.ended(thread_id)["data_store"]["seen"] == 5
    steps = api.get(f"/admin/runs/{thread_id}/steps").body["items"]
    assert [s["actor"]["kind"] for s in steps if s["kind"] == "approval"] == ["person"]


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"amuont": 5}, "/data/amuont"),
        ({"amount": 5, "order": {"id": 1}}, "/data/order"),
        ({"amount.net": 5}, "/data/amount.net"),
    ],
)
def test_only_what_is_shown_can_be_edited(api: Api, data: dict, pointer: str) -> None:
    thread_id, wait = waiting_for_approval(api)
    assert wait["asks"]["paths"] == ["amount"]
    assert is_problem(api.post(f"/approve/{thread_id}", {"data": data}), 422, "bad-input", pointer)
    assert api.get(f"/status/{thread_id}").body["waiting"] == [wait]


def test_a_form_beside_an_approval_is_filled_in_and_kept(api: Api) -> None:
    thread_id = api.start("Use echo-reviewed.", {"amount": 500})
    [wait] = api.waits(thread_id, "approval")
    assert wait["asks"]["form"]["required"] == ["review"]
    assert wait["asks"]["paths"] == ["amount"]
    review = {"reason": "one part is missing", "limit": Decimal("12.50")}
    given = {"data": {"review": review, "amount": 450}, "digest": wait["digest"]}
    assert api.post(f"/approve/{thread_id}", given).status == 200
    ended = api.ended(thread_id)
    assert ended["data_store"] == {"amount": 450, "reviewed": {"seen": 450}}
    [approval] = [
        s for s in api.get(f"/admin/runs/{thread_id}/steps").body["items"] if s["kind"] == "approval"
    ]
    assert approval["outputs"] == {"review": review, "amount": 450}


@pytest.mark.parametrize(
    ("data", "pointer", "words"),
    [
        (None, "/data", "'review' is a required property"),
        ({"amount": 450}, "/data", "'review' is a required property"),
        ({"review": {"reason": "x"}}, "/data/review/reason", "too short"),
        ({"review.reason": "late", "review.limit": Decimal("0.001")}, "/data/review/limit", "0.001 is not"),
        ({"review": {"reason": "late", "limit": 10**41}, "amuont": 1}, "/data/amuont", "can't be edited"),
    ],
)
def test_a_form_beside_an_approval_is_checked(api: Api, data: dict | None, pointer: str, words: str) -> None:
    thread_id = api.start("Use echo-reviewed.", {"amount": 500})
    [wait] = api.waits(thread_id, "approval")
    answer = api.post(f"/approve/{thread_id}", {"data": data})
    assert is_problem(answer, 422, "bad-input", pointer)
    assert words in answer.body["detail"]
    assert api.get(f"/status/{thread_id}").body["waiting"] == [wait]


def test_a_retried_answer_is_taken_once(api: Api) -> None:
    thread_id, wait = waiting_for_approval(api)
    key = new_name("answer")
    given = {"step": wait["step"], "note": "once"}
    with ThreadPoolExecutor(4) as many:
        answers = list(
            many.map(lambda _: api.post(f"/approve/{thread_id}", given, Idempotency_Key=key), range(4))
        )
    assert [answer.status for answer in answers] == [200] * 4
    assert all(answer.body == answers[0].body for answer in answers)
    assert sum(answer.headers.get("idempotent-replayed") == "true" for answer in answers) == 3
    assert api.ended(thread_id)["status"] == "completed"
    late = api.post(f"/approve/{thread_id}", given, Idempotency_Key=key)
    assert (late.status, late.body) == (200, answers[0].body)
    other = api.post(f"/approve/{thread_id}", {"decision": "reject"}, Idempotency_Key=key)
    assert is_problem(other, 409, "idempotency-key-reused")
    assert is_problem(api.post(f"/approve/{thread_id}", given), 409, "not-waiting")


def test_an_answer_that_was_refused_leaves_its_key_free(api: Api) -> None:
    thread_id, _ = waiting_for_approval(api)
    key = new_name("refused")
    refused = api.post(f"/approve/{thread_id}", {"decision": "stop"}, Idempotency_Key=key)
    assert is_problem(refused, 422, "bad-input", "/decision")
    assert api.post(f"/approve/{thread_id}", {"decision": "approve"}, Idempotency_Key=key).status == 200


def test_reject_ends_the_run_failed(api: Api) -> None:
    thread_id, _ = waiting_for_approval(api)
    assert api.post(f"/approve/{thread_id}", {"decision": "reject", "note": "too much"}).status == 200
    ended = api.ended(thread_id)
    assert ended["status"] == "failed"
    assert ended["error"]["type"] == "rejected"
    assert "too much" in ended["error"]["message"]


def test_one_of_two_approvals_wins(api: Api) -> None:
    thread_id, _ = waiting_for_approval(api)
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: api.post(f"/approve/{thread_id}"), range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 7
    assert all(is_problem(answer, 409, "not-waiting") for answer in answers if answer.status != 200)


def test_approving_a_run_that_does_not_wait(api: Api) -> None:
    thread_id = api.start("Use double.", {"number": 1})
    api.ended(thread_id)
    assert is_problem(api.post(f"/approve/{thread_id}"), 409, "not-waiting")


def test_approving_a_page_that_is_out_of_date(api: Api) -> None:
    thread_id, wait = waiting_for_approval(api)
    assert is_problem(api.post(f"/approve/{thread_id}", {"digest": "0" * 64}), 409, "out-of-date")
    assert api.post(f"/approve/{thread_id}", {"digest": wait["digest"]}).status == 200


def test_a_decision_that_is_no_option(api: Api) -> None:
    thread_id, _ = waiting_for_approval(api)
    assert is_problem(
        api.post(f"/approve/{thread_id}", {"decision": "happened"}), 422, "bad-input", "/decision"
    )
    assert is_problem(api.post(f"/approve/{thread_id}", {"decision": "maybe"}), 422, "bad-input", "/decision")


def test_several_waits_are_told_apart(api: Api) -> None:
    thread_id = api.start("Use ask-colour and ask-size.", {"ask": 1})
    waits = {wait["skill"]: wait for wait in api.waits(thread_id, "approval", 2)}
    assert set(waits) == {"ask-colour", "ask-size"}
    which = api.post(f"/approve/{thread_id}", {"data": {"answer": {"size": "M"}}})
    assert is_problem(which, 409, "step-needed")
    assert {wait["step"] for wait in which.body["waiting"]} == {wait["step"] for wait in waits.values()}
    size, colour = waits["ask-size"]["step"], waits["ask-colour"]["step"]
    lacking = api.post(f"/approve/{thread_id}", {"step": size, "data": {"answer": {}}})
    assert is_problem(lacking, 422, "bad-input")
    assert api.post(f"/approve/{thread_id}", {"step": size, "data": {"answer": {"size": "M"}}}).status == 200
    again = api.post(f"/approve/{thread_id}", {"step": size, "data": {"answer": {"size": "L"}}})
    assert is_problem(again, 409, "not-waiting")
    assert api.post(f"/approve/{thread_id}", {"step": colour, "data": {"answer.colour": "red"}}).status == 200
    assert api.ended(thread_id)["data_store"]["answer"] == {"colour": "red", "size": "M"}


def in_doubt(api: Api) -> tuple[str, str, dict]:
    order = new_name("o")
    thread_id = api.start("Use pay.", {"pay": {"order": order}})
    [wait] = api.waits(thread_id, "in_doubt")
    assert wait["options"] == ["happened", "not_happened", "stop"]
    return thread_id, order, wait


def test_a_doubt_that_happened(api: Api) -> None:
    thread_id, order, wait = in_doubt(api)
    steps = {step["seq"]: step for step in api.get(f"/admin/runs/{thread_id}/steps").body["items"]}
    assert steps[wait["step"]]["status"] == "in_doubt"
    assert is_problem(api.post(f"/approve/{thread_id}"), 422, "bad-input", "/decision")
    assert is_problem(
        api.post(f"/approve/{thread_id}", {"decision": "happened"}), 422, "bad-input", "/data/paid/at"
    )
    given = {"decision": "happened", "data": {"paid": {"at": "12:03"}}}
    assert api.post(f"/approve/{thread_id}", given).status == 200
    ended = api.ended(thread_id)
    assert (ended["status"], ended["data_store"]["paid"]) == ("completed", {"at": "12:03"})
    again = api.post(f"/rerun/{thread_id}").body["thread_id"]
    assert api.ended(again)["data_store"]["paid"] == {"at": "12:03"}
    assert api.get(f"/admin/runs/{again}").body["not_repeated"] == 1
    assert (api.outbox / "paid.txt").read_text().split().count(order) == 1


def test_a_doubt_that_is_stopped(api: Api) -> None:
    thread_id, order, _ = in_doubt(api)
    assert api.post(f"/approve/{thread_id}", {"decision": "stop"}).status == 200
    assert api.ended(thread_id)["status"] == "failed"
    assert (api.outbox / "paid.txt").read_text().split().count(order) == 1


def test_a_doubt_that_did_not_happen(api: Api) -> None:
    """The worker is alive but has stopped acting, so the answer is taken, and the skill tried again."""
    thread_id, order, first = in_doubt(api)
    assert api.post(f"/approve/{thread_id}", {"decision": "not_happened"}).status == 200
    give_up = time.monotonic() + 30
    while (api.outbox / "paid.txt").read_text().split().count(order) < 2:
        assert time.monotonic() < give_up
        time.sleep(0.05)
    [second] = api.waits(thread_id, "in_doubt")
    assert second["since"] > first["since"]


def token_of(order: dict) -> str:
    return str(order["callback_url"].partition("?token=")[2])


def test_callback(api: Api, outside: Outside) -> None:
    thread_id = api.start("Use check-outside.", {"check": {"id": 7}})
    order = outside.order_of(thread_id)
    assert {"skill", "thread_id", "callback_url", "inputs", "expected_outputs", "sop"} <= order.keys()
    assert order["callback_url"].startswith(f"{api.url}/callback?token=")
    path = order["callback_url"].removeprefix(api.url)
    api.waits(thread_id, "callback")
    good = {
        "thread_id": thread_id,
        "skill": "check-outside",
        "data": {"check": {"result": 12345678901234567890}},
    }

    assert is_problem(api.post("/callback", good), 403, "forged-token")
    assert is_problem(api.post("/callback?token=0123456789abcdef", good), 403, "forged-token")
    other = api.start("Use check-outside.", {"check": {"id": 8}})
    token = token_of(outside.order_of(other))
    assert is_problem(api.post(f"/callback?token={token}", good), 403, "forged-token")

    lacking = api.post(path, good | {"data": {"check": {}}})
    assert is_problem(lacking, 422, "bad-input", "/data/check/result")
    assert is_problem(api.post(path, good | {"data": [1]}), 422, "bad-input", "/data")
    assert api.post(path, good).body["status"] == "accepted"  # the token has stayed good
    ended = api.ended(thread_id)
    assert ended["data_store"]["check"] == {"id": 7, "result": 12345678901234567890}
    assert is_problem(api.post(path, good), 409, "not-waiting")


def test_callback_with_an_error(api: Api, outside: Outside) -> None:
    thread_id = api.start("Use check-outside.", {"check": {"id": 9}})
    token = token_of(outside.order_of(thread_id))
    given = {
        "thread_id": thread_id,
        "skill": "check-outside",
        "token": token,
        "error": "the archive is closed",
    }
    assert api.post("/callback", given).status == 200
    ended = api.ended(thread_id)
    assert ended["status"] == "failed"
    assert "the archive is closed" in ended["error"]["message"]


def test_a_late_callback_is_kept_and_ends_a_doubt(api: Api, outside: Outside, module_url: str) -> None:
    thread_id = api.start("Use order-outside.", {"order": {"id": new_name("late")}})
    order = outside.order_of(thread_id)
    api.waits(thread_id, "in_doubt")  # nobody called back within the skill's second
    data = {"order": {"number": "A-1"}}
    late = api.post(f"/callback?token={token_of(order)}", {"thread_id": thread_id, "data": data})
    assert is_problem(late, 409, "not-waiting")
    ended = api.ended(thread_id)
    assert (ended["status"], ended["data_store"]["order"]["number"]) == ("completed", "A-1")
    with psycopg.connect(module_url) as sql:
        kept = sql.execute(
            "SELECT detail -> 'data' FROM audit WHERE thread_id = %s AND action = 'callback-late'",
            [thread_id],
        ).fetchall()
    assert kept == [(data,)]


def test_secrets_are_not_kept(api: Api, outside: Outside, module_url: str) -> None:
    thread_id, _ = waiting_for_approval(api)
    api.post(f"/approve/{thread_id}", {"data": {"amount": f"to {SECRET}"}, "note": f"pin {SECRET}"})
    assert api.ended(thread_id)["data_store"]["seen"] == "to [secret]"
    checked = api.start("Use check-outside.", {"check": {"id": new_name("secret")}})
    token = token_of(outside.order_of(checked))
    api.waits(checked, "callback")
    assert api.post(f"/callback?token={token}", {"data": {"check": {"result": [SECRET]}}}).status == 200
    assert api.ended(checked)["data_store"]["check"]["result"] == ["[secret]"]
    with psycopg.connect(module_url) as sql:
        for table in ("waits", "audit", "run_steps", "idempotency_keys"):
            found = sql.execute(
                f"SELECT * FROM {table} AS t WHERE t::text LIKE %s", [f"%{SECRET}%"]
            ).fetchall()
            assert found == [], table


def test_a_secret_that_came_after_the_start_is_not_kept(api: Api, outside: Outside, module_url: str) -> None:
    file = api.outbox.parent / "secrets" / "late"
    for secret in ("sesame-late-1", "sesame-late-22"):  # put there, then rotated
        file.write_text(secret + "\n")
        thread_id = api.start("Use check-outside.", {"check": {"id": new_name("late")}})
        token = token_of(outside.order_of(thread_id))
        api.waits(thread_id, "callback")
        given = {"data": {"check": {"result": f"Bearer {secret}"}}}
        assert api.post(f"/callback?token={token}", given).status == 200
        assert api.ended(thread_id)["data_store"]["check"]["result"] == "Bearer [secret]"
    with psycopg.connect(module_url) as sql:
        for table in ("waits", "audit", "run_steps"):
            query = f"SELECT * FROM {table} AS t WHERE t::text LIKE '%sesame-late%'"
            assert sql.execute(query).fetchall() == [], table


def test_a_service_may_say_nothing_about_its_error(api: Api, outside: Outside) -> None:
    thread_id = api.start("Use check-outside.", {"check": {"id": new_name("error")}})
    token = token_of(outside.order_of(thread_id))
    api.waits(thread_id, "callback")
    given = {"error": {"type": None, "message": None, "code": 7}}
    assert api.post(f"/callback?token={token}", given).status == 200
    error = api.ended(thread_id)["error"]
    assert (error["type"], error["message"]) == ("callback-error", "the service reported an error")


def test_cancel(api: Api) -> None:
    thread_id, _ = waiting_for_approval(api)
    path, key = f"/admin/runs/{thread_id}/cancel", new_name("cancel")
    answer = api.post(path, {"reason": "not needed"}, Idempotency_Key=key)
    assert answer.status == 200
    assert api.ended(thread_id)["status"] == "cancelled"
    retried = api.post(path, {"reason": "not needed"}, Idempotency_Key=key)
    assert (retried.status, retried.body, retried.headers["idempotent-replayed"]) == (
        200,
        answer.body,
        "true",
    )
    other = api.post(path, {"reason": "another"}, Idempotency_Key=key)
    assert is_problem(other, 409, "idempotency-key-reused")
    assert api.get(f"/status/{thread_id}").body["waiting"] is None
    assert is_problem(api.post(f"/admin/runs/{thread_id}/cancel"), 409, "already-finished")
    assert is_problem(api.post(f"/approve/{thread_id}"), 409, "not-waiting")
