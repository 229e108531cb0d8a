"""The commands in README and quickstart are carried out, in order, against a real server."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import anyio
import pytest
from tests.running_server import RunningServer, running_server

from agentskills.client import AgentSkills
from agentskills.domain.status import WaitReason

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(bash|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GIVE_UP = 60.0  # seconds


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


async def carry_out(page: str, server: RunningServer) -> list[str]:
    """The output of each block; a block starts when the runs of the earlier ones rest."""
    outputs = []
    async with AgentSkills(server.url) as client:
        for language, text in blocks(page):
            outputs.append(_carry_out(language, text, server))
            await _rest(client)
    return outputs


def _carry_out(language: str, text: str, server: RunningServer) -> str:
    here = text.replace("http://127.0.0.1:8000", server.url).replace(
        ".venv/bin/asf", f"{sys.executable} -m agentskills.cli.main"
    )
    program = ["bash", "-ec", here] if language == "bash" else [sys.executable, "-c", here]
    env = os.environ | {"ASF_API_URL": server.url, "EXAMPLE_OUTBOX": str(server.outbox), "COLUMNS": "200"}
    ended = subprocess.run(program, cwd=ROOT, env=env, capture_output=True, text=True, timeout=GIVE_UP)
    assert ended.returncode == 0, f"{text}\n{ended.stdout}\n{ended.stderr}"
    assert '"type":"http' not in ended.stdout.replace(" ", ""), f"{text}\n{ended.stdout}"
    return ended.stdout + ended.stderr


async def _rest(client: AgentSkills) -> None:
    give_up = time.monotonic() + GIVE_UP
    while await _under_way(client):
        assert time.monotonic() < give_up, "runs of the documentation do not come to rest"
        await anyio.sleep(0.05)


async def _under_way(client: AgentSkills) -> set[str]:
    """Runs that go on by themselves; so does one whose wait was answered, though it still says `waiting`."""
    unfinished = {run["thread_id"] async for run in client.runs(status=["queued", "running", "waiting"])}
    return unfinished - {wait["thread_id"] async for wait in client.waits(reason=[*WaitReason])}


async def statuses(server: RunningServer) -> dict[str, str]:
    async with AgentSkills(server.url) as client:
        return {run["thread_id"]: run["status"] async for run in client.runs()}


async def test_readme(server: RunningServer) -> None:
    outputs = await carry_out("README.md", server)
    assert len(outputs) == 4
    assert await statuses(server) == {
        "refund-A-09876": "failed",
        "refund-A-09876_rerun_1": "completed",
        "refund-A-09876_rerun_2": "completed",
        "refund-A-09876_rerun_3": "completed",
    }
    assert outputs[-1].strip() == "refund-A-09876_rerun_3 completed"
    assert len(server.lines("refunds.jsonl")) == 1
    assert len(server.lines("mail.jsonl")) == 1


async def test_quickstart(server: RunningServer) -> None:
    outputs = await carry_out("docs/quickstart.md", server)
    assert await statuses(server) == {
        "kettle": "completed",
        "espresso": "completed",
        "kettle_rerun_1": "completed",
        "typo": "failed",
        "typo_rerun_1": "completed",
    }
    assert any('"status":"waiting"' in output.replace(" ", "") for output in outputs)
    paid = [line for line in server.lines("refunds.jsonl") if "A-10442" in line or "600 EUR" in line]
    assert len(paid) == 2


async def test_the_skill_of_the_quickstart(asf_home: Path, database_url: str) -> None:
    text = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
    folder = asf_home / "my-skills" / "skills" / "thank-customer"
    folder.mkdir(parents=True)
    for fence, file in (("markdown", "SKILL.md"), ("python skill", "thank.py")):
        (block,) = re.findall(rf"^```{fence}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        (folder / file).write_text(block, encoding="utf-8")
    roots = f"{ROOT / 'examples' / 'skills'}{os.pathsep}{folder.parent}"
    with running_server(asf_home, database_url, roots) as server:
        async with AgentSkills(server.url) as client:
            run = await client.start(
                sop="Pay refund, then thank customer.",
                initial_data={"order": {"id": "A-10442"}, "request": {"received_on": "2026-11-20"}},
            )
            status = await run.wait(GIVE_UP)
    assert status["status"] == "completed", status["error"]
    assert status["data_store"]["voucher"] == {"amount": 7}  # a tenth of 64.70, rounded up


def test_the_readme_sets_up_with_exactly_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    start = text.split("## Start\n")[1].split("\n## ")[0]
    assert re.findall(r"^```\n(.*?)^```$", start, re.MULTILINE | re.DOTALL) == ["make up\nmake test\n"]
