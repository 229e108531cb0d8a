"""GET /admin/effects: what went out, who did it, who did not do it again, and where a doubt is answered."""

from __future__ import annotations

import psycopg
import pytest

from .conftest import SECRET, Outside
from .talking import Api, is_problem, new_name


def ordered(api: Api, outside: Outside, order: str, **more: str) -> str:
    """A finished run that has ordered something outside."""
    thread_id = api.start("Use order-outside.", {"order": {"id": order}, **more})
    token = outside.order_of(thread_id)["callback_url"].partition("token=")[2]
    given = {"thread_id": thread_id, "data": {"order": {"number": 12345678901234567890}}}
    assert api.post(f"/callback?token={token}", given).status in (200, 409)
    assert api.ended(thread_id)["status"] == "completed"
    return thread_id


def found(api: Api, **params: object) -> list[dict]:
    answer = api.get("/admin/effects", limit=500, **params)
    assert answer.status == 200, answer
    return list(answer.body["items"])


def in_doubt(api: Api) -> tuple[str, dict]:
    thread_id = api.start("Use pay.", {"pay": {"order": new_name("P")}})
    [wait] = api.waits(thread_id, "in_doubt")
    return thread_id, wait


def test_a_receipt_and_who_did_not_do_it_again(api: Api, outside: Outside) -> None:
    order = new_name("A")
    original = ordered(api, outside, order)
    again = api.post(f"/rerun/{original}").body["thread_id"]
    assert api.ended(again)["status"] == "completed"
    [effect] = found(api, thread_id=original)
    assert effect["state"] == "receipt"
    assert (effect["skill"], effect["thread_id"], effect["scope"]) == ("order-outside", original, original)
    assert effect["key"] == {"order.id": order}
    assert effect["inputs"] == {"order": {"id": order}}
    assert effect["output"] == {"order": {"number": 12345678901234567890}}
    assert effect["settled_by"] == {"kind": "callback"}
    assert (effect["agreed_by"], effect["error"], effect["asked_by"]) == (None, None, [])
    assert effect["run_name"]
    assert effect["not_repeated"] == 1
    [other] = effect["not_repeated_by"]
    assert (other["thread_id"], other["seq"]) == (again, effect["seq"])
    assert found(api, thread_id=again) == []  # it has done nothing itself
    assert api.get(f"/admin/effects/{effect['id']}").body == effect


def test_what_is_not_repeated_can_be_asked_for(api: Api, outside: Outside) -> None:
    once = ordered(api, outside, new_name("once"))
    twice = ordered(api, outside, new_name("twice"))
    api.ended(api.post(f"/rerun/{twice}").body["thread_id"])
    listed = {effect["thread_id"] for effect in found(api, not_repeated="true")}
    assert twice in listed
    assert once not in listed


def test_a_doubt_says_where_it_can_be_answered(api: Api) -> None:
    thread_id, wait = in_doubt(api)
    [effect] = found(api, thread_id=thread_id, state="doubt")
    assert effect["asked_by"] == [{"thread_id": thread_id, "seq": wait["step"]}]
    assert "the line to the bank was cut" in effect["error"]["message"]
    given = {"decision": "happened", "data": {"paid": {"at": "noon"}}}
    assert api.post(f"/approve/{thread_id}", given, On_Behalf_Of="Zoe").status == 200
    api.ended(thread_id)
    [settled] = found(api, thread_id=thread_id)
    assert (settled["id"], settled["state"], settled["asked_by"]) == (effect["id"], "receipt", [])
    assert settled["settled_by"] == {"kind": "person", "on_behalf_of": "Zoe"}
    assert settled["at"] > effect["at"]
    assert settled["announced_at"] == effect["announced_at"]


@pytest.mark.parametrize("data", ['{"order": {"id": "%s"}}', '{"order.id": "%s"}'])
def test_found_by_what_went_out(api: Api, outside: Outside, data: str) -> None:
    order = new_name("D")
    original = ordered(api, outside, order)
    assert [effect["thread_id"] for effect in found(api, data=data % order)] == [original]
    assert found(api, data=data % f"{order}-no") == []


def test_long_numbers_are_found_digit_for_digit(api: Api) -> None:
    thread_id = api.start("Use pay.", {"pay": {"order": 12345678901234567890}})
    api.waits(thread_id, "in_doubt")
    assert [e["thread_id"] for e in found(api, data='{"pay": {"order": 12345678901234567890}}')] == [
        thread_id
    ]
    assert found(api, data='{"pay": {"order": 12345678901234567891}}') == []


