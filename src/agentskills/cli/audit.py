"""`asf audit`: who did what, when, on whose behalf and why."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from agentskills.cli import output as out
from agentskills.cli.session import online, tell
from agentskills.cli.values import MOMENT
from agentskills.domain.json_text import json_str

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

COLUMNS = (
    out.Column("AT", lambda entry: out.moment(entry["at"]), whole=True),
    out.Column("WHO", lambda entry: out.actor(entry["actor"]), whole=True),
    out.Column("ACTION", lambda entry: entry["action"], whole=True),
    out.Column("RUN", lambda entry: entry["thread_id"], whole=True),
    out.Column("WHY", lambda entry: entry["reason"]),
    out.Column("DETAIL", lambda entry: json_str(entry["detail"]) if entry["detail"] else ""),
)


@click.group()
def audit() -> None:
    """Show who did what, when, on whose behalf and why."""


@audit.command()
@click.option("--run", "thread_id", help="What was done to this run.")
@click.option("--action", help="Such as start, rerun, approve, cancel, reload, sign-in.")
@click.option("--actor", help="A name, a kind such as person or api_key, or on whose behalf it was done.")
@click.option("--since", "after", type=MOMENT, help="At or after this time, or not longer ago.")
@click.option("--until", "before", type=MOMENT, help="Before this time.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@out.output_option
@online
async def ls(
    client: AgentSkills,
    after: datetime | None,
    before: datetime | None,
    limit: int,
    output: str,
    **filters: Any,
) -> None:
    """List all calls that changed something, the newest first. All filters given must hold."""
    found = client.audit(
        **{name: value for name, value in filters.items() if value},
        after=after,
        before=before,
        page_size=min(limit + 1, 200),
    )
    if await out.print_stream(found, COLUMNS, output, "nothing found", limit):
        tell(f"there are more than {limit}; add --limit")
