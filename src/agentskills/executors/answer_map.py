"""Maps an answer's JSON to data paths, as `response` in asf.yaml says with JSONPath."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from agentskills.domain.data_path import ABSENT, written
from agentskills.domain.errors import SkillFailed
from agentskills.executors.skill_errors import bad_output


@lru_cache(maxsize=4096)
def _compiled(text: str) -> tuple[Any, bool]:
    """Return a JSONPath, and whether it names one place at most."""
    from jsonpath_ng import Child, Fields, Index, Root, This  # lazy: few skills need it
    from jsonpath_ng.ext.parser import parse

    def single(path: Any) -> bool:
        if isinstance(path, Child):
            return single(path.left) and single(path.right)
        if isinstance(path, Fields):
            return len(path.fields) == 1 and path.fields[0] != "*"
        if isinstance(path, Index):
            return len(path.indices) == 1
        return isinstance(path, Root | This)

    try:
        path = parse(text)
    except Exception as error:  # the parser raises bare Exception
        raise SkillFailed(
            f"{text!r} is not a JSONPath: {error}",
            error_type="bad-request",
            retryable=False,
            nothing_happened=True,
        ) from None
    return path, single(path)


def compile_all(mapping: Mapping[str, str]) -> None:
    """Raise `SkillFailed` (bad-request) when a JSONPath can't be read, before anything is sent."""
    for path in mapping.values():
        _compiled(path)


def find(document: Any, path: str) -> Any:
    """Return what a JSONPath finds: the value, or `ABSENT`; a list where it may name several places."""
    compiled, single = _compiled(path)
    values = [match.value for match in compiled.find(document)]
    if not single:
        return values
    return values[0] if values else ABSENT


def mapped(document: Any, mapping: Mapping[str, str], optional: tuple[str, ...]) -> dict[str, Any]:
    """Return nested outputs. Raises `SkillFailed` (bad-output) when a path is not found."""
    outputs: dict[str, Any] = {}
    for target, path in mapping.items():
        value = find(document, path)
        if value is not ABSENT:
            outputs = written(outputs, target, value)
        elif target not in optional:
            raise bad_output(f"the answer holds nothing at {path}, which {target} is read from")
    return outputs
