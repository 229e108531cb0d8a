"""Follows a run: a live table on a terminal, one line for each change in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import RUN_FAILED, tell
from agentskills.cli.waits import wait_lines, waiting_lines
from agentskills.domain.status import FINAL_RUN, RunStatus

if TYPE_CHECKING:
    from rich.console import RenderableType

    from agentskills.client import AgentSkills, Event
    from agentskills.client import Run as Handle

Step = dict[str, Any]

STEP_COLUMNS = (
    out.Column("#", lambda step: step["seq"], whole=True),
    out.Column("KIND", lambda step: step["kind"], whole=True),
    out.Column("SKILL", lambda step: step["skill"], whole=True),
    out.Column("STATUS", lambda step: step["status"], whole=True),
    out.Column("TOOK", lambda step: out.duration(step["started_at"], step["finished_at"]), whole=True),
    out.Column("WHY", lambda step: why(step)),
)


def why(step: Step) -> str:
    """Return what went wrong with a step, where its result was taken from, or why it was chosen."""
    if error := step.get("error"):
        return f"{error.get('type')}: {error.get('message')}"
    if source := step.get("reused_from"):
        return step.get("reason") or f"as in {source['thread_id']} step {source['seq']}"
    return step.get("reason") or ""


def without_repeats(steps: Iterable[Step]) -> list[Step]:
    """Return the steps, without reasons that the decision before has told already."""
    decided: dict[int, str] = {}
    kept = []
    for step in steps:
        reason = step.get("reason") or ""
        if step["kind"] == "decision":
            decided[step["seq"]] = reason
        elif reason in decided.get(step["decision"], ""):
            step = step | {"reason": None}
        kept.append(step)
    return kept


def problem(error: dict[str, Any] | None) -> str:
    """Return the error of a run as one line."""
    if not error:
        return ""
    place = ", ".join(
        f"{word} {error[key]}" for key, word in (("seq", "step"), ("skill", "skill")) if error.get(key)
    )
    return out.cell(f"{error.get('type')}: {error.get('message')}" + (f" ({place})" if place else ""))


async def started(client: AgentSkills, run: Handle, wait: bool, output: str) -> int | None:
    """Print the id of a run that was just started, or follow it until it ends."""
    if wait:
        tell(f"started {run.thread_id}")
        return await follow(client, run.thread_id, output)
    if output == "table":
        click.echo(run.thread_id)
    else:
        out.print_document(run.answer, output)
    return None


async def follow(client: AgentSkills, thread_id: str, output: str) -> int:
    """Show a run until it ends; return 0 when it completed, else 1.

    `table` shows progress, `jsonl` each event as a line, `json` only the status document at the end.
    """
    show: Callable[[Event], None]
    if output == "jsonl":
        show = _print_event
    elif output == "json":
        show = _remind
    elif sys.stdout.isatty():
        return await _follow_live(client, thread_id)
    else:
        show = _Lines(thread_id).show
    async for event in client.events(thread_id):
        show(event)
    return await _ended(client, thread_id, output)


async def _ended(client: AgentSkills, thread_id: str, output: str) -> int:
    status = await client.status(thread_id)
    if output == "json":
        out.print_document(status, output)
    return 0 if status["status"] == RunStatus.COMPLETED else RUN_FAILED


def _print_event(event: Event) -> None:
    out.print_document({"id": event.id, "event": event.kind, "data": event.data}, "jsonl")


def _remind(event: Event) -> None:
    if event.kind == "run" and event.data["status"] == RunStatus.WAITING:
        for line in waiting_lines(event.data["thread_id"], event.data.get("waiting")):
            tell(line)


class _Lines:
    """Prints a line for each change; says a thing once."""

    def __init__(self, thread_id: str) -> None:
        self._thread_id = thread_id
        self._said: set[str] = set()
        self._steps: dict[int, Step] = {}

    def show(self, event: Event) -> None:
        for line in self._step_lines(event.data) if event.kind == "step" else self._run_lines(event.data):
            if line not in self._said:
                self._said.add(line)
                click.echo(line)

    def _step_lines(self, step: Step) -> list[str]:
        self._steps[step["seq"]] = step
        decision = self._steps.get(step["decision"], step)
        return [step_line(without_repeats([decision, step])[-1])]

    def _run_lines(self, run: dict[str, Any]) -> list[str]:
        if run["status"] in FINAL_RUN:
            return [
                f"{out.moment(run['finished_at'])}  run {run['status']}  {problem(run['error'])}".rstrip()
            ]
        waiting = run.get("waiting") or []
        return ["\n".join(wait_lines(self._thread_id, wait)) for wait in waiting]


def step_line(step: Step) -> str:
    """Return the line that tells of a step."""
    at = out.moment(step["finished_at"] or step["started_at"])
    took = out.duration(step["started_at"], step["finished_at"])
    what = "decision" if step["kind"] == "decision" else step["skill"]
    pieces = [at, f"step {step['seq']}", what, step["status"], took, why(step)]
    return out.cell("  ".join(piece for piece in pieces if piece))


async def _follow_live(client: AgentSkills, thread_id: str) -> int:
    from rich.live import Live

    steps: dict[int, Step] = {}
    run: dict[str, Any] = {"status": RunStatus.QUEUED, "waiting": None, "error": None}
    with Live(console=out.console(), auto_refresh=False, vertical_overflow="visible") as live:
        async for event in client.events(thread_id):
            if event.kind == "step":
                steps[event.data["seq"]] = event.data
            elif event.kind == "run":
                run = event.data
            live.update(_picture(thread_id, run, steps), refresh=True)
    return await _ended(client, thread_id, "table")


def _picture(thread_id: str, run: dict[str, Any], steps: dict[int, Step]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    status = str(run["status"])
    head = Text.assemble((thread_id, "bold"), "  ", (status, out.STYLES.get(status, "")))
    notes = [problem(run["error"])] if run["error"] else waiting_lines(thread_id, run["waiting"])
    return Group(
        head,
        out.table(without_repeats(steps[seq] for seq in sorted(steps)), STEP_COLUMNS),
        *(Text(note, style="red" if run["error"] else "yellow") for note in notes),
    )
