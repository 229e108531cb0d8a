"""Families of runs: the whole tree, and what lies below a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.domain.lineage import Relative
from agentskills.storage.database import Conn

MOST = 10_000
"""Runs that are read of one family."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the tree of its family; what a deleted one held is None."""

    thread_id: str
    run_name: str | None
    sop: str  # its beginning
    parent_thread_id: str | None
    rerun_number: int
    created_at: datetime
    requested_by: dict[str, Any]
    request: dict[str, Any] | None
    deleted_at: datetime | None
    status: str | None
    finished_at: datetime | None
    error_type: str | None
    not_repeated: int | None

    @property
    def relative(self) -> Relative:
        """The run as its relatives see it."""
        return Relative(
            thread_id=self.thread_id,
            parent_thread_id=self.parent_thread_id,
            status=self.status,
            finished_at=self.finished_at,
            dry=(self.request or {}).get("effects") == "none",
        )


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """The reruns below a root: how many, and the newest."""

    root_thread_id: str
    reruns: int
    thread_id: str
    run_name: str | None
    sop: str  # its beginning
    status: str
    created_at: datetime
    rerun_number: int


_RELATIVE = """
    m.thread_id, m.parent_thread_id, s.status, s.finished_at,
    coalesce(m.request ->> 'effects' = 'none', false) AS dry
    FROM run_metadata m LEFT JOIN run_state s ON s.thread_id = m.thread_id"""

_FAMILY = """
    SELECT m.thread_id, m.run_name, left(m.sop, 1000) AS sop, m.parent_thread_id, m.rerun_number,
           m.created_at, m.requested_by, m.request, m.deleted_at, s.status, s.finished_at,
           s.error ->> 'type' AS error_type, s.not_repeated
    FROM (SELECT * FROM run_metadata WHERE thread_id = $1
          UNION ALL
          (SELECT * FROM run_metadata
           WHERE root_thread_id = $1 AND parent_thread_id IS NOT NULL AND thread_id <> $1
           ORDER BY created_at, thread_id LIMIT $2)) AS m
    LEFT JOIN run_state s ON s.thread_id = m.thread_id
    ORDER BY m.created_at, m.thread_id LIMIT $2"""

_IN_SHORT = """
    SELECT t.root_thread_id, n.reruns, l.*
    FROM unnest($1::text[]) AS t (root_thread_id)
    CROSS JOIN LATERAL (
        SELECT m.thread_id, m.run_name, left(m.sop, 1000) AS sop, s.status, m.created_at, m.rerun_number
        FROM run_metadata m JOIN run_state s ON s.thread_id = m.thread_id
        WHERE m.root_thread_id = t.root_thread_id AND m.parent_thread_id IS NOT NULL
        ORDER BY m.created_at DESC, m.thread_id DESC LIMIT 1) AS l
    CROSS JOIN LATERAL (
        SELECT count(*) AS reruns FROM run_metadata m
        WHERE m.root_thread_id = t.root_thread_id AND m.parent_thread_id IS NOT NULL
          AND m.deleted_at IS NULL) AS n"""

# Level by level by the parent's index, whatever the planner expects of families; nothing below a
# run that fixes can be nearer than that run.
_BELOW = f"""
    WITH RECURSIVE below AS (
        SELECT {_RELATIVE} WHERE m.thread_id = ANY ($1::text[])
        UNION
        SELECT c.* FROM below b, LATERAL (
            SELECT {_RELATIVE} WHERE m.parent_thread_id = b.thread_id OFFSET 0) AS c
        WHERE b.status IS DISTINCT FROM 'completed' OR b.dry
    )
    SELECT * FROM below LIMIT $2"""

# For each run by itself, so that no family, however large, hides what there is in another.
_SETTLED_BY = """
    WITH RECURSIVE below AS (
        SELECT m.thread_id AS source, s.status AS was, m.thread_id, 0 AS depth,
               NULL::text AS status, NULL::timestamptz AS finished_at, false AS dry
        FROM run_metadata m JOIN run_state s ON s.thread_id = m.thread_id
        WHERE m.thread_id = ANY ($1::text[])
        UNION ALL
        SELECT b.source, b.was, c.* FROM below b, LATERAL (
            SELECT m.thread_id, b.depth + 1, s.status, s.finished_at,
                   coalesce(m.request ->> 'effects' = 'none', false)
            FROM run_metadata m LEFT JOIN run_state s ON s.thread_id = m.thread_id
            WHERE m.parent_thread_id = b.thread_id OFFSET 0) AS c
        WHERE b.depth < 1000 AND (b.status IS DISTINCT FROM 'completed' OR b.dry)
    )
    SELECT DISTINCT ON (source) source, thread_id, status FROM below
    WHERE depth > 0 AND NOT dry AND (status IN ('completed', 'queued', 'running', 'waiting')
                                     OR (status = 'failed' AND was = 'failed'))
    ORDER BY source, CASE status WHEN 'completed' THEN 1 WHEN 'failed' THEN 3 ELSE 2 END,
             depth, finished_at, thread_id"""


async def root_of(conn: Conn, thread_id: str) -> str | None:
    """Return the root of a run's family, also of a deleted run; None where there is no such run."""
    root: str | None = await conn.fetchval(
        "SELECT root_thread_id FROM run_metadata WHERE thread_id = $1", thread_id
    )
    return root


async def family(conn: Conn, root: str, limit: int = MOST) -> list[Member]:
    """Return the runs of a family, deleted ones too, the oldest first, at most `limit`."""
    return [Member(**row) for row in await conn.fetch(_FAMILY, root, limit)]


async def in_short(conn: Conn, roots: Sequence[str]) -> dict[str, Family]:
    """Return the reruns below these roots, by root; those that have none are left out."""
    rows = await conn.fetch(_IN_SHORT, list(roots))
    return {row["root_thread_id"]: Family(**row) for row in rows}


async def below(conn: Conn, thread_ids: Sequence[str], limit: int = MOST) -> list[Relative]:
    """Return these runs and their descendants, down to the first on each way that completed."""
    return [Relative(**row) for row in await conn.fetch(_BELOW, list(thread_ids), limit)]


async def settled_by(conn: Conn, thread_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return, of these runs, those with a descendant that settles them, each with it and its status.

    That is the nearest that completed, else one that has not ended, else, of a run that failed, one
    that failed as well. What was only tried out settles nothing.
    """
    rows = await conn.fetch(_SETTLED_BY, list(thread_ids))
    return {row["source"]: (row["thread_id"], row["status"]) for row in rows}


async def dry(conn: Conn, thread_ids: Sequence[str]) -> list[str]:
    """Return which of these runs were only tried out."""
    rows = await conn.fetch(
        """SELECT thread_id FROM run_metadata
           WHERE thread_id = ANY ($1::text[]) AND request ->> 'effects' = 'none'""",
        list(thread_ids),
    )
    return [row["thread_id"] for row in rows]


async def deleted_at(conn: Conn, thread_id: str) -> datetime | None:
    """Return when a run was deleted, if it was."""
    at: datetime | None = await conn.fetchval(
        "SELECT deleted_at FROM run_metadata WHERE thread_id = $1", thread_id
    )
    return at
