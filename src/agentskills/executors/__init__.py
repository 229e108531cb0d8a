"""Carry out one skill: one protocol, one table from name to executor.

Importing this package imports next to nothing, since the processes of skills import from it too
and each starts anew.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from agentskills.domain.execution import Checker, Executor
    from agentskills.domain.skill import ExecutorName
    from agentskills.settings import Settings


class Executors:
    """Everything that carries out skills in this worker: executors by name, and the checker of effects."""

    __slots__ = ("by_name", "checker")

    def __init__(self, by_name: Mapping[ExecutorName, Executor], checker: Checker) -> None:
        self.by_name = by_name
        self.checker = checker

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

    keep_out_all(settings.secrets_dir, [*model_keys(settings), *settings.own_secrets])
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
