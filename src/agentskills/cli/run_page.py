"""How `asf run show` lays out a run for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentskills.cli import output as out
from agentskills.cli.waits import waiting_lines
from agentskills.cli.watch import STEP_COLUMNS, problem, without_repeats
from agentskills.domain.data_path import leaves
from agentskills.domain.json_text import json_str
from agentskills.domain.rerun import preset_of

if TYPE_CHECKING:
    from rich.console import RenderableType

ALGEBRA = ("from", "plan", "results", "effects")

DATA_COLUMNS = (
    out.Column("PATH", lambda leaf: leaf["path"], whole=True),
    out.Column("VALUE", lambda leaf: json_str(leaf["value"])),
)


def print_run(run: dict[str, Any]) -> None:
    """Print a run: its head, SOP, what it waits for, steps and data."""
    from rich.text import Text

    parts: list[RenderableType] = [Text(out.cell(run["run_name"]), style="bold"), _head(run)]
    parts += [Text(line, style="yellow") for line in waiting_lines(run["thread_id"], run["waiting"])]
    parts += [_title("SOP"), Text(_lines(run["sop"]))]
    if run["steps"]:
        parts += [_title("STEPS"), out.table(without_repeats(run["steps"]), STEP_COLUMNS)]
    found = leaves(run["data_store"])
    if found:
        rows = [{"path": path, "value": value} for path, value in found.items()]
        parts += [_title("DATA"), out.table(rows, DATA_COLUMNS)]
    out.print_parts(*parts)


def _title(text: str) -> RenderableType:
    from rich.text import Text

    return Text(f"\n{text}", style="bold")


def _lines(sop: str) -> str:
    return "\n".join("  " + out.safe(line) for line in sop.splitlines())


def _effects(count: int) -> str | None:
    return f"{count} effect{'' if count == 1 else 's'}" if count else None


def _how(request: dict[str, Any]) -> str:
    """Return how a rerun was asked for: its preset, or each field, and what stands beside."""
    preset = preset_of(request)
    fields = (*(() if preset else ALGEBRA), "skills", "consent")
    beside = [f"{name} {out.cell(request[name])}" for name in fields if name in request]
    return ", ".join([*([preset] if preset else []), *beside])


def _changes(request: dict[str, Any]) -> str | None:
    """Return the values that a rerun changes, and what it replaces as a whole."""
    changed = [f"{path} = {json_str(value)}" for path, value in leaves(request.get("changes") or {}).items()]
    return ", ".join([*changed, *(name for name in ("initial_data", "sop") if name in request)]) or None


def _dismissed(dismissed: dict[str, Any] | None) -> str | None:
    if dismissed is None:
        return None
    note = f": {out.cell(dismissed['note'])}" if dismissed["note"] else ""
    return f"by {out.cell(out.actor(dismissed['by']))} at {out.moment(dismissed['at'])}{note}"


def _head(run: dict[str, Any]) -> RenderableType:
    given = {
        "id": run["thread_id"],
        "status": run["status"],
        "error": problem(run["error"]),
        "fixed by": run["fixed_by"],
        "dismissed": _dismissed(run["dismissed"]),
        "created": out.moment(run["created_at"]),
        "took": out.duration(run["started_at"], run["finished_at"]),
        "effects": "none: nothing went out" if run["dry"] else None,
        "not repeated": _effects(run["not_repeated"]),
        "repeats": run["parent_thread_id"],
        "how": _how(run["request"] or {}) if run["parent_thread_id"] else None,
        "changes": _changes(run["request"] or {}),
        "asked by": out.actor(run["requested_by"]),
        "not before": out.moment(run["not_before"]) if run["not_before"] else None,
        "reason": (run["requested_by"] or {}).get("reason"),
        "reruns": ", ".join(rerun["thread_id"] for rerun in run["reruns"]),
        "sop name": run["sop_name"],
        "skills": ", ".join(run["skills"] or []),
        "planner": run["planner"],
        "model": run["model"],
        "metadata": json_str(run["metadata"]) if run["metadata"] else None,
    }
    return out.record((name, out.cell(value)) for name, value in given.items() if value)
