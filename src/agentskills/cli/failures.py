"""`asf failures`: failed runs by kind, and those that nobody will mend."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import full_id, online, tell
from agentskills.cli.values import MOMENT

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

COLUMNS = (
    out.Column("COUNT", lambda group: str(group["count"]), whole=True),
    out.Column("LAST", lambda group: out.moment(group["last_at"]), whole=True),
    out.Column("SKILL", lambda group: group["skill"] or "(none)", whole=True),
    out.Column("VERSIONS", lambda group: " ".join(digest[:8] for digest in group["versions"]), whole=True),
    out.Column("SUCH AS", lambda group: group["sample"]["thread_id"], whole=True),
    out.Column("SIGNATURE", lambda group: group["signature"], whole=True),
    out.Column("NOTE", lambda group: f"{group['dismissed']} dismissed" if group["dismissed"] else ""),
)

runs_argument = click.argument("run_ids", metavar="[ID]…", nargs=-1)
skill_option = click.option("--skill", help="With --signature: all that failed in this skill (or '') so.")
signature_option = click.option("--signature", help="As `asf failures ls` shows it.")
note_option = click.option("--note", help="Why, kept with the run and in the audit.")


@click.group()
def failures() -> None:
    """Show failed runs by kind, and dismiss those that nobody will mend."""


@failures.command()
@click.option("--skill", help="That failed; '': none did.")
@click.option("--signature", help="Failures like this.")
@click.option("--since", "after", type=MOMENT, help="Failed at or after this time, or not longer ago.")
@click.option("--until", "before", type=MOMENT, help="Failed before this time.")
@click.option("--dismissed", is_flag=True, help="Dismissed ones as well.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def ls(
    client: AgentSkills,
    skill: str | None,
    signature: str | None,
    after: datetime | None,
    before: datetime | None,
    dismissed: bool,
    limit: int,
    output: str,
) -> None:
    """List failures by kind, the newest first: those that no later run has fixed."""
    found = client.failures.list(
        skill=skill,
        signature=signature,
        after=after,
        before=before,
        dismissed=dismissed,
        page_size=min(limit + 1, 200),
    )
    if await out.print_stream(found, COLUMNS, output, "no failures found", limit):
        tell(f"there are more than {limit} kinds; add --limit")


@failures.command()
@runs_argument
@skill_option
@signature_option
@note_option
@out.output_option
@online
async def dismiss(client: AgentSkills, output: str, **chosen: Any) -> None:
    """Note that nobody will mend these runs: they count no more, and nothing reruns them by itself."""
    answer = await client.failures.dismiss(**await _chosen(client, **chosen))
    _print(answer, output, "dismissed")


@failures.command()
@runs_argument
@skill_option
@signature_option
@note_option
@out.output_option
@online
async def restore(client: AgentSkills, output: str, **chosen: Any) -> None:
    """Take back that failures were dismissed."""
    answer = await client.failures.restore(**await _chosen(client, **chosen))
    _print(answer, output, "restored")


async def _chosen(client: AgentSkills, run_ids: tuple[str, ...], **more: Any) -> dict[str, Any]:
    ids = [await full_id(client, given) for given in run_ids]
    return more | {"ids": ids or None}


def _print(answer: dict[str, Any], output: str, done: str) -> None:
    if output != "table":
        out.print_document(answer, output)
        return
    left_out = f"; left out: {', '.join(answer['left_out'])}" if answer["left_out"] else ""
    click.echo(f"{answer['count']} {done}{left_out}")
