"""Following a run in tests."""

from __future__ import annotations

from typing import Any

from agentskills.client import Run

LONG = 60.0  # seconds; only the limit after which a test gives up


async def waiting_for(run: Run, reason: str) -> dict[str, Any]:
    """The one entry that a run waits for, once it waits for this reason."""
    async for _ in run.events():
        status = await run.status()
        if any(wait["reason"] == reason for wait in status["waiting"] or []):
            (entry,) = status["waiting"]
            return dict(entry)
        assert status["status"] not in {"failed", "completed", "cancelled"}, status
    raise AssertionError("the events ended before the run waited")
