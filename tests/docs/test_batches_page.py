"""Every example of docs/batches.md is carried out, and does what the page says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from tests.docs.test_commands import carry_out
from tests.running_server import RunningServer

from agentskills.client import AgentSkills
from agentskills.domain.batch import ItemState

pytestmark = pytest.mark.anyio
PAGE = (Path(__file__).parents[2] / "docs" / "batches.md").read_text(encoding="utf-8")


async def test_batches_page(server: RunningServer) -> None:
    _, planned, started, shown, changed, over_http, in_python = await carry_out("docs/batches.md", server)
    assert re.search(r"runs +6\n", planned)
    assert len(re.findall(r"north-\d +rerun", planned)) == 6
    assert re.search(r"pay-refund +may happen +6", planned)
    assert "Dates of desk north" in started
    assert re.search(r"of which +6 succeeded", started)
    assert re.search(r"canary +2: passed", shown)
    assert len(re.findall(r"succeeded +north-\d +north-\d_rerun_1", shown)) == 6
    assert "paused (paused: the bank is closed)" in changed
    assert "aborted (aborted: not today)" in changed
    assert "is aborted already" in changed
    assert '"name":"Dates of desk south"' in over_http
    assert in_python.splitlines()[:2] == ["6 failed, 6 fixed since", "completed 6 skipped"]
    assert in_python.splitlines()[2] == "north-1 fixed by north-1_rerun_1"
    paid = 6 + await south(server)
    assert len([line for line in server.lines("refunds.jsonl") if "A-09876" in line]) == paid


async def south(server: RunningServer) -> int:
    """Refunds of the other desk: the batch over HTTP has paid them too."""
    async with AgentSkills(server.url) as client:
        [made] = [b async for b in client.batches.list() if b["name"] == "Dates of desk south"]
        batch = await client.batches.wait(made["id"], 60)
        assert batch["status"] == "completed"
        counts = Counter({state: n for state, n in batch["counts"].items() if n})
        assert counts == {"total": 3, "succeeded": 3}
    return 3


def test_the_page_has_every_state() -> None:
    table = PAGE.split("## What becomes of an item")[1].split("## Limits")[0]
    assert {state.value for state in ItemState} <= set(re.findall(r"`(\w+)`", table))
