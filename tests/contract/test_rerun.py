"""contract.md, POST /rerun."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .talking import Api, is_problem, new_name

SOP = "# Refund  order 42 \r\n\r\n\tUse double – “exactly” so.\n\n"
DATA = (
    b'{"number": 12345678901234567890, "price": 1.10, "tiny": 0.1234567890123456789, "e": 1e20,'
    b' "deep": [[1.0]]}'
)


def started(api: Api) -> str:
    thread_id = new_name("order")
    body = b"""{"thread_id": "%s", "sop": "Use double.", "run_name": "Refund order 42",
               "metadata": {"team": "a"}, "initial_data": %s}"""
    answer = api.send("/start", body % (thread_id.encode(), DATA))
    assert answer.status == 200, answer
    api.ended(thread_id)
    return thread_id


def test_rerun_is_the_same_again(api: Api) -> None:
    original = started(api)
    for empty in (b"", b"null", b"{}", b"  "):
        assert api.send(f"/rerun/{original}", empty).status == 200
    answer = api.post(f"/rerun/{original}").body
    assert answer == {
        "status": "started",
        "thread_id": f"{original}_rerun_5",
        "run_name": "Refund order 42 (Rerun #5)",
        "parent_thread_id": original,
        "rerun_count": 5,
        "rerun_number": 5,
    }
    assert api.ended(answer["thread_id"])["data_store"] == api.ended(original)["data_store"]
    first = api.http.get(f"/admin/runs/{original}/metadata").text
    again = api.http.get(f"/admin/runs/{answer['thread_id']}/metadata").text
    for text in (first, again):
        for number in (
            "12345678901234567890",
            "1.10",
            "0.1234567890123456789",
            "100000000000000000000",
            "1.0",
        ):
            assert number in text
    row = api.get(f"/admin/runs/{answer['thread_id']}/metadata").body
    assert row["metadata"] == {"team": "a"}
    assert (row["rerun_count"], row["rerun_number"]) == (0, 5)
    assert api.get(f"/admin/runs/{original}/metadata").body["rerun_count"] == 5


def test_the_sop_is_repeated_byte_for_byte(api: Api) -> None:
    original = api.start(SOP, {"number": 1})
    again = api.post(f"/rerun/{original}").body["thread_id"]
    assert api.get(f"/admin/runs/{again}/metadata").body["sop"] == SOP


def test_ids_stay_flat_and_names_are_replaced(api: Api) -> None:
    original = started(api)
    ids = [original]
    for number in (1, 2, 3):
        answer = api.post(f"/rerun/{ids[-1]}").body
        assert answer["thread_id"] == f"{original}_rerun_{number}"
        assert answer["parent_thread_id"] == ids[-1]
        assert answer["run_name"] == f"Refund order 42 (Rerun #{number})"
        ids.append(answer["thread_id"])
        api.ended(ids[-1])
    again = api.post(f"/rerun/{original}_rerun_2").body
    assert (again["thread_id"], again["parent_thread_id"]) == (f"{original}_rerun_4", f"{original}_rerun_2")
    rows = [api.get(f"/admin/runs/{one}/metadata").body for one in ids]
    assert [row["rerun_count"] for row in rows] == [1, 1, 2, 0]
    assert {row["root_thread_id"] for row in rows} == {original}


def test_twenty_at_once_get_twenty_ids(api: Api) -> None:
    original = started(api)
    with ThreadPoolExecutor(20) as many:
        answers = list(many.map(lambda _: api.post(f"/rerun/{original}"), range(20)))
    assert {answer.status for answer in answers} == {200}
    assert {answer.body["thread_id"] for answer in answers} == {f"{original}_rerun_{n}" for n in range(1, 21)}
    assert api.get(f"/admin/runs/{original}/metadata").body["rerun_count"] == 20


def test_a_taken_id_is_skipped(api: Api) -> None:
    original = started(api)
    for number in (1, 2):
        api.start("Use double.", {"number": 1}, thread_id=f"{original}_rerun_{number}")
    assert api.post(f"/rerun/{original}").body["thread_id"] == f"{original}_rerun_3"
    assert api.post(f"/rerun/{original}_rerun_1").body["thread_id"] == f"{original}_rerun_1_rerun_1"


def test_changed_inputs(api: Api) -> None:
    original = started(api)
    changes = {"number": 2, "price": None, "deep": {"a": {"b": 1}}}
    one = api.post(f"/rerun/{original}", {"changes": changes, "reason": "typo"}).body["thread_id"]
    row = api.get(f"/admin/runs/{one}/metadata").body
    assert row["initial_data"]["number"] == 2
    assert "price" not in row["initial_data"]
    assert str(row["initial_data"]["tiny"]) == "0.1234567890123456789"  # left alone, digit for digit
    assert row["request"] == {"format": 1, "changes": changes, "reason": "typo"}
    assert row["requested_by"]["reason"] == "typo"
    api.ended(one)
    two = api.post(f"/rerun/{one}", {"initial_data": {}, "run_name": "Anew", "metadata": {"b": 1}}).body
    row = api.get(f"/admin/runs/{two['thread_id']}/metadata").body
    assert (row["initial_data"], row["run_name"]) == ({}, "Anew")
    assert row["metadata"] == {"team": "a", "b": 1}
    sop = api.post(f"/rerun/{original}", {"sop": "Use double twice."}).body["thread_id"]
    assert api.get(f"/admin/runs/{sop}/metadata").body["sop"] == "Use double twice."
    both = {"changes": {}, "initial_data": {}}
    assert is_problem(api.post(f"/rerun/{original}", both), 422, "contradicting-fields", "/changes")


def test_the_old_run_is_never_touched(api: Api) -> None:
    original = started(api)
    before = api.get(f"/admin/runs/{original}/steps").body
    api.ended(api.post(f"/rerun/{original}", {"changes": {"number": 9}}).body["thread_id"])
    assert api.get(f"/admin/runs/{original}/steps").body == before


def test_an_unfinished_run_can_only_be_started_anew_as_it_is(api: Api) -> None:
    waiting = api.start("Use echo-approved.", {"amount": 1})
    api.waits(waiting, "approval")
    assert is_problem(api.post(f"/rerun/{waiting}", {"changes": {"amount": 2}}), 409, "not-finished")
    assert api.post(f"/rerun/{waiting}").status == 200
    assert api.get(f"/status/{waiting}").body["status"] == "waiting"


def test_idempotency_key(api: Api) -> None:
    original = started(api)
    key = new_name("key")
    with ThreadPoolExecutor(5) as many:
        answers = list(many.map(lambda _: api.post(f"/rerun/{original}", Idempotency_Key=key), range(5)))
    assert {answer.body["thread_id"] for answer in answers} == {f"{original}_rerun_1"}
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == 4
    other = api.post(f"/rerun/{original}", {"reason": "x"}, Idempotency_Key=key)
    assert is_problem(other, 409, "idempotency-key-reused")
