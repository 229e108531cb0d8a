"""Fills a database with runs as they would be after 90 days: families, failures, waits, five steps each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from agentskills.storage.database import Conn

PART = 50_000
SQL = Path(__file__).with_suffix(".sql")
TABLES = ("run_metadata", "run_state", "run_steps", "failures", "waits", "sop_texts", "fixes")

Say = Callable[[str, int, int], None]
"""Told what is done, how far it has come, and how far it goes."""


async def fill(conn: Conn, runs: int, say: Say) -> None:
    """Write `runs` runs into a migrated database without any; triggers rest, and indexes are made at the end.

    What the triggers would have written is written here.
    """
    plan, *parts = SQL.read_text().split("-- part\n")
    async with conn.transaction():
        await conn.execute("SET LOCAL session_replication_role = replica")
        await conn.execute("SET LOCAL maintenance_work_mem = '512MB'")
        await conn.execute("SET LOCAL work_mem = '256MB'")
        await conn.execute("SET LOCAL synchronous_commit = off")
        indexes = await _drop_indexes(conn)
        say("planning", 0, 1)
        await conn.execute(plan.replace(":runs", str(runs)))
        for first in range(1, runs + 1, PART):
            say("runs", first - 1, runs)
            for part in parts:
                await conn.execute(part, first, min(first + PART - 1, runs))
        for number, definition in enumerate(indexes):
            say("indexes", number, len(indexes))
            await conn.execute(definition)
    for number, table in enumerate(TABLES):
        say("vacuum", number, len(TABLES))
        await conn.execute(f"VACUUM (FREEZE, ANALYZE) {table}")


async def _drop_indexes(conn: Conn) -> list[str]:
    """Drop what only makes reading quicker and return the statements that make it again."""
    rows = await conn.fetch(
        """SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
           FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
           WHERE i.indrelid::regclass::text = ANY ($1::text[])
             AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)""",
        list(TABLES),
    )
    for row in rows:
        await conn.execute(f'DROP INDEX "{row["name"]}"')
    return [row["definition"] for row in rows]
