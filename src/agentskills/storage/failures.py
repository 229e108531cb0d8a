"""Failed runs by kind, and those that nobody will mend."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from agentskills.storage.database import Conn
from agentskills.storage.query import Query

MOST = 100_000
"""Failures that are grouped, the newest; what is older is left out."""

Place = tuple[datetime, str, str]
"""How far a reader has come: last_at, skill, signature of a group."""


class FailureFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which failures; what is given must all hold. Those that a later run has fixed are never meant."""

    skill: str | None = None  # that failed; empty: none did
    signature: str | None = None
    after: datetime | None = None  # failed at or after
    before: datetime | None = None
    dismissed: bool = False  # those that were dismissed as well


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Failures of one kind, with the newest as their sample."""

    skill: str
    error_type: str
    signature: str
    count: int
    dismissed: int  # of these
    first_at: datetime
    last_at: datetime
    versions: list[str]  # of the skill, that failed so
    over_time: list[int]  # how many failed in each part of the window that was asked for
    thread_id: str
    run_name: str | None
    sop: str  # its beginning
    error: dict[str, Any] | None


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one failed run beside its error."""

    thread_id: str
    skill: str
    error_type: str
    signature: str
    failed_at: datetime
    dismissed_at: datetime | None
    dismissed_by: dict[str, Any] | None
    note: str | None


OPEN = "NOT EXISTS (SELECT FROM fixes x WHERE x.thread_id = {0}.thread_id)"
"""That no later run has fixed what failed, of a row with `thread_id`."""

_GROUPS = """
    WITH newest AS MATERIALIZED (
        SELECT thread_id, skill, error_type, signature, skill_digest, failed_at, dismissed_at
        FROM failures {where} ORDER BY failed_at DESC, thread_id DESC LIMIT {most}
    ), groups AS (
        SELECT skill, error_type, signature, count(*) AS count, count(dismissed_at) AS dismissed,
               min(failed_at) AS first_at, max(failed_at) AS last_at,
               array_remove(array_agg(DISTINCT skill_digest), NULL) AS versions,
               array_agg(floor(extract(epoch FROM failed_at - {begin}) / {width})::int)
                   FILTER (WHERE failed_at >= {begin}) AS parts,
               (array_agg(thread_id ORDER BY failed_at DESC, thread_id DESC))[1] AS thread_id
        FROM newest n WHERE {open}
        GROUP BY skill, error_type, signature
    )
    SELECT g.skill, g.error_type, g.signature, g.count, g.dismissed, g.first_at, g.last_at, g.versions,
           g.thread_id, m.run_name, left(m.sop, 1000) AS sop, s.error,
           ARRAY(SELECT count(p.part)::int FROM generate_series(0, {parts} - 1) AS slot
                 LEFT JOIN unnest(g.parts) AS p (part) ON least(p.part, {parts} - 1) = slot
                 GROUP BY slot ORDER BY slot) AS over_time
    FROM (SELECT * FROM groups {after} ORDER BY last_at DESC, skill DESC, signature DESC LIMIT {limit}) AS g
    JOIN run_metadata m ON m.thread_id = g.thread_id JOIN run_state s ON s.thread_id = g.thread_id
    ORDER BY g.last_at DESC, g.skill DESC, g.signature DESC"""


class Window(msgspec.Struct, frozen=True):
    """A stretch of time in equal parts."""

    begin: datetime
    width: timedelta
    parts: int


async def groups(
    conn: Conn, wanted: FailureFilter, window: Window, *, after: Place | None, limit: int, most: int = MOST
) -> list[Group]:
    """Return up to `limit` groups of the newest `most` failures, the latest first, older than `after`.

    Each says how many of it fell into each part of `window`. Call it within `search_limits`.
    """
    query = conditions(wanted)
    where = query.where
    place = ""
    if after is not None:
        at, skill, signature = (query.parameter(part) for part in after)
        place = f"WHERE (last_at, skill, signature) < ({at}, {skill}, {signature})"
    statement = _GROUPS.format(
        where=where,
        most=query.parameter(most),
        open=OPEN.format("n"),
        begin=f"{query.parameter(window.begin)}::timestamptz",
        width=f"{query.parameter(window.width.total_seconds())}::float8",
        parts=f"{query.parameter(window.parts)}::int",
        after=place,
        limit=query.parameter(limit),
    )
    return [Group(**row) for row in await conn.fetch(statement, *query.arguments)]


