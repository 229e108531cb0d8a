"""`asf run`: start, list, show, watch, answer and cancel runs; rerun.py has the rest."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.keep import keep
from agentskills.cli.lineage import delete, lineage
from agentskills.cli.options import run_argument, set_option, text_of, wait_option
from agentskills.cli.rerun import plan, rerun
from agentskills.cli.session import full_id, online, tell
from agentskills.cli.values import JSON_OBJECT, MOMENT, with_assignments
from agentskills.cli.watch import follow, started
from agentskills.domain.errors import BadInput, NotWaiting, StepChoiceNeeded
from agentskills.domain.json_text import json_str
from agentskills.domain.status import RunStatus

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

COLUMNS = (
    out.Column("ID", lambda run: run["thread_id"], whole=True),
    out.Column("STATUS", lambda run: run["status"], whole=True),
    out.Column("CREATED", lambda run: out.moment(run["created_at"]), whole=True),
    out.Column("TOOK", lambda run: out.duration(run["started_at"], run["finished_at"]), whole=True),
    out.Column("NAME", lambda run: run["run_name"]),
    out.Column("NOTE", lambda run: note(run)),
)


@click.group()
def run() -> None:
    """Start, follow, answer and rerun runs.

    An ID may be shortened to a beginning that only one run has.
    """


run.add_command(keep)
run.add_command(lineage)
run.add_command(delete)
run.add_command(plan)
run.add_command(rerun)


@run.command()
@click.option("--sop", help="The procedure, as text.")
@click.option(
    "--sop-file", type=click.File("rb"), help="A file that holds the procedure; - reads standard input."
)
@click.option("--name", "sop_name", help="The name of a stored SOP, as `asf skills sops` lists them.")
@click.option(
    "--data", type=JSON_OBJECT, help="What the run starts from: a JSON object, @file, or @- for input."
)
@set_option
@click.option(
    "--skill", "skills", multiple=True, help="Use only these skills, and make them the goal. Repeatable."
)
@click.option("--id", "thread_id", help="The run's id; without it one is made.")
@click.option("--run-name", help="What people read in lists.")
@click.option("--metadata", type=JSON_OBJECT, help="Labels to filter by: a JSON object or @file.")
@click.option("--model", help="The model for this run, such as openai:gpt-5.")
@click.option(
    "--priority", type=click.Choice(["interactive", "batch"]), help="Batch runs let others go first."
)
@click.option("--limits", type=JSON_OBJECT, help='Such as {"steps": 50, "seconds": 600, "money": 0.5}.')
@click.option("--plan", is_flag=True, help="Only show what the run would begin with; nothing is started.")
@wait_option
@out.output_option
@online
async def start(
    client: AgentSkills,
    sop: str | None,
    sop_file: Any,
    sop_name: str | None,
    data: dict[str, Any] | None,
    assignments: tuple[tuple[str, Any], ...],
    skills: tuple[str, ...],
    plan: bool,
    wait: bool,
    output: str,
    **more: Any,
) -> int | None:
    """Start an SOP and print the run's id."""
    if sum(source is not None for source in (sop, sop_file, sop_name)) != 1:
        raise BadInput("give the procedure by one of --sop, --sop-file and --name")
    more |= {
        "sop": text_of(sop_file) if sop_file else sop,
        "sop_name": sop_name,
        "initial_data": with_assignments(data, assignments) if data is not None or assignments else None,
        "skills": skills or None,
    }
    if plan:
        from agentskills.cli.first_choice_page import print_first_choice

        more.pop("thread_id")
        print_first_choice(await client.plan_start(**more), output)
        return None
    return await started(client, await client.start(**more), wait, output)


@run.command()
@click.option(
    "--status", type=click.Choice([status.value for status in RunStatus]), multiple=True, help="Repeatable."
)
@click.option("--name", help="How the run's name or id begins.")
@click.option("--text", "q", metavar="WORDS", help="Words in the SOP.")
@click.option("--sop-name", help="The name of a stored SOP.")
@click.option("--data", "initial_data", type=JSON_OBJECT, help="A JSON object that initial_data contains.")
@click.option("--metadata", type=JSON_OBJECT, help="A JSON object that the metadata contain.")
@click.option(
    "--since", "created_after", type=MOMENT, help="Created at or after this time, or not longer ago."
)
@click.option("--until", "created_before", type=MOMENT, help="Created before this time.")
@click.option("--parent", help="Reruns of this very run.")
@click.option("--root", help="The family of this run: itself and all its reruns.")
@click.option("--failed-skill", help="Runs that failed in this skill.")
@click.option("--signature", help="Runs that failed like this, as `asf failures ls` says.")
@click.option("--open", is_flag=True, help="Failed, and neither fixed by a later run nor dismissed.")
@click.option(
    "--attention", is_flag=True, help="What a person has to look at: --open, or waiting for an answer."
)
@click.option("--skill", help="Runs with a step of this skill.")
@click.option(
    "--skill-version", "skill_digest", help="With --skill: in this version; 8 digits of its digest."
)
@click.option("--folded", is_flag=True, help="Only the first run of each family.")
@click.option("--show", metavar="PATH", multiple=True, help="A column for this data path. Repeatable.")
@click.option(
    "--dry",
    type=click.Choice(["true", "false"]),
    help="Only reruns in which nothing went out, or none of them.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All of them, whatever --limit says.")
@out.output_option
@online
async def ls(
    client: AgentSkills,
    created_after: datetime | None,
    created_before: datetime | None,
    limit: int,
    everything: bool,
    output: str,
    show: tuple[str, ...],
    **filters: Any,
) -> None:
    """List runs, newest first. All filters given must hold."""
    found = client.runs(
        **{name: value for name, value in filters.items() if value},
        created_after=created_after,
        created_before=created_before,
        show=show,
        page_size=200 if everything else min(limit + 1, 200),
    )
    more = await out.print_stream(
        found, [*COLUMNS, *map(_shown, show)], output, "no runs found", None if everything else limit
    )
    if more:
        tell(f"there are more than {limit}; add --all or --limit")


