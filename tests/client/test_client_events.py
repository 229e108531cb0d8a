"""Following a run through broken streams."""

from __future__ import annotations

import socket

import pytest
from tests.client.scripted_server import CUT, answer, problem, scripted, stream

from agentskills.client import AgentSkills, WaitTimedOut
from agentskills.domain.errors import RunNotFound

pytestmark = pytest.mark.anyio

STEP = '{"seq": %d, "status": "completed", "amount": 1.10}'
RUNNING = '{"status": "running"}'
DONE = '{"thread_id": "r", "status": "completed"}'


async def test_a_broken_stream_is_resumed_where_it_broke():
    answers = [
        stream(("1", "run", RUNNING), ("2", "step", STEP % 1)),
        answer(200, RUNNING),  # the stream ended, but the run has not
        CUT,
        problem(503, "database-gone"),
        stream(("3", "step", STEP % 2), ("4", "run", DONE)),
    ]
    async with scripted(answers) as server, AgentSkills(server.url) as client:
        events = [event async for event in client.events("r")]
    assert [(event.id, event.kind) for event in events] == [
        ("1", "run"),
        ("2", "step"),
        ("3", "step"),
        ("4", "run"),
    ]
    assert str(events[1].data["amount"]) == "1.10"
    asked = [request for request in server.requests if "events" in request.line]
    assert [request.headers.get("last-event-id") for request in asked] == [None, "2", "2", "2"]


async def test_a_stream_that_ends_because_all_was_said_is_not_asked_again():
    async with scripted([stream(), answer(200, DONE)]) as server, AgentSkills(server.url) as client:
        assert [event async for event in client.events("r", after="9")] == []
    assert server.requests[0].headers["last-event-id"] == "9"


async def test_following_an_unknown_run():
    async with scripted([problem(404, "run-not-found")]) as server, AgentSkills(server.url) as client:
        with pytest.raises(RunNotFound):
            [event async for event in client.events("r")]


async def test_wait_gives_the_status_at_the_end():
    async with (
        scripted([stream(("1", "run", DONE)), answer(200, DONE)]) as server,
        AgentSkills(server.url) as client,
    ):
        assert (await client.run("r").wait())["status"] == "completed"


async def test_wait_gives_up_in_time():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # nobody listens: following tries on and on
        async with AgentSkills(f"http://127.0.0.1:{deaf.getsockname()[1]}") as client:
            with pytest.raises(WaitTimedOut, match=r"0\.1 s"):
                await client.wait("r", timeout=0.1)
