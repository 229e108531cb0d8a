"""Makes the database ready for a process, or says in one line why it can't be."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import asyncpg

from agentskills.domain.errors import DatabaseGone, SetupError
from agentskills.settings import Settings
from agentskills.storage import migrate
from agentskills.storage.database import connect
from agentskills.storage.embedded import database_url
from agentskills.storage.postgres_binaries import OLDEST


def ready_database(settings: Settings) -> str:
    """Return the URL of a database at this program's schema. Raises `SetupError`.

    The embedded database is started and upgraded; a DATABASE_URL is only looked at.
    """
    url = database_url(settings)
    if settings.database_url:
        asyncio.run(_look(url))
    else:
        asyncio.run(migrate.upgrade(url))
    return url


async def _look(url: str) -> None:
    await check_connection(url)
    await migrate.check(url)


async def check_connection(url: str) -> None:
    """Raise `SetupError` unless a Postgres that is new enough answers at `url`."""
    try:
        connection = await connect(url, name="asf start")
    except (ValueError, asyncpg.InterfaceError) as error:
        raise SetupError(f"DATABASE_URL is wrong: {_without_password(str(error), url)}") from None
    except DatabaseGone as error:
        refused = isinstance(error.__cause__, ConnectionRefusedError)
        reason = "connection refused" if refused else str(error.__cause__) or "no answer"
        raise SetupError(
            f"the database of DATABASE_URL ({_place(url)}) can't be reached: {_without_password(reason, url)}"
        ) from None
    try:
        version = connection.get_server_version()
        if version.major < OLDEST:
            raise SetupError(
                f"the database of DATABASE_URL is PostgreSQL {version.major}; {OLDEST} or newer is needed"
            )
    finally:
        await connection.close()


def _place(url: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2] + parts.path
    return place or "local"


def _without_password(text: str, url: str) -> str:
    try:
        password = urlsplit(url).password
    except ValueError:
        return "it can't be read as a URL"
    line = " ".join(text.split())
    return line.replace(password, "•••") if password else line
