"""The report of a backtest as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentskills.cli import output as out
from agentskills.domain.json_text import json_str

if TYPE_CHECKING:
    from rich.console import RenderableType

PATH_COLUMNS = (
    out.Column("RUNS", lambda path: str(path["count"]), whole=True),
    out.Column("PATH", lambda path: path["path"], whole=True),
    out.Column("BECAUSE OF", lambda path: _origins(path)),
    out.Column("LOOK AT", lambda path: f"asf run compare {path['source']} {path['thread_id']}", whole=True),
)
UNTOLD_COLUMNS = (
    out.Column("RUNS", lambda why: str(why["count"]), whole=True),
    out.Column("WHY", lambda why: why["type"], whole=True),
    out.Column("SKILL", lambda why: why["skill"], whole=True),
    out.Column("SUCH AS", lambda why: why["source"], whole=True),
    out.Column("MESSAGE", lambda why: why["message"]),
)


def _origins(path: dict[str, Any]) -> str:
    said = []
    for origin in path["origins"]:
        times = "" if origin["count"] == path["count"] else f" ({origin['count']})"
        said.append(f"{origin['name']}{times}")
    return ", ".join(said)


def _verdicts(found: dict[str, Any]) -> str:
    verdicts = found["verdicts"]
    newly = verdicts["newly_failed"]
    cant_tell = f"{verdicts['cant_tell']} can't tell" + (f" ({newly} newly failed)" if newly else "")
    pending = f", {verdicts['pending']} pending" if verdicts["pending"] else ""
    return f"{verdicts['stays']} stay, {verdicts['changed']} changed, {cant_tell}{pending}"


def _difference(found: dict[str, Any]) -> str:
    difference = found["difference"]
    if not difference["runs"]:
        return ""
    said = [f"{_signed(difference[name])} {name}" for name in ("tokens", "money", "seconds")]
    unknown = f"; not known of {difference['unknown']}" if difference["unknown"] else ""
    return f"{', '.join(said)} over {difference['runs']} runs{unknown}"


def _signed(value: Any) -> str:
    return f"{'+' if value > 0 else ''}{json_str(value)}"


def print_report(found: dict[str, Any]) -> None:
    """Print a backtest: what stays, what changed and why, what nobody can tell, what it costs."""
    from rich.text import Text

    given = {
        "id": found["id"],
        "name": found["name"],
        "status": found["status"],
        "note": found["note"],
        "outcomes": _verdicts(found),
        "difference": _difference(found),
        "runs": "named by id" if found["filter"] is None else f"found by {json_str(found['filter'])}",
        "replayed with": json_str(found["rerun"]),
        "reason": found["reason"],
        "asked by": out.actor(found["requested_by"]),
        "created": out.moment(found["created_at"]),
    }
    parts: list[RenderableType] = [
        out.record((name, out.cell(value)) for name, value in given.items() if value)
    ]
    if found["paths"]:
        parts += [Text("\nCHANGED", style="bold"), out.table(found["paths"], PATH_COLUMNS)]
    if found["untold"]:
        parts += [Text("\nCAN'T TELL", style="bold"), out.table(found["untold"], UNTOLD_COLUMNS)]
    out.print_parts(*parts)
