"""What the client raises: the server's own error classes, found by problem `type`, and three of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentskills.domain import errors
from agentskills.domain.errors import AgentSkillsError, BadInput

RETRIED_STATUSES = frozenset({429, 502, 503, 504})


class ServerUnreachable(AgentSkillsError):
    """The server can't be reached."""

    status = 503
    type = "unreachable"


class WaitTimedOut(AgentSkillsError):
    """The run had not ended when the time was up; it goes on."""

    status = 504
    type = "wait-timed-out"


class UnexpectedAnswer(AgentSkillsError):
    """The server answered something this client has no class for; `http_status` and `problem` say what."""

    type = "unexpected-answer"

    def __init__(self, detail: str, *, http_status: int, problem: dict[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.http_status = http_status
        self.problem = problem or {}


def _subclasses(cls: type[AgentSkillsError]) -> Iterator[type[AgentSkillsError]]:
    for sub in cls.__subclasses__():
        yield sub
        yield from _subclasses(sub)


_INTERNAL = {errors.SkillFailed, errors.LostOwnership, errors.SetupError}
ERROR_CLASSES: dict[str, type[AgentSkillsError]] = {
    cls.type: cls
    for cls in _subclasses(AgentSkillsError)
    if cls.__module__ == errors.__name__ and cls not in _INTERNAL
}
"""Error classes by the last part of a problem's `type`, which has one meaning."""

_STANDARD_MEMBERS = {"type", "title", "status", "detail", "instance"}


def error_for(http_status: int, problem: Any) -> AgentSkillsError:
    """Return the error for an answer that is not a success.

    `problem` is the parsed problem+json body, or anything else the server sent.
    """
    if not isinstance(problem, dict):
        return UnexpectedAnswer(f"the server answered {http_status}", http_status=http_status)
    detail = str(problem.get("detail") or problem.get("title") or f"the server answered {http_status}")
    kind = str(problem.get("type", "")).replace("#", "/").replace(":", "/").rsplit("/", 1)[-1]
    cls = ERROR_CLASSES.get(kind)
    if cls is None:
        return UnexpectedAnswer(detail, http_status=http_status, problem=problem)
    if issubclass(cls, BadInput):
        return cls(detail, pointer=_pointer(problem))
    return cls(detail, **{name: value for name, value in problem.items() if name not in _STANDARD_MEMBERS})


def _pointer(problem: dict[str, Any]) -> str:
    found = problem.get("errors")
    if isinstance(found, list) and found and isinstance(found[0], dict):
        return str(found[0].get("pointer", ""))
    return ""
