"""Carry out one skill: one protocol, one table from name to executor.

Importing this package imports nothing else, since the processes of skills import from it too.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentskills.domain.execution import Checker, Executor
    from agentskills.domain.skill import ExecutorName
    from agentskills.settings import Settings


@dataclass(frozen=True, slots=True)
class Executors:
    """Everything that carries out skills in this worker."""

    by_name: Mapping[ExecutorName, Executor]
    checker: Checker

    async def close(self) -> None:
        """Stop what is kept ready: processes and connections."""
        for executor in self.by_name.values():
            await executor.close()


def build_executors(settings: Settings, load_archive: Callable[[str], Awaitable[bytes | None]]) -> Executors:
    """Return the executors of one worker; `load_archive` gives the stored archive of a digest."""
    from agentskills.domain.skill import ExecutorName
    from agentskills.executors.check import EffectChecker
    from agentskills.executors.folders import Folders
    from agentskills.executors.human import HumanExecutor
    from agentskills.executors.llm import LlmExecutor
    from agentskills.executors.python import PythonExecutor
    from agentskills.executors.rest import RestExecutor
    from agentskills.executors.secrets import keep_out_all
    from agentskills.models.build import model_keys

    keep_out_all(settings.secrets_dir, model_keys(settings))
    folders = Folders(settings.home, load_archive)
    python = PythonExecutor(folders)
    rest = RestExecutor(settings)
    return Executors(
        by_name={
            ExecutorName.PYTHON: python,
            ExecutorName.REST: rest,
            ExecutorName.LLM: LlmExecutor(settings, folders),
            ExecutorName.HUMAN: HumanExecutor(),
        },
        checker=EffectChecker(python, rest),
    )
