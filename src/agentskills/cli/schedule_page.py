"""How schedules and their firings are shown in tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agentskills.cli import output as out
from agentskills.domain.json_text import json_str


def local(time: dict[str, Any] | None) -> str:
    """Return a time as clocks in the schedule's zone show it."""
    if time is None:
        return ""
    return f"{datetime.fromisoformat(time['local']):%a %Y-%m-%d %H:%M:%S %z}"


def utc(text: str) -> str:
    """Return a time in UTC."""
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M:%SZ")


COLUMNS = (
    out.Column("ID", lambda one: one["id"], whole=True),
    out.Column("NAME", lambda one: one["name"]),
    out.Column("WHEN", lambda one: one["rule"]),
    out.Column("NEXT", lambda one: "paused" if one["paused"] else local(one["next"]), whole=True),
    out.Column("LAST", lambda one: _last(one["last_firing"]), whole=True),
    out.Column("RUNS", lambda one: str(one["runs"]), whole=True),
    out.Column("NOTE", lambda one: one["note"]),
)
FIRING_COLUMNS = (
    out.Column("DUE", local, whole=True),
    out.Column("WHY", lambda one: one["why"], whole=True),
    out.Column("STATE", lambda one: one["state"], whole=True),
    out.Column("RUN", lambda one: one["thread_id"], whole=True),
    out.Column("STATUS", lambda one: one["run_status"], whole=True),
    out.Column("REASON", lambda one: one["reason"]),
)
TIME_COLUMNS = (
    out.Column("LOCAL", local, whole=True),
    out.Column("UTC", lambda one: utc(one["at"]), whole=True),
)
BACKFILL_COLUMNS = (
    *TIME_COLUMNS,
    out.Column("", lambda one: "has a firing" if one["has_firing"] else "", whole=True),
)


def print_schedule(answer: dict[str, Any]) -> None:
    """Print one schedule with its next times."""
    from rich.text import Text

    rerun = answer["rerun"]
    given = {
        "id": answer["id"],
        "name": answer["name"],
        "when": answer["rule"],
        "starts": json_str(answer["start"]) if answer["start"] else "",
        "reruns": f"{rerun['thread_id']} {json_str(rerun['request'])}" if rerun else "",
        "overlap": answer["overlap"],
        "catch-up": f"{answer['catch_up_seconds']} s",
        "paused": (answer["note"] or "yes") if answer["paused"] else "",
        "runs started": str(answer["runs"]),
        "queued": str(answer["queued"]) if answer["queued"] else "",
        "last": _last(answer["last_firing"]),
        "made by": out.actor(answer["requested_by"]),
    }
    parts: list[Any] = [out.record((name, out.cell(value)) for name, value in given.items() if value)]
    if answer["next_times"]:
        parts += [Text("\nNEXT TIMES", style="bold"), out.table(answer["next_times"], TIME_COLUMNS)]
    out.print_parts(*parts)


def _last(firing: dict[str, Any] | None) -> str:
    if firing is None:
        return ""
    became = firing["run_status"] if firing["state"] == "fired" else None
    return f"{local(firing)} {became or firing['state']}"
