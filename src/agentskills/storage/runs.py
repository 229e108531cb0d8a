"""Rows of run_metadata with their state: insert, start what is recorded, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from agentskills.domain.errors import RunDeleted
from agentskills.domain.json_text import json_str
from agentskills.storage.database import Conn


class NewRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run about to be written; with `lane` it is due at once, without it is only recorded."""

    thread_id: str
    sop: str
    initial_data: dict[str, Any]
    run_name: str
    metadata: dict[str, Any] = {}
    sop_name: str | None = None
    parent_thread_id: str | None = None
    root_thread_id: str = ""  # empty: its own
    rerun_number: int = 0
    skills: list[str] | None = None
    model: str | None = None
    planner: str | None = None
    limits: dict[str, Any] = {}
    request: dict[str, Any] | None = None
    requested_by: dict[str, Any]
    body_digest: str | None = None
    not_before: datetime | None = None
    catalog: str | None = None  # None: the current one
    given: list[dict[str, Any]] = []  # results of steps that people have corrected
    lane: int | None


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run: what was asked for, and where it stands."""

    thread_id: str
    sop: str
    initial_data: dict[str, Any]
    created_at: datetime
    parent_thread_id: str | None
    rerun_count: int
    metadata: dict[str, Any]
    run_name: str | None
    sop_name: str | None
    root_thread_id: str
    rerun_number: int
    skills: list[str] | None
    model: str | None
    planner: str | None
    catalog: str | None
    limits: dict[str, Any]
    request: dict[str, Any] | None
    requested_by: dict[str, Any]
    body_digest: str | None
    not_before: datetime | None
    status: str
    version: int
    error: dict[str, Any] | None
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested: bool
    owned_ms: int
    tokens: int
    money: Decimal
    money_unknown: bool
    not_repeated: int
    sop_digest: str
    given: list[dict[str, Any]]


class FamilyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run in the list of another run's reruns."""

    thread_id: str
    run_name: str | None
    sop: str  # its beginning
    status: str
    created_at: datetime
    parent_thread_id: str | None
    rerun_number: int


_COLUMNS = """thread_id, sop, initial_data, run_name, metadata, sop_name, parent_thread_id, root_thread_id,
    rerun_number, skills, model, planner, limits, request, requested_by, body_digest, not_before,
    lane, search, given, catalog"""
_CURRENT = "(SELECT digest FROM catalogs WHERE NOT derived ORDER BY loaded_at DESC LIMIT 1)"

_INSERT = f"""
    INSERT INTO run_metadata ({_COLUMNS})
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
            coalesce($21, {_CURRENT}))
    ON CONFLICT DO NOTHING RETURNING true"""

_INSERT_MANY = f"""
    INSERT INTO run_metadata ({_COLUMNS})
    SELECT t.thread_id, t.sop, t.initial_data::jsonb, t.run_name, t.metadata::jsonb, t.sop_name,
           t.parent_thread_id, t.root_thread_id, t.rerun_number,
           CASE WHEN t.skills IS NOT NULL THEN ARRAY(SELECT jsonb_array_elements_text(t.skills::jsonb)) END,
           t.model, t.planner, t.limits::jsonb, t.request::jsonb, t.requested_by::jsonb, t.body_digest,
           t.not_before, t.lane, t.search::jsonb, '[]', {_CURRENT}
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                $8::text[], $9::int[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
                $15::text[],
                $16::text[], $17::timestamptz[], $18::smallint[], $19::text[])
        AS t(thread_id, sop, initial_data, run_name, metadata, sop_name, parent_thread_id, root_thread_id,
             rerun_number, skills, model, planner, limits, request, requested_by, body_digest, not_before,
             lane, search)
    ON CONFLICT DO NOTHING RETURNING thread_id"""


async def insert(conn: Conn, run: NewRun) -> bool:
    """Write one run, pinned to its catalogue or the current one; False where its id or number is taken."""
    return bool(
        await conn.fetchval(
            _INSERT,
            run.thread_id,
            run.sop,
            run.initial_data,
            run.run_name,
            run.metadata,
            run.sop_name,
            run.parent_thread_id,
            run.root_thread_id,
            run.rerun_number,
            run.skills,
            run.model,
            run.planner,
            run.limits,
            run.request,
            run.requested_by,
            run.body_digest,
            run.not_before,
            run.lane,
            search_document(run.initial_data, run.metadata),
            run.given,
            run.catalog,
        )
    )


