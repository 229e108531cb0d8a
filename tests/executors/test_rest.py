"""REST skills against a real server: what is sent, what comes back, what proves that nothing happened."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Accepted, Done
from agentskills.domain.skill import Contract, ExecutorName, Skill
from agentskills.executors.addresses import AllowedHosts, is_public
from agentskills.executors.http_call import retry_after
from agentskills.executors.rest import RestExecutor
from agentskills.settings import Settings
from executors.skill_versions import assignment
from stubs.http_service import HttpService, Reply

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service() -> AsyncIterator[HttpService]:
    async with HttpService() as running:
        yield running


@pytest.fixture
async def rest(service: HttpService) -> AsyncIterator[RestExecutor]:
    executor = RestExecutor(Settings(private_hosts=service.private))
    yield executor
    await executor.close()


def skill(request: dict[str, Any], **contract: Any) -> Skill:
    return Skill("fetch", "f" * 64, "", Contract(executor=ExecutorName.REST, request=request, **contract))


async def failure(rest: RestExecutor, *args: Any, **more: Any) -> SkillFailed:
    with pytest.raises(SkillFailed) as raised:
        await rest.carry_out(assignment(*args, **more))
    return raised.value


async def test_request_and_mapped_answer(
    service: HttpService, rest: RestExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_URL", service.url)
    monkeypatch.setenv("ASF_SECRET_SHOP", "s3cret-shop")
    body = b'{"total": 12345678901234567890.10, "lines": [{"id": 1}, {"id": 2}], "note": null}'
    service.on("POST", "/orders/A%2F1", Reply(body=body))
    fetch = skill(
        {
            "method": "post",
            "url": "{env.SHOP_URL}/orders/{order.id}",
            "headers": {"Authorization": "Bearer {secret.shop}", "X-Total": "{order.total}"},
            "query": {"page": "{order.page}", "tag": "{tags}", "none": "{note}"},
            "body": {"total": "{order.total}", "note": "{note}", "nested": [{"big": "{order.big}"}]},
        },
        optional=("note",),
        response={"order.total": "$.total", "order.ids": "$.lines[*].id", "order.note": "$.note", "x": "$.x"},
        may_produce=("x",),
    )
    inputs = {
        "order": {"id": "A/1", "total": Decimal("1.10"), "page": 2, "big": 98765432109876543210},
        "tags": ["a&b", "c"],
    }
    done = await rest.carry_out(assignment(fetch, inputs))
    assert isinstance(done, Done)
    order = {"total": Decimal("12345678901234567890.10"), "ids": [1, 2], "note": None}
    assert done.outputs == {"order": order}
    (seen,) = service.seen
    assert seen.path == "/orders/A%2F1?page=2&tag=a%26b&tag=c"
    assert seen.headers["authorization"] == "Bearer s3cret-shop"
    assert seen.headers["x-total"] == "1.10"
    assert seen.headers["idempotency-key"] == "ab" * 32
    assert seen.headers["host"] == service.private
    assert seen.body == b'{"total":1.10,"nested":[{"big":98765432109876543210}]}'


async def test_without_a_mapping_the_body_is_the_output(service: HttpService, rest: RestExecutor) -> None:
    service.on("GET", "/o", Reply(body=b'{"order": {"n": 1.50}}'))
    done = await rest.carry_out(assignment(skill({"url": f"{service.url}/o"})))
    assert done.outputs == {"order": {"n": Decimal("1.50")}}
    service.on("GET", "/o", Reply(204))
    assert (await rest.carry_out(assignment(skill({"url": f"{service.url}/o"})))).outputs == {}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[1]", "not a JSON object"),
        (b"<html>", "not valid JSON"),
        (b'{"a": 1e999}', "exponent"),
        (b"[" * 100_000, "nested"),
        (b'{"a": "' + b"x" * 6_000_000 + b'"}', "more than 5,242,880 bytes"),
    ],
)
async def test_answers_that_can_not_be_kept(
    service: HttpService, rest: RestExecutor, body: bytes, words: str
) -> None:
    service.on("GET", "/o", Reply(body=body))
    failed = await failure(rest, skill({"url": f"{service.url}/o"}))
    assert (failed.error_type, failed.retryable, failed.nothing_happened) == ("bad-output", False, False)
    assert words in str(failed)


async def test_a_mapped_place_that_is_missing(service: HttpService, rest: RestExecutor) -> None:
    service.on("GET", "/o", Reply(body={"a": 1}))
    failed = await failure(rest, skill({"url": f"{service.url}/o"}, response={"order.b": "$.b"}))
    assert failed.error_type == "bad-output"
    assert "$.b" in str(failed)
    assert "order.b" in str(failed)


async def test_a_broken_jsonpath_is_found_before_anything_is_sent(
    service: HttpService, rest: RestExecutor
) -> None:
    failed = await failure(rest, skill({"url": f"{service.url}/o"}, response={"a": "$.[[["}))
    assert (failed.error_type, failed.nothing_happened) == ("bad-request", True)
    assert service.seen == []


@pytest.mark.parametrize(
    ("status", "headers", "nothing", "retryable", "counts", "pause"),
    [
        (400, {}, True, False, True, None),
        (404, {}, True, False, True, None),
        (408, {}, False, True, True, None),
        (409, {}, False, True, True, None),
        (422, {}, True, False, True, None),
        (429, {}, True, True, True, None),
        (429, {"retry-after": "7"}, True, True, False, 7.0),
        (500, {}, False, True, True, None),
        (500, {"retry-after": "7"}, False, True, True, None),
        (502, {}, False, True, True, None),
        (503, {}, False, True, True, None),
        (503, {"retry-after": "3"}, False, True, False, 3.0),
        (302, {"location": "http://127.0.0.1/"}, False, False, True, None),
    ],
)
async def test_what_a_status_proves(
    service: HttpService,
    rest: RestExecutor,
    status: int,
    headers: dict[str, str],
    nothing: bool,
    retryable: bool,
    counts: bool,
    pause: float | None,
) -> None:
    service.on("POST", "/pay", Reply(status, {"error": "because"}, headers))
    failed = await failure(rest, skill({"method": "POST", "url": f"{service.url}/pay?token=x"}))
    assert failed.error_type == f"http-{status}"
    assert failed.nothing_happened is nothing
    assert failed.retryable is retryable
    assert failed.counts is counts
    assert failed.retry_after == pause
    assert "because" in str(failed)
    assert "token" not in str(failed)
    assert len(service.seen) == 1  # nothing was followed or tried again


async def test_lost_connections_and_time_outs_prove_nothing(service: HttpService, rest: RestExecutor) -> None:
    service.on("POST", "/cut", Reply(cut=True))
    service.on("POST", "/slow", Reply(slow=5))
    cut = await failure(rest, skill({"method": "POST", "url": f"{service.url}/cut"}))
    assert (cut.error_type, cut.nothing_happened, cut.retryable) == ("connection-lost", False, True)
    slow = await failure(rest, skill({"method": "POST", "url": f"{service.url}/slow"}), timeout=0.2)
    assert (slow.error_type, slow.nothing_happened) == ("timeout", False)


async def test_a_refused_connection_is_proof(rest: RestExecutor, service: HttpService) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    executor = RestExecutor(Settings(private_hosts="127.0.0.1"))
    failed = await failure(executor, skill({"method": "POST", "url": f"http://127.0.0.1:{port}/"}))
    assert (failed.error_type, failed.nothing_happened) == ("connection-failed", True)
    await executor.close()


async def test_an_unknown_name_is_proof(rest: RestExecutor) -> None:
    failed = await failure(rest, skill({"url": "http://no-such-host.invalid/"}))
    assert (failed.error_type, failed.nothing_happened) == ("name-not-found", True)


async def test_a_failed_tls_handshake_is_proof() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"this is no TLS\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    executor = RestExecutor(Settings(private_hosts="127.0.0.1"))
    failed = await failure(executor, skill({"method": "POST", "url": f"https://127.0.0.1:{port}/"}))
    assert (failed.error_type, failed.nothing_happened) == ("connection-failed", True)
    await executor.close()
    server.close()
    await server.wait_closed()


async def test_private_addresses_are_refused_unless_configured(service: HttpService) -> None:
    executor = RestExecutor(Settings(private_hosts="127.0.0.1:1, db.internal"))
    for host in ("127.0.0.1", "localhost", "0.0.0.0", "2130706433", "[::ffff:127.0.0.1]"):
        failed = await failure(executor, skill({"url": f"http://{host}:{service.port}/"}))
        assert (failed.error_type, failed.nothing_happened) == ("private-address", True), host
    assert service.seen == []
    await executor.close()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_allowed_hosts() -> None:
    allowed = AllowedHosts.parse(" Svc.local:8080, 10.0.0.5 ,[::1]:80,")
    assert allowed.allow("svc.local", 8080)
    assert not allowed.allow("svc.local", 80)
    assert allowed.allow("10.0.0.5", 1)
    assert allowed.allow("::1", 80)
    assert not allowed.allow("::1", 81)
    assert not AllowedHosts.parse("").allow("", 80)


async def test_the_address_that_was_checked_is_the_one_that_is_called(
    service: HttpService, rest: RestExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that points elsewhere at the second look-up leads nowhere else: there is no second one."""
    loop = asyncio.get_running_loop()
    real, looked_up = loop.getaddrinfo, []

    async def rebinding(host: Any, port: Any, **more: Any) -> Any:
        if host == "shop.example":
            looked_up.append(host)
            target = "127.0.0.1" if len(looked_up) == 1 else "127.0.0.2"
            return await real(target, port, **more)
        return await real(host, port, **more)

    monkeypatch.setattr(loop, "getaddrinfo", rebinding)
    service.on("GET", "/o", Reply(body={"ok": 1}))
    executor = RestExecutor(Settings(private_hosts="shop.example"))
    done = await executor.carry_out(assignment(skill({"url": f"http://shop.example:{service.port}/o"})))
    assert done.outputs == {"ok": 1}
    assert looked_up == ["shop.example"]
    assert service.seen[0].headers["host"] == f"shop.example:{service.port}"
    await executor.close()


