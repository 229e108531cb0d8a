"""Bring a database to the schema of this program: Alembic, under a lock, twice changes nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg

from agentskills.domain.errors import SetupError
from agentskills.storage.database import connect

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6173665F6462  # "asf_db": one upgrade of a database at a time


def head() -> str:
    """Return the revision this program is written for; revisions are files named by number, in one line."""
    return max(file.stem for file in (_FOLDER / "versions").glob("[0-9]*.py"))


async def current(url: str) -> str | None:
    """Return the revision of the database, None where it is empty. Raises `DatabaseGone`."""
    connection = await connect(url, name="asf db")
    try:
        found = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    return str(found) if found else None


async def check(url: str) -> None:
    """Raise `SetupError` unless the database is at this program's revision."""
    found = await current(url)
    if found == head():
        return
    if found is None:
        raise SetupError("the database has no tables yet: run `asf db upgrade`")
    _refuse_newer(found)
    raise SetupError(f"the database is at {found}, this program needs {head()}: run `asf db upgrade`")


async def upgrade(url: str) -> bool:
    """Bring the database to `head()`; return whether anything was to do.

    Safe to call from several processes at once. Raises `SetupError` where a newer version wrote
    the data, `DatabaseGone` where it can't be reached.
    """
    found = await current(url)
    if found == head():
        return False
    if found is not None:
        _refuse_newer(found)
    await asyncio.to_thread(_upgrade, url)
    return True


def _refuse_newer(found: str) -> None:
    if not (_FOLDER / "versions" / f"{found}.py").exists():
        raise SetupError(
            f"the data were written by a newer version of agentskills (schema {found}, this one knows "
            f"{head()}): install that version"
        )


def _upgrade(url: str) -> None:
    # Imported here: they take a second, and an up-to-date database needs neither.
    import psycopg
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, pool, text

    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=pool.NullPool
    )
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with engine.connect() as lock, engine.connect() as connection:
        lock.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()
