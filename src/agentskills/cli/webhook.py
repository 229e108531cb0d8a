"""`asf webhook`: who hears of events, and what was sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import online, tell
from agentskills.domain.webhook import EVENTS, DeliveryState

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

COLUMNS = (
    out.Column("ID", lambda webhook: webhook["id"], whole=True),
    out.Column("URL", lambda webhook: webhook["url"]),
    out.Column("", lambda webhook: "on" if webhook["enabled"] else "off", whole=True),
    out.Column("EVENTS", lambda webhook: " ".join(webhook["events"])),
    out.Column("DELIVERED", lambda webhook: str(webhook["deliveries"].get("delivered", 0)), whole=True),
    out.Column("PENDING", lambda webhook: str(webhook["deliveries"].get("pending", 0)), whole=True),
    out.Column("FAILED", lambda webhook: str(webhook["deliveries"].get("failed", 0)), whole=True),
    out.Column("NOTE", lambda webhook: webhook["note"]),
)
DELIVERY_COLUMNS = (
    out.Column("N", lambda one: str(one["id"]), whole=True),
    out.Column("AT", lambda one: out.moment(one["at"]), whole=True),
    out.Column("EVENT", lambda one: one["type"], whole=True),
    out.Column("ABOUT", lambda one: _about(one["data"]), whole=True),
    out.Column("STATE", lambda one: one["state"], whole=True),
    out.Column("TRIES", lambda one: str(len(one["tries"])), whole=True),
    out.Column("NEXT", lambda one: out.moment(one["due_at"]), whole=True),
    out.Column("LAST", lambda one: _last(one["tries"])),
)


def _about(data: dict[str, Any]) -> str:
    names = ("thread_id", "batch_id", "schedule_id", "webhook_id", "id")
    return str(next((data[name] for name in names if data.get(name)), ""))


def _last(tries: list[dict[str, Any]]) -> str:
    if not tries:
        return ""
    return str(tries[-1]["error"] or tries[-1]["status"])


@click.group()
def webhook() -> None:
    """Tell other systems what happens: who hears of which events, and what was sent."""


@webhook.command()
@click.argument("url")
@click.option(
    "--event",
    "events",
    type=click.Choice(EVENTS),
    multiple=True,
    required=True,
    help="To hear of. Repeatable.",
)
@click.option("--reason", help="Why, for the audit trail.")
@out.output_option
@online
async def create(
    client: AgentSkills, url: str, events: tuple[str, ...], reason: str | None, output: str
) -> None:
    """Make a webhook and print its id and its secret, which is shown only now."""
    _print_secret(await client.webhooks.create(url, events, reason=reason), output)


@webhook.command()
@out.output_option
@online
async def ls(client: AgentSkills, output: str) -> None:
    """List webhooks, the newest first."""
    await out.print_stream(client.webhooks.list(), COLUMNS, output, "no webhooks", None)


@webhook.command()
@click.argument("webhook_id", metavar="ID")
@out.output_option
@online
async def show(client: AgentSkills, webhook_id: str, output: str) -> None:
    """Show a webhook and how its deliveries stand."""
    _print(await client.webhooks.get(webhook_id), output)


@webhook.command()
@click.argument("webhook_id", metavar="ID")
@click.option("--url", help="Another address.")
@click.option(
    "--event", "events", type=click.Choice(EVENTS), multiple=True, help="Hear of these instead. Repeatable."
)
@click.option("--on/--off", "enabled", default=None, help="Send, or keep what is to be sent.")
@click.option("--note", help="Why.")
@click.option("--reason", help="Why, for the audit trail.")
@out.output_option
@online
async def edit(
    client: AgentSkills, webhook_id: str, events: tuple[str, ...], output: str, **given: Any
) -> None:
    """Change what is given, or turn a webhook off and on."""
    _print(await client.webhooks.edit(webhook_id, events=events or None, **given), output)


@webhook.command()
@click.argument("webhook_id", metavar="ID")
@click.option("--reason", help="Why, for the audit trail.")
@out.output_option
@online
async def rotate(client: AgentSkills, webhook_id: str, reason: str | None, output: str) -> None:
    """Replace the secret and print the new one; the old one signs beside it for a day."""
    _print_secret(await client.webhooks.rotate(webhook_id, reason=reason), output)


@webhook.command()
@click.argument("webhook_id", metavar="ID")
@click.option("--reason", help="Why, for the audit trail.")
@out.output_option
@online
async def delete(client: AgentSkills, webhook_id: str, reason: str | None, output: str) -> None:
    """Remove a webhook with all that was or will be sent to it."""
    gone = await client.webhooks.delete(webhook_id, reason=reason)
    if output == "table":
        tell(f"{webhook_id} is deleted")
    else:
        out.print_document(gone, output)


@webhook.command()
@click.argument("webhook_id", metavar="ID")
@click.option(
    "--state",
    type=click.Choice([str(state) for state in DeliveryState]),
    multiple=True,
    help="Only these. Repeatable.",
)
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def deliveries(
    client: AgentSkills, webhook_id: str, state: tuple[str, ...], limit: int, output: str
) -> None:
    """List what was or will be sent, the newest first."""
    found = client.webhooks.deliveries(webhook_id, state=state or None)
    if await out.print_stream(found, DELIVERY_COLUMNS, output, "nothing was to be sent", limit):
        tell(f"there are more than {limit}; add --limit")


@webhook.command()
@click.argument("webhook_id", metavar="ID")
@click.argument("number", metavar="N", type=click.IntRange(1))
@out.output_option
@online
async def resend(client: AgentSkills, webhook_id: str, number: int, output: str) -> None:
    """Send a delivery once more, now, as the same message."""
    _print_due(await client.webhooks.resend(webhook_id, number), output)


@webhook.command()
@click.argument("webhook_id", metavar="ID")
@out.output_option
@online
async def test(client: AgentSkills, webhook_id: str, output: str) -> None:
    """Send a `webhook.test` event."""
    _print_due(await client.webhooks.test(webhook_id), output)


def _print_due(delivery: dict[str, Any], output: str) -> None:
    if output == "table":
        click.echo(f"delivery {delivery['id']} is on its way")
    else:
        out.print_document(delivery, output)


def _print_secret(made: dict[str, Any], output: str) -> None:
    if output == "table":
        click.echo(f"{made['id']} {made['secret']}")
        tell("The secret is shown only now.")
    else:
        out.print_document(made, output)


def _print(found: dict[str, Any], output: str) -> None:
    if output != "table":
        out.print_document(found, output)
        return
    given = {
        "id": found["id"],
        "url": found["url"],
        "events": " ".join(found["events"]),
        "state": "on" if found["enabled"] else "off",
        "note": found["note"],
        "old secret": found["rotating_until"] and f"signs until {out.moment(found['rotating_until'])}",
        "deliveries": ", ".join(f"{number} {state}" for state, number in found["deliveries"].items()),
        "made by": out.actor(found["requested_by"]),
        "made": out.moment(found["created_at"]),
        "changed": out.moment(found["updated_at"]),
    }
    out.print_parts(out.record((name, out.cell(value)) for name, value in given.items() if value))
