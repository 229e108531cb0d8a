"""The workload: five chained skills of a few microseconds each, written to a folder as any skill is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

LENGTH = 5
PURE = "pure"
EFFECTFUL = "effectful"  # the last skill is irreversible, so that intent and receipt are written


@dataclass(frozen=True, slots=True)
class Chain:
    """One variant of the workload; its skills are named `<name>-1` to `<name>-5`."""

    name: str
    irreversible: bool  # whether the last skill is

    @property
    def skills(self) -> tuple[str, ...]:
        """The names of its skills, in the order in which they become ready."""
        return tuple(f"{self.name}-{place}" for place in range(1, LENGTH + 1))

    @property
    def goal(self) -> str:
        """The skill that a run asks for; the other four are its suppliers."""
        return self.skills[-1]

    @property
    def sop(self) -> str:
        """A procedure that names the last skill, as a person would write it."""
        return f"Take the number from the request, count up, and hand it on with {self.goal}."

    def initial_data(self, number: int) -> dict[str, Any]:
        """Return what run `number` starts from."""
        return {"request": {"number": number}}

    def result(self, number: int) -> int:
        """Return what the last skill must have produced at `<name>.v5`."""
        return number + LENGTH

    def write(self, root: Path) -> None:
        """Write the five skill folders below `root`."""
        for place, skill in enumerate(self.skills, start=1):
            _write_skill(root / skill, self, place)


CHAINS = {PURE: Chain(PURE, irreversible=False), EFFECTFUL: Chain(EFFECTFUL, irreversible=True)}


def _write_skill(folder: Path, chain: Chain, place: int) -> None:
    source = "request.number" if place == 1 else f"{chain.name}.v{place - 1}"
    target = f"{chain.name}.v{place}"
    irreversible = chain.irreversible and place == LENGTH
    scripts = folder / "scripts"
    scripts.mkdir(parents=True)
    (folder / "SKILL.md").write_text(
        f"""---
name: {folder.name}
description: Adds one to {source}. Use when {target} is asked for.
metadata:
  asf.executor: "python"
  asf.entry: "scripts/add.py:run"
  asf.inline: "true"
  asf.requires: "{source}"
  asf.produces: "{target}"
  asf.effects: "{"irreversible" if irreversible else "none"}"
---
Adds one.
"""
    )
    group, key = source.split(".")
    (scripts / "add.py").write_text(
        f"""async def run(inputs):
    return {{"{chain.name}": {{"v{place}": inputs["{group}"]["{key}"] + 1}}}}
"""
    )