def _shown(path: str) -> out.Column:
    """Return the column for what stands at a data path."""

    def text(row: out.Row) -> str:
        value = row["shown"].get(path, "")
        if isinstance(value, dict) and set(value) == {"cut"}:
            return f"{value['cut']}…"
        return value if isinstance(value, str) else json_str(value)

    return out.Column(path, text)


def note(row: out.Row) -> str:
    """Return that nothing went out, why a listed run failed and what fixed it, or what it waits for."""
    said = ["nothing went out"] if row["dry"] else []
    said += ["dismissed"] if row["dismissed"] else []
    return "; ".join([*said, *filter(None, [_fate(row)])])


def _fate(row: out.Row) -> str:
    if error := row["error"]:
        fixed = f"fixed by {row['fixed_by']}; " if row["fixed_by"] else ""
        return f"{fixed}{error.get('type')}: {error.get('message')}"
    waiting = row["waiting"] or []
    return ", ".join(
        f"{wait['reason'].replace('_', ' ')} of {wait['skill'] or 'the plan'}" for wait in waiting
    )


@run.command()
@run_argument
@out.output_option
@online
async def show(client: AgentSkills, run_id: str, output: str) -> None:
    """Show a run: what was asked, where it stands, its steps and data."""
    from agentskills.cli.run_page import print_run

    thread_id = await full_id(client, run_id)
    document = await client.detail(thread_id)
    document |= {"data_store": (await client.status(thread_id))["data_store"]}
    document |= {"steps": [step async for step in client.steps(thread_id)]}
    if output == "table":
        print_run(document)
    else:
        out.print_document(document, output)


@run.command()
@run_argument
@out.output_option
@online
async def watch(client: AgentSkills, run_id: str, output: str) -> int:
    """Follow a run until it ends; exit 1 if it fails or is cancelled."""
    return await follow(client, await full_id(client, run_id), output)


@run.command()
@run_argument
@click.option("--reason", help="Why, for the audit trail.")
@out.output_option
@online
async def cancel(client: AgentSkills, run_id: str, reason: str | None, output: str) -> None:
    """Stop a run: nothing new starts, what waits is closed."""
    thread_id = await full_id(client, run_id)
    answer = await client.cancel(thread_id, reason=reason)
    _print_answer(answer, output, f"{thread_id}: {answer['status']}")


@run.command()
@run_argument
@click.option("--step", type=click.IntRange(1), help="Which step, where several wait.")
@click.option("--reject", "decision", flag_value="reject", help="Say no; the run ends failed.")
@click.option("--happened", "decision", flag_value="happened", help="In doubt: the effect did happen.")
@click.option("--not-happened", "decision", flag_value="not_happened", help="In doubt: it did not; go on.")
@click.option("--stop", "decision", flag_value="stop", help="In doubt: end the run.")
@click.option(
    "--data", type=JSON_OBJECT, help="Edits what is approved, fills in a form, or is what came of it."
)
@click.option("--note", help="A remark, kept with the answer.")
@out.output_option
@online
async def approve(
    client: AgentSkills,
    run_id: str,
    step: int | None,
    decision: str | None,
    data: dict[str, Any] | None,
    note: str | None,
    output: str,
) -> None:
    """Answer what a run waits for; without a flag: yes."""
    thread_id = await full_id(client, run_id)
    shown = choose(await client.status(thread_id), step)
    answer = await client.approve(
        thread_id, step=shown["step"], decision=decision, data=data, note=note, digest=shown.get("digest")
    )
    what = f"step {answer['step']} {shown.get('skill') or ''}".rstrip()
    _print_answer(answer, output, f"{thread_id}: {answer['decision'].replace('_', ' ')}, {what}")


def choose(status: dict[str, Any], step: int | None) -> dict[str, Any]:
    """Return the waiting entry that an answer is for.

    Raises `NotWaiting` when there is none, `StepChoiceNeeded` when it could be several.
    """
    answerable = [wait for wait in status["waiting"] or [] if wait["options"]]
    chosen = [wait for wait in answerable if step in (None, wait["step"])]
    if len(chosen) == 1:
        return dict(chosen[0])
    if not chosen:
        which = f" at step {step}" if step else ""
        raise NotWaiting(f"{status['thread_id']} is {status['status']} and waits for no answer{which}")
    listed = ", ".join(f"--step {wait['step']} ({wait['skill']}, {wait['reason']})" for wait in chosen)
    raise StepChoiceNeeded(f"several steps wait; choose one of {listed}")


@run.command()
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.option("--which", is_flag=True, help="Rerun A with one differing ingredient of B at a time.")
@click.option("--reason", help="With --which: why, for the audit trail.")
@out.output_option
@online
async def compare(
    client: AgentSkills, left: str, right: str, which: bool, reason: str | None, output: str
) -> None:
    """Compare two runs: what differs, and which ingredients made it differ."""
    from agentskills.cli.comparison_page import print_comparison, print_trials

    ids = await full_id(client, left), await full_id(client, right)
    answer = await (client.attribute(*ids, reason=reason) if which else client.compare(*ids))
    if output != "table":
        out.print_document(answer, output)
    elif which:
        print_trials(answer)
    else:
        print_comparison(answer)


def _print_answer(answer: dict[str, Any], output: str, line: str) -> None:
    if output == "table":
        click.echo(line)
    else:
        out.print_document(answer, output)
