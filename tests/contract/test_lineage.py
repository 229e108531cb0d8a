"""The family of a run, `fixed_by`, `rerunnable`, and DELETE /admin/runs/{thread_id}."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from .talking import Answer, Api, is_problem, new_name

SOP = "Use double."


@pytest.fixture
def rows(module_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(module_url, autocommit=True) as connection:
        yield connection


def failed(api: Api) -> str:
    """A run that has failed: what its goal needs is missing."""
    thread_id = api.start(
        SOP, {"text": "Ada"}, thread_id=new_name("order"), run_name="For Ada", skills=["double"]
    )
    assert api.ended(thread_id)["status"] == "failed"
    return thread_id


def rerun(api: Api, thread_id: str, **request: Any) -> str:
    answer = api.post(f"/rerun/{thread_id}", request)
    assert answer.status == 200, answer
    again = str(answer.body["thread_id"])
    api.ended(again)
    return again


def family(api: Api, thread_id: str) -> dict[str, dict[str, Any]]:
    answer = api.get(f"/admin/runs/{thread_id}/lineage")
    assert answer.status == 200, answer
    return {run["thread_id"]: run for run in answer.body["items"]}


def in_list(api: Api, thread_id: str) -> dict[str, Any]:
    [item] = api.get("/admin/runs", name=thread_id, limit=1, status="failed").body["items"]
    return dict(item)


def test_the_tree_of_a_family(api: Api) -> None:
    original = failed(api)
    first = rerun(api, original, reason="perhaps now")
    second = rerun(api, first, changes={"number": 21}, reason="the number was missing")
    third = rerun(api, original, plan="unchanged", results="unchanged")
    answer = api.get(f"/admin/runs/{second}/lineage").body
    assert (answer["root_thread_id"], answer["thread_id"], answer["capped"]) == (original, second, False)
    assert [run["thread_id"] for run in answer["items"]] == [original, first, second, third]
    tree = family(api, original)
    assert [run["parent_thread_id"] for run in tree.values()] == [None, original, first, original]
    assert [run["rerun_number"] for run in tree.values()] == [0, 1, 2, 3]
    assert [run["status"] for run in tree.values()] == ["failed", "failed", "completed", "failed"]
    assert [run["preset"] for run in tree.values()] == [None, "again", "again", "only-what-changed"]
    assert tree[second]["reason"] == "the number was missing"
    assert tree[second]["requested_by"]["kind"] == "person"
    assert tree[first]["error_type"]
    assert tree[second]["error_type"] is None
    assert is_problem(api.get("/admin/runs/nobody/lineage"), 404, "run-not-found")


def test_a_failed_run_shows_what_has_fixed_it_and_stays_failed(api: Api) -> None:
    """Pitfall: a failure that was repaired looks open for ever, or is not to be found any more."""
    original = failed(api)
    first = rerun(api, original)
    sibling = rerun(api, original)
    assert in_list(api, original)["fixed_by"] is None
    second = rerun(api, first, changes={"number": 21})
    for thread_id in (original, first):
        assert api.get(f"/admin/runs/{thread_id}").body["fixed_by"] == second
        assert family(api, original)[thread_id]["fixed_by"] == second
    assert api.get(f"/admin/runs/{sibling}").body["fixed_by"] is None
    assert api.get(f"/admin/runs/{second}").body["fixed_by"] is None
    item = next(i for i in api.get("/admin/runs", root=original).body["items"] if i["thread_id"] == original)
    assert (item["status"], item["fixed_by"]) == ("failed", second)
    nearer = rerun(api, original, changes={"number": 22})
    assert api.get(f"/admin/runs/{original}").body["fixed_by"] == nearer


def test_a_rerun_without_effects_fixes_nothing(api: Api, rows: psycopg.Connection) -> None:
    original = failed(api)
    trial = rerun(api, original, changes={"number": 1})
    assert api.get(f"/admin/runs/{original}").body["fixed_by"] == trial
    rows.execute(
        """UPDATE run_metadata SET request = request || '{"effects": "none"}' WHERE thread_id = %s""", [trial]
    )
    assert api.get(f"/admin/runs/{original}").body["fixed_by"] is None
    assert family(api, original)[trial]["preset"] == "what-if"


def test_a_rerun_of_an_edited_rerun_has_that_as_its_parent(api: Api) -> None:
    """Pitfall: flattened lineage, where a rerun of an edited rerun goes back to the root."""
    original = failed(api)
    edited = rerun(api, original, changes={"number": 21})
    again = rerun(api, edited)
    assert api.get(f"/status/{again}").body["data_store"]["result"] == 42
    row = api.get(f"/admin/runs/{again}/metadata").body
    assert (row["parent_thread_id"], row["root_thread_id"]) == (edited, original)
    assert row["initial_data"]["number"] == 21
    assert family(api, original)[again]["parent_thread_id"] == edited


def everything_about(api: Api, thread_id: str) -> dict[str, Answer]:
    run = f"/admin/runs/{thread_id}"
    return {
        "detail": api.get(run),
        "metadata": api.get(f"{run}/metadata"),
        "status": api.get(f"/status/{thread_id}"),
        "steps": api.get(f"{run}/steps"),
        "step": api.get(f"{run}/steps/1"),
        "events": api.get(f"{run}/events"),
        "cancel": api.post(f"{run}/cancel"),
        "approve": api.post(f"/approve/{thread_id}"),
        "rerun": api.post(f"/rerun/{thread_id}"),
    }


def test_a_deleted_run_is_gone_but_for_its_place(api: Api) -> None:
    """Pitfall: deleted parents break the tree, the children, or the numbers."""
    original = failed(api)
    first = rerun(api, original, changes={"number": 21})
    answer = api.delete(f"/admin/runs/{original}", {"reason": "she asked for it"})
    assert answer.status == 200, answer
    assert set(answer.body) == {"status", "thread_id", "deleted_at"}
    assert (answer.body["status"], answer.body["thread_id"]) == ("deleted", original)
    for what, told in everything_about(api, original).items():
        assert is_problem(told, 410, "run-deleted"), what
    same = {"thread_id": original, "sop": SOP, "initial_data": {"text": "Ada"}, "run_name": "For Ada"}
    assert is_problem(api.post("/start", same | {"skills": ["double"]}), 409, "id-taken")
    assert api.delete(f"/admin/runs/{original}").body == answer.body
    tree = family(api, original)
    assert [*tree] == [original, first]
    gone = tree[original]
    assert (gone["status"], gone["run_name"], gone["fixed_by"]) == (None, None, None)
    assert gone["deleted_at"] == answer.body["deleted_at"]
    assert [run["thread_id"] for run in api.get("/admin/runs", root=original).body["items"]] == [first]
    assert api.get("/admin/runs/count", root=original).body["count"] == 1
    child = api.get(f"/admin/runs/{first}").body
    assert (child["parent_thread_id"], child["parent"]) == (original, None)
    assert api.get(f"/status/{first}").body["data_store"]["result"] == 42
    assert rerun(api, first) == f"{original}_rerun_2"
    assert is_problem(api.delete("/admin/runs/nobody"), 404, "run-not-found")


def test_only_what_is_over_can_be_deleted(api: Api) -> None:
    waiting = api.start("Use echo-approved.", {"amount": 1})
    api.waits(waiting, "approval")
    again = api.post(f"/rerun/{waiting}").body["thread_id"]
    api.waits(again, "approval")
    assert is_problem(api.delete(f"/admin/runs/{waiting}"), 409, "not-finished")
    api.post(f"/approve/{waiting}")
    api.ended(waiting)
    refused = api.delete(f"/admin/runs/{waiting}")
    assert is_problem(refused, 409, "not-finished")
    assert again in refused.body["detail"]
    api.post(f"/approve/{again}")
    api.ended(again)
    assert api.delete(f"/admin/runs/{waiting}").status == 200


def test_a_recorded_run_can_be_deleted(api: Api, rows: psycopg.Connection) -> None:
    thread_id = new_name("recorded")
    rows.execute("INSERT INTO run_metadata (thread_id, sop) VALUES (%s, 'Use double.')", [thread_id])
    assert api.delete(f"/admin/runs/{thread_id}").status == 200
    assert is_problem(api.get(f"/status/{thread_id}"), 410, "run-deleted")


def test_fields_of_the_request_are_checked(api: Api) -> None:
    original = failed(api)
    assert is_problem(api.delete(f"/admin/runs/{original}", {"why": "x"}), 422, "bad-input", "/why")
    assert is_problem(api.delete(f"/admin/runs/{original}", {"reason": 1}), 422, "bad-input", "/reason")
    assert api.get(f"/admin/runs/{original}").status == 200


def test_what_was_done_is_not_done_again_after_its_run_was_deleted(api: Api) -> None:
    order = new_name("pay")
    original = api.start("Use pay.", {"pay": {"order": order}}, thread_id=new_name("deleted"))
    api.waits(original, "in_doubt")
    api.post(f"/approve/{original}", {"decision": "happened", "data": {"paid": {"at": "noon"}}})
    assert api.ended(original)["status"] == "completed"
    again = rerun(api, original)
    assert api.delete(f"/admin/runs/{original}").status == 200
    third = rerun(api, again)
    assert api.get(f"/status/{third}").body["data_store"]["paid"] == {"at": "noon"}
    assert api.get(f"/admin/runs/{third}").body["not_repeated"] == 1
    assert (api.outbox / "paid.txt").read_text().splitlines().count(order) == 1


def test_deleting_and_rerunning_at_the_same_moment(api: Api) -> None:
    for _ in range(5):
        original = failed(api)
        with ThreadPoolExecutor(8) as many:
            reruns = [
                many.submit(api.post, f"/rerun/{original}", {"changes": {"number": n}}) for n in range(4)
            ]
            gone = [many.submit(api.delete, f"/admin/runs/{original}") for _ in range(4)]
        assert {answer.result().status for answer in gone} <= {200, 409}
        for answer in (one.result() for one in reruns):
            if answer.status == 200:
                assert api.ended(answer.body["thread_id"])["status"] == "completed"
            else:
                assert is_problem(answer, 410, "run-deleted")


def test_rerunnable_says_what_is_restricted(api: Api, rows: psycopg.Connection) -> None:
    original = failed(api)

    def said(thread_id: str) -> tuple[str, str | None]:
        run = api.get(f"/admin/runs/{thread_id}").body
        item = next(i for i in api.get("/admin/runs", name=thread_id[:200]).body["items"])
        assert [item["rerunnable"], item["rerunnable_why"]] == [run["rerunnable"], run["rerunnable_why"]]
        return run["rerunnable"], run["rerunnable_why"]

    assert said(original) == ("yes", None)
    waiting = api.start("Use echo-approved.", {"amount": 1})
    api.waits(waiting, "approval")
    assert said(waiting) == ("yes", "until it has finished, only the same again")
    rows.execute("UPDATE run_metadata SET skills = '{double,lost}' WHERE thread_id = %s", [original])
    assert said(original) == ("yes", "lost: gone from the skills, so only with the versions it had")
    rows.execute("UPDATE run_metadata SET catalog = 'lost' WHERE thread_id = %s", [original])
    assert said(original) == ("no", "lost: gone from the skills, and the versions it had are not stored")
    rows.execute("UPDATE run_metadata SET skills = NULL WHERE thread_id = %s", [original])
    assert said(original) == ("yes", "the versions it had are not stored, so only with the latest skills")
    long = new_name("x" * 245)
    rows.execute("INSERT INTO run_metadata (thread_id, sop) VALUES (%s, 'Use double.')", [long])
    assert said(long) == ("no", "its id is too long to take the number of a rerun")
    assert api.post(f"/rerun/{long}").status == 422