async def insert_many(conn: Conn, runs: Sequence[NewRun]) -> set[str]:
    """Write many runs, none of them a rerun, with one statement; return the ids that were free."""
    rows = await conn.fetch(
        _INSERT_MANY,
        [r.thread_id for r in runs],
        [r.sop for r in runs],
        [json_str(r.initial_data) for r in runs],
        [r.run_name for r in runs],
        [json_str(r.metadata) for r in runs],
        [r.sop_name for r in runs],
        [r.parent_thread_id for r in runs],
        [r.root_thread_id for r in runs],
        [r.rerun_number for r in runs],
        [None if r.skills is None else json_str(r.skills) for r in runs],
        [r.model for r in runs],
        [r.planner for r in runs],
        [json_str(r.limits) for r in runs],
        [None if r.request is None else json_str(r.request) for r in runs],
        [json_str(r.requested_by) for r in runs],
        [r.body_digest for r in runs],
        [r.not_before for r in runs],
        [r.lane for r in runs],
        [json_str(search_document(r.initial_data, r.metadata)) for r in runs],
    )
    return {row["thread_id"] for row in rows}


_GET = """
    SELECT m.thread_id, m.sop, m.initial_data, m.created_at, m.parent_thread_id, m.rerun_count, m.metadata,
           m.run_name, m.sop_name, m.root_thread_id, m.rerun_number, m.skills, m.model, m.planner, m.catalog,
           m.limits, m.request, m.requested_by, m.body_digest, m.not_before,
           s.status, s.version, s.error, s.started_at, s.finished_at, s.cancel_requested, s.owned_ms,
           s.tokens, s.money, s.money_unknown, s.not_repeated, m.sop_digest, m.given
    FROM run_metadata m JOIN run_state s ON s.thread_id = m.thread_id
    WHERE m.thread_id = $1"""


async def get(conn: Conn, thread_id: str, *, lock: bool = False) -> RunRow | None:
    """Return a run, or None; with `lock` its state row is held until the transaction ends.

    Raises `RunDeleted` where only its tombstone is there.
    """
    row = await conn.fetchrow(_GET + (" FOR UPDATE OF s" if lock else ""), thread_id)
    if row is None:
        await _check_deleted(conn, thread_id)
    return RunRow(**row) if row else None


async def hold(conn: Conn, thread_ids: Sequence[str]) -> None:
    """Hold the rows of these runs until the transaction ends, in the order of their ids."""
    await conn.execute(
        """SELECT FROM run_metadata WHERE thread_id = ANY ($1::text[])
           ORDER BY thread_id FOR NO KEY UPDATE""",
        list(thread_ids),
    )


async def status_of(conn: Conn, thread_id: str) -> str | None:
    """Return a run's status, or None where there is no such run. Raises `RunDeleted`."""
    status: str | None = await conn.fetchval("SELECT status FROM run_state WHERE thread_id = $1", thread_id)
    if status is None:
        await _check_deleted(conn, thread_id)
    return status


async def _check_deleted(conn: Conn, thread_id: str) -> None:
    at = await conn.fetchval("SELECT deleted_at FROM run_metadata WHERE thread_id = $1", thread_id)
    if at is not None:
        raise RunDeleted(
            f"{thread_id} has been deleted; its family is still known", thread_id=thread_id, deleted_at=at
        )


async def start_recorded(conn: Conn, run: NewRun) -> None:
    """Make a recorded run due, with what its start request says; its state row must be locked."""
    await conn.execute(
        f"""UPDATE run_metadata
            SET run_name = $2, metadata = $3, sop_name = $4, skills = $5, model = $6,
                planner = $7, limits = $8, requested_by = $9, body_digest = $10, not_before = $11, lane = $12,
                catalog = {_CURRENT}
            WHERE thread_id = $1""",
        run.thread_id,
        run.run_name,
        run.metadata,
        run.sop_name,
        run.skills,
        run.model,
        run.planner,
        run.limits,
        run.requested_by,
        run.body_digest,
        run.not_before,
        run.lane,
    )
    await conn.execute(
        """UPDATE run_state
           SET status = 'queued', wake = wake + 1, wake_at = greatest(now(), $2::timestamptz), lane = $3,
               version = version + 1
           WHERE thread_id = $1 AND status = 'recorded'""",
        run.thread_id,
        run.not_before,
        run.lane,
    )