async def more_than(conn: Conn, wanted: FailureFilter, most: int = MOST) -> bool:
    """Say whether a filter finds more failures than are grouped, fixed ones counted."""
    query = conditions(wanted)
    offset = query.parameter(most)
    statement = f"SELECT EXISTS (SELECT FROM failures {query.where} OFFSET {offset})"
    return bool(await conn.fetchval(statement, *query.arguments))


def conditions(wanted: FailureFilter) -> Query:
    """Return the conditions on the table of failures, but for whether they are fixed."""
    query = Query()
    if wanted.skill is not None:
        query.add("skill = {}", wanted.skill)
    if wanted.signature is not None:
        query.add("signature = {}", wanted.signature)
    if wanted.after is not None:
        query.add("failed_at >= {}", wanted.after)
    if wanted.before is not None:
        query.add("failed_at < {}", wanted.before)
    if not wanted.dismissed:
        query.add("dismissed_at IS NULL")
    return query


async def by_runs(conn: Conn, thread_ids: Sequence[str]) -> dict[str, Failure]:
    """Return what is known of these runs' failures, by run."""
    rows = await conn.fetch(
        f"SELECT {', '.join(Failure.__struct_fields__)} FROM failures WHERE thread_id = ANY ($1::text[])",
        list(thread_ids),
    )
    return {row["thread_id"]: Failure(**row) for row in rows}


# Each run's own history tells of it. What policies have not looked at yet is none of theirs any more.
_DISMISS = f"""
    WITH done AS (
        UPDATE failures f SET dismissed_at = $1, dismissed_by = $2, note = $3,
                              looked_at = coalesce(looked_at, $1)
        WHERE dismissed_at IS NULL AND {{which}} AND {OPEN.format("f")} RETURNING thread_id
    ), told AS (
        INSERT INTO audit (actor, action, thread_id, reason)
        SELECT $2, 'failure-dismiss', thread_id, $3 FROM done ORDER BY thread_id
    )
    SELECT thread_id FROM done"""

_RESTORE = """
    WITH done AS (
        UPDATE failures SET dismissed_at = NULL, dismissed_by = NULL, note = NULL
        WHERE dismissed_at IS NOT NULL AND {which} RETURNING thread_id
    ), told AS (
        INSERT INTO audit (actor, action, thread_id, reason)
        SELECT $1::jsonb, 'failure-restore', thread_id, $2 FROM done ORDER BY thread_id
    )
    SELECT thread_id FROM done"""


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Failures that a person means: by run, or all of a group."""

    ids: Sequence[str] | None = None
    skill: str | None = None
    signature: str | None = None

    def condition(self, first: int) -> tuple[str, list[Any]]:
        """Return the condition, its parameters numbered from `first`, and its arguments."""
        if self.ids is not None:
            return f"thread_id = ANY (${first}::text[])", [list(self.ids)]
        return f"skill = ${first} AND signature = ${first + 1}", [self.skill, self.signature]


async def dismiss(
    conn: Conn, chosen: Chosen, by: dict[str, Any], note: str | None, now: datetime
) -> list[str]:
    """Dismiss what is chosen and still open, and write it into the audit; return the runs."""
    which, arguments = chosen.condition(4)
    rows = await conn.fetch(_DISMISS.format(which=which), now, by, note, *arguments)
    return [row["thread_id"] for row in rows]


async def restore(conn: Conn, chosen: Chosen, by: dict[str, Any], note: str | None) -> list[str]:
    """Take back the dismissal of what is chosen, and write it into the audit; return the runs."""
    which, arguments = chosen.condition(3)
    rows = await conn.fetch(_RESTORE.format(which=which), by, note, *arguments)
    return [row["thread_id"] for row in rows]
