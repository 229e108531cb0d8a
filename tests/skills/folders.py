"""Skill folders for tests."""

from __future__ import annotations

from pathlib import Path

from agentskills.domain.skill import Diagnostic, Skill
from agentskills.skills.catalog import read_roots


def write(file: Path, text: str | bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def skill_text(name: str, keys: dict[str, str] | None = None, body: str = "Do it.") -> str:
    lines = ["---", f"name: {name}", "description: Does it. Use when it is to be done."]
    if keys:
        lines += ["metadata:", *(f'  asf.{key}: "{value}"' for key, value in keys.items())]
    return "\n".join([*lines, "---", body, ""])


def python_skill(root: Path, name: str, *, body: str = "Do it.", **keys: str) -> Path:
    """A valid python skill; underscores in keyword names become hyphens."""
    given = {"executor": "python", "entry": "scripts/run.py:run", "effects": "none"}
    given |= {key.replace("_", "-"): value for key, value in keys.items()}
    write(root / name / "SKILL.md", skill_text(name, given, body))
    write(root / name / "scripts" / "run.py", "async def run(inputs):\n    return {}\n")
    return root / name


def read_one(root: Path) -> tuple[Skill | None, list[Diagnostic]]:
    """The one skill below `root`, or None where it could not be loaded, and all diagnostics."""
    reading = read_roots([root])
    assert len(reading.skills) <= 1
    return (reading.skills[0].skill if reading.skills else None), reading.diagnostics


def codes(diagnostics: list[Diagnostic]) -> set[tuple[str, str, int]]:
    return {(item.level, item.code, item.line) for item in diagnostics}