def test_filters_narrow_together(api: Api, outside: Outside) -> None:
    original = ordered(api, outside, new_name("F"))
    api.ended(api.post(f"/rerun/{original}").body["thread_id"])
    [effect] = found(api, root=original)
    assert effect["thread_id"] == original
    assert found(api, root=f"{original}-no") == []
    assert [e["id"] for e in found(api, scope=original)] == [effect["id"]]
    assert effect["id"] not in {e["id"] for e in found(api, scope="")}
    assert [e["id"] for e in found(api, root=original, skill="order-outside", state="receipt")] == [
        effect["id"]
    ]
    assert found(api, root=original, state="doubt") == []
    assert found(api, root=original, skill="pay") == []
    assert [e["id"] for e in found(api, root=original, after=effect["at"])] == [effect["id"]]
    assert found(api, root=original, before=effect["at"]) == []


def test_a_family_is_found_in_whatever_scope(api: Api, outside: Outside, module_url: str) -> None:
    original = ordered(api, outside, new_name("G"))
    again = api.post(f"/rerun/{original}").body["thread_id"]
    api.ended(again)
    with psycopg.connect(module_url) as sql:
        sql.execute(
            """INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq, inputs, output)
               VALUES ('', 'publish', %s, '{}', 'receipt', %s, 9, '{}', '{}')""",
            [again, again],
        )
    assert [effect["thread_id"] for effect in found(api, root=original)] == [again, original]


def test_pages_hold_each_effect_once_the_newest_first(api: Api, outside: Outside) -> None:
    for number in range(3):
        ordered(api, outside, new_name(f"page{number}"))
    pages, cursor = [], None
    while True:
        answer = api.get("/admin/effects", limit=2, **({"cursor": cursor} if cursor else {})).body
        pages += answer["items"]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert [effect["id"] for effect in pages] == [effect["id"] for effect in found(api)]
    assert [effect["at"] for effect in pages] == sorted((effect["at"] for effect in pages), reverse=True)
    assert len({effect["id"] for effect in pages}) == len(pages)


def test_effects_outlive_their_runs(api: Api, outside: Outside, module_url: str) -> None:
    original = ordered(api, outside, new_name("gone"))
    with psycopg.connect(module_url) as sql:
        sql.execute("DELETE FROM run_metadata WHERE thread_id = %s", [original])
    [effect] = found(api, root=original)
    assert (effect["thread_id"], effect["run_name"]) == (original, None)


def test_who_agreed_is_told(api: Api, outside: Outside, module_url: str) -> None:
    original = ordered(api, outside, new_name("C"))
    again = api.post(f"/rerun/{original}", {"changes": {"order": {"id": new_name("other")}}}).body[
        "thread_id"
    ]
    api.waits(again, "consent")
    assert api.post(f"/approve/{again}", {"decision": "approve"}, On_Behalf_Of="Anna").status == 200
    outside.order_of(again)
    [effect] = found(api, thread_id=again)
    assert effect["agreed_by"] == {"kind": "person", "on_behalf_of": "Anna"}
    with psycopg.connect(module_url) as sql:
        sql.execute("""UPDATE effects SET agreed_by = '{"kind": "policy"}' WHERE id = %s""", [effect["id"]])
    assert found(api, thread_id=again)[0]["agreed_by"] == {"kind": "policy"}


def test_secrets_are_not_shown(api: Api, outside: Outside) -> None:
    ordered(api, outside, f"{new_name('S')}-{SECRET}")
    everything = api.http.get("/admin/effects?limit=500").text
    assert "[secret]" in everything
    assert SECRET not in everything


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"state": "done"}, "state"),
        ({"data": "order.id=42"}, "data"),
        ({"data": "[42]"}, "data"),
        ({"after": "yesterday"}, "after"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"limit": "0"}, "limit"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_names_the_field(api: Api, params: dict[str, str], field: str) -> None:
    answer = api.get("/admin/effects", **params)
    assert answer.status in (400, 422), answer
    assert field in answer.body["errors"][0]["pointer"]


def test_an_unknown_effect(api: Api) -> None:
    assert is_problem(api.get("/admin/effects/999999999"), 404, "effect-not-found")
    assert is_problem(api.get("/admin/effects/many"), 422, "bad-input")
