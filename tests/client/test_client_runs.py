"""The client against a real server, also through a connection that is cut again and again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from tests.running_server import RunningServer

from agentskills.client import AgentSkills
from agentskills.domain.errors import (
    AlreadyFinished,
    BadInput,
    ContradictingFields,
    IdTaken,
    NothingFailed,
    NotWaiting,
    OutOfDate,
    PlanChanged,
    RunDeleted,
    RunNotFound,
    StepOutOfRange,
    VersionMissing,
)

pytestmark = pytest.mark.anyio

KETTLE = {"order": {"id": "A-10442"}, "request": {"received_on": "2026-11-20"}}
ESPRESSO = {"order": {"id": "A-10517"}, "request": {"received_on": "2026-11-20"}}
FOREVER = 60.0


@pytest.fixture
async def client(server: RunningServer) -> AsyncIterator[AgentSkills]:
    async with AgentSkills(server.url) as client:
        yield client


async def test_start_wait_and_read(client: AgentSkills):
    data = KETTLE | {"invoice": 12345678901234567890, "amount": Decimal("1.10")}
    run = await client.start(sop_name="order-refund", initial_data=data, thread_id="c-1", run_name="One")
    assert (run.thread_id, run.run_name, run.parent_thread_id, run.rerun_number) == ("c-1", "One", None, 0)
    status = await run.wait(FOREVER)
    assert status["status"] == "completed", status["error"]
    assert status["data_store"]["invoice"] == 12345678901234567890
    assert str(status["data_store"]["amount"]) == "1.10"
    assert (await run.metadata())["initial_data"] == data
    steps = [step async for step in run.steps()]
    assert [step["seq"] for step in steps] == list(range(1, len(steps) + 1))
    assert (await client.detail("c-1"))["status"] == "completed"


async def test_the_same_again_and_something_else(client: AgentSkills):
    first = await client.start(sop="Fetch order.", initial_data=KETTLE, thread_id="c-2")
    again = await client.start(sop="Fetch order.", initial_data=KETTLE, thread_id="c-2")
    assert again == first
    with pytest.raises(IdTaken):
        await client.start(sop="Fetch another order.", initial_data=KETTLE, thread_id="c-2")


async def test_rerun_with_changes(client: AgentSkills):
    run = await client.start(sop="Fetch order.", initial_data=KETTLE | {"x": 1, "y": 2}, thread_id="c-3")
    await run.wait(FOREVER)
    new = await run.rerun(changes={"x": None, "order": {"id": "A-10533"}}, reason="typo")
    assert (new.thread_id, new.parent_thread_id, new.rerun_number) == ("c-3_rerun_1", "c-3", 1)
    row = await new.metadata()
    assert row["initial_data"] == {"order": {"id": "A-10533"}, "request": KETTLE["request"], "y": 2}
    whole = await run.rerun(initial_data=ESPRESSO)
    assert (await whole.metadata())["initial_data"] == ESPRESSO
    with pytest.raises(BadInput):
        await run.rerun(initial_data=ESPRESSO, changes={"a": 1})
    with pytest.raises(RunNotFound):
        await client.rerun("nobody")


async def test_a_retried_rerun_happens_once(client: AgentSkills):
    run = await client.start(sop="Fetch order.", initial_data=KETTLE, thread_id="c-4")
    made = {(await run.rerun(idempotency_key="c-4-again")).thread_id for _ in range(3)}
    assert made == {"c-4_rerun_1"}


async def test_answers(client: AgentSkills):
    run = await client.start(sop_name="order-refund", initial_data=ESPRESSO)
    async for event in run.events():
        if event.kind == "run" and event.data["status"] == "waiting":
            break
    (asked,) = (await run.status())["waiting"]
    assert run.thread_id in [wait["thread_id"] async for wait in client.waits()]
    with pytest.raises(OutOfDate):
        await run.approve(digest="0" * 64)
    await run.approve(step=asked["step"], digest=asked["digest"])
    assert (await run.wait(FOREVER))["status"] == "completed"
    with pytest.raises(NotWaiting):
        await run.approve()


async def test_retried_answers_and_cancelling_are_taken_once(client: AgentSkills):
    answered, cancelled = [
        await client.start(sop_name="order-refund", initial_data=ESPRESSO) for _ in range(2)
    ]
    for run in (answered, cancelled):
        async for event in run.events():
            if event.kind == "run" and event.data["waiting"]:
                assert event.data["waiting"] == (await run.status())["waiting"]
                break
    first = await answered.approve(idempotency_key="c-yes")
    await answered.wait(FOREVER)
    assert await answered.approve(idempotency_key="c-yes") == first
    first = await cancelled.cancel(idempotency_key="c-no")
    await cancelled.wait(FOREVER)
    assert await cancelled.cancel(idempotency_key="c-no") == first
    with pytest.raises(AlreadyFinished):
        await cancelled.cancel()


async def test_pages_of_runs(client: AgentSkills):
    for number in range(5):
        await client.start(
            sop="Fetch order.", initial_data=KETTLE, metadata={"batch": "pages", "number": number}
        )
    found = [run["metadata"]["number"] async for run in client.runs(metadata={"batch": "pages"}, page_size=2)]
    assert found == [4, 3, 2, 1, 0]
    assert [run async for run in client.runs(metadata={"batch": "pages"}, status=["cancelled"])] == []


async def test_skills_and_server(client: AgentSkills):
    names = [skill["name"] for skill in (await client.skills())["items"]]
    assert "pay-refund" in names
    skill = await client.skill("pay-refund")
    (version, *_) = await client.skill_versions("pay-refund")
    assert (
        version["digest"] == skill["digest"] == (await client.skill("pay-refund", skill["digest"]))["digest"]
    )
    assert "order-refund" in [sop["name"] for sop in await client.sops()]
    assert not (await client.skill_activity(hours=2))["capped"]
    assert (await client.health())["status"] == "ok"
    assert (await client.server())["skills"] == len(names)


async def test_nothing_is_lost_where_the_connection_is_cut(client: AgentSkills, server: RunningServer):
    run = await client.start(sop_name="order-refund", initial_data=KETTLE, thread_id="c-cut")
    await run.wait(FOREVER)
    whole = [(event.kind, event.data) async for event in run.events()]
    async with cutting_proxy(server.url, after=2500) as (url, cuts), AgentSkills(url) as unlucky:
        seen = [(event.kind, event.data) async for event in unlucky.events("c-cut")]
    assert cuts
    assert [event for index, event in enumerate(seen) if event not in seen[:index]] == whole


@asynccontextmanager
async def cutting_proxy(url: str, after: int) -> AsyncIterator[tuple[str, list[int]]]:
    """A way to the server that lets `after` more bytes of each answer through than of the one before."""
    where = urlsplit(url)
    cuts: list[int] = []
    tasks: list[asyncio.Task[None]] = []
    allowed = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal allowed
        allowed += after
        left = allowed
        there, here = await asyncio.open_connection(where.hostname, where.port)
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            here.write(request.replace(f":{port}".encode(), f":{where.port}".encode()))
            while left > 0 and (data := await there.read(min(left, 4096))):
                writer.write(data)
                left -= len(data)
            if left == 0:
                cuts.append(allowed)
        finally:
            await closed(here)
            await closed(writer)

    async with asyncio.TaskGroup() as group:

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.append(group.create_task(serve(reader, writer)))

        listening = await asyncio.start_server(accept, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with listening:
            yield f"http://127.0.0.1:{port}", cuts
        for task in tasks:  # the server would keep their connections
            task.cancel()


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):  # the other side was quicker
        await writer.wait_closed()


async def test_the_family_and_deleting(client: AgentSkills):
    run = await client.start(
        sop="Fetch order.", initial_data={}, skills=["fetch-order"], thread_id="c-family"
    )
    assert (await run.wait(FOREVER))["status"] == "failed"
    new = await run.rerun(changes=KETTLE)
    await new.wait(FOREVER)
    family = await new.lineage()
    assert [item["thread_id"] for item in family["items"]] == ["c-family", "c-family_rerun_1"]
    assert family["items"][0]["fixed_by"] == new.thread_id
    deleted = await run.delete(reason="not needed")
    assert await client.delete("c-family") == deleted
    with pytest.raises(RunDeleted):
        await run.status()
    with pytest.raises(RunDeleted):
        await run.rerun()
    assert (await client.lineage("c-family"))["items"][0]["deleted_at"] == deleted["deleted_at"]


async def test_a_plan_and_just_that(client: AgentSkills):
    run = await client.start(sop_name="order-refund", initial_data=KETTLE, thread_id="c-plan")
    await run.wait(FOREVER)
    plan = await run.plan(preset="only-what-changed", reason="to be sure")
    assert plan["counts"] == {"reuse": 4, "execute": 0, "open": 0}
    with pytest.raises(PlanChanged) as changed:
        await run.rerun(preset="only-what-changed", effects="repeat", plan_token=plan["plan_token"])
    assert changed.value.fields["plan"]["plan_token"] != plan["plan_token"]
    again = await run.rerun(preset="only-what-changed", reason="to be sure", plan_token=plan["plan_token"])
    assert (await again.wait(FOREVER))["status"] == "completed"
    sources = [step["reused_from"]["why"] async for step in again.steps() if step["skill"]]
    assert sources == ["reused", "reused", "receipt", "receipt"]


async def test_what_a_rerun_can_not_be_asked_for(client: AgentSkills):
    run = await client.start(sop="Fetch order.", initial_data=KETTLE, thread_id="c-ask")
    await run.wait(FOREVER)
    with pytest.raises(ContradictingFields) as clash:
        await run.rerun(preset="audit-replay", changes={"x": 1})
    assert clash.value.pointer == "/changes"
    with pytest.raises(NothingFailed):
        await run.rerun(preset="from-failure")
    with pytest.raises(StepOutOfRange):
        await run.plan(start=99)
    with pytest.raises(VersionMissing):
        await run.plan(skills={"fetch-order": "0" * 64})
    with pytest.raises(BadInput, match="no preset 'sometimes'"):
        await run.plan(preset="sometimes")


async def test_a_rerun_with_all_fields(client: AgentSkills):
    run = await client.start(sop="Fetch order.", initial_data=KETTLE, thread_id="c-all")
    await run.wait(FOREVER)
    later = datetime.now(UTC) + timedelta(hours=1)
    new = await run.rerun(
        start="start",
        plan="new",
        results="unchanged",
        skills="pinned",
        effects="repeat",
        consent=["pay-refund"],
        initial_data=ESPRESSO,
        sop="Fetch the order.",
        run_name="All",
        model="test",
        metadata={"team": "returns"},
        reason="because",
        not_before=later,
    )
    row = await new.metadata()
    assert (row["run_name"], row["sop"], row["initial_data"]) == ("All", "Fetch the order.", ESPRESSO)
    assert row["request"]["consent"] == ["pay-refund"]
    assert row["request"]["skills"] == "pinned"
    assert datetime.fromisoformat(row["not_before"]) == later
