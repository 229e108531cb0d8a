"""`asf schedule`: what is started or rerun at given times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.options import set_option, text_of
from agentskills.cli.schedule_page import (
    BACKFILL_COLUMNS,
    COLUMNS,
    FIRING_COLUMNS,
    TIME_COLUMNS,
    print_schedule,
)
from agentskills.cli.session import RUN_FAILED, full_id, online, tell
from agentskills.cli.values import JSON_OBJECT, LATER, MOMENT, with_assignments
from agentskills.domain.errors import BadInput, ScheduleNotFound

if TYPE_CHECKING:
    from agentskills.client import AgentSkills, Schedule

Command = Callable[..., Any]
schedule_argument = click.argument("schedule_id", metavar="SCHEDULE")
reason_option = click.option("--reason", help="Why, for the audit trail.")

RULE = (
    click.option("--cron", help="Minute, hour, day of month, month, day of week; or @hourly, @daily…"),
    click.option("--every", "every_seconds", type=int, metavar="SECONDS", help="An interval, without drift."),
    click.option("--at", type=LATER, help="Once: a time, or how long from now."),
    click.option("--time-zone", help="In which cron is read, such as Europe/Berlin; UTC without."),
    click.option("--anchor", type=MOMENT, help="What intervals count from; without it from now."),
)
ACTION = (
    click.option("--sop", help="The procedure to start."),
    click.option("--sop-file", type=click.File("rb"), help="The same from a file; - reads standard input."),
    click.option("--sop-name", help="Or the name of a stored SOP."),
    click.option(
        "--data", type=JSON_OBJECT, help="What the run starts from, with {{ scheduled_at }} and the like."
    ),
    set_option,
    click.option(
        "--skill", "skills", multiple=True, help="Use only these skills, and make them the goal. Repeatable."
    ),
    click.option("--run-name", help="What people read in lists; may hold {{ scheduled_at.date }}."),
    click.option("--model", help="The model for these runs."),
    click.option("--rerun", metavar="RUN", help="Or the run to repeat."),
    click.option("--request", type=JSON_OBJECT, help='How to repeat it, such as {"from": "failure"}.'),
)
CARE = (
    click.option(
        "--overlap",
        type=click.Choice(["skip", "queue_one", "allow", "cancel_other"]),
        help="When the run before is not over: skip this time (the default), let one time wait, start all "
        "the same, or cancel the other.",
    ),
    click.option(
        "--catch-up",
        "catch_up_seconds",
        type=int,
        metavar="SECONDS",
        help="How late a due time is still fired that was missed; 3600 without.",
    ),
)


def _options(*groups: tuple[Callable[[Command], Command], ...]) -> Callable[[Command], Command]:
    options = [option for group in groups for option in group]
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


@click.group()
def schedule() -> None:
    """Start or rerun at given times: by cron, by interval, or once."""


@schedule.command()
@click.argument("name")
@_options(RULE, ACTION, CARE)
@click.option("--paused", is_flag=True, help="It begins paused.")
@click.option("--note", help="Why it begins paused.")
@out.output_option
@online
async def create(
    client: AgentSkills, name: str, paused: bool, note: str | None, output: str, **asked: Any
) -> None:
    """Save a schedule and show its next times.

    Give what it does (--sop, --sop-file, --sop-name, or --rerun) and when (--cron, --every, or --at).
    """
    fields = await _fields(client, **asked)
    made = await client.schedules.create(name, paused=paused or None, note=note, **fields)
    _show(made.answer, output)


@schedule.command()
@click.option("--paused/--active", default=None, help="Only those that are paused, or that are not.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def ls(client: AgentSkills, paused: bool | None, limit: int, output: str) -> None:
    """List schedules, the newest first."""
    found = (one.answer async for one in client.schedules.list(paused=paused))
    if await out.print_stream(found, COLUMNS, output, "no schedules found", limit):
        tell(f"there are more than {limit}; add --limit")


@schedule.command()
@schedule_argument
@out.output_option
@online
async def show(client: AgentSkills, schedule_id: str, output: str) -> None:
    """Show a schedule with its next times."""
    _show((await _found(client, schedule_id)).answer, output)


@schedule.command()
@schedule_argument
@click.option("--name", help="What people call it.")
@_options(RULE, ACTION, CARE)
@out.output_option
@online
async def edit(client: AgentSkills, schedule_id: str, name: str | None, output: str, **asked: Any) -> None:
    """Change what is given, and nothing else; another rule counts from now on.

    What it starts is replaced as a whole: give the procedure together with its data.
    """
    found = await _found(client, schedule_id)
    changed = await found.change(name=name, **await _fields(client, **asked))
    _show(changed.answer, output)


@schedule.command()
@schedule_argument
@click.option("--note", help="Why.")
@out.output_option
@online
async def pause(client: AgentSkills, schedule_id: str, note: str | None, output: str) -> None:
    """Let a schedule come due no more until it is resumed."""
    found = await _found(client, schedule_id)
    _show((await found.pause(note)).answer, output)


@schedule.command()
@schedule_argument
@reason_option
@out.output_option
@online
async def resume(client: AgentSkills, schedule_id: str, reason: str | None, output: str) -> None:
    """Let a schedule come due again, from now on; what came due meanwhile is not fired."""
    found = await _found(client, schedule_id)
    _show((await found.resume(reason=reason)).answer, output)


@schedule.command("run-now")
@schedule_argument
@reason_option
@out.output_option
@online
async def run_now(client: AgentSkills, schedule_id: str, reason: str | None, output: str) -> int | None:
    """Fire a schedule at once, also a paused one; exit 1 if that starts no run."""
    found = await _found(client, schedule_id)
    firing = await found.run_now(reason=reason)
    if output == "table":
        out.print_rows([firing], FIRING_COLUMNS, output, "")
    else:
        out.print_document(firing, output)
    return None if firing["state"] in ("fired", "queued") else RUN_FAILED


@schedule.command()
@_options(RULE)
@click.option("--count", type=click.IntRange(1, 1000), default=10, show_default=True, help="How many times.")
@click.option("--after", type=MOMENT, help="Later than this time, instead of now.")
@out.output_option
@online
async def preview(client: AgentSkills, output: str, **rule: Any) -> None:
    """Show the next times of a rule, and save nothing."""
    out.print_rows(await client.schedules.preview(**rule), TIME_COLUMNS, output, "it never comes due")


@schedule.command()
@schedule_argument
@click.option("--from", "start", type=MOMENT, required=True, help="Due at or after: a time, or an age.")
@click.option("--to", "end", type=MOMENT, required=True, help="Due before: a time, or an age.")
@click.option("--dry-run", is_flag=True, help="Only show which times these are.")
@reason_option
@out.output_option
@online
async def backfill(
    client: AgentSkills,
    schedule_id: str,
    start: datetime,
    end: datetime,
    dry_run: bool,
    reason: str | None,
    output: str,
) -> None:
    """Fire the due times of a window of the past, by the rule as it is now; at most 1,000."""
    found = await _found(client, schedule_id)
    done = await found.backfill(start, end, dry_run=dry_run, reason=reason)
    if output != "table":
        out.print_document(done, output)
        return
    out.print_rows(done["times"], BACKFILL_COLUMNS, output, "no due times in between")
    alone = f"; {done['left_alone']} have a firing already" if done["left_alone"] else ""
    tell(f"{done['count']} {'would be fired' if dry_run else 'are fired, one after the other'}{alone}")


@schedule.command()
@schedule_argument
@click.option(
    "--state",
    type=click.Choice(["fired", "queued", "skipped", "failed"]),
    multiple=True,
    help="Only these. Repeatable.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def firings(
    client: AgentSkills, schedule_id: str, state: tuple[str, ...], limit: int, output: str
) -> None:
    """List what became of a schedule's due times, the latest first."""
    found = (await _found(client, schedule_id)).firings(state=state)
    if await out.print_stream(found, FIRING_COLUMNS, output, "nothing has come due yet", limit):
        tell(f"there are more than {limit}; add --limit")


