"""Where the examples are, and their Python entries as functions."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from agentskills.domain.json_text import parse_json

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SKILLS = EXAMPLES / "skills"
SOPS = EXAMPLES / "sops"


def sop(name: str) -> str:
    return (SOPS / f"{name}.md").read_text(encoding="utf-8")


def examples(name: str) -> list[dict[str, Any]]:
    found = parse_json((SOPS / f"{name}.examples.json").read_bytes())
    assert isinstance(found, list)
    return found  # type: ignore[return-value]


def example(name: str, title: str) -> dict[str, Any]:
    """The initial_data of the one example whose title begins with `title`."""
    (found,) = [entry for entry in examples(name) if entry["title"].startswith(title)]
    return found["initial_data"]


def frontmatter(skill: Path) -> dict[str, Any]:
    _, text, _ = (skill / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)
    return yaml.load(text, yaml.BaseLoader)


def entry(skill: str, name: str = "run") -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The function that the skill's `asf.entry` names, or another one of the same file."""
    file = frontmatter(SKILLS / skill)["metadata"]["asf.entry"].split(":")[0]
    spec = importlib.util.spec_from_file_location(f"example_{skill.replace('-', '_')}", SKILLS / skill / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)
