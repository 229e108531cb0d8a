"""The python executor: skills in pooled processes, or inline where their author says so."""

from __future__ import annotations

import asyncio
from typing import Any

from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Assignment, Done
from agentskills.executors.folders import Folders
from agentskills.executors.output_schema import check_outputs
from agentskills.executors.python_inline import InlinePython
from agentskills.executors.python_pool import PythonPool
from agentskills.executors.python_process import Crashed, SkillProcess
from agentskills.executors.skill_errors import bad_output, from_exception, load_error, timed_out


class PythonExecutor:
    """Carries out `asf.entry`."""

    def __init__(self, folders: Folders, pool: PythonPool | None = None) -> None:
        self._folders = folders
        self._inline = InlinePython(folders)
        self._pool = pool or PythonPool()

    async def carry_out(self, assignment: Assignment) -> Done:
        """Call the skill's function. Raises `SkillFailed`; on time-out or cancel its process is gone."""
        contract = assignment.skill.contract
        if contract.inline:
            return await self._inline.carry_out(assignment)
        done = await self.call(assignment, contract.entry or "", assignment.inputs)
        check_outputs(assignment.skill, done.outputs)
        return done

    async def call(self, assignment: Assignment, entry: str, inputs: dict[str, Any]) -> Done:
        """Call any entry of the skill in a process of its own version."""
        folder = await self._folders.folder(assignment.skill.digest)
        try:
            async with self._pool.process(assignment.skill.digest, folder) as process:
                answer = await _within(assignment.timeout, process, entry, inputs)
                details = process.details()
        except OSError as error:  # no memory, no processes, no descriptors: the skill was not reached
            raise SkillFailed(
                f"no process could be started for the skill: {error}",
                error_type="no-process",
                nothing_happened=True,
            ) from error
        if "outputs" in answer:
            return Done(answer["outputs"], details=details)
        failure = answer["error"]
        if failure["kind"] == "load":
            raise load_error(failure["names"][0], failure["message"], details)
        if failure["kind"] == "bad-output":
            raise bad_output(failure["message"], details)
        raise from_exception(failure["names"], failure["message"], details)

    async def close(self) -> None:
        """End all processes."""
        await self._pool.close()


async def _within(
    seconds: float, process: SkillProcess, entry: str, inputs: dict[str, Any]
) -> dict[str, Any]:
    """Return the answer, or kill the process; the time a call waits for a process doesn't count."""
    try:
        async with asyncio.timeout(seconds):
            return await process.call(entry, inputs)
    except TimeoutError:
        details = process.details()
        raise timed_out(seconds, details) from None
    except Crashed as crash:
        raise SkillFailed(str(crash), error_type="crashed", details=process.details()) from None
