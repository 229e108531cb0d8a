"""`check:` of asf.yaml: asks the outside world whether an effect in doubt has happened."""

from __future__ import annotations

from typing import Any

from agentskills.domain.data_path import ABSENT, written
from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Assignment, Checked
from agentskills.executors.answer_map import find
from agentskills.executors.python import PythonExecutor
from agentskills.executors.rest import RestExecutor

CANT_TELL = Checked(None)


class EffectChecker:
    """Carries out a check: {entry} or {request, response?}, where `request` may also be spelled out flat."""

    def __init__(self, python: PythonExecutor, rest: RestExecutor) -> None:
        self._python = python
        self._rest = rest

    async def check(self, assignment: Assignment) -> Checked:
        """Return what the check says; an error or a muddled answer means that it can't tell."""
        check = assignment.skill.contract.check
        if not check:
            return CANT_TELL
        try:
            return understood(await self._ask(assignment, check))
        except SkillFailed:
            return CANT_TELL

    async def _ask(self, assignment: Assignment, check: dict[str, Any]) -> Any:
        if entry := check.get("entry"):
            return (await self._python.call(assignment, str(entry), assignment.inputs)).outputs
        request = check.get("request")
        if not isinstance(request, dict):
            request = {name: value for name, value in check.items() if name != "response"}
        answer = await self._rest.send(assignment, request)
        mapping = check.get("response")
        return mapped_answer(answer, mapping) if isinstance(mapping, dict) else answer


def mapped_answer(document: Any, mapping: dict[str, str]) -> dict[str, Any]:
    """Return {happened, output?} by JSONPath: `happened`, and `output` or single data paths."""
    answer: dict[str, Any] = {}
    output: dict[str, Any] = {}
    for target, path in mapping.items():
        value = find(document, str(path))
        if value is ABSENT:
            continue
        if target in ("happened", "output"):
            answer[target] = value
        else:
            output = written(output, target, value)
    return {"output": output, **answer} if output else answer


def understood(answer: Any) -> Checked:
    """Return what an answer means: only a plain true or false counts, and outputs must be an object."""
    if not isinstance(answer, dict) or not isinstance(answer.get("happened"), bool):
        return CANT_TELL
    outputs = answer.get("output")
    if outputs is not None and not isinstance(outputs, dict):
        return CANT_TELL
    return Checked(answer["happened"], outputs if answer["happened"] else None)
