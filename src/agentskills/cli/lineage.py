"""`asf run lineage` and `asf run delete`: the family of a run as a tree, and taking one out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import full_id, online, tell

if TYPE_CHECKING:
    from rich.tree import Tree

    from agentskills.client import AgentSkills

_STAYS = (
    "Its SOP, data, steps and results go for good. What stays: its place in the family, the effects it had, "
    "the audit trail, and results that reruns still use, hidden until those are gone."
)


@click.command()
@click.argument("run_id", metavar="ID")
@out.output_option
@online
async def lineage(client: AgentSkills, run_id: str, output: str) -> None:
    """Show the whole family of a run: who reran what, how and why, and what has fixed it."""
    found = await client.lineage(await full_id(client, run_id))
    if output != "table":
        out.print_document(found, output)
        return
    out.print_parts(*_trees(found))
    if found["capped"]:
        tell(f"the family has more runs than the {len(found['items'])} oldest shown here")


def _trees(found: dict[str, Any]) -> list[Tree]:
    """Return the family as a tree; a run whose parent is not among the items begins one of its own."""
    from rich.tree import Tree

    places: dict[str, Tree] = {}
    tops = []
    for run in found["items"]:
        above = places.get(run["parent_thread_id"])
        label = _label(run, run["thread_id"] == found["thread_id"])
        place = above.add(label) if above else Tree(label)
        if above is None:
            tops.append(place)
        places[run["thread_id"]] = place
    return tops


def _label(run: dict[str, Any], asked: bool) -> Any:
    """Return a run on one line: id, status, when, how, who and why."""
    from rich.text import Text

    status = run["status"] or "deleted"
    line = Text(no_wrap=True)
    line.append(out.safe(run["thread_id"]), style="dim" if run["deleted_at"] else "bold" if asked else "")
    line.append(f"  {status}", style=out.STYLES.get(status, "dim"))
    if run["error_type"]:
        line.append(f" ({out.safe(run['error_type'])})", style="red")
    if run["fixed_by"]:
        line.append(f"  fixed by {out.safe(run['fixed_by'])}", style="green")
    said = [out.moment(run["created_at"]), run["preset"], _who(run["requested_by"])]
    if run["not_repeated"]:
        said.append(f"{run['not_repeated']} not repeated")
    if run["dry"]:
        said.append("nothing went out")
    line.append("  " + ", ".join(part for part in said if part), style="dim")
    if run["reason"]:
        line.append(f"  “{out.safe(run['reason'])}”")
    return line


def _who(actor: dict[str, Any]) -> str:
    return out.safe(f"by {actor.get('name') or actor['kind']}")


@click.command()
@click.argument("run_id", metavar="ID")
@click.option("--reason", help="Why, for the audit trail.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@out.output_option
@online
async def delete(client: AgentSkills, run_id: str, reason: str | None, yes: bool, output: str) -> None:
    """Delete a run that is over; its place in the family and its effects stay."""
    thread_id = await full_id(client, run_id)
    if not yes:
        tell(_STAYS)
        click.confirm(f"Delete {thread_id}?", abort=True, err=True)
    answer = await client.delete(thread_id, reason=reason)
    if output == "table":
        click.echo(f"{thread_id}: deleted")
    else:
        out.print_document(answer, output)
