"""Every example of docs/reruns.md is carried out, and does what the page says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.docs.test_commands import carry_out, statuses
from tests.running_server import RunningServer

from agentskills.client import AgentSkills
from agentskills.domain.rerun import PRESETS

pytestmark = pytest.mark.anyio


async def whys(client: AgentSkills, thread_id: str) -> list[str | None]:
    """Where the result of each skill step comes from; None where it was carried out."""
    steps: list[dict[str, Any]] = [step async for step in client.run(thread_id).steps()]
    return [(step["reused_from"] or {}).get("why") for step in steps if step["kind"] == "skill"]


async def test_reruns_page(server: RunningServer) -> None:
    outputs = await carry_out("docs/reruns.md", server)
    ended = await statuses(server)
    assert Counter(ended.values()) == {"failed": 1, "completed": 9}
    async with AgentSkills(server.url) as client:
        one = "order-42_rerun_1"
        assert await whys(client, one) == ["kept", None, None, None]
        assert await whys(client, "order-42_rerun_2") == [None, None, "receipt", "receipt"]
        assert await whys(client, "order-42_rerun_3") == ["reused", "reused", "receipt", "receipt"]
        assert await whys(client, "order-42_rerun_4") == ["kept", "reused", "receipt", "receipt"]
        assert await whys(client, "order-42_rerun_5") == ["recorded"] * 4
        assert await whys(client, "order-42_rerun_6") == [None, None, "receipt", "receipt"]
        assert await whys(client, "order-42_rerun_7") == [None, None, "stand_in", "stand_in"]
        assert await whys(client, "order-42_rerun_8") == ["reused", "given", "receipt", "receipt"]
        assert await whys(client, "order-42_rerun_9") == [None] * 4
        corrected = [step async for step in client.run("order-42_rerun_8").steps()]
        paid = next(step for step in corrected if step["skill"] == "pay-refund")
        assert paid["reused_from"]["stale"] == ["refund.approved"]
    assert len(server.lines("refunds.jsonl")) == len(server.lines("mail.jsonl")) == 2
    plan = outputs[1]
    assert "fetch-order" in plan
    assert "it failed in order-42" in plan


def test_every_preset_has_its_example() -> None:
    from tests.docs.test_commands import blocks

    text = "\n".join(text for _, text in blocks("docs/reruns.md"))
    named = {name for name in PRESETS if f"--preset {name}" in text}
    assert named == set(PRESETS) - {"again"}  # which is the request without any field
