"""A worker that reaches nothing outside: no model and no service can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentskills.domain.decision import Decided, Planner, PlanningView
from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Assignment, Carried, Checked
from agentskills.domain.run import ClaimedRun
from agentskills.domain.skill import ExecutorName
from agentskills.engine.active import ActiveRun
from agentskills.engine.worker import Worker
from agentskills.executors import Executors
from agentskills.settings import Settings
from agentskills.storage.database import Pool

OFFLINE = "offline"
"""The error type of what would have had to ask somebody outside."""


def offline(what: str) -> SkillFailed:
    """Return the failure of something that would have had to ask somebody outside."""
    return SkillFailed(what, error_type=OFFLINE, retryable=False, nothing_happened=True)


class OfflineWorker(Worker):
    """Carries out what this machine can do by itself.

    `hosts` tells by root run where its model answered when it was recorded: results depend on it.
    """

    def __init__(self, settings: Settings, url: str, hosts: Mapping[str, str | None]) -> None:
        super().__init__(settings, url)
        self._hosts = hosts

    async def _open(self) -> Pool:
        pool = await super()._open()
        kit = self._kit
        nobody = _Nobody()
        executors = dict(kit.executors.by_name)
        executors[ExecutorName.LLM] = executors[ExecutorName.REST] = nobody
        kit.executors = Executors(executors, nobody)
        kit.planners = {name: _Silenced(planner) for name, planner in kit.planners.items()}
        return pool

    async def _activated(self, claimed: ClaimedRun, *more: Any) -> ActiveRun:
        run = await super()._activated(claimed, *more)
        run.settings = settings_for(self._settings, self._hosts.get(claimed.root_thread_id))
        return run


def settings_for(settings: Settings, host: str | None) -> Settings:
    """Return the settings under which a recording with this model host is the same again."""
    return settings.model_copy(update={"model_base_url": host})


class _Nobody:
    """Stands where models and services would be asked."""

    async def carry_out(self, assignment: Assignment) -> Carried:
        asks = "a service"
        if assignment.skill.contract.executor is ExecutorName.LLM:
            asks = "a model"
        raise offline(f"{assignment.skill.name} would have to ask {asks} anew")

    async def check(self, assignment: Assignment) -> Checked:
        return Checked(None)

    async def close(self) -> None:
        """Nothing is kept open."""


class _Silenced:
    """A planner that decides only what needs no model."""

    def __init__(self, planner: Planner) -> None:
        self.name = planner.name
        self.asks_a_model = planner.asks_a_model
        self._planner = planner

    def looks_at(self, view: PlanningView) -> list[Any]:
        return self._planner.looks_at(view)

    async def decide(self, view: PlanningView) -> Decided:
        if self.asks_a_model:
            raise offline("the planner would have to ask a model anew")
        return await self._planner.decide(view)