async def test_callback_mode(service: HttpService, rest: RestExecutor) -> None:
    service.on("POST", "/checks", Reply(202, {"anything": "goes"}))
    ask = skill(
        {"url": f"{service.url}/checks", "body": {"tenant": "{tenant}", "skill": "lies"}},
        callback=True,
        produces=("check.result", "check.reference"),
    )
    url = "http://127.0.0.1:8000/callback?token=abc"
    inputs = {"tenant": "t1", "amount": Decimal("1.10")}
    accepted = await rest.carry_out(assignment(ask, inputs, callback_url=url))
    assert isinstance(accepted, Accepted)
    assert service.seen[0].json == {
        "tenant": "t1",
        "skill": "fetch",
        "thread_id": "run-1",
        "callback_url": url,
        "inputs": {"tenant": "t1", "amount": 1.1},
        "expected_outputs": ["check.result", "check.reference"],
        "sop": "Do it.",
    }
    assert b'"amount":1.10' in service.seen[0].body


async def test_callback_mode_refused(service: HttpService, rest: RestExecutor) -> None:
    service.on("POST", "/checks", Reply(500, {"error": "no"}))
    ask = skill({"url": f"{service.url}/checks"}, callback=True)
    failed = await failure(rest, ask, callback_url="http://x/callback?token=abc")
    assert failed.error_type == "http-500"
    assert (await failure(rest, ask)).nothing_happened  # no URL to call back
    assert len(service.seen) == 1


async def test_a_header_can_not_be_split(service: HttpService, rest: RestExecutor) -> None:
    request = {"url": f"{service.url}/o", "headers": {"X-Name": "{name}"}}
    failed = await failure(rest, skill(request), {"name": "a\r\nX-Admin: yes"})
    assert (failed.error_type, failed.nothing_happened) == ("bad-request", True)
    assert service.seen == []


def test_retry_after() -> None:
    assert retry_after("1.5") == 1.5
    assert retry_after("-3") == 0
    assert retry_after("1e9") == 24 * 3600
    later = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=90)))
    assert later is not None
    assert 60 < later <= 90
    assert [retry_after(text) for text in (None, "", "soon", "nan")] == [None] * 4
