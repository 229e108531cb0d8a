"""contract.md, POST /start and GET …/metadata."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from .talking import Api, is_problem, new_name

SOP = "# Double the number\n\nUse double.\n"
LONG = 12345678901234567890


def test_start_answers_at_once_and_the_run_completes(api: Api) -> None:
    answer = api.post("/start", {"sop": SOP, "initial_data": {"number": LONG}})
    assert answer.status == 200
    thread_id = answer.body["thread_id"]
    assert answer.body == {"status": "started", "thread_id": thread_id, "run_name": "Double the number"}
    assert re.fullmatch(r"run_[0-9a-hjkmnp-tv-z]{26}", thread_id)
    ended = api.ended(thread_id)
    assert ended == {
        "thread_id": thread_id,
        "status": "completed",
        "waiting": None,
        "error": None,
        "data_store": {"number": LONG, "result": 2 * LONG},
    }


def test_generated_ids_sort_by_time(api: Api) -> None:
    ids = [api.start(SOP) for _ in range(5)]
    assert ids == sorted(ids)


def test_metadata_row(api: Api) -> None:
    thread_id = new_name("order")
    data = {"number": LONG, "price": {"text": "1.10"}, "list": [1, None, True]}
    asked = {
        "thread_id": thread_id,
        "sop": SOP,
        "initial_data": data,
        "run_name": "Order",
        "metadata": {"vip": True},
    }
    assert api.post("/start", asked).body["run_name"] == "Order"
    row = api.get(f"/admin/runs/{thread_id}/metadata").body
    expected = {
        "thread_id": thread_id,
        "run_name": "Order",
        "sop": SOP,
        "initial_data": data,
        "parent_thread_id": None,
        "root_thread_id": thread_id,
        "rerun_count": 0,
        "rerun_number": 0,
        "metadata": {"vip": True},
    }
    assert expected.items() <= row.items()
    assert row["created_at"].endswith(("Z", "+00:00"))


def test_limits_and_priority_are_kept(api: Api) -> None:
    asked = b"""{"sop": "Use double.", "limits": {"steps": 9, "money": 1.50}, "priority": "batch"}"""
    answer = api.send("/start", asked)
    assert answer.status == 200, answer
    text = api.http.get(f"/admin/runs/{answer.body['thread_id']}/metadata").text
    assert '"limits":{"money":1.50,"steps":9}' in text or '"limits":{"steps":9,"money":1.50}' in text


def test_unknown_run_is_404(api: Api) -> None:
    for path in (
        "/admin/runs/nobody/metadata",
        "/admin/runs/nobody",
        "/status/nobody",
        "/admin/runs/nobody/steps",
    ):
        assert is_problem(api.get(path), 404, "run-not-found")
    assert is_problem(api.get("/admin/runs/nobody/events"), 404, "run-not-found")
    for path in ("/rerun/nobody", "/approve/nobody", "/admin/runs/nobody/cancel"):
        assert is_problem(api.post(path), 404, "run-not-found")


def test_saves_are_idempotent_and_never_overwrite(api: Api) -> None:
    asked = {"thread_id": new_name("save"), "sop": SOP, "initial_data": {"number": 1}}
    with ThreadPoolExecutor(8) as many:
        answers = list(many.map(lambda _: api.post("/start", asked), range(8)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["thread_id"] for answer in answers}) == 1
    assert api.post("/start", asked | {"initial_data": {"number": 1.0}}).status == 200  # equal as JSON
    for other in (
        {"sop": SOP + " "},
        {"initial_data": {"number": 2}},
        {"metadata": {"a": 1}},
        {"skills": ["double"]},
    ):
        assert is_problem(api.post("/start", asked | other), 409, "id-taken")
    row = api.get(f"/admin/runs/{asked['thread_id']}/metadata").body
    assert row["sop"] == SOP
    assert row["initial_data"] == {"number": 1}


def test_idempotency_key(api: Api) -> None:
    key = new_name("key")
    first = api.post("/start", {"sop": SOP}, Idempotency_Key=key)
    again = api.post("/start", {"sop": SOP}, Idempotency_Key=key)
    assert first.body == again.body
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert is_problem(api.post("/start", {"sop": "x"}, Idempotency_Key=key), 409, "idempotency-key-reused")
    failed = new_name("key")
    assert api.post("/start", {"sop": ""}, Idempotency_Key=failed).status == 422
    assert (
        api.post("/start", {"sop": SOP}, Idempotency_Key=failed).status == 200
    )  # a failure leaves the key free


@pytest.mark.parametrize(
    "thread_id", ["", "-a", "a b", "ä", "a/b", "x" * 201, "count", "events", "steps", "New"]
)
def test_ids_that_are_refused(api: Api, thread_id: str) -> None:
    asked = {"thread_id": thread_id, "sop": SOP}
    assert is_problem(api.post("/start", asked), 422, "bad-input", "/thread_id")


@pytest.mark.parametrize("stem", ["a.b:c@d-e_f", "0", "x" * 190])
def test_ids_that_are_taken_as_given(api: Api, stem: str) -> None:
    thread_id = new_name(stem)
    assert api.post("/start", {"thread_id": thread_id, "sop": SOP}).body["thread_id"] == thread_id
    assert api.get(f"/status/{thread_id}").status == 200


def test_named_sop_is_taken_byte_for_byte(api: Api) -> None:
    answer = api.post("/start", {"sop_name": "twice", "initial_data": {"number": 4}})
    row = api.get(f"/admin/runs/{answer.body['thread_id']}/metadata").body
    assert row["sop"] == "# Twice\r\n\r\nUse double, then stop.  \r\n"
    assert row["sop_name"] == "twice"
    assert answer.body["run_name"] == "Twice"
    unknown = api.post("/start", {"sop_name": "thrice"})
    assert is_problem(unknown, 422, "unknown-sop", "/sop_name")


def test_skills_limit_the_run_and_are_its_goal(api: Api) -> None:
    thread_id = api.start("Nothing is named here.", {"number": 3, "amount": 1}, skills=["double"])
    assert api.ended(thread_id)["data_store"]["result"] == 6
    steps = api.get(f"/admin/runs/{thread_id}/steps").body["items"]
    assert [step["skill"] for step in steps if step["kind"] == "skill"] == ["double"]
    unknown = api.post("/start", {"sop": SOP, "skills": ["double", "treble"]})
    assert is_problem(unknown, 422, "bad-input", "/skills/1")


def test_curl_without_a_header(api: Api) -> None:
    """JSON is accepted under any content type: `curl -d` sends it as a form."""
    said = _curl("-d", '{"sop": "Use double.", "initial_data": {"number": 21}}', f"{api.url}/start")
    assert said.startswith('{"status":"started"')


def test_curl_without_a_body(api: Api) -> None:
    thread_id = new_name("curl")
    api.start(SOP, {"number": 1}, thread_id=thread_id)
    assert f'"{thread_id}_rerun_1"' in _curl("-X", "POST", f"{api.url}/rerun/{thread_id}")


def _curl(*arguments: str) -> str:
    command = ["curl", "-s", "--noproxy", "*", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_rows_inserted_with_bare_sql(api: Api, module_url: str) -> None:
    """They are recorded, can be started with their id and the same body, and rerun."""
    one, two, three = (new_name("sql") for _ in range(3))
    with psycopg.connect(module_url, autocommit=True) as sql:
        insert = "INSERT INTO run_metadata (thread_id, sop, initial_data"
        sql.execute(insert.encode() + b") VALUES (%s, 'Use double.', '{\"number\": 5}')", [one])
        sql.execute(
            insert.encode() + b", parent_thread_id, rerun_count) VALUES (%s, 'Use double.', '{}', %s, 0) "
            b"ON CONFLICT (thread_id) DO UPDATE SET sop = excluded.sop",
            [two, one],
        )
        sql.execute(insert.encode() + b") VALUES (%s, 'Use double.', '{\"number\": 7}')", [three])
    assert api.get(f"/status/{one}").body["status"] == "recorded"
    assert api.get(f"/admin/runs/{two}/metadata").body["root_thread_id"] == one
    other = {"thread_id": one, "sop": "Use double.", "initial_data": {"number": 6}}
    assert is_problem(api.post("/start", other), 409, "id-taken")
    assert api.post("/start", other | {"initial_data": {"number": 5}}).body["thread_id"] == one
    assert api.ended(one)["data_store"]["result"] == 10
    assert api.post(f"/rerun/{three}").body["thread_id"] == f"{three}_rerun_1"
    assert api.ended(f"{three}_rerun_1")["data_store"]["result"] == 14
    assert api.get(f"/status/{three}").body["status"] == "recorded"
    with psycopg.connect(module_url, autocommit=True) as sql, pytest.raises(psycopg.IntegrityError):
        sql.execute("UPDATE run_metadata SET sop = 'other' WHERE thread_id = %s", [one])


def test_a_recorded_row_keeps_what_the_start_does_not_say(api: Api, module_url: str) -> None:
    one = new_name("sql")
    with psycopg.connect(module_url, autocommit=True) as sql:
        sql.execute(
            b"INSERT INTO run_metadata (thread_id, sop, initial_data, run_name, metadata, limits, skills)"
            b" VALUES (%s, 'Do it.', '{\"number\": 5}', 'My run', '{\"team\": \"a\"}', '{\"steps\": 9}',"
            b" '{double}')",
            [one],
        )
    asked = {"thread_id": one, "sop": "Do it.", "initial_data": {"number": 5}}
    for other in ({"run_name": "Another"}, {"metadata": {"team": "b"}}, {"skills": ["echo-approved"]}):
        assert is_problem(api.post("/start", asked | other), 409, "id-taken")
    assert api.get(f"/status/{one}").body["status"] == "recorded"
    started = api.post("/start", asked | {"metadata": {"team": "a"}})
    assert started.body == {"status": "started", "thread_id": one, "run_name": "My run"}
    assert api.ended(one)["data_store"]["result"] == 10
    row = api.get(f"/admin/runs/{one}").body
    assert (row["run_name"], row["metadata"]) == ("My run", {"team": "a"})
    assert (row["skills"], row["limits"]["steps"]) == (["double"], 9)
    assert one in [run["thread_id"] for run in api.get("/admin/runs", metadata='{"team": "a"}').body["items"]]
    again = api.post("/start", asked | {"metadata": {"team": "a"}})
    assert again.body == started.body
