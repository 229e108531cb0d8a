"""The journal as readers see it: pages, changes since a version, what is kept beside a step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.domain.step import Step
from agentskills.storage.database import Conn

# What was not carried out has no outputs of its own: they are those of the step or receipt it points to.
_SELECT = """
    SELECT r.thread_id, r.seq, r.decision, r.kind, r.skill, r.skill_digest, r.status, r.reason, r.inputs,
           CASE WHEN r.payload IS NOT NULL THEN {payload}
                WHEN r.outputs IS NOT NULL OR r.reused_from IS NULL THEN r.outputs
                WHEN r.reused_from ->> 'why' = 'receipt' OR r.reused_from ? 'receipt' THEN
                    (SELECT e.output FROM effects e WHERE e.id = r.effect_id)
                ELSE (SELECT coalesce(o.outputs, p.value)
                      FROM run_steps o LEFT JOIN payloads p ON p.digest = o.payload
                      WHERE o.thread_id = r.reused_from ->> 'thread_id'
                        AND o.seq = (r.reused_from ->> 'seq')::integer)
           END AS outputs, {reference} AS payload,
           r.digests, r.fingerprint, r.surroundings, r.effect_key, r.reused_from, r.effect_id, r.attempt,
           r.attempts, r.error, r.usage, r.actor, r.started_at, r.finished_at, r.version
    FROM run_steps r"""
SELECT_STEPS = _SELECT.format(
    payload="(SELECT p.value FROM payloads p WHERE p.digest = r.payload)", reference="NULL::text"
)
"""Steps with their outputs, wherever these are kept; a WHERE clause follows."""
SELECT_SMALL = _SELECT.format(payload="NULL", reference="r.payload")
"""The same, but where outputs are large only the digest under which they are kept: see `payload`."""


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """Something kept beside a step."""

    kind: str
    attempt: int
    content: Any
    at: datetime


def step_of(row: Any) -> Step:
    """Return a row of `SELECT_STEPS` as a step."""
    return msgspec.convert(dict(row), Step)


async def payload(conn: Conn, digest: str) -> dict[str, Any]:
    """Return large outputs by their digest."""
    value: dict[str, Any] = await conn.fetchval("SELECT value FROM payloads WHERE digest = $1", digest)
    return value


async def page(conn: Conn, thread_id: str, *, after: int, limit: int) -> list[Step]:
    """Return up to `limit` steps with a seq above `after`, in order of seq."""
    rows = await conn.fetch(
        f"{SELECT_STEPS} WHERE r.thread_id = $1 AND r.seq > $2 ORDER BY r.seq LIMIT $3",
        thread_id,
        after,
        limit,
    )
    return [step_of(row) for row in rows]


async def at(conn: Conn, thread_id: str, seqs: Sequence[int]) -> list[Step]:
    """Return these steps, in order of seq."""
    rows = await conn.fetch(
        f"{SELECT_STEPS} WHERE r.thread_id = $1 AND r.seq = ANY ($2::int[]) ORDER BY r.seq",
        thread_id,
        list(seqs),
    )
    return [step_of(row) for row in rows]


async def changed_since(conn: Conn, thread_id: str, version: int) -> list[Step]:
    """Return the steps that changed after `version`, in the order of their changes."""
    rows = await conn.fetch(
        f"{SELECT_STEPS} WHERE r.thread_id = $1 AND r.version > $2 ORDER BY r.version, r.seq",
        thread_id,
        version,
    )
    return [step_of(row) for row in rows]


async def details(conn: Conn, thread_id: str, seq: int) -> list[Detail]:
    """Return what is kept beside a step, in the order it was written."""
    rows = await conn.fetch(
        "SELECT kind, attempt, content, at FROM step_details WHERE thread_id = $1 AND seq = $2 ORDER BY id",
        thread_id,
        seq,
    )
    return [Detail(**row) for row in rows]


async def effects_of(conn: Conn, effect_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return these effects by id, as they are shown beside a step."""
    rows = await conn.fetch(
        """SELECT id, state, thread_id, seq, key, repeat, settled_by FROM effects
           WHERE id = ANY ($1::bigint[])""",
        list(effect_ids),
    )
    return {row["id"]: dict(row) for row in rows}
