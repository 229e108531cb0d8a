"""What is delivered, how it is signed, and what happens when the receiver does not take it."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import pytest
from tests.stubs.http_service import HttpService, Reply, Seen
from tests.stubs.webhook_receiver import signed_with
from tests.webhooks.conftest import ADA, Post

from agentskills.domain.clock import now
from agentskills.domain.errors import AddressRefused, WebhookNotFound, WebhookOff
from agentskills.domain.webhook import DELAYS
from agentskills.services import webhooks
from agentskills.services.tidying import tidy
from agentskills.storage import webhooks as stored

pytestmark = pytest.mark.anyio


async def test_a_delivery_is_signed_and_says_what_happened(post: Post, receiver: HttpService) -> None:
    made = await post.webhook("/events?tenant=7")
    await post.announce(thread_id="order-42", amount=20261120000000004711)
    await post.deliver()
    [seen] = receiver.seen
    assert (seen.method, seen.path) == ("POST", "/events?tenant=7")
    assert seen.headers["content-type"] == "application/json"
    assert signed_with(seen, made["secret"])
    assert not signed_with(seen, (await post.webhook())["secret"])
    [delivery] = await post.deliveries(made)
    assert seen.headers["webhook-id"] == delivery["message_id"]
    assert set(seen.json) == {"type", "timestamp", "data"}
    assert seen.json["type"] == "run.failed"
    assert datetime.fromisoformat(seen.json["timestamp"]) == delivery["at"]
    assert b'"amount":20261120000000004711' in seen.body
    assert delivery["state"] == "delivered"
    assert delivery["due_at"] is None
    assert [(one["status"], one["error"]) for one in delivery["tries"]] == [(204, None)]


async def test_only_what_was_asked_for_is_delivered(post: Post, receiver: HttpService) -> None:
    await post.webhook("/failed")
    await post.webhook("/ended", ("run.completed", "run.failed"))
    await post.announce("run.failed")
    await post.announce("run.completed")
    await post.announce("run.waiting")
    await post.deliver()
    assert sorted((seen.path, seen.json["type"]) for seen in receiver.seen) == [
        ("/ended", "run.completed"),
        ("/ended", "run.failed"),
        ("/failed", "run.failed"),
    ]


async def test_while_a_secret_is_replaced_both_sign(post: Post, receiver: HttpService) -> None:
    made = await post.webhook()
    rotated = (await webhooks.rotate(post.context, made["id"], "leaked", ADA)).answer
    assert rotated["secret"] != made["secret"]
    assert rotated["rotating_until"] is not None
    await post.announce()
    await post.deliver()
    assert signed_with(receiver.seen[0], made["secret"])
    assert signed_with(receiver.seen[0], rotated["secret"])
    await post.context.pool.execute("UPDATE webhooks SET old_until = $1", now() - timedelta(seconds=1))
    await post.announce()
    await post.deliver()
    assert not signed_with(receiver.seen[1], made["secret"])
    assert signed_with(receiver.seen[1], rotated["secret"])


async def test_tries_follow_the_table_and_end(post: Post, receiver: HttpService) -> None:
    receiver.on("POST", "/", Reply(500, {"error": "later"}))
    made = await post.webhook()
    await post.announce()
    for number in range(1, len(DELAYS) + 1):
        await post.deliver()
        [delivery] = await post.deliveries(made)
        assert len(delivery["tries"]) == number == len(receiver.seen)
        if number == len(DELAYS):
            break
        assert delivery["state"] == "pending"
        pause = (delivery["due_at"] - datetime.fromisoformat(delivery["tries"][-1]["at"])).total_seconds()
        assert 0.9 * DELAYS[number] <= pause <= 1.1 * DELAYS[number] + 5
        await post.later(seconds=1.2 * DELAYS[number] + 5)
    assert delivery["state"] == "failed"
    assert delivery["due_at"] is None
    assert delivery["tries"][0]["status"] == 500
    assert "answered 500" in delivery["tries"][0]["error"]
    assert len({seen.headers["webhook-id"] for seen in receiver.seen}) == 1
    await post.later(days=3)
    await post.deliver()
    assert len(receiver.seen) == len(DELAYS)


async def test_a_receiver_that_comes_back_gets_what_it_missed(post: Post, receiver: HttpService) -> None:
    answers = iter([Reply(cut=True), Reply(503), Reply(200)])
    receiver.on("POST", "/", lambda _: next(answers))
    made = await post.webhook()
    await post.announce()
    for _ in range(3):
        await post.deliver()
        await post.later(hours=1)
    [delivery] = await post.deliveries(made)
    assert delivery["state"] == "delivered"
    assert [one["status"] for one in delivery["tries"]] == [None, 503, 200]


async def test_retry_after_is_honoured_within_reason(post: Post, receiver: HttpService) -> None:
    asked = iter(["1200", "999999999"])
    receiver.on("POST", "/", lambda _: Reply(429, headers={"retry-after": next(asked)}))
    made = await post.webhook()
    await post.announce()
    for least, most in ((1_100, 1_300), (86_000, 87_000)):
        await post.deliver()
        [delivery] = await post.deliveries(made)
        assert least < (delivery["due_at"] - now()).total_seconds() < most
        await post.later(seconds=1_300)


async def test_410_turns_the_webhook_off(post: Post, receiver: HttpService) -> None:
    receiver.on("POST", "/", Reply(410))
    made = await post.webhook()
    await post.announce()
    await post.deliver()
    found = await webhooks.webhook(post.context, made["id"])
    assert (found["enabled"], found["note"]) == (False, "the receiver answered 410 Gone")
    assert found["deliveries"] == {"failed": 1}
    [mark] = found["recent"]
    assert mark["state"] == "failed"
    assert "answered 410" in mark["error"]
    await post.announce()
    await post.deliver()
    assert len(receiver.seen) == 1
    with pytest.raises(WebhookOff):
        await webhooks.send_test(post.context, made["id"], ADA)
    on = await webhooks.edit(post.context, made["id"], {"enabled": True}, None, ADA)
    assert (on["enabled"], on["note"]) == (True, None)


async def test_redirects_are_failures_and_not_followed(post: Post, receiver: HttpService) -> None:
    receiver.on("POST", "/", Reply(302, headers={"location": f"{receiver.url}/elsewhere"}))
    made = await post.webhook()
    await post.announce()
    await post.deliver()
    assert [seen.path for seen in receiver.seen] == ["/"]
    [delivery] = await post.deliveries(made)
    assert (delivery["state"], delivery["tries"][0]["status"]) == ("pending", 302)


async def test_a_slow_receiver_holds_up_nobody_but_itself(post: Post, receiver: HttpService) -> None:
    released = asyncio.Event()

    async def slow(_: Seen) -> Reply:
        await released.wait()
        return Reply(200)

    receiver.on("POST", "/slow", slow)
    behind = await post.webhook("/slow")
    for _ in range(6):
        await post.announce()
    work = asyncio.create_task(post.deliver())
    while len(receiver.seen) < 4:  # all that one webhook may have under way
        await asyncio.sleep(0.01)
    await post.webhook("/quick")
    await post.announce()
    while not [seen for seen in receiver.seen if seen.path == "/quick"]:
        await asyncio.sleep(0.01)
    assert len([seen for seen in receiver.seen if seen.path == "/slow"]) == 4
    released.set()
    await work
    assert {one["state"] for one in await post.deliveries(behind)} == {"delivered"}


async def test_an_answer_that_takes_too_long_counts_as_failed(post: Post, receiver: HttpService) -> None:
    receiver.on("POST", "/", Reply(slow=30.0))
    made = await post.webhook()
    await post.announce()
    await post.deliver(timeout=0.2)
    [delivery] = await post.deliveries(made)
    assert delivery["state"] == "pending"
    assert delivery["tries"][0]["status"] is None
    assert delivery["tries"][0]["error"]


async def test_resending_is_the_same_message(post: Post, receiver: HttpService) -> None:
    made = await post.webhook()
    await post.announce()
    await post.deliver()
    [delivery] = await post.deliveries(made)
    again = (await webhooks.resend(post.context, made["id"], delivery["id"], ADA)).answer
    assert again["state"] == "pending"
    await post.deliver()
    first, second = receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    [delivery] = await post.deliveries(made)
    assert (delivery["state"], len(delivery["tries"])) == ("delivered", 2)


async def test_a_body_stays_below_20_kb(post: Post, receiver: HttpService) -> None:
    await post.webhook()
    await post.announce(thread_id="order-42", error={"type": "missing-paths", "paths": ["x" * 50] * 1000})
    await post.deliver()
    assert len(receiver.seen[0].body) < 20_000
    assert json.loads(receiver.seen[0].body)["data"] == {"thread_id": "order-42", "left_out": True}


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://10.1.2.3/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://a.localhost./",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::ffff:10.0.0.1]/",
        "http://example.org/",
        "https://me:secret@example.org/",
        "ftp://example.org/",
        "https://",
        "https://exa mple.org/",
    ],
)
async def test_urls_that_are_refused(post: Post, url: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        await webhooks.create(post.context, url, ["run.failed"], None, ADA)
    assert refused.value.pointer == "/url"


async def test_a_name_that_leads_into_a_private_network_is_not_called(
    post: Post, receiver: HttpService, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await webhooks.create(post.context, "https://receiver.example/", ["run.failed"], None, ADA)
    looked_up = [(2, 1, 6, "", ("127.0.0.1", receiver.port))]

    async def lead_home(*_: object, **__: object) -> object:
        return looked_up

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lead_home)
    await post.announce()
    await post.deliver()
    [delivery] = await post.deliveries(made.answer)
    assert "in a private network" in delivery["tries"][0]["error"]
    assert receiver.seen == []


async def test_a_host_that_is_allowed_no_longer_is_not_called(post: Post, receiver: HttpService) -> None:
    made = await post.webhook()
    post.context.settings.private_hosts = ""
    await post.announce()
    await post.deliver()
    [delivery] = await post.deliveries(made)
    assert "ASF_PRIVATE_HOSTS" in delivery["tries"][0]["error"]
    assert receiver.seen == []


async def test_what_can_not_be_sent_holds_up_no_other(post: Post, receiver: HttpService) -> None:
    broken, well = await post.webhook("/broken"), await post.webhook("/well")
    await post.context.pool.execute("UPDATE webhooks SET secret = 'whsec_x' WHERE id = $1", broken["id"])
    await post.announce()
    await post.deliver()
    assert [seen.path for seen in receiver.seen] == ["/well"]
    [delivery] = await post.deliveries(broken)
    assert (delivery["state"], delivery["tries"][0]["error"]) == ("pending", "it can't be sent: Error")
    assert [one["state"] for one in await post.deliveries(well)] == ["delivered"]


async def test_a_run_ends_while_a_webhook_is_being_deleted(post: Post) -> None:
    """Whoever hears of runs must not be able to hold them up, nor to make them fail."""
    made = await post.webhook()
    pool = post.context.pool
    await pool.execute("INSERT INTO run_metadata (thread_id, sop) VALUES ('order-42', 'Use any.')")
    async with pool.acquire() as conn, conn.transaction():
        assert await stored.delete(conn, made["id"])
        await pool.execute(
            """UPDATE run_state SET status = 'failed', error = '{"type": "timeout", "message": "late"}',
                   finished_at = now() WHERE thread_id = 'order-42'""",
            timeout=20,
        )
    assert await pool.fetchval("SELECT status FROM run_state") == "failed"
    with pytest.raises(WebhookNotFound):
        await post.deliveries(made)
    await tidy(post.context)
    assert await pool.fetchval("SELECT count(*) FROM deliveries") == 0
