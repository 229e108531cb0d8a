"""`asf effects`: what went out, who did it, and who did not do it again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import online, tell
from agentskills.cli.values import CONTAINED, MOMENT
from agentskills.domain.data_path import leaves
from agentskills.domain.json_text import json_str
from agentskills.domain.status import EffectState

if TYPE_CHECKING:
    from rich.console import RenderableType

    from agentskills.client import AgentSkills

WORDS = {"intent": "announced", "receipt": "done", "failed": "failed", "doubt": "in doubt"}
"""States as people read them."""

COLUMNS = (
    out.Column("ID", lambda effect: str(effect["id"]), whole=True),
    out.Column("STATE", lambda effect: WORDS[effect["state"]], whole=True),
    out.Column("AT", lambda effect: out.moment(effect["at"]), whole=True),
    out.Column("SKILL", lambda effect: effect["skill"], whole=True),
    out.Column("KEY", lambda effect: _key(effect["key"])),
    out.Column("RUN", lambda effect: effect["thread_id"], whole=True),
    out.Column("NOT REPEATED", lambda effect: _not_repeated(effect)),
)

VALUE_COLUMNS = (
    out.Column("PATH", lambda leaf: leaf["path"], whole=True),
    out.Column("VALUE", lambda leaf: json_str(leaf["value"])),
)
NOT_REPEATED_COLUMNS = (
    out.Column("RUN", lambda step: step["thread_id"], whole=True),
    out.Column("STEP", lambda step: str(step["seq"]), whole=True),
    out.Column("AT", lambda step: out.moment(step["at"]), whole=True),
    out.Column("NAME", lambda step: step["run_name"]),
)


def _key(key: dict[str, Any]) -> str:
    return " ".join(
        f"{path}={value if isinstance(value, str) else json_str(value)}" for path, value in key.items()
    )


def _not_repeated(effect: dict[str, Any]) -> str:
    steps = effect["not_repeated_by"]
    named = ", ".join(dict.fromkeys(step["thread_id"] for step in steps))
    more = effect["not_repeated"] - len(steps)
    return f"{named} and {more} more" if more else named


@click.group()
def effects() -> None:
    """Show what skills did to the outside world: announced, done, failed, in doubt."""


@effects.command()
@click.option(
    "--state",
    type=click.Choice([state.value for state in EffectState]),
    multiple=True,
    help="intent (announced), receipt (done), failed or doubt. Repeatable.",
)
@click.option("--skill", help="Effects of this skill.")
@click.option(
    "--data",
    type=CONTAINED,
    multiple=True,
    metavar="PATH=VALUE|JSON",
    help="What went out contains this, such as order.id=42, or a JSON object. Repeatable.",
)
@click.option("--run", "thread_id", help="Effects that this run has, or has had.")
@click.option("--family", "root", help="Effects of this run and all its reruns.")
@click.option("--scope", help="Effects that happen once in the family of this root; empty: once anywhere.")
@click.option("--since", "after", type=MOMENT, help="Changed last at or after this time, or not longer ago.")
@click.option("--until", "before", type=MOMENT, help="Changed last before this time.")
@click.option("--not-repeated", is_flag=True, help="Only those that another run did not do again.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def ls(
    client: AgentSkills,
    data: tuple[dict[str, Any], ...],
    scope: str | None,
    after: datetime | None,
    before: datetime | None,
    limit: int,
    output: str,
    **filters: Any,
) -> None:
    """List effects, the latest news first. All filters given must hold."""
    found = client.effects(
        **{name: value for name, value in filters.items() if value},
        data={path: value for given in data for path, value in given.items()} or None,
        scope=scope,
        after=after,
        before=before,
        page_size=min(limit + 1, 200),
    )
    if await out.print_stream(found, COLUMNS, output, "no effects found", limit):
        tell(f"there are more than {limit}; add --limit")


@effects.command()
@click.argument("effect_id", metavar="ID", type=click.IntRange(1))
@out.output_option
@online
async def show(client: AgentSkills, effect_id: int, output: str) -> None:
    """Show one effect: what went out, what came back, who did it, who did not do it again."""
    effect = await client.effect(effect_id)
    if output == "table":
        _print(effect)
    else:
        out.print_document(effect, output)


def _print(effect: dict[str, Any]) -> None:
    from rich.text import Text

    asked = ", ".join(f"asf run approve {one['thread_id']}" for one in effect["asked_by"])
    given = {
        "id": str(effect["id"]),
        "state": WORDS[effect["state"]],
        "skill": effect["skill"],
        "key": _key(effect["key"]),
        "run": f"{effect['thread_id']}, step {effect['seq']}",
        "name": effect["run_name"] or "the run has gone",
        "announced": out.moment(effect["announced_at"]),
        "changed": out.moment(effect["at"]),
        "settled by": out.actor(effect["settled_by"]),
        "agreed by": out.actor(effect["agreed_by"]),
        "scope": effect["scope"] or "the whole installation",
        "error": (effect["error"] or {}).get("message"),
        "answer with": asked,
    }
    parts: list[RenderableType] = [
        out.record((name, out.cell(value)) for name, value in given.items() if value)
    ]
    for title, data in (("WHAT WENT OUT", effect["inputs"]), ("WHAT CAME OF IT", effect["output"])):
        if data:
            rows = [{"path": path, "value": value} for path, value in leaves(data).items()]
            parts += [Text(f"\n{title}", style="bold"), out.table(rows, VALUE_COLUMNS)]
    if effect["not_repeated_by"]:
        parts += [
            Text(f"\nNOT DONE AGAIN, {effect['not_repeated']} times", style="bold"),
            out.table(effect["not_repeated_by"], NOT_REPEATED_COLUMNS),
        ]
    out.print_parts(*parts)
