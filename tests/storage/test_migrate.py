"""Migrations: to the newest schema, once, from several sides at once; never over newer data."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from agentskills.domain.errors import DatabaseGone, SetupError
from agentskills.storage import migrate
from agentskills.storage.database import connect

pytestmark = pytest.mark.anyio


def catalogue(url: str) -> dict[str, list[Any]]:
    """Everything that a migration could change, and the rows it writes itself."""
    with psycopg.connect(url) as connection:
        return {
            query: connection.execute(query.encode()).fetchall()
            for query in (
                "SELECT table_name, column_name, data_type, column_default FROM information_schema.columns "
                "WHERE table_schema = 'public' ORDER BY 1, 2",
                "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2",
                "SELECT proname, prosrc, xmin::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
                "SELECT relname, xmin::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
                "SELECT * FROM installation",
            )
        }


async def test_twice_changes_nothing(empty_database_url: str) -> None:
    assert await migrate.current(empty_database_url) is None
    with pytest.raises(SetupError, match="no tables yet: run `asf db upgrade`"):
        await migrate.check(empty_database_url)
    assert await migrate.upgrade(empty_database_url) is True
    before = catalogue(empty_database_url)
    assert await migrate.upgrade(empty_database_url) is False
    assert catalogue(empty_database_url) == before
    assert await migrate.current(empty_database_url) == migrate.head()
    await migrate.check(empty_database_url)


async def test_many_at_once_upgrade_once(empty_database_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_database_url) for _ in range(4)))
    assert await migrate.current(empty_database_url) == migrate.head()
    with psycopg.connect(empty_database_url) as connection:
        rows = connection.execute("SELECT count(*) FROM installation").fetchone()
    assert rows == (1,)


async def test_newer_data_are_refused(database_url: str) -> None:
    connection = await connect(database_url)
    await connection.execute("UPDATE alembic_version SET version_num = '9999_future'")
    await connection.close()
    for refused in (migrate.upgrade, migrate.check):
        with pytest.raises(SetupError, match=r"written by a newer version .*9999_future"):
            await refused(database_url)


async def test_a_database_that_is_away_is_gone() -> None:
    with pytest.raises(DatabaseGone):
        await migrate.upgrade("postgresql://postgres@127.0.0.1:1/x")


async def test_revisions_are_one_line_and_the_last_is_the_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate._FOLDER))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [migrate.head()]
    assert [r.revision for r in script.walk_revisions()] == sorted(
        (r.revision for r in script.walk_revisions()), reverse=True
    )


async def test_a_revision_that_fails_leaves_nothing(empty_database_url: str) -> None:
    connection = await connect(empty_database_url)
    await connection.execute("CREATE TABLE installation (taken text)")  # the last table of the first revision
    with pytest.raises(Exception, match="installation"):
        await migrate.upgrade(empty_database_url)
    assert await connection.fetchval("SELECT to_regclass('run_metadata')") is None
    await connection.execute("DROP TABLE installation")
    await connection.close()
    assert await migrate.upgrade(empty_database_url) is True
