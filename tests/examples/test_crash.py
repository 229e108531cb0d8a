"""A worker dies at the worst moment of a payment; the skill's check finds out, and it is paid once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.running_server import running_server, running_worker

from agentskills.client import AgentSkills

from .example_files import SKILLS, example
from .following import LONG

pytestmark = pytest.mark.anyio
QUICK = {"ASF_LEASE_SECONDS": "2"}


async def test_payment_announced_and_not_made_is_made_by_the_next_worker(
    asf_home: Path, database_url: str
) -> None:
    with running_server(asf_home, database_url, SKILLS, QUICK, with_worker=False) as server:
        async with AgentSkills(server.url) as client:
            run = await client.start(sop_name="order-refund", initial_data=example("order-refund", "Kettle"))
            with running_worker(server, {"ASF_CRASH_AT": "intent.after"}) as dying:
                assert dying.wait(LONG) == 137
            assert server.lines("refunds.jsonl") == []
            with running_worker(server):
                status = await run.wait(LONG)
        assert status["status"] == "completed", status
        (line,) = server.lines("refunds.jsonl")
        assert json.loads(line)["payment"] == status["data_store"]["payment"]["id"]
        assert len(server.lines("mail.jsonl")) == 1


async def test_payment_made_and_not_recorded_is_found_in_the_ledger(
    asf_home: Path, database_url: str
) -> None:
    ledger = asf_home / "outbox" / "refunds.jsonl"
    ledger.parent.mkdir(exist_ok=True)
    with running_server(asf_home, database_url, SKILLS, QUICK, with_worker=False) as server:
        async with AgentSkills(server.url) as client:
            run = await client.start(sop_name="order-refund", initial_data=example("order-refund", "Kettle"))
            with running_worker(server, {"ASF_CRASH_AT": "intent.after"}) as dying:
                assert dying.wait(LONG) == 137
            # The bank did what the worker asked for with its last breath.
            ledger.write_text('{"payment": "PAY-LAST-BREATH", "order": "A-10442"}\n')
            with running_worker(server):
                status = await run.wait(LONG)
        assert status["status"] == "completed", status
        assert status["data_store"]["payment"]["id"] == "PAY-LAST-BREATH"
        assert len(server.lines("refunds.jsonl")) == 1
        (mail,) = map(json.loads, server.lines("mail.jsonl"))
        assert "PAY-LAST-BREATH" in mail["text"]