async def cancel_unclaimed(conn: Conn, thread_id: str) -> bool:
    """Cancel a run that no worker has ever had; False where one has, or it is over."""
    return bool(
        await conn.fetchval(
            """UPDATE run_state SET status = 'cancelled', wake_at = NULL, finished_at = now(),
                   cancel_requested = true, version = version + 1
               WHERE thread_id = $1 AND status = 'queued' AND owner IS NULL AND epoch = 0 RETURNING true""",
            thread_id,
        )
    )


_FAMILY = """
    SELECT m.thread_id, m.run_name, left(m.sop, 1000) AS sop, s.status, m.created_at, m.parent_thread_id,
           m.rerun_number
    FROM run_metadata m JOIN run_state s ON s.thread_id = m.thread_id"""


async def reruns_of(conn: Conn, thread_id: str, limit: int) -> list[FamilyRow]:
    """Return the reruns of this very run, the newest first."""
    rows = await conn.fetch(
        _FAMILY + " WHERE m.parent_thread_id = $1 ORDER BY m.created_at DESC, m.thread_id DESC LIMIT $2",
        thread_id,
        limit,
    )
    return [FamilyRow(**row) for row in rows]


async def reruns_by_kind(conn: Conn, root: str) -> dict[str, int]:
    """Return how many reruns there are in a family, by the kind of who asked for them."""
    rows = await conn.fetch(
        """SELECT coalesce(requested_by ->> 'kind', 'sql') AS kind, count(*) AS n FROM run_metadata
           WHERE root_thread_id = $1 AND parent_thread_id IS NOT NULL GROUP BY 1 ORDER BY 1""",
        root,
    )
    return {row["kind"]: row["n"] for row in rows}


async def in_short(conn: Conn, thread_id: str) -> FamilyRow | None:
    """Return a run as it is shown beside its reruns."""
    row = await conn.fetchrow(_FAMILY + " WHERE m.thread_id = $1", thread_id)
    return FamilyRow(**row) if row else None


async def take_rerun_number(conn: Conn, root: str) -> int | None:
    """Take the next number of a family whose id is free; None where the root has no row.

    The root's row stays locked until the transaction ends, so that numbers are unique.
    """
    number: int | None = await conn.fetchval(
        """UPDATE run_metadata m SET last_rerun_number = CASE
               WHEN NOT EXISTS (  -- as nearly always; a series is made whole before it is looked at
                   SELECT FROM run_metadata t
                   WHERE t.thread_id = $1 || '_rerun_' || (m.last_rerun_number + 1))
               THEN m.last_rerun_number + 1
               ELSE (SELECT n FROM generate_series(m.last_rerun_number + 2, m.last_rerun_number + 100000) AS n
                     WHERE NOT EXISTS (SELECT FROM run_metadata t WHERE t.thread_id = $1 || '_rerun_' || n)
                     ORDER BY n LIMIT 1) END
           WHERE m.thread_id = $1 RETURNING m.last_rerun_number""",
        root,
    )
    return number


async def take_orphan_number(conn: Conn, root: str, above: int) -> int:
    """Take the next number, above `above`, of a family whose root has no row."""
    await lock_orphans(conn, root)
    number: int = await conn.fetchval(
        """SELECT greatest($2::int, coalesce(max(rerun_number), 0)) + 1 FROM run_metadata
           WHERE root_thread_id = $1""",
        root,
        above,
    )
    return number


async def lock_orphans(conn: Conn, root: str) -> None:
    """Hold the numbers of a family whose root has no row until the transaction ends."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"rerun {root}")


async def count_rerun(conn: Conn, thread_id: str) -> None:
    """Note that this very run has been rerun once more."""
    await conn.execute(
        "UPDATE run_metadata SET rerun_count = rerun_count + 1 WHERE thread_id = $1", thread_id
    )


def sop_digest(sop: str) -> str:
    """Return the digest under which the text of a procedure is stored, just as the trigger makes it."""
    return sha256(sop.encode()).hexdigest()


def search_document(initial_data: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the projection that list filters search, just as the table's trigger makes it."""
    return {"d": projection(initial_data), "m": projection(metadata)}


def projection(value: Mapping[str, Any], depth: int = 1) -> dict[str, Any]:
    """Return scalars and short strings down to depth 4; arrays and long strings are left out."""
    kept: dict[str, Any] = {}
    if depth > 4:
        return kept
    for key, item in value.items():
        kind = type(item)
        if kind is dict:
            kept[key] = projection(item, depth + 1)
        elif kind is str:
            if len(item) <= 200:
                kept[key] = item
        elif kind is not list:
            kept[key] = item
    return kept
