"""Python skills with `asf.inline`: an async function of a trusted author, run in the worker itself."""

from __future__ import annotations

import asyncio
import importlib.util
import inspect
import sys
from collections.abc import Callable, Coroutine, Generator
from pathlib import Path
from types import coroutine
from typing import Any, TypeAlias

from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Assignment, Done
from agentskills.executors.folders import Folders
from agentskills.executors.output_schema import check_outputs
from agentskills.executors.plain_json import plain
from agentskills.executors.secrets import redact
from agentskills.executors.skill_errors import bad_output, from_exception, load_error, timed_out

Started: TypeAlias = Coroutine[Any, Any, Any]
Function: TypeAlias = Callable[[dict[str, Any]], Started]


class InlinePython:
    """Calls a skill's function directly; each version is loaded once."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self._functions: dict[tuple[str, str], Function] = {}

    async def carry_out(self, assignment: Assignment) -> Done:
        """Await the skill's function on its own copy of the inputs. Raises `SkillFailed`."""
        skill = assignment.skill
        entry = skill.contract.entry or ""
        function = self._functions.get((skill.digest, entry)) or await self._load(skill.digest, entry)
        try:
            started = function(plain(assignment.inputs))
            try:
                waits_for = started.send(None)
            except StopIteration as ended:  # most never wait, and those need no timer
                outputs = ended.value
            else:
                outputs = await _in_time(started, waits_for, assignment.timeout)
        except Exception as error:
            raise _failure(error) from error
        try:
            outputs = plain(outputs)
        except RecursionError:
            raise bad_output("the output is nested too deeply") from None
        if type(outputs) is not dict:
            raise bad_output(f"the output must be an object, not {type(outputs).__name__}")
        if skill.contract.output_schema is not None:
            check_outputs(skill, outputs)
        return Done(outputs)

    async def _load(self, digest: str, entry: str) -> Function:
        folder = await self._folders.folder(digest)
        function = self._functions.get((digest, entry))  # another step may have waited for the folder as well
        if function is None:
            function = self._functions[digest, entry] = load_inline(folder, digest, entry)
        return function


async def _in_time(started: Started, waits_for: Any, seconds: float) -> Any:
    """Return what a coroutine that has begun returns. Raises `SkillFailed` (timeout)."""
    timeout = asyncio.timeout(seconds)
    try:
        async with timeout:
            return await _rest(started, waits_for)
    except TimeoutError:
        if timeout.expired():
            raise timed_out(seconds) from None
        raise


@coroutine
def _rest(started: Started, waits_for: Any) -> Generator[Any, Any, Any]:
    """Drive a coroutine on from where it waits for the first time."""
    while True:
        raised: BaseException | None = None
        value = None
        try:
            value = yield waits_for
        except BaseException as error:
            raised = error
        try:
            waits_for = started.send(value) if raised is None else started.throw(raised)
        except StopIteration as ended:
            return ended.value


def load_inline(folder: Path, digest: str, entry: str) -> Function:
    """Return the async function of an entry such as scripts/score.py:run.

    Neighbouring modules can be imported while the module loads; they are this version's alone,
    since two versions may have different neighbours of one name. Raises `SkillFailed` (load-error).
    """
    path, _, name = entry.rpartition(":")
    file = folder / path
    before = set(sys.modules)
    places = [str(file.parent), str(folder)]
    sys.path[:0] = places
    try:
        module_name = f"inline_{digest[:16]}_{file.stem}"
        spec = importlib.util.spec_from_file_location(module_name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        function = getattr(module, name)
    except Exception as error:
        raise load_error(type(error).__name__, str(error)) from error
    finally:
        for place in places:
            sys.path.remove(place)
        _forget_neighbours(folder, before)
    if not inspect.iscoroutinefunction(function):
        raise load_error("TypeError", f"{entry} must be an async function, since asf.inline is true")
    return function  # type: ignore[no-any-return]


def _forget_neighbours(folder: Path, before: set[str]) -> None:
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(folder):
            del sys.modules[name]


def _failure(error: Exception) -> SkillFailed:
    if isinstance(error, SkillFailed) and error.error_type == "timeout":
        return error
    names = [cls.__name__ for cls in type(error).__mro__]
    return from_exception(names, redact(str(error))[:10_000])
