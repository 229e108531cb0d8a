"""Backtests: batches whose items carry a report of what the replay has shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from agentskills.storage.batch_items import Item
from agentskills.storage.database import Conn

MOST_PATHS = 200
"""Changed paths that are summed up."""


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """An item that has ended, or waits for a person, and has no report yet."""

    batch_id: str
    source: str
    state: str
    thread_id: str | None
    reason: str | None


class Verdicts(msgspec.Struct, frozen=True, kw_only=True):
    """How many items say what, and what they differ by in sum."""

    verdict: str
    items: int
    newly_failed: int
    tokens: int | None
    money: Decimal | None
    seconds: Decimal | None
    unknown: int  # items of which a difference is not known


async def insert(conn: Conn, batch_id: str) -> None:
    """Note that a batch is a backtest."""
    await conn.execute("INSERT INTO backtests (id) VALUES ($1)", batch_id)


async def to_report(conn: Conn, limit: int) -> list[Replayed]:
    """Return items that can be reported on, the earliest to end first."""
    rows = await conn.fetch(
        """SELECT i.batch_id, i.source, i.state, i.thread_id, i.reason
           FROM backtests b JOIN batch_items i ON i.batch_id = b.id
           WHERE b.reported_at IS NULL AND i.report IS NULL AND i.state NOT IN ('pending', 'running')
           ORDER BY i.updated_at, i.batch_id, i.source LIMIT $1""",
        limit,
    )
    return [Replayed(**row) for row in rows]


async def hold(conn: Conn, item: Replayed) -> bool:
    """Hold an item's row until the transaction ends; False where others have it, or it has moved on."""
    return bool(
        await conn.fetchval(
            """SELECT true FROM batch_items WHERE batch_id = $1 AND source = $2 AND state = $3
                 AND report IS NULL FOR UPDATE SKIP LOCKED""",
            item.batch_id,
            item.source,
            item.state,
        )
    )


async def report(conn: Conn, item: Replayed, told: dict[str, Any]) -> None:
    """Write the report of an item, unless it has one."""
    await conn.execute(
        "UPDATE batch_items SET report = $3 WHERE batch_id = $1 AND source = $2 AND report IS NULL",
        item.batch_id,
        item.source,
        told,
    )


async def close(conn: Conn, at: datetime) -> list[str]:
    """Note which backtests have ended and have all their reports; return them."""
    rows = await conn.fetch(
        """UPDATE backtests b SET reported_at = $1 FROM batches a
           WHERE b.reported_at IS NULL AND a.id = b.id AND a.status IN ('completed', 'aborted')
             AND NOT EXISTS (SELECT FROM batch_items i WHERE i.batch_id = b.id AND i.report IS NULL)
           RETURNING b.id""",
        at,
    )
    return [row["id"] for row in rows]


async def reported_at(conn: Conn, batch_ids: Sequence[str]) -> dict[str, datetime | None]:
    """Return when each of these backtests had all its reports; what is no backtest is left out."""
    rows = await conn.fetch("SELECT id, reported_at FROM backtests WHERE id = ANY ($1::text[])", batch_ids)
    return {row["id"]: row["reported_at"] for row in rows}


async def verdicts(conn: Conn, batch_ids: Sequence[str]) -> dict[str, list[Verdicts]]:
    """Return the reports of each of these backtests in sum."""
    rows = await conn.fetch(
        """SELECT batch_id, report ->> 'verdict' AS verdict, count(*) AS items,
                  count(*) FILTER (WHERE (report ->> 'newly_failed')::boolean) AS newly_failed,
                  sum((report #>> '{difference,tokens}')::bigint)::bigint AS tokens,
                  sum((report #>> '{difference,money}')::numeric) AS money,
                  sum((report #>> '{difference,seconds}')::numeric) AS seconds,
                  count(*) FILTER (WHERE report #>> '{difference,tokens}' IS NULL
                                      OR report #>> '{difference,money}' IS NULL) AS unknown
           FROM batch_items WHERE batch_id = ANY ($1::text[]) AND report IS NOT NULL
           GROUP BY batch_id, report ->> 'verdict'""",
        list(batch_ids),
    )
    found: dict[str, list[Verdicts]] = {}
    for row in rows:
        fields = dict(row)
        found.setdefault(fields.pop("batch_id"), []).append(Verdicts(**fields))
    return found


async def paths(conn: Conn, batch_id: str) -> list[dict[str, Any]]:
    """Return the paths that changed: in how many runs, by which origins, with a run each."""
    rows = await conn.fetch(
        f"""WITH changed AS MATERIALIZED (
                SELECT i.source, i.thread_id, i.position, p ->> 'path' AS path, p -> 'origins' AS origins
                FROM batch_items i, jsonb_array_elements(i.report -> 'paths') AS p
                WHERE i.batch_id = $1 AND i.report ->> 'verdict' = 'changed'),
            most AS (
                SELECT path, count(*) AS count, (array_agg(source ORDER BY position))[1] AS source,
                       (array_agg(thread_id ORDER BY position))[1] AS thread_id
                FROM changed GROUP BY path ORDER BY count(*) DESC, path LIMIT {MOST_PATHS}),
            counted AS (
                SELECT c.path, o ->> 'kind' AS kind, o ->> 'name' AS name, count(*) AS n
                FROM changed c, jsonb_array_elements(c.origins) AS o GROUP BY 1, 2, 3)
            SELECT m.*, coalesce((
                SELECT jsonb_agg(jsonb_build_object('kind', o.kind, 'name', o.name, 'count', o.n)
                                 ORDER BY o.n DESC, o.name)
                FROM counted o WHERE o.path = m.path), '[]') AS origins
            FROM most m ORDER BY m.count DESC, m.path""",
        batch_id,
    )
    return [dict(row) for row in rows]


async def untold(conn: Conn, batch_id: str) -> list[dict[str, Any]]:
    """Return why items can't be told, with how many and a run each."""
    rows = await conn.fetch(
        """SELECT report #>> '{why,type}' AS type, report #>> '{why,skill}' AS skill, count(*) AS count,
                  (array_agg(source ORDER BY position))[1] AS source,
                  (array_agg(report #>> '{why,message}' ORDER BY position))[1] AS message
           FROM batch_items WHERE batch_id = $1 AND report ->> 'verdict' = 'cant_tell'
           GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 100""",
        batch_id,
    )
    return [dict(row) for row in rows]


async def items(
    conn: Conn, batch_id: str, verdict: str | None, *, after: int | None, limit: int
) -> list[tuple[Item, dict[str, Any] | None]]:
    """Return up to `limit` items in order with their reports, beyond position `after`."""
    names = Item.__struct_fields__
    rows = await conn.fetch(
        f"""SELECT {", ".join(f"i.{name}" for name in names[:-2])}, m.run_name, left(m.sop, 1000) AS sop,
                   i.report
            FROM batch_items i LEFT JOIN run_metadata m ON m.thread_id = i.source AND m.deleted_at IS NULL
            WHERE i.batch_id = $1 AND i.position > $2
              AND ($3::text IS NULL OR i.report ->> 'verdict' = $3)
            ORDER BY i.position LIMIT $4""",
        batch_id,
        after or 0,
        verdict,
        limit,
    )
    return [(Item(**{name: row[name] for name in names}), row["report"]) for row in rows]
