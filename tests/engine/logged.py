"""Skills that write their name to a log when they are carried out, and how a rerun went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.engine.workplace import inline


def step(root: Path, name: str, reads: str, writes: str, *, log: Path, plus: int = 1, **keys: str) -> None:
    """A skill that adds `plus` to the first value it reads."""
    first = reads.split()[0]
    code = f'with open({str(log)!r}, "a") as log:\n    log.write("{name}\\n")\n'
    code += f'return {{"{writes}": inputs["{first}"] + {plus}}}'
    inline(root, name, code, requires=reads, produces=writes, **keys)


def chain(root: Path, length: int, *, log: Path) -> list[str]:
    """Skills s1, s2, …, each adding one to what the one before produced, and writing its name to a log."""
    names = [f"s{n}" for n in range(1, length + 1)]
    for n, name in enumerate(names):
        step(root, name, f"v{n}", f"v{n + 1}", log=log)
    return names


def done(log: Path) -> list[str]:
    """The skills carried out since the last look."""
    found = log.read_text().split() if log.exists() else []
    log.write_text("")
    return found


def whys(steps: list[Any]) -> list[str | None]:
    """Why each step was not carried out; None for one that was."""
    return [(step.reused_from or {}).get("why") for step in steps]


def as_planned(plan: dict[str, Any], steps: list[Any]) -> None:
    """Check that a run went as its plan said, step by step."""
    lines = [line for line in plan["steps"] if line["kind"] != "decision"]
    assert [(line["seq"], line["skill"]) for line in lines] == [(step.seq, step.skill) for step in steps]
    for line, step in zip(lines, steps, strict=True):
        went = "reuse" if step.reused_from else "execute"
        assert line["action"] in (went, "open"), (line, step)
