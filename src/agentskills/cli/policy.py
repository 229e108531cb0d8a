"""`asf policy`: which failed runs are rerun by themselves, and what policies did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.rerun import versions_of
from agentskills.cli.session import online, tell
from agentskills.cli.values import JSON_OBJECT
from agentskills.domain.errors import BadInput, PolicyNotFound
from agentskills.domain.json_text import json_str
from agentskills.domain.policy import PolicyAnswer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from agentskills.client import AgentSkills

_PER = re.compile(r"(\d{1,7})/(\d{1,8})s?")
_BREAKER = re.compile(r"(\d{1,7})/(\d{1,8})s?/(\d{1,8})s?")

COLUMNS = (
    out.Column("ID", lambda policy: policy["id"], whole=True),
    out.Column("NAME", lambda policy: policy["name"]),
    out.Column("", lambda policy: "on" if policy["enabled"] else "off", whole=True),
    out.Column("FOR", lambda policy: _matches(policy["matches"])),
    out.Column("ATTEMPTS", lambda policy: str(policy["attempts"]), whole=True),
    out.Column("RERUNS", lambda policy: str(policy["answers"].get("rerun", 0)), whole=True),
    out.Column("GIVEN UP", lambda policy: str(policy["answers"].get("given_up", 0)), whole=True),
    out.Column("HELD BACK", lambda policy: str(policy["answers"].get("held_back", 0)), whole=True),
    out.Column("RESTING", lambda policy: ", ".join(_resting(policy))),
)
ANSWER_COLUMNS = (
    out.Column("AT", lambda one: out.moment(one["at"]), whole=True),
    out.Column("FAILED", lambda one: one["failed"], whole=True),
    out.Column("SKILL", lambda one: one["skill"], whole=True),
    out.Column("ANSWER", lambda one: one["answer"].replace("_", " "), whole=True),
    out.Column("RERUN", lambda one: one["thread_id"], whole=True),
    out.Column("WHY", lambda one: one["reason"]),
)
BREAKER_COLUMNS = (
    out.Column("SKILL", lambda one: one["skill"] or "-", whole=True),
    out.Column("STATE", lambda one: one["state"], whole=True),
    out.Column("OPENED", lambda one: out.moment(one["opened_at"]), whole=True),
    out.Column("RESTS UNTIL", lambda one: out.moment(one["open_until"]), whole=True),
    out.Column("HELD BACK", lambda one: str(one["held_back"]), whole=True),
    out.Column("PROBE", lambda one: one["probe"], whole=True),
)


def _matches(matches: dict[str, Any]) -> str:
    given = [f"SOP {matches['sop_name']}"] if matches["sop_name"] else []
    given += [f"skill {matches['skill']}"] if matches["skill"] else []
    given += [json_str(matches["metadata"])] if matches["metadata"] else []
    return ", ".join(given) or "every run"


def _resting(policy: dict[str, Any]) -> list[str]:
    return [one["skill"] or "-" for one in policy["breakers"] if one["state"] != "closed"]


class NumbersType(click.ParamType[dict[str, int]]):
    """Numbers with slashes between, such as 20/3600: so many in so many seconds."""

    def __init__(self, pattern: re.Pattern[str], names: tuple[str, ...], example: str) -> None:
        self.name = example
        self._pattern, self._names, self._example = pattern, names, example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, int]:
        """Return the numbers by name."""
        if isinstance(value, dict):
            return value
        found = self._pattern.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} is not written as {self._example}", param, ctx)
        return dict(zip(self._names, map(int, found.groups()), strict=True))


PER = NumbersType(_PER, ("reruns", "seconds"), "RERUNS/SECONDS")
BREAKER = NumbersType(_BREAKER, ("failures", "seconds", "rest_seconds"), "FAILURES/SECONDS/REST")
RESETTABLE = (
    "error-types",
    "family-cap",
    "window-cap",
    "breaker",
    "backoff",
    "rerun",
    "matches",
    "manual-too",
)


def policy_options(command: Any) -> Any:
    """Give a command all that a policy may say."""
    for option in reversed(
        (
            click.option("--sop-name", help="Runs of this named SOP."),
            click.option("--skill", help="Runs in which this skill failed."),
            click.option(
                "--metadata",
                type=JSON_OBJECT,
                help="Runs whose metadata contain this: a JSON object or @file.",
            ),
            click.option("--attempts", type=click.IntRange(1, 100), help="Automatic reruns of one run (3)."),
            click.option("--first", type=click.IntRange(0), help="Seconds before the first rerun (60)."),
            click.option("--factor", type=click.FloatRange(1, 100), help="The pause grows by this (2)."),
            click.option("--most", type=click.IntRange(0), help="Longest pause, in seconds (3600)."),
            click.option("--jitter", type=click.FloatRange(0, 1), help="Share by which pauses vary (0)."),
            click.option(
                "--error-type", "error_types", multiple=True, help="Only after such errors. Repeatable."
            ),
            click.option("--family-cap", type=click.IntRange(1), help="Automatic reruns in one family."),
            click.option(
                "--window-cap", type=PER, metavar="RERUNS/SECONDS", help="At most so many in so many seconds."
            ),
            click.option(
                "--breaker",
                type=BREAKER,
                metavar="FAILURES/SECONDS/REST",
                help="So many failures of a skill in so many seconds let it rest so many (20/600/900).",
            ),
            click.option(
                "--manual-too/--not-manual", default=None, help="Also reruns that people asked for, or not."
            ),
            click.option(
                "--from", "start", type=click.Choice(["start", "failure"]), help="What reruns keep (failure)."
            ),
            click.option(
                "--results", type=click.Choice(["new", "unchanged"]), help="Whether reruns reuse (unchanged)."
            ),
            click.option(
                "--skills", multiple=True, help="Versions for reruns: latest, pinned or NAME=DIGEST."
            ),
            click.option("--model", help="Another model for reruns."),
            click.option("--reason", help="Why, for the audit trail."),
        )
    ):
        command = option(command)
    return command


def fields_of(before: dict[str, Any] | None, **given: Any) -> dict[str, Any]:
    """Return the fields of a policy that options name; parts that are not named stay as `before`."""
    parts = {
        "matches": {name: given.pop(name) for name in ("sop_name", "skill", "metadata")},
        "backoff": {
            "first_seconds": given.pop("first"),
            "factor": given.pop("factor"),
            "most_seconds": given.pop("most"),
            "jitter": given.pop("jitter"),
        },
        "rerun": {
            "from": given.pop("start"),
            "results": given.pop("results"),
            "skills": versions_of(given.pop("skills")),
            "model": given.pop("model"),
        },
    }
    fields = {name: value for name, value in given.items() if value not in (None, ())}
    if "error_types" in fields:
        fields["error_types"] = list(fields["error_types"])
    for name, values in parts.items():
        named = {key: _exact(value) for key, value in values.items() if value is not None}
        if named:
            kept = {
                key: value for key, value in ((before or {}).get(name) or {}).items() if value is not None
            }
            fields[name] = kept | named
    return fields


def _exact(value: Any) -> Any:
    from decimal import Decimal

    return Decimal(repr(value)) if isinstance(value, float) else value


async def _id(client: AgentSkills, given: str) -> str:
    """Return the id that `given` names: an id, or the name of just one policy. Raises `PolicyNotFound`."""
    if given.startswith("policy_"):
        return given
    found = [one["id"] async for one in client.policies.list() if one["name"] == given]
    if len(found) > 1:
        raise BadInput(f"several policies are called {given!r}: {', '.join(found[:5])}")
    if not found:
        raise PolicyNotFound(f"there is no policy {given!r}")
    return str(found[0])


@click.group()
def policy() -> None:
    """Let failed runs be rerun by themselves, and see what became of it."""


@policy.command()
@click.argument("name")
@policy_options
@click.option("--disabled", is_flag=True, help="Make it, but let it look at nothing yet.")
@out.output_option
@online
async def create(client: AgentSkills, name: str, disabled: bool, output: str, **given: Any) -> None:
    """Make a policy and print its id."""
    fields = fields_of(None, **given)
    made = await client.policies.create(name, enabled=False if disabled else None, **fields)
    if output == "table":
        click.echo(made["id"])
    else:
        out.print_document(made, output)


@policy.command()
@out.output_option
@online
async def ls(client: AgentSkills, output: str) -> None:
    """List policies, the newest first."""
    await out.print_stream(client.policies.list(), COLUMNS, output, "no policies", None)


@policy.command()
@click.argument("policy_id", metavar="ID|NAME")
@out.output_option
@online
async def show(client: AgentSkills, policy_id: str, output: str) -> None:
    """Show a policy: what it is for, what it did, and which skills rest."""
    _print(await client.policies.get(await _id(client, policy_id)), output)


@policy.command()
@click.argument("policy_id", metavar="ID|NAME")
@click.option("--name", help="Another name.")
@policy_options
@click.option(
    "--default",
    "defaults",
    type=click.Choice(RESETTABLE),
    multiple=True,
    help="Bring the default of this back. Repeatable.",
)
@out.output_option
@online
async def edit(
    client: AgentSkills,
    policy_id: str,
    name: str | None,
    defaults: tuple[str, ...],
    output: str,
    **given: Any,
) -> None:
    """Change what is given; all else stays."""
    policy_id = await _id(client, policy_id)
    fields = fields_of(await client.policies.get(policy_id), **given)
    fields |= {default.replace("-", "_"): None for default in defaults}
    if not fields.keys() - {"reason"} and name is None:
        raise BadInput("nothing is to be changed; see asf policy edit --help")
    _print(await client.policies.edit(policy_id, name=name, **fields), output)


@policy.command()
@click.argument("policy_id", metavar="ID|NAME")
@click.option("--note", help="Why.")
@out.output_option
@online
async def enable(client: AgentSkills, policy_id: str, note: str | None, output: str) -> None:
    """Let a policy look at failures from now on."""
    _print(await client.policies.enable(await _id(client, policy_id), note=note), output)


@policy.command()
@click.argument("policy_id", metavar="ID|NAME")
@click.option("--note", help="Why.")
@out.output_option
@online
async def disable(client: AgentSkills, policy_id: str, note: str | None, output: str) -> None:
    """Let a policy rest; the reruns it has made go on."""
    _print(await client.policies.disable(await _id(client, policy_id), note=note), output)


@policy.command()
@click.argument("policy_id", metavar="ID|NAME")
@click.option("--reason", help="Why, for the audit trail.")
@out.output_option
@online
async def delete(client: AgentSkills, policy_id: str, reason: str | None, output: str) -> None:
    """Remove a policy with its answers; the reruns it made stay."""
    gone = await client.policies.delete(await _id(client, policy_id), reason=reason)
    if output == "table":
        tell(f"{policy_id} is deleted")
    else:
        out.print_document(gone, output)


@policy.command()
@click.argument("policy_id", metavar="ID|NAME")
@click.option(
    "--answer",
    type=click.Choice([str(one) for one in PolicyAnswer]),
    multiple=True,
    help="Only these. Repeatable.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def answers(
    client: AgentSkills, policy_id: str, answer: tuple[str, ...], limit: int, output: str
) -> None:
    """List what a policy did about failed runs, the newest first."""
    found = client.policies.answers(await _id(client, policy_id), answer=answer or None)
    if await out.print_stream(found, ANSWER_COLUMNS, output, "it has looked at no failed run", limit):
        tell(f"there are more than {limit}; add --limit")


@policy.command("close-breaker")
@click.argument("policy_id", metavar="ID|NAME")
@click.argument("skill")
@click.option("--note", help="Why.")
@out.output_option
@online
async def close_breaker(
    client: AgentSkills, policy_id: str, skill: str, note: str | None, output: str
) -> None:
    """Let all that was held back because of a skill be looked at again, at once."""
    _print(await client.policies.close_breaker(await _id(client, policy_id), skill, note=note), output)


def _print(found: dict[str, Any], output: str) -> None:
    if output != "table":
        out.print_document(found, output)
        return
    from rich.text import Text

    backoff, breaker, window = found["backoff"], found["breaker"], found["window_cap"]
    pauses = f"{backoff['first_seconds']} s, times {backoff['factor']}, at most {backoff['most_seconds']} s"
    given = {
        "id": found["id"],
        "name": found["name"],
        "state": "on" if found["enabled"] else "off",
        "note": found["note"],
        "for": _matches(found["matches"]),
        "attempts": str(found["attempts"]),
        "pauses": pauses + (f", varied by {backoff['jitter']}" if backoff["jitter"] else ""),
        "reruns": json_str(found["rerun"]),
        "after": ", ".join(found["error_types"] or ["every error that may pass"]),
        "family cap": found["family_cap"] and str(found["family_cap"]),
        "window cap": window and f"{window['reruns']} in {window['seconds']} s",
        "breaker": f"{breaker['failures']} failures in {breaker['seconds']} s rest a skill for "
        f"{breaker['rest_seconds']} s",
        "manual too": "yes" if found["manual_too"] else "no",
        "did": ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in found["answers"].items()),
        "made by": out.actor(found["requested_by"]),
        "made": out.moment(found["created_at"]),
        "changed": out.moment(found["updated_at"]),
    }
    parts: list[RenderableType] = [
        out.record((name, out.cell(value)) for name, value in given.items() if value)
    ]
    if found["breakers"]:
        parts += [Text("\nBREAKERS", style="bold"), out.table(found["breakers"], BREAKER_COLUMNS)]
    out.print_parts(*parts)
