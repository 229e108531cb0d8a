"""How `asf run compare` lays out two runs for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentskills.cli import output as out
from agentskills.domain.json_text import json_str

if TYPE_CHECKING:
    from rich.console import RenderableType

MARKS = {"same": "=", "differs": "≠", "only_left": "←", "only_right": "→"}
"""Signs of rows; the arrows point to the run that has the step."""

STEP_COLUMNS = (
    out.Column("", lambda row: MARKS[row["state"]], whole=True),
    out.Column("A", lambda row: _number(row["left"]), whole=True),
    out.Column("B", lambda row: _number(row["right"]), whole=True),
    out.Column("STEP", lambda row: _what(row["left"] or row["right"]), whole=True),
    out.Column("WHY", lambda row: _why(row)),
)
ORIGIN_COLUMNS = (
    out.Column("ORIGIN", lambda origin: origin["name"], whole=True),
    out.Column("A", lambda origin: _short(origin["left"])),
    out.Column("B", lambda origin: _short(origin["right"])),
    out.Column("NOTE", lambda origin: _note(origin)),
)
DATA_COLUMNS = (
    out.Column("PATH", lambda one: one["path"], whole=True),
    out.Column("A", lambda one: _value(one, "left", "added")),
    out.Column("B", lambda one: _value(one, "right", "removed")),
)
TRIED_COLUMNS = (
    out.Column("WITH ONLY", lambda tried: _ingredient(tried["ingredient"]), whole=True),
    out.Column("RUN", lambda tried: tried["thread_id"], whole=True),
    out.Column("STATUS", lambda tried: tried["status"], whole=True),
    out.Column("AS IN B", lambda tried: tried["brings"] or ""),
)
TOTALS = (
    ("seconds", "seconds"),
    ("tokens", "tokens"),
    ("money", "US dollars"),
    ("model_calls", "model calls"),
)


def print_comparison(found: dict[str, Any]) -> None:
    """Print a comparison: headline, origins, steps, data, totals."""
    from rich.text import Text

    heads = [(letter, f"{run['thread_id']}  {run['status']}") for letter, run in _both(found)]
    parts: list[RenderableType] = [Text(out.safe(found["headline"]), style="bold"), out.record(heads)]
    if found["origins"]:
        parts += ["", out.table(found["origins"], ORIGIN_COLUMNS)]
    if found["attribution"]:
        parts += ["", out.table(found["attribution"], TRIED_COLUMNS)]
    if found["steps"]:
        parts += ["", out.table(found["steps"], STEP_COLUMNS)]
    if found["data"]["items"]:
        parts += ["", out.table(found["data"]["items"], DATA_COLUMNS)]
        if found["data"]["more"]:
            parts.append("and more")
    parts += ["", out.table(_totals(found["totals"]), TOTAL_COLUMNS)]
    out.print_parts(*parts)


def print_trials(answer: dict[str, Any]) -> None:
    """Print the reruns that were started, one for each ingredient."""
    columns = (
        out.Column("WITH ONLY", lambda started: _ingredient(started["ingredient"]), whole=True),
        out.Column("RUN", lambda started: started["thread_id"], whole=True),
    )
    out.print_rows(answer["reruns"], columns, "table", "nothing was started")


TOTAL_COLUMNS = (
    out.Column("TOTAL", lambda row: row["name"], whole=True),
    out.Column("A", lambda row: row["left"], whole=True),
    out.Column("B", lambda row: row["right"], whole=True),
    out.Column("CHANGE", lambda row: row["delta"], whole=True),
)


def _totals(totals: dict[str, Any]) -> list[out.Row]:
    def shown(value: Any) -> str:
        return "unknown" if value is None else json_str(value)

    rows = []
    for key, name in TOTALS:
        delta = totals["delta"][key]
        signed = f"+{shown(delta)}" if delta is not None and delta > 0 else shown(delta)
        rows.append({"name": name, "delta": signed} | {s: shown(totals[s][key]) for s in ("left", "right")})
    return rows


def _both(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [("A", found["left"]), ("B", found["right"])]


def _number(step: dict[str, Any] | None) -> Any:
    return step["seq"] if step else ""


def _what(step: dict[str, Any]) -> str:
    if step["kind"] == "decision":
        return f"decision: {step['said']}"
    return f"approval of {step['skill']}" if step["kind"] == "approval" else str(step["skill"])


def _why(row: out.Row) -> str:
    said = [origin["name"] for origin in row["origin"] or []]
    if row["follows_from"]:
        said.append("follows from " + ", ".join(_pair(pair) for pair in row["follows_from"]))
    return "; ".join(said)


def _pair(pair: dict[str, Any]) -> str:
    return f"step {pair['left']}" if pair["left"] is not None else f"step {pair['right']} of B"


def _value(one: out.Row, side: str, nothing: str) -> str:
    if one["too_large"]:
        return "(differs, too large to show)"
    return "(nothing)" if one["change"] == nothing else _short(one[side])


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json_str(value)
    return text[:12] if len(text) == 64 and text.isalnum() else text  # digests by their beginning


def _note(origin: out.Row) -> str:
    return "; ".join(filter(None, [origin["detail"], None if origin["steps"] else "no step depends on it"]))


def _ingredient(name: dict[str, Any]) -> str:
    place = name["path"] or name["skill"]
    return f"{name['kind'].replace('_', ' ')} {place}" if place else str(name["kind"])
