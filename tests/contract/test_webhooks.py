"""/admin/webhooks over HTTP: the secret is shown once, deliveries can be read and sent again."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from .conftest import Outside
from .talking import GIVE_UP, Api, is_problem, new_name


def make(api: Api, outside: Outside, *events: str, **more: Any) -> dict[str, Any]:
    body = {"url": f"http://{outside.address}/{new_name('hook')}", "events": list(events or ["webhook.test"])}
    answer = api.post("/admin/webhooks", body | more)
    assert answer.status == 200, answer
    return dict(answer.body)


def deliveries(api: Api, webhook: dict[str, Any], state: str, number: int = 1) -> list[dict[str, Any]]:
    """The deliveries of a webhook in this state, once there are so many."""
    give_up = time.monotonic() + GIVE_UP
    while time.monotonic() < give_up:
        found = api.get(f"/admin/webhooks/{webhook['id']}/deliveries", state=state).body["items"]
        if len(found) >= number:
            return list(found)
        time.sleep(0.05)
    raise AssertionError(f"never {number} {state}")


def test_the_secret_is_shown_once(api: Api, outside: Outside) -> None:
    made = make(api, outside, reason="for the shop")
    path = f"/admin/webhooks/{made['id']}"
    rotated = api.post(f"{path}/rotate", {"reason": "leaked"}).body
    assert made["secret"].startswith("whsec_")
    assert rotated["secret"] not in ("", made["secret"])
    assert rotated["rotating_until"] is not None
    assert api.post(f"{path}/test").status == 200
    deliveries(api, made, "delivered")
    pages = [path, "/admin/webhooks", f"{path}/deliveries", "/admin/audit", "/metrics", "/admin/server"]
    told = json.dumps([str(api.get(page).body) for page in pages])
    told += str(api.patch(path, {"note": "x"}).body)
    assert made["id"] in told
    for secret in (made["secret"], rotated["secret"]):
        assert secret not in told
        assert secret.removeprefix("whsec_") not in told
    actions = [e["action"] for e in api.get("/admin/audit", limit=500).body["items"] if made["id"] in str(e)]
    assert actions == ["webhook-edit", "webhook-test", "webhook-rotate", "webhook-create"]


def test_a_failed_run_is_told_and_can_be_told_again(api: Api, outside: Outside) -> None:
    made = make(api, outside, "run.failed", "run.completed")
    failed = api.start("Use double.", {"number": {}})
    api.ended(failed)
    [told] = [d for d in deliveries(api, made, "delivered") if d["data"]["thread_id"] == failed]
    assert told["type"] == "run.failed"
    assert told["data"]["error"] == {"type": "skill-error", "skill": "double", "seq": 2}
    path = f"/admin/webhooks/{made['id']}/deliveries/{told['id']}/resend"
    again = api.post(path).body
    assert (again["state"], again["message_id"]) == ("pending", told["message_id"])
    give_up = time.monotonic() + GIVE_UP
    while len(deliveries(api, made, "delivered")[0]["tries"]) < 2:
        assert time.monotonic() < give_up
        time.sleep(0.05)
    assert is_problem(
        api.post(f"/admin/webhooks/{made['id']}/deliveries/999999/resend"), 404, "delivery-not-found"
    )


def test_figures_of_deliveries_and_policies(api: Api, outside: Outside) -> None:
    made = make(api, outside)
    api.post(f"/admin/webhooks/{made['id']}/test")
    deliveries(api, made, "delivered")
    text = api.get("/metrics").body
    assert 'asf_deliveries{state="delivered"}' in text
    for name in ("asf_open_breakers", "asf_oldest_delivery_seconds"):
        assert f"\n{name} " in text
    assert "# TYPE asf_policy_answers gauge" in text


def test_off_and_on_and_gone(api: Api, outside: Outside) -> None:
    made = make(api, outside)
    path = f"/admin/webhooks/{made['id']}"
    off = api.patch(path, {"enabled": False, "note": "moving"}).body
    assert (off["enabled"], off["note"]) == (False, "moving")
    assert is_problem(api.post(f"{path}/test"), 409, "webhook-off")
    assert api.patch(path, {"enabled": True, "events": ["run.waiting"]}).body["events"] == ["run.waiting"]
    assert api.delete(path).body == {"status": "deleted", "id": made["id"]}
    for answer in (api.get(path), api.get(f"{path}/deliveries"), api.post(f"{path}/test"), api.delete(path)):
        assert is_problem(answer, 404, "webhook-not-found")


@pytest.mark.parametrize(
    ("fields", "kind", "pointer"),
    [
        ({"url": "https://10.0.0.1/"}, "address-refused", "/url"),
        ({"url": "https://127.0.0.1:1/"}, "address-refused", "/url"),
        ({"url": "http://example.org/"}, "address-refused", "/url"),
        ({"url": "nonsense"}, "address-refused", "/url"),
        ({"events": []}, "bad-input", "/events"),
        ({"events": ["run.started"]}, "bad-input", "/events/0"),
        ({"secret": "mine"}, "bad-input", "/secret"),
    ],
)
def test_bad_input_is_named_and_changes_nothing(
    api: Api, outside: Outside, fields: dict[str, Any], kind: str, pointer: str
) -> None:
    made = make(api, outside)
    before = api.get("/admin/webhooks").body
    body = {"url": "https://example.org/", "events": ["run.failed"]} | fields
    assert is_problem(api.post("/admin/webhooks", body), 422, kind, pointer)
    if "secret" not in fields:
        assert is_problem(api.patch(f"/admin/webhooks/{made['id']}", fields), 422, kind, pointer)
    assert api.get("/admin/webhooks").body == before
