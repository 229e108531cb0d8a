"""`asf db`: set up, find and check the database."""

from __future__ import annotations

import asyncio
import sys

import click

from agentskills.settings import settings as read_settings


@click.group()
def db() -> None:
    """Set up and check the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this program; a second time changes nothing."""
    from agentskills.cli.database import check_connection
    from agentskills.storage import migrate
    from agentskills.storage.embedded import database_url

    settings = read_settings()
    url = database_url(settings)
    if settings.database_url:
        asyncio.run(check_connection(url))
    changed = asyncio.run(migrate.upgrade(url))
    click.echo(f"{'upgraded to' if changed else 'already at'} {migrate.head()}")


@db.command()
def url() -> None:
    """Print the URL of the database; the embedded one answers while `asf serve` or `asf worker` runs."""
    from agentskills.storage.embedded import EmbeddedPostgres

    settings = read_settings()
    click.echo(settings.database_url or EmbeddedPostgres(settings.home).url)


@db.command()
def check() -> None:
    """Look for what should not be there: runs nobody takes, missing versions, unused payloads."""
    from agentskills.cli.database import ready_database
    from agentskills.storage.check import find_faults
    from agentskills.storage.database import connect

    url = ready_database(read_settings())

    async def look() -> list[tuple[str, int]]:
        connection = await connect(url, name="asf check")
        try:
            return await find_faults(connection)
        finally:
            await connection.close()

    found = asyncio.run(look())
    for text, count in found:
        click.echo(f"{count:>8,}  {text}")
    sys.exit(1 if any(count for _, count in found) else 0)
