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
    from agentskills.executors.folders import Folders
    from agentskills.executors.python import PythonExecutor

    python = PythonExecutor(Folders(settings.home, load_archive))
    return Executors(by_name={ExecutorName.PYTHON: python}, checker=None)  # type: ignore[arg-type]
