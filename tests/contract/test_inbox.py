"""GET /admin/waits and …/count: what waits for people over all runs, and what they answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from .talking import Api, is_problem, new_name


def approvals(api: Api, number: int, **data: Any) -> list[str]:
    """Runs that wait, in the order of their waits."""
    found = []
    for _ in range(number):
        thread_id = api.start("Use echo-approved.", {"amount": 1, **data}, run_name=new_name("Refund"))
        api.waits(thread_id, "approval")
        found.append(thread_id)
    return found


def listed(api: Api, **search: Any) -> list[str]:
    answer = api.get("/admin/waits", limit=500, **search)
    assert answer.status == 200, answer
    return [item["thread_id"] for item in answer.body["items"]]


def test_filters_and_pages(api: Api) -> None:
    mark = new_name("mark")
    first, second = approvals(api, 2, amount=mark)
    form = api.start("Use ask-colour.", {"ask": mark})
    api.waits(form, "approval")
    assert listed(api, q=mark.upper()) == [first, second, form]  # the oldest first
    assert listed(api, q=mark, skill="ask-colour") == [form]
    assert listed(api, q=mark, reason="consent") == []
    assert listed(api, thread_id=second) == [second]
    assert listed(api, q="ask-colour: ask", thread_id=form) == [form]
    assert listed(api, q="%") == []  # a sign like any other
    page = api.get("/admin/waits", q=mark, limit=2).body
    assert [item["thread_id"] for item in page["items"]] == [first, second]
    rest = api.get("/admin/waits", q=mark, limit=2, cursor=page["next_cursor"]).body
    assert ([item["thread_id"] for item in rest["items"]], rest["next_cursor"]) == ([form], None)
    assert is_problem(api.get("/admin/waits", state="closed"), 422, "bad-input", "state")
    assert is_problem(api.get("/admin/waits/count", reason="boredom"), 422, "bad-input")
    assert api.get("/admin/waits/count", q=mark).body == {
        "count": 3,
        "capped": False,
        "groups": [
            {"reason": "approval", "skill": "echo-approved", "count": 2},
            {"reason": "approval", "skill": "ask-colour", "count": 1},
        ],
    }


def test_who_answered_when_and_what(api: Api) -> None:
    [thread_id] = approvals(api, 1)
    [item] = api.get("/admin/waits", thread_id=thread_id).body["items"]
    assert item["answered"] is None
    assert "named in the SOP" in item["why"]
    assert len(item["skill_digest"]) == 64
    assert listed(api, thread_id=thread_id, state="answered") == []
    given = {"data": {"amount": 5}, "note": "less"}
    assert api.post(f"/approve/{thread_id}", given, On_Behalf_Of="Anna Bach").status == 200
    api.ended(thread_id)
    assert listed(api, thread_id=thread_id) == []
    [item] = api.get("/admin/waits", thread_id=thread_id, state="answered").body["items"]
    answered = item["answered"]
    assert datetime.fromisoformat(answered.pop("at")) > datetime.fromisoformat(item["since"])
    assert answered == {
        "by": {"kind": "person", "on_behalf_of": "Anna Bach"},
        "decision": "approve",
        "note": "less",
        "data": {"amount": 5},
    }
    late = api.post(f"/approve/{thread_id}", {"step": item["step"], "decision": "reject"})
    assert is_problem(late, 409, "not-waiting")
    assert late.body["answered"]["by"]["on_behalf_of"] == "Anna Bach"
    assert late.body["answered"]["decision"] == "approve"
    [outcome] = api.post(
        "/admin/answers", {"answers": [{"thread_id": thread_id, "step": item["step"]}], "decision": "approve"}
    ).body["items"]
    assert outcome["problem"]["answered"]["by"]["on_behalf_of"] == "Anna Bach"


def test_the_last_answer_stands_first(api: Api) -> None:
    mark = new_name("order")
    older, newer = approvals(api, 2, amount=mark)
    for thread_id in (newer, older):
        api.post(f"/approve/{thread_id}")
    assert listed(api, q=mark, state="answered") == [older, newer]
    page = api.get("/admin/waits", q=mark, state="answered", limit=1).body
    rest = api.get("/admin/waits", q=mark, state="answered", limit=1, cursor=page["next_cursor"]).body
    assert [item["thread_id"] for item in rest["items"]] == [newer]


def test_what_would_go_out(api: Api) -> None:
    """The request as it stands, without what nobody should read."""
    data = {"mail": {"to": "anna bach", "amount": 12345678901234567890}}
    thread_id = api.start("Use mail-approved.", data)
    api.waits(thread_id, "approval")
    [item] = api.get("/admin/waits", thread_id=thread_id).body["items"]
    assert item["goes_out"] == {
        "method": "POST",
        "url": "{env.OUTSIDE_URL}/mails/anna bach",
        "query": {},
        "body": {
            "text": "You get 12345678901234567890 back.",
            "amount": 12345678901234567890,
            "pin": "{secret.BANK}",
        },
    }
    assert item["asks"]["effect"]["key"] == {"mail.amount": 12345678901234567890, "mail.to": "anna bach"}
    api.post(f"/approve/{thread_id}", {"decision": "reject"})
    [other] = approvals(api, 1)
    [item] = api.get("/admin/waits", thread_id=other).body["items"]
    assert item["goes_out"] is None  # python says nothing about what it sends
