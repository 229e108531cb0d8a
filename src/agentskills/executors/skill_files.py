"""Lets a model read the other files of its skill, on demand, as the open standard foresees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from agentskills.domain.skill import Skill
from agentskills.executors.folders import Folders

LONGEST = 100_000
"""Characters of a file that are shown."""
_OWN = {"SKILL.md", "skill.md", "asf.yaml", "prompt.md"}


async def file_tools(skill: Skill, folders: Folders) -> tuple[Callable[..., Any], ...]:
    """Return a tool that reads the skill's other files, where it has any."""
    others = sorted(set(skill.files) - _OWN)
    if not others:
        return ()
    folder = await folders.folder(skill.digest)

    def read_skill_file(path: str) -> str:
        return _text(folder, path, others)

    read_skill_file.__doc__ = f"Read a file that belongs to the skill: {', '.join(others[:100])}"
    return (read_skill_file,)


def _text(folder: Path, path: str, allowed: list[str]) -> str:
    if path not in allowed:
        return f"There is no file {path!r}. There are: {', '.join(allowed[:100])}"
    try:
        text = (folder / path).read_text()
    except (OSError, UnicodeError):
        return f"{path} is not a text file."
    return text if len(text) <= LONGEST else text[:LONGEST] + "\n… (cut)"
