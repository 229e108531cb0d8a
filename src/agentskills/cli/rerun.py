"""`asf run plan` and `asf run rerun`: the same options, to look first and to start."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.options import run_argument, set_option, text_of, wait_option
from agentskills.cli.session import exit_code, full_id, online, tell
from agentskills.cli.values import JSON_OBJECT, LATER, merge_patch_of, with_assignments
from agentskills.cli.watch import started
from agentskills.domain.errors import BadInput, PlanChanged
from agentskills.domain.json_text import json_str
from agentskills.domain.rerun import PRESETS

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

Command = Callable[..., Any]
FREEDOM = click.Choice(["new", "unchanged", "recorded"])
VERSIONS = ("latest", "pinned")


class StartType(click.ParamType[str | int]):
    """`start`, `failure`, or the number of a step."""

    name = "start|failure|N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str | int:
        """Return the word or the number."""
        if isinstance(value, int) or value in ("start", "failure"):
            return value  # type: ignore[no-any-return]
        if value.isdecimal() and value.isascii():
            return int(value)
        self.fail(f"{value!r} is neither start, failure nor the number of a step", param, ctx)


OPTIONS = (
    click.option(
        "--preset",
        type=click.Choice(list(PRESETS)),
        help="Fills in --from, --plan, --results and --effects; those given beside it win.",
    ),
    click.option("--from", "start", type=StartType(), help="Steps before it are kept."),
    click.option(
        "--plan", type=FREEDOM, help="Ask the planner anew, only where something changed, or never."
    ),
    click.option(
        "--results", type=FREEDOM, help="Carry skills out anew, only where something changed, or never."
    ),
    click.option(
        "--skills",
        multiple=True,
        metavar="latest|pinned|NAME=DIGEST",
        help="Skill versions: today's, those of the run, or chosen ones. Commas or repeats for several.",
    ),
    click.option(
        "--effects",
        type=click.Choice(["once", "repeat", "none"]),
        help="Honour receipts, do irreversible effects again, or reach nothing outside.",
    ),
    click.option(
        "--consent", multiple=True, metavar="SKILL", help="Its effect may happen again. Repeatable."
    ),
    set_option,
    click.option(
        "--data", type=JSON_OBJECT, help="The whole initial data instead of the earlier: JSON or @file."
    ),
    click.option(
        "--sop-file", "--sop", type=click.File("rb"), help="An edited procedure; - reads standard input."
    ),
    click.option("--run-name", "--name", help="What people read in lists, instead of `… (Rerun #n)`."),
    click.option("--model", help="Another model for this run."),
    click.option("--metadata", type=JSON_OBJECT, help="Labels over those inherited: a JSON object or @file."),
    click.option("--reason", help="Why, for the audit trail."),
    click.option("--not-before", type=LATER, help="Start no earlier: a time, or how long from now."),
)


def rerun_options(command: Command) -> Command:
    """Give a command all that a rerun can be asked for."""
    return reduce(lambda made, option: option(made), reversed(OPTIONS), command)


def request_of(
    assignments: tuple[tuple[str, Any], ...],
    data: dict[str, Any] | None,
    sop_file: Any,
    skills: tuple[str, ...],
    consent: tuple[str, ...],
    before: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return the fields of the client's rerun request; `before` is the data that the run has now."""
    return more | {
        "changes": merge_patch_of(assignments, before) if assignments and data is None else None,
        "initial_data": with_assignments(data, assignments) if data is not None else None,
        "sop": text_of(sop_file) if sop_file else None,
        "skills": versions_of(skills),
        "consent": consent or None,
    }


async def _request_of(client: AgentSkills, thread_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of the request; an object that is set takes the place of what stands there."""
    sets_an_object = any(isinstance(value, dict) for _, value in asked["assignments"])
    before = (await client.status(thread_id))["data_store"] if sets_an_object else None
    return request_of(before=before, **asked)


def versions_of(given: tuple[str, ...]) -> str | dict[str, str] | None:
    """Return what `--skills` stands for: a word, or `{name: digest}` where `*` is all others."""
    chosen: dict[str, str] = {}
    for item in (part.strip() for text in given for part in text.split(",")):
        name, equals, version = ("*", "=", item) if item in VERSIONS else item.partition("=")
        if not (name and equals and version):
            raise BadInput(f"--skills {item!r} is neither latest, pinned nor NAME=DIGEST")
        if chosen.setdefault(name, version) != version:
            raise BadInput(f"--skills gives {'all' if name == '*' else name} two versions")
    return chosen["*"] if chosen.keys() == {"*"} and chosen["*"] in VERSIONS else chosen or None


@click.command()
@run_argument
@rerun_options
@out.output_option
@online
async def plan(client: AgentSkills, run_id: str, output: str, **asked: Any) -> None:
    """Show what a rerun would do, step by step and why, and start nothing.

    The last line is the command that starts just that.
    """
    thread_id = await full_id(client, run_id)
    request = await _request_of(client, thread_id, asked)
    found = await client.plan(thread_id, **request)
    if output == "table":
        from agentskills.cli.plan_page import print_plan

        planner = (await client.metadata(thread_id))["planner"]
        print_plan(found, planner, _command(thread_id, asked, found["plan_token"]))
    else:
        out.print_document(found, output)


@click.command()
@run_argument
@rerun_options
@click.option("--plan-token", help="Of `asf run plan`: start only if the plan is still the same.")
@wait_option
@out.output_option
@online
async def rerun(
    client: AgentSkills, run_id: str, plan_token: str | None, wait: bool, output: str, **asked: Any
) -> int | None:
    """Start a new run that repeats this one, and print its id.

    Without options it is the same again. With --set only those values differ (null removes one): of
    the initial data, or of what a step produced, which corrects it; with --data and --set the values
    are set in it.
    """
    thread_id = await full_id(client, run_id)
    request = await _request_of(client, thread_id, asked)
    try:
        made = await client.rerun(thread_id, plan_token=plan_token, **request)
    except PlanChanged as error:
        _tell_change(error, _command(thread_id, asked, error.fields["plan"]["plan_token"]))
        return exit_code(error)
    return await started(client, made, wait, output)


def _tell_change(error: PlanChanged, command: str) -> None:
    """Say that the plan is another one now, and which."""
    from agentskills.cli.plan_page import last_lines, lines_of

    tell(f"Error: {error.detail}")
    tell("It would now be:")
    for line in lines_of(error.fields["plan"], None):
        tell(f"  {line}")
    for line in last_lines(error.fields["plan"], command):
        tell(line)


def _command(thread_id: str, asked: dict[str, Any], token: str) -> str:
    """Return the command that starts a plan: what was typed, with times that stay the same."""
    words = ["asf", "run", "rerun", thread_id]
    for option in click.get_current_context().command.params:
        value = asked.get(str(option.name))
        if not isinstance(option, click.Option) or value in (None, ()):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            words += [option.opts[0], _typed(str(option.name), one)]
    return shlex.join([*words, "--plan-token", token])


def _typed(option: str, value: Any) -> str:
    if option == "assignments":
        path, assigned = value
        return f"{path}={json_str(assigned)}"
    if option == "not_before":
        return str(value.isoformat())
    if option == "sop_file":
        return str(value.name)
    return json_str(value) if isinstance(value, dict) else str(value)
