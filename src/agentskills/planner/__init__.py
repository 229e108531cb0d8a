"""Planners decide what comes next; each is chosen by its name."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any

from agentskills.domain.decision import Decided, Planner, PlanningView
from agentskills.planner.dataflow import DataflowPlanner
from agentskills.planner.offer import looks_at
from agentskills.settings import Settings


def build_planners(settings: Settings) -> dict[str, Planner]:
    """Return the planners of this process by name; nothing is imported for models yet."""
    return {"dataflow": DataflowPlanner(), "llm": _LlmWhenNeeded(settings)}


class _LlmWhenNeeded:
    """The planner with a model, imported in a thread when it is first asked: that takes seconds."""

    name = "llm"
    asks_a_model = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._planner: Planner | None = None
        self._loading = asyncio.Lock()

    def looks_at(self, view: PlanningView) -> list[Any]:
        """Return the skills that are offered, as they are described, and the digest of the data."""
        return looks_at(view)

    async def decide(self, view: PlanningView) -> Decided:
        """Return the model's decision. Raises `SkillFailed`."""
        if self._planner is None:
            async with self._loading:
                if self._planner is None:
                    module = await asyncio.to_thread(import_module, "agentskills.planner.llm")
                    self._planner = module.LlmPlanner(self._settings)
        return await self._planner.decide(view)
