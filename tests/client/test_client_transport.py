"""Retries, keys, exact numbers and typed errors over real connections."""

from __future__ import annotations

import socket
from decimal import Decimal

import pytest
from tests.client.scripted_server import CUT, answer, problem, scripted

from agentskills.client import AgentSkills, ServerUnreachable, UnexpectedAnswer
from agentskills.client.errors import ERROR_CLASSES
from agentskills.domain import errors

pytestmark = pytest.mark.anyio

STARTED = '{"status": "started", "thread_id": "r1", "run_name": "R"}'


async def test_every_try_of_a_call_carries_the_same_key():
    tries = [CUT, problem(503, "database-gone"), problem(502, "x"), problem(504, "x"), problem(429, "x")]
    async with scripted([*tries, answer(200, STARTED)]) as server, AgentSkills(server.url) as client:
        run = await client.start(sop="Do it", initial_data={"a": 1})
    assert run.thread_id == "r1"
    assert len(server.requests) == 6
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert {request.body for request in server.requests} == {b'{"sop":"Do it","initial_data":{"a":1}}'}


async def test_two_calls_have_two_keys_and_a_given_key_is_used():
    async with scripted([answer(200, STARTED)] * 3) as server, AgentSkills(server.url) as client:
        await client.rerun("r")
        await client.rerun("r")
        await client.rerun("r", idempotency_key="mine")
    first, second, third = (request.headers["idempotency-key"] for request in server.requests)
    assert first != second
    assert third == "mine"


@pytest.mark.parametrize(
    ("status", "type_"),
    [(500, "internal"), (409, "id-taken"), (404, "run-not-found"), (503, "narrow-the-filter")],
)
async def test_other_errors_are_not_tried_again(status: int, type_: str):
    async with scripted([problem(status, type_)]) as server, AgentSkills(server.url) as client:
        with pytest.raises(errors.AgentSkillsError) as raised:
            await client.rerun("r")
    assert raised.value.type == type_ or isinstance(raised.value, UnexpectedAnswer)
    assert len(server.requests) == 1


async def test_retries_end():
    async with (
        scripted([problem(503, "database-gone", "gone")] * 3) as server,
        AgentSkills(server.url, retries=2) as client,
    ):
        with pytest.raises(errors.DatabaseGone, match="gone"):
            await client.status("r")


async def test_retry_after_is_honoured():
    slow_down = answer(429, "{}", "retry-after: 0")
    async with scripted([slow_down] * 5 + [answer(200, "{}")]) as server, AgentSkills(server.url) as client:
        assert await client.status("r") == {}
    assert len(server.requests) == 6


async def test_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        async with AgentSkills(url, retries=1) as client:
            with pytest.raises(ServerUnreachable, match=url):
                await client.health()


async def test_problem_types_become_their_classes():
    more = ', "waiting": [{"step": 3}]'
    answers = [
        problem(409, "step-needed", "choose", more),
        problem(
            422,
            "https://example.org/problems/bad-input",
            "no",
            ', "errors": [{"pointer": "/sop", "message": "no"}]',
        ),
        problem(418, "teapot", "short and stout"),
        answer(502, "<html>", kind="text/html"),
        answer(200, "<html>", kind="text/html"),
    ]
    async with scripted(answers) as server, AgentSkills(server.url, retries=0) as client:
        with pytest.raises(errors.StepChoiceNeeded, match="choose") as several:
            await client.approve("r")
        assert several.value.fields == {"waiting": [{"step": 3}]}
        with pytest.raises(errors.BadInput) as bad:
            await client.start()
        assert bad.value.pointer == "/sop"
        with pytest.raises(UnexpectedAnswer, match="short and stout") as unknown:
            await client.cancel("r")
        assert (unknown.value.http_status, unknown.value.problem["type"]) == (418, "teapot")
        with pytest.raises(UnexpectedAnswer, match="502"):
            await client.health()
        with pytest.raises(UnexpectedAnswer, match="expected JSON"):
            await client.health()


def test_every_error_of_the_api_has_a_class():
    classes = {cls for cls in vars(errors).values() if isinstance(cls, type) and hasattr(cls, "status")}
    inside = {errors.AgentSkillsError, errors.SkillFailed, errors.LostOwnership, errors.SetupError}
    assert classes - set(ERROR_CLASSES.values()) == inside


async def test_numbers_are_exact_both_ways():
    sent = {"invoice": 12345678901234567890, "amount": Decimal("1.10"), "big": Decimal("1E+30")}
    body = '{"thread_id": "r", "data_store": {"invoice": 12345678901234567890, "amount": 1.10}}'
    async with (
        scripted([answer(200, STARTED), answer(200, body)]) as server,
        AgentSkills(server.url) as client,
    ):
        await client.start(sop="x", initial_data=sent)
        status = await client.status("r")
    assert server.requests[0].body.endswith(b'{"invoice":12345678901234567890,"amount":1.10,"big":1E+30}}')
    assert status["data_store"] == {"invoice": 12345678901234567890, "amount": Decimal("1.10")}
    assert str(status["data_store"]["amount"]) == "1.10"


async def test_what_json_cannot_hold_is_refused_before_it_is_sent():
    async with scripted([]) as server, AgentSkills(server.url) as client:
        with pytest.raises(errors.BadInput) as raised:
            await client.start(sop="x", initial_data={"a": [float("nan")]})
    assert raised.value.pointer == "/initial_data/a/0"


async def test_the_key_is_sent_and_ids_are_quoted():
    async with scripted([answer(200, "{}")]) as server, AgentSkills(server.url, "secret") as client:
        await client.metadata("a/b c")
    (request,) = server.requests
    assert request.headers["authorization"] == "Bearer secret"
    assert request.line == "GET /admin/runs/a%2Fb%20c/metadata HTTP/1.1"


async def test_the_server_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ASF_API_URL", raising=False)
    monkeypatch.setenv("ASF_HOST", "0.0.0.0")
    monkeypatch.setenv("ASF_PORT", "8123")
    assert AgentSkills().url == "http://127.0.0.1:8123"
    monkeypatch.setenv("ASF_API_URL", "https://example.org/")
    assert AgentSkills().url == "https://example.org"
    assert AgentSkills("http://other").url == "http://other"


async def test_pages_are_followed():
    pages = [
        answer(200, '{"items": [{"seq": 1}, {"seq": 2}], "next_cursor": "c/1"}'),
        answer(200, '{"items": [{"seq": 3}], "next_cursor": null}'),
    ]
    async with scripted(pages) as server, AgentSkills(server.url) as client:
        assert [step["seq"] async for step in client.steps("r")] == [1, 2, 3]
    assert "cursor=c%2F1" in server.requests[1].line
