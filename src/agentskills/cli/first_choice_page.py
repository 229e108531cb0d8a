"""How `asf run start --plan` lays out what a run would begin with: a line a skill, and what is missing."""

from __future__ import annotations

from typing import Any

from agentskills.cli import output as out

WORDS = {"first": "first", "offered": "may be first", "later": "later", "never": "never"}
COLUMNS = (
    out.Column("WHEN", lambda one: WORDS[one["when"]], whole=True),
    out.Column("SKILL", lambda one: one["skill"], whole=True),
    out.Column("EFFECTS", lambda one: one["effects"], whole=True),
    out.Column("WHY", lambda one: one["why"]),
)


def print_first_choice(plan: dict[str, Any], output: str) -> None:
    """Print what a run would begin with."""
    if output != "table":
        out.print_document(plan, output)
        return
    parts: list[Any] = [_head(plan)]
    if plan["skills"]:
        parts += ["", out.table(plan["skills"], COLUMNS)]
    missing = [need["path"] for need in plan["needs"] if not need["there"]]
    if missing:
        parts += ["", f"initial_data lacks {', '.join(missing)}"]
    out.print_parts(*parts)


def _head(plan: dict[str, Any]) -> str:
    decision = plan["decision"]
    if decision is None:
        return f"{plan['model']} decides at each step; it has not been asked"
    if decision["kind"] == "run":
        return f"would begin with {', '.join(decision['skills'])}"
    ends = "fail at once" if decision["kind"] == "give_up" else "finish at once"
    return f"would {ends}: {out.safe(decision['reason'])}"
