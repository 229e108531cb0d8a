"""How `asf run plan` lays out the plan of a rerun: a line a step, effects, what it costs, how to start it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from agentskills.cli import output as out
from agentskills.domain.json_text import json_str

Plan = dict[str, Any]

SIGNS = {"reuse": "=", "execute": "~", "open": "?"}
COLOURS = {"=": "green", "~": "yellow", "?": "magenta"}


def print_plan(plan: Plan, planner: str | None, command: str) -> None:
    """Print a plan; `command` is what starts it. Decisions are shown where `planner` asks a model."""
    from rich.text import Text

    title = f"Plan of a rerun of {plan['thread_id']}" + (f": {plan['preset']}" if plan["preset"] else "")
    parts = [Text(title, style="bold"), Text("")]
    parts += [Text(line, style=COLOURS.get(line[:1], "")) for line in lines_of(plan, planner)]
    for name, lines in sections(plan).items():
        if lines:
            parts += [Text(f"\n{name}", style="bold"), *(Text(f"  {line}") for line in lines)]
    parts += [Text(""), *(Text(line, style="bold" if not n else "") for n, line in _last(plan, command))]
    out.print_parts(*parts)


def _last(plan: Plan, command: str) -> Iterable[tuple[int, str]]:
    return enumerate(last_lines(plan, command))


def lines_of(plan: Plan, planner: str | None) -> list[str]:
    """Return a line for each step: sign (= reused, ~ executed, ? open), number, skill, reason."""
    shown = [step for step in plan["steps"] if step["kind"] != "decision" or _asks_a_model(step, planner)]
    names = {step["seq"]: _what(step) for step in shown}
    wide = max(map(len, names.values()), default=0)
    digits = max((len(str(step["seq"])) for step in shown), default=0)
    return [
        f"{SIGNS[step['action']]} {step['seq']:>{digits}}  {names[step['seq']]:<{wide}}  {_reason(step)}"
        for step in shown
    ]


def _asks_a_model(step: dict[str, Any], planner: str | None) -> bool:
    return planner not in (None, "dataflow") and step["reused_from"] is None


def _what(step: dict[str, Any]) -> str:
    if step["kind"] == "decision":
        return "(planner)"
    return out.cell(step["skill"]) + (" (approval)" if step["kind"] == "approval" else "")


def _reason(step: dict[str, Any]) -> str:
    stale = (step["reused_from"] or {}).get("stale")
    other = [f"other values now: {', '.join(stale)}"] if stale else []
    return out.cell("; ".join([step["reason"], *other, *step["warnings"]]))


def sections(plan: Plan) -> dict[str, list[str]]:
    """Return what else a person should know before agreeing, by heading."""
    return {
        "Effects": [line for effect in plan["effects"] for line in effect_lines(effect)],
        "Versions that differ": [_version(version) for version in plan["versions"]],
        "Corrections": [line for correction in plan["corrections"] for line in _correction(correction)],
        "Left out": [f"step {step['seq']} {out.cell(step['skill'])}" for step in plan["left_out"]],
        "Warnings": [out.cell(warning) for warning in plan["warnings"]],
        "Estimate": [estimate_line(plan["estimate"])],
    }


def effect_lines(effect: dict[str, Any]) -> list[str]:
    """Return what becomes of an irreversible effect; where it would happen again, both times side by side."""
    skill, receipt = out.cell(effect["skill"]), effect["receipt"]
    done = f"done by {receipt['thread_id']} at {out.moment(receipt['at'])}" if receipt else ""
    head = {
        "not_repeated": f"not repeated: {skill}, {done}",
        "needs_consent": f"would happen again, needs --consent {skill}; without it the run waits there",
        "happens_again": f"happens again, as agreed: {skill}",
        "in_doubt": f"in doubt: nobody can tell whether {skill} has happened; the run waits there",
        "may_happen": f"happens: {skill}, step {effect['seq']}",
        "stands_in": f"nothing goes out: {skill} is answered by a recording or its sample",
    }[effect["state"]]
    lines = [head if effect["certain"] else f"{head} (if all comes out as last time)"]
    if receipt and effect["state"] in ("needs_consent", "happens_again"):
        lines.append(f"  earlier: {out.cell(receipt['inputs'])}, {done}")
        lines.append(f"  now:     {out.cell(effect['inputs'])}")
    return lines


def _version(version: dict[str, Any]) -> str:
    today = version["rerun"][:12] if version["rerun"] else "there is no such skill any more"
    return f"{out.cell(version['skill'])}: {version['recorded'][:12]} -> {today}"


def _correction(correction: dict[str, Any]) -> list[str]:
    by = correction["by"].get("name") or correction["by"]["kind"]
    nth = f" (time {correction['nth']})" if correction["nth"] > 1 else ""
    lines = [f"{correction['skill']}{nth}, set by {by}"]
    for one in correction["changed"]:
        before = "(nothing)" if one["change"] == "added" else json_str(one["before"])
        after = "(nothing)" if one["change"] == "removed" else json_str(one["after"])
        lines.append(f"  {one['path']}: {before} -> {after}")
    if correction["changed_more"]:
        lines.append("  and more")
    if not correction["changed"]:
        lines[0] += ": as in the run"
    return [out.safe(line) for line in lines]


def estimate_line(total: dict[str, Any]) -> str:
    """Return what the steps that are executed took last time, and of how many that is not known."""
    known = [f"{total['tokens']:,} tokens", f"${json_str(total['money'])}"]
    known.append(f"{Decimal(total['seconds']):.1f} s")
    unknown = [
        f"{name} of {count} step{'s' * (count != 1)}"
        for name in ("tokens", "money", "seconds")
        if (count := total[f"{name}_unknown"])
    ]
    return ", ".join(known) + (f"; unknown: {', '.join(unknown)}" if unknown else "")


def last_lines(plan: Plan, command: str) -> list[str]:
    """Return the sum of a plan, how it ends, and the command that starts it."""
    line = f"Plan: {_counted(plan['counts'])}"
    if plan["counts"] != plan["as_last_time"]:
        line += f"; if everything comes out as last time: {_counted(plan['as_last_time'])}"
    lines = [line + "."]
    if plan["open_because"]:
        lines.append(f"From step {plan['open_from']} on open: {out.cell(plan['open_because'])}.")
    if ends := plan["ends"]:
        lines.append(f"It ends at step {ends['seq']}: {out.cell(ends['type'])}: {out.cell(ends['message'])}")
    return [*lines, f"Start just this: {out.safe(command)}"]


def _counted(counts: dict[str, int]) -> str:
    return f"{counts['reuse']} reused, {counts['execute']} executed, {counts['open']} open"
