"""How many runs were created in each part of a time, by status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from agentskills.domain.status import RunStatus
from agentskills.storage.database import Conn
from agentskills.storage.query import Query
from agentskills.storage.run_filter import RunFilter, conditions, source

PATIENCE = 0.12
"""Seconds that counting may take; then a sample is counted."""
SAMPLE = 10_000
"""Runs that are looked at then, about."""

Buckets = list[dict[str, int]]


class Activity(msgspec.Struct, frozen=True):
    """Runs by status in each part, the oldest part first."""

    buckets: Buckets
    exact: bool


async def count(
    conn: Conn, wanted: RunFilter, edges: Sequence[datetime], patience: float = PATIENCE
) -> Activity:
    """Count the runs between each two of `edges`. Call it within `search_limits`."""
    try:
        async with conn.transaction():  # a savepoint: what takes too long is undone
            await conn.execute(f"SET LOCAL statement_timeout = {int(patience * 1000)}")
            return Activity(await _counted(conn, wanted, edges), exact=True)
    except asyncpg.QueryCanceledError:
        return Activity(await estimate(conn, wanted, edges), exact=False)


async def _counted(conn: Conn, wanted: RunFilter, edges: Sequence[datetime]) -> Buckets:
    if wanted == RunFilter(status=wanted.status):
        return await _counted_in_the_index(conn, wanted.status or list(RunStatus), edges)
    return await _grouped(conn, wanted, edges, source(wanted))


async def _counted_in_the_index(conn: Conn, statuses: Sequence[str], edges: Sequence[datetime]) -> Buckets:
    """Count each part by itself: a million entries of one index, and nothing to compute for any of them."""
    rows = await conn.fetch(
        """SELECT part.number, by.status, found.n
           FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS part (since, until, number)
           CROSS JOIN unnest($3::text[]) AS by (status)
           CROSS JOIN LATERAL (
               SELECT count(*) AS n FROM run_state s WHERE s.status = by.status
                 AND s.created_at >= part.since AND s.created_at < part.until) AS found
           WHERE found.n > 0""",
        edges[:-1],
        edges[1:],
        list(statuses),
    )
    buckets: Buckets = [{} for _ in edges[1:]]
    for row in rows:
        buckets[row["number"] - 1][row["status"]] = row["n"]
    return buckets


async def _grouped(
    conn: Conn, wanted: RunFilter, edges: Sequence[datetime], tables: str, share: float = 1.0
) -> Buckets:
    buckets: Buckets = [{} for _ in edges[1:]]
    query = await _within(conn, wanted, edges)
    if query is None:
        return buckets
    part = f"width_bucket(s.created_at, {query.parameter(list(edges))}::timestamptz[])"
    rows = await conn.fetch(
        f"SELECT {part} AS part, s.status, count(*) AS n FROM {tables} {query.where} GROUP BY 1, 2",
        *query.arguments,
    )
    for row in rows:
        buckets[row["part"] - 1][row["status"]] = round(row["n"] / share)
    return buckets


async def _within(conn: Conn, wanted: RunFilter, edges: Sequence[datetime]) -> Query | None:
    query = await conditions(conn, wanted, "s")
    if query is not None:
        query.add("s.created_at >= {} AND s.created_at < {}", edges[0], edges[-1])
    return query


async def estimate(conn: Conn, wanted: RunFilter, edges: Sequence[datetime]) -> Buckets:
    """Count in some pages of the table, wherever they are, and take the others to be like them."""
    runs = await conn.fetchval("SELECT reltuples FROM pg_class WHERE oid = 'run_state'::regclass")
    share = min(1.0, SAMPLE / max(runs, 1))
    sampled = source(wanted).replace("run_state s", f"run_state s TABLESAMPLE SYSTEM ({share * 100})", 1)
    return await _grouped(conn, wanted, edges, sampled, share)
