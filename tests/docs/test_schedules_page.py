"""Every example of docs/schedules.md is carried out, and does what the page says."""

from __future__ import annotations

import asyncio
import re
from collections import Counter

import pytest
from tests.docs.test_commands import ROOT, carry_out, statuses
from tests.running_server import RunningServer

from agentskills.client import AgentSkills
from agentskills.domain.cron import WORDS
from agentskills.domain.placeholders import NAMES

pytestmark = pytest.mark.anyio
PAGE = (ROOT / "docs" / "schedules.md").read_text(encoding="utf-8")


async def test_schedules_page(server: RunningServer) -> None:
    outputs = await carry_out("docs/schedules.md", server)
    created, over_http, _, managed, backfilled, shown = outputs
    assert created.count("02:30:00 +0") == 3 + 5  # the preview, then the schedule's next times
    assert '"every_seconds":600' in over_http
    assert managed.splitlines() == [
        "fired now",
        "supplier is down until Monday None",
        "every 1200 s 5",
        "fired completed",
    ]
    assert "5 would be fired" in backfilled
    assert "5 are fired, one after the other" in backfilled
    assert "done for today" in shown
    async with AgentSkills(server.url) as client:
        made = {one.name: one async for one in client.schedules.list()}
        assert set(made) == {"Nightly refunds", "Every ten minutes", "Again each morning"}
        assert made["Again each morning"].answer["rerun"]["thread_id"] == "order-42"
        nightly = await made["Nightly refunds"].resume()  # the page pauses it, however far it has come
        async with asyncio.timeout(60):
            while [one async for one in nightly.firings(state="queued")]:
                await asyncio.sleep(0.1)
        firings = [one async for one in nightly.firings()]
    assert [one["local"][:16] for one in firings] == [f"2026-11-{day:02}T02:30" for day in range(13, 8, -1)]
    assert {one["why"] for one in firings} == {"backfill"}
    assert {one["state"] for one in firings} == {"fired"}
    assert firings[-1]["run_name"] == "Refund of 2026-11-09"
    assert Counter((await statuses(server)).values())["failed"] == 0


def test_every_placeholder_and_every_word_is_on_the_page() -> None:
    named = re.findall(r"^\| `\{\{ ([\w.]+) \}\}` \|", PAGE, flags=re.M)
    assert named == list(NAMES)
    assert all(f"`{word}`" in PAGE for word in WORDS)
