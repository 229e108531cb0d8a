"""The effects ledger: what went out, who did it, and who did not do it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.storage.database import Conn
from agentskills.storage.query import Query

FEW = 20
"""How many of those that did not repeat an effect stand in a list."""


class EffectFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which effects; what is given must all hold."""

    state: Sequence[str] = ()
    skill: str | None = None
    thread_id: str | None = None  # the run that does or did it
    root: str | None = None  # the family of this run
    scope: str | None = None  # a root run, or "" for the whole installation
    data: dict[str, Any] | None = None  # contained in what went out; the key is a part of that
    after: datetime | None = None  # at or after
    before: datetime | None = None
    not_repeated: bool = False  # only those that another run has honoured


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One effect as the ledger shows it."""

    id: int
    scope: str
    skill: str
    key: dict[str, Any]
    repeat: int
    state: str
    thread_id: str
    seq: int
    inputs: dict[str, Any] | None
    output: dict[str, Any] | None
    error: dict[str, Any] | None
    settled_by: dict[str, Any] | None
    agreed_by: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime
    run_name: str | None
    sop: str | None  # its beginning; null where the run has gone


class Honoured(msgspec.Struct, frozen=True, kw_only=True):
    """A step of another run that took the receipt in place of doing it again."""

    effect_id: int
    total: int  # of the effect
    thread_id: str
    seq: int
    at: datetime | None
    run_name: str | None
    sop: str | None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A step that waits for somebody to say whether an effect in doubt has happened."""

    effect_id: int
    thread_id: str
    seq: int


# Who agreed stands with the effect, or with the answer to the question that its step asked.
_ROW = """
    SELECT e.id, e.scope, e.skill, e.key, e.repeat, e.state, e.thread_id, e.seq, e.inputs, e.output, e.error,
           e.settled_by,
           coalesce(e.agreed_by, (SELECT w.answered_by FROM waits w
                                  WHERE w.thread_id = e.thread_id AND w.seq = e.seq AND w.reason = 'consent'
                                    AND w.state = 'answered' AND w.answer ->> 'decision' = 'approve'
                                  ORDER BY w.id DESC LIMIT 1)) AS agreed_by,
           e.created_at, e.updated_at, m.run_name, left(m.sop, 1000) AS sop
    FROM ({page}) e
    LEFT JOIN run_metadata m ON m.thread_id = e.thread_id AND m.deleted_at IS NULL
    ORDER BY e.updated_at DESC, e.id DESC"""

# Runs of a family: also those that were deleted, and the root where its row has gone.
_FAMILY = """
    SELECT {0} UNION SELECT thread_id FROM run_state WHERE root_thread_id = {0}
    UNION SELECT thread_id FROM run_metadata WHERE root_thread_id = {0} AND rerun_number > 0"""


async def page(
    conn: Conn, wanted: EffectFilter, *, after: tuple[datetime, int] | None, limit: int
) -> list[LedgerRow]:
    """Return up to `limit` effects, the latest news first, older than `after` (updated_at, id).

    Call it within `search_limits`.
    """
    query = _conditions(wanted)
    if after is not None:
        query.add("(updated_at, id) < ({}, {})", *after)
    limited = query.parameter(limit)
    found = f"SELECT * FROM effects {query.where} ORDER BY updated_at DESC, id DESC LIMIT {limited}"
    return [LedgerRow(**row) for row in await conn.fetch(_ROW.format(page=found), *query.arguments)]


async def one(conn: Conn, effect_id: int) -> LedgerRow | None:
    """Return one effect, or None where there is none."""
    row = await conn.fetchrow(_ROW.format(page="SELECT * FROM effects WHERE id = $1"), effect_id)
    return LedgerRow(**row) if row else None


def _conditions(wanted: EffectFilter) -> Query:
    query = Query()
    if len(wanted.state) == 1:
        query.add("state = {}", wanted.state[0])
    elif wanted.state:
        query.add("state = ANY ({}::text[])", list(wanted.state))
    for column in ("skill", "thread_id", "scope"):
        if (value := getattr(wanted, column)) is not None:
            query.add(f"{column} = {{}}", value)
    if wanted.root is not None:
        family = _FAMILY.format(f"{query.parameter(wanted.root)}::text")
        query.add(
            f"id IN (SELECT id FROM effects WHERE scope = {{}} UNION "
            f"SELECT id FROM effects WHERE thread_id IN ({family}))",
            wanted.root,
        )
    if wanted.data:
        query.add("inputs @> {}::jsonb", wanted.data)
    if wanted.after is not None:
        query.add("updated_at >= {}", wanted.after)
    if wanted.before is not None:
        query.add("updated_at < {}", wanted.before)
    if wanted.not_repeated:
        query.add("id IN (SELECT effect_id FROM run_steps WHERE reused_from ->> 'why' = 'receipt')")
    return query


async def honoured(conn: Conn, effect_ids: Sequence[int], most: int = FEW) -> list[Honoured]:
    """Return the steps that did not do these effects again, the newest first, `most` of each."""
    rows = await conn.fetch(
        """SELECT t.effect_id, t.total, t.thread_id, t.seq, t.at, m.run_name, left(m.sop, 1000) AS sop
           FROM unnest($1::bigint[]) AS asked(id) CROSS JOIN LATERAL (
               SELECT r.effect_id, count(*) OVER () AS total, r.thread_id, r.seq,
                      coalesce(r.finished_at, r.started_at) AS at
               FROM run_steps r WHERE r.effect_id = asked.id AND r.reused_from ->> 'why' = 'receipt'
               ORDER BY at DESC, r.thread_id, r.seq LIMIT $2) t
           LEFT JOIN run_metadata m ON m.thread_id = t.thread_id AND m.deleted_at IS NULL
           ORDER BY t.effect_id, t.at DESC, t.thread_id, t.seq""",
        list(effect_ids),
        most,
    )
    return [Honoured(**row) for row in rows]


async def asked(conn: Conn, effect_ids: Sequence[int]) -> list[Asked]:
    """Return the open questions about these effects: what a person can answer, and where."""
    rows = await conn.fetch(
        """SELECT effect_id, thread_id, seq FROM waits
           WHERE state = 'open' AND reason = 'in_doubt' AND effect_id = ANY ($1::bigint[]) ORDER BY id""",
        list(effect_ids),
    )
    return [Asked(**row) for row in rows]
