"""How many runs were created in each part of a time, by status."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from agentskills.storage import run_filter
from agentskills.storage.database import Conn
from agentskills.storage.run_filter import RunFilter, source


class Activity(msgspec.Struct, frozen=True):
    """Runs by status in each part, the oldest part first."""

    buckets: list[dict[str, int]]
    exact: bool


async def count(conn: Conn, wanted: RunFilter, edges: Sequence[datetime]) -> Activity:
    """Count the runs between each two of `edges`. Call it within `search_limits`."""
    buckets: list[dict[str, int]] = [{} for _ in edges[1:]]
    query = await run_filter.conditions(conn, wanted, "s")
    if query is None:
        return Activity(buckets, True)
    query.add("s.created_at >= {} AND s.created_at < {}", edges[0], edges[-1])
    part = f"width_bucket(s.created_at, {query.parameter(list(edges))}::timestamptz[])"
    rows = await conn.fetch(
        f"SELECT {part} AS part, s.status, count(*) AS n FROM {source(wanted)} {query.where} GROUP BY 1, 2",
        *query.arguments,
    )
    for row in rows:
        buckets[row["part"] - 1][row["status"]] = row["n"]
    return Activity(buckets, True)
