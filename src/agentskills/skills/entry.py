"""Checks that a Python entry such as `scripts/score.py:run` is there, without running it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import PurePosixPath

from agentskills.skills.folder import File
from agentskills.skills.report import Report


def lint_entry(
    entry: str, files: Mapping[str, File], inline: bool, report: Report, at: tuple[str, int]
) -> None:
    """Report an entry whose file or function is missing or broken; `inline` needs an async one."""
    path, colon, name = entry.rpartition(":")
    place = PurePosixPath(path)
    if not colon or not name.isidentifier() or place.is_absolute() or ".." in place.parts:
        report.error("entry", f"{entry!r} must be a file and a function, such as scripts/score.py:run", *at)
        return
    file = files.get(str(place))
    if file is None:
        report.error("entry", f"there is no file {path} in the folder", *at)
        return
    try:
        module = ast.parse(file.content, path)
    except SyntaxError as error:
        report.error("python-syntax", f"{error.msg}", path, error.lineno or 1)
        return
    except (ValueError, RecursionError, MemoryError) as error:
        report.error("python-syntax", f"can't be read as Python: {error}", path)
        return
    bound, function = _bound(module, name)
    if not bound:
        report.error("entry", f"{path} has no function {name}", *at)
    elif inline and isinstance(function, ast.FunctionDef):
        text = f"asf.inline needs an async function; write `async def {name}`"
        report.error("inline", text, path, function.lineno)


def _bound(module: ast.Module, name: str) -> tuple[bool, ast.stmt | None]:
    """Say whether a name may be bound at the top of a module, and by which `def`, where it is one."""
    for statement in reversed(module.body):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
            return True, statement
    for node in ast.walk(module):
        if isinstance(node, ast.alias) and (node.asname or node.name) in (name, "*"):
            return True, None
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name:
            return True, None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
            return True, None  # defined under a condition
    return False, None
