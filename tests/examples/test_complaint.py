"""The example that needs a model, with a stub that speaks a provider's HTTP in its place."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.running_server import RunningServer, running_server

from agentskills.client import AgentSkills

from .example_files import SKILLS, example
from .following import LONG, waiting_for

pytestmark = pytest.mark.anyio
STUB = Path(__file__).resolve().parents[1] / "stubs" / "model_server.py"


@pytest.fixture(scope="module")
def model_url() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, str(STUB)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.wait()
    process.stdout.close()


@pytest.fixture(scope="module")
def server(module_database: str, module_home: Path, model_url: str) -> Iterator[RunningServer]:
    more = {"ASF_MODEL": "openai:stub", "ASF_MODEL_BASE_URL": model_url, "ASF_API_KEY": "a key for the stub"}
    with running_server(module_home, module_database, SKILLS, more) as running:
        yield running


@pytest.fixture
async def client(server: RunningServer) -> AsyncIterator[AgentSkills]:
    async with AgentSkills(server.url) as client:
        yield client


async def test_the_draft_is_read_by_a_person_and_sent_once(
    client: AgentSkills, server: RunningServer
) -> None:
    run = await client.start(sop_name="complaint-reply", initial_data=example("complaint-reply", "Kettle"))
    entry = await waiting_for(run, "approval")
    assert entry["skill"] == "draft-reply"
    assert server.lines("mail.jsonl") == []
    await run.approve(data={"reply": {"subject": "Your kettle", "text": "We are sorry about the dent."}})
    status = await run.wait(LONG)
    assert status["status"] == "completed", status["error"]
    (mail,) = map(json.loads, server.lines("mail.jsonl"))
    assert mail == {
        "to": "marta.lindqvist@example.com",
        "subject": "Your kettle",
        "text": "We are sorry about the dent.",
    }

    again = await run.rerun()  # the model words it anew, and a person reads it anew
    await waiting_for(again, "approval")
    await again.approve()
    second = await again.wait(LONG)
    assert second["status"] == "completed", second["error"]
    assert second["data_store"]["reply"]["subject"] != "Your kettle"
    assert len(server.lines("mail.jsonl")) == 1


async def test_unknown_customer_ends_the_run(client: AgentSkills) -> None:
    run = await client.start(sop_name="complaint-reply", initial_data=example("complaint-reply", "Unknown"))
    status = await run.wait(LONG)
    assert status["status"] == "failed"
    assert status["error"]["skill"] == "look-up-customer"