@schedule.command()
@schedule_argument
@reason_option
@out.output_option
@online
async def delete(client: AgentSkills, schedule_id: str, reason: str | None, output: str) -> None:
    """Delete a schedule and the record of its firings; the runs that it has started stay."""
    done = await (await _found(client, schedule_id)).delete(reason=reason)
    if output == "table":
        tell(f"{done['id']} is deleted")
    else:
        out.print_document(done, output)


async def _found(client: AgentSkills, given: str) -> Schedule:
    """Return the schedule that `given` names: an id, a name, or the beginning of just one id.

    Raises `ScheduleNotFound`, or `BadInput` where several are called so.
    """
    try:
        return await client.schedules.get(given)
    except ScheduleNotFound:
        every = [one async for one in client.schedules.list()]
        named = [one for one in every if one.name == given]
        found = named or [one for one in every if one.id.startswith(given)]
        if not found:
            raise
    if len(found) > 1:
        raise BadInput(f"several schedules are meant by {given}: {', '.join(one.id for one in found[:5])}")
    return await client.schedules.get(found[0].id)


def _show(answer: dict[str, Any], output: str) -> None:
    if output == "table":
        print_schedule(answer)
    else:
        out.print_document(answer, output)


async def _fields(
    client: AgentSkills,
    sop: str | None,
    sop_file: Any,
    sop_name: str | None,
    data: dict[str, Any] | None,
    assignments: tuple[tuple[str, Any], ...],
    skills: tuple[str, ...],
    run_name: str | None,
    model: str | None,
    rerun: str | None,
    request: dict[str, Any] | None,
    **fields: Any,
) -> dict[str, Any]:
    """Return what the client is to be given; a run is named in full."""
    has_data = data is not None or bool(assignments)
    start = {
        "sop": text_of(sop_file) if sop_file else sop,
        "sop_name": sop_name,
        "initial_data": with_assignments(data, assignments) if has_data else None,
        "skills": list(skills) or None,
        "run_name": run_name,
        "model": model,
    }
    start = {name: value for name, value in start.items() if value is not None}
    if rerun is not None and start:
        raise BadInput("give either a procedure with its data, or --rerun with --request")
    if rerun is None and request is not None:
        raise BadInput("--request says how to repeat a run; name it with --rerun")
    return fields | {
        "start": start or None,
        "rerun": await full_id(client, rerun) if rerun is not None else None,
        "request": request,
    }
