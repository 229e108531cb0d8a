"""A batch, and the plan of one, as people read them; and the bar that shows how it comes along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from agentskills.cli import output as out
from agentskills.domain.json_text import json_str

if TYPE_CHECKING:
    from rich.console import RenderableType

COUNTS = ("succeeded", "failed", "cancelled", "refused", "skipped", "waiting", "running", "pending")
SAMPLE_COLUMNS = (
    out.Column("RUN", lambda one: one["source"], whole=True),
    out.Column("WOULD BE", lambda one: one["outcome"], whole=True),
    out.Column("REUSED", lambda one: _steps(one, "reuse"), whole=True),
    out.Column("EXECUTED", lambda one: _steps(one, "execute"), whole=True),
    out.Column("REASON", lambda one: one["reason"]),
)
EFFECT_COLUMNS = (
    out.Column("SKILL", lambda effect: effect["skill"], whole=True),
    out.Column("EFFECT", lambda effect: effect["state"].replace("_", " "), whole=True),
    out.Column("TIMES", lambda effect: str(effect["count"]), whole=True),
)


def _steps(one: dict[str, Any], action: str) -> str:
    return str(one["plan"]["as_last_time"][action]) if one["plan"] else ""


def told(counts: dict[str, int]) -> str:
    """Return the counts that are not 0 as a line."""
    said = [f"{counts[name]} {name}" for name in COUNTS if counts[name]]
    return ", ".join(said) or "nothing yet"


def print_batch(batch: dict[str, Any]) -> None:
    """Print a batch: what was asked for, and how far it has come."""
    spent, budget = batch["spent"], batch["budget"]
    limits = [f"{value} {name}" for name, value in budget.items() if value is not None]
    money = "unknown" if spent["money"] is None else f"{spent['money']} US dollars"
    canary = batch["canary"]
    given = {
        "id": batch["id"],
        "name": batch["name"],
        "status": batch["status"],
        "note": batch["note"],
        "items": f"{batch['counts']['total']}{'' if batch['filled'] else ' so far'}",
        "of which": told(batch["counts"]),
        "runs": "named by id" if batch["filter"] is None else f"found by {json_str(batch['filter'])}",
        "rerun": json_str(batch["rerun"]),
        "spent": f"{spent['tokens']} tokens, {money}",
        "budget": ", ".join(limits),
        "canary": f"{canary['size']}: {canary['state']}" if canary else "",
        "reason": batch["reason"],
        "asked by": out.actor(batch["requested_by"]),
        "created": out.moment(batch["created_at"]),
        "took": out.duration(batch["created_at"], batch["finished_at"]),
    }
    out.print_parts(out.record((name, out.cell(value)) for name, value in given.items() if value))


def print_batch_plan(plan: dict[str, Any]) -> None:
    """Print what a batch would do."""
    from rich.text import Text

    estimate = plan["estimate"]
    costs = [f"{_known(value)} {name}" for name, value in estimate.items()]
    given = {
        "runs": f"{plan['count']:,}{'+' if plan['capped'] else ''}",
        "rerun": json_str(plan["rerun"]),
        "estimate": ", ".join(costs),
        "sample": f"{plan['sampled']}, of which {plan['refused']} refused, {plan['skipped']} skipped",
    }
    parts: list[RenderableType] = [out.record((name, out.cell(value)) for name, value in given.items())]
    parts += [Text("\nTHE FIRST", style="bold"), out.table(plan["sample"], SAMPLE_COLUMNS)]
    if plan["effects"]:
        parts += [Text("\nTHEIR EFFECTS", style="bold"), out.table(plan["effects"], EFFECT_COLUMNS)]
    out.print_parts(*parts)


def _known(value: Any) -> str:
    return "unknown" if value is None else json_str(value)


@contextmanager
def progress() -> Iterator[Callable[[dict[str, Any]], None]]:
    """Lend a bar on standard error that shows how far a batch has come."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.fields[id]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True, markup=False, highlight=False)
    said = TextColumn("{task.fields[said]}")
    with Progress(*columns, said, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, id="", said="")

        def show(batch: dict[str, Any]) -> None:
            counts = batch["counts"]
            left = counts["pending"] + counts["running"] + counts["waiting"]
            total = counts["total"] if batch["filled"] else max(counts["total"], batch["expected"] or 0)
            bar.update(
                task,
                total=total,
                completed=counts["total"] - left,
                id=out.safe(batch["id"]),
                said=told(counts),
            )

        yield show
