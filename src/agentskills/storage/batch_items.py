"""Items of batches: one row per source run, filled by id or from a filter, taken in order, followed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from agentskills.domain.batch import FOR_A_PERSON
from agentskills.domain.data_path import parts
from agentskills.storage import lists
from agentskills.storage.database import Conn
from agentskills.storage.run_filter import RunFilter

_FINAL = "('completed', 'failed', 'cancelled')"
MAX_REASON = 500
_ORDERS = {"oldest": "m.created_at NULLS LAST, t.n", "newest": "m.created_at DESC NULLS LAST, t.n"}


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a batch, and what became of its rerun."""

    source: str
    position: int
    state: str
    thread_id: str | None
    reason: str | None
    tokens: int
    money: object
    unknown: bool
    updated_at: datetime
    run_name: str | None
    sop: str | None  # its beginning; None: there is no such run


class Outcome(msgspec.Struct, frozen=True):
    """What became of an item when its turn came."""

    source: str
    state: str
    thread_id: str | None = None
    reason: str | None = None


def _key(path: str | None, table: str) -> str:
    """Return the expression for the digest of the value at a path; equal values have equal digests."""
    if path is None:
        return "NULL"
    keys = ", ".join(f"'{key}'" for key in parts(path))  # letters, digits, _ and - only
    return f"jsonb_hash_extended({table}.initial_data #> ARRAY[{keys}], 0)::text"


async def insert_chosen(
    conn: Conn, batch_id: str, sources: Sequence[str], *, order: str | None, order_by_key: str | None
) -> None:
    """Write one item for each of these runs, in the order given, or `oldest` or `newest` first.

    A run that does not exist comes last.
    """
    await conn.execute(
        f"""INSERT INTO batch_items (batch_id, source, position, key)
            SELECT $1, t.source, row_number() OVER (ORDER BY {_ORDERS.get(order or "", "t.n")}),
                   {_key(order_by_key, "m")}
            FROM unnest($2::text[]) WITH ORDINALITY AS t (source, n)
            LEFT JOIN run_metadata m ON m.thread_id = t.source
            ON CONFLICT (batch_id, source) DO NOTHING""",
        batch_id,
        list(sources),
    )


async def fill(
    conn: Conn,
    batch_id: str,
    wanted: RunFilter,
    *,
    after: tuple[datetime, str] | None,
    newest_first: bool,
    order_by_key: str | None,
    limit: int,
) -> tuple[int, tuple[datetime, str] | None]:
    """Write items for the next `limit` runs that a filter finds.

    Return how many there were, and the place (created_at, thread_id) that has been reached. Call it
    after `lists.limit_search`.
    """
    search = await lists.search(conn, wanted, after=after, newest_first=newest_first)
    if search is None:
        return 0, after
    batch, most = search.query.parameter(batch_id), search.query.parameter(limit)
    direction = "DESC" if newest_first else "ASC"
    row = await conn.fetchrow(
        f"""WITH found AS MATERIALIZED (
                SELECT s.thread_id, {search.table}.created_at, {_key(order_by_key, "m")} AS key
                {search.joined} {search.query.where} ORDER BY {search.order} LIMIT {most}),
            added AS (
                INSERT INTO batch_items (batch_id, source, position, key)
                SELECT {batch}, thread_id,
                       (SELECT coalesce(max(position), 0) FROM batch_items WHERE batch_id = {batch})
                       + row_number() OVER (ORDER BY created_at {direction}, thread_id {direction}), key
                FROM found ON CONFLICT (batch_id, source) DO NOTHING)
            SELECT count(*) OVER () AS n, created_at, thread_id FROM found
            ORDER BY created_at {_other(direction)}, thread_id {_other(direction)} LIMIT 1""",
        *search.query.arguments,
    )
    return (row["n"], (row["created_at"], row["thread_id"])) if row else (0, after)


def _other(direction: str) -> str:
    return "ASC" if direction == "DESC" else "DESC"


async def take(conn: Conn, batch_id: str, limit: int) -> list[str]:
    """Return the sources whose turn it is; of those with the same key only the first that is open."""
    rows = await conn.fetch(
        """SELECT i.source FROM batch_items i
           WHERE i.batch_id = $1 AND i.state = 'pending'
             AND (i.key IS NULL OR i.position = (
                 SELECT min(b.position) FROM batch_items b WHERE b.batch_id = $1 AND b.key = i.key
                   AND b.state IN ('pending', 'running', 'waiting')))
           ORDER BY i.position LIMIT $2""",
        batch_id,
        limit,
    )
    return [row["source"] for row in rows]


async def settle(conn: Conn, batch_id: str, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Write what became of items whose turn has come."""
    await conn.execute(
        """UPDATE batch_items i
           SET state = t.state, thread_id = t.thread_id, reason = t.reason, updated_at = $6
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS t (source, state, thread_id, reason)
           WHERE i.batch_id = $1 AND i.source = t.source AND i.state = 'pending'""",
        batch_id,
        [outcome.source for outcome in outcomes],
        [outcome.state for outcome in outcomes],
        [outcome.thread_id for outcome in outcomes],
        [outcome.reason and outcome.reason[:MAX_REASON] for outcome in outcomes],
        at,
    )


_FOLLOW = f"""
    UPDATE batch_items i
    SET state = n.state, reason = left(n.reason, {MAX_REASON}), updated_at = $2,
        tokens = n.tokens, money = n.money, unknown = n.unknown
    FROM (
        SELECT o.source, r.*
        FROM batch_items o LEFT JOIN run_state s ON s.thread_id = o.thread_id,
        LATERAL (SELECT
            CASE WHEN s.status = 'completed' THEN 'succeeded'
                 WHEN s.status IN ('failed', 'cancelled') THEN s.status
                 WHEN s.status IS NULL THEN 'cancelled'
                 WHEN s.status = 'waiting' AND EXISTS (
                     SELECT FROM waits w WHERE w.thread_id = s.thread_id AND w.state = 'open'
                       AND w.reason = ANY ($3::text[])) THEN 'waiting'
                 ELSE 'running' END AS state,
            CASE WHEN s.status IS NULL THEN 'its rerun has been deleted'
                 WHEN s.status = 'failed' THEN concat_ws(': ', s.error ->> 'type', s.error ->> 'message')
                 END AS reason,
            CASE WHEN s.status IN {_FINAL} THEN s.tokens ELSE 0 END AS tokens,
            CASE WHEN s.status IN {_FINAL} THEN s.money ELSE 0 END AS money,
            s.status IN {_FINAL} AND s.money_unknown IS TRUE AS unknown) AS r
        WHERE o.batch_id = $1 AND o.state IN ('running', 'waiting') AND r.state <> o.state) AS n
    WHERE i.batch_id = $1 AND i.source = n.source"""


async def follow(conn: Conn, batch_id: str, at: datetime) -> None:
    """Bring the items that have a rerun under way up to date with it."""
    await conn.execute(_FOLLOW, batch_id, at, list(FOR_A_PERSON))


async def cancel_pending(conn: Conn, batch_id: str, reason: str, at: datetime) -> None:
    """Give up what has not been started."""
    await conn.execute(
        """UPDATE batch_items SET state = 'cancelled', reason = $2, updated_at = $3
           WHERE batch_id = $1 AND state = 'pending'""",
        batch_id,
        reason,
        at,
    )


async def reruns(conn: Conn, batch_id: str, *states: str) -> list[str]:
    """Return the reruns of the items in these states, in order."""
    rows = await conn.fetch(
        """SELECT thread_id FROM batch_items
           WHERE batch_id = $1 AND state = ANY ($2::text[]) AND thread_id IS NOT NULL ORDER BY position""",
        batch_id,
        list(states),
    )
    return [row["thread_id"] for row in rows]


async def page(
    conn: Conn, batch_id: str, states: Sequence[str], *, after: int | None, limit: int
) -> list[Item]:
    """Return up to `limit` items in order, beyond position `after`; without states all."""
    rows = await conn.fetch(
        f"""SELECT {", ".join(f"i.{name}" for name in Item.__struct_fields__[:-2])}, m.run_name,
                   left(m.sop, 1000) AS sop
            FROM batch_items i LEFT JOIN run_metadata m ON m.thread_id = i.source AND m.deleted_at IS NULL
            WHERE i.batch_id = $1 AND i.position > $2 {"AND i.state = ANY ($4::text[])" if states else ""}
            ORDER BY i.position LIMIT $3""",
        batch_id,
        after or 0,
        limit,
        *([list(states)] if states else []),
    )
    return [Item(**row) for row in rows]


async def ordered(conn: Conn, sources: Sequence[str], order: str | None, limit: int) -> list[str]:
    """Return the first of these runs, in the order in which `insert_chosen` would put them."""
    rows = await conn.fetch(
        f"""SELECT t.source FROM unnest($1::text[]) WITH ORDINALITY AS t (source, n)
            LEFT JOIN run_metadata m ON m.thread_id = t.source
            ORDER BY {_ORDERS.get(order or "", "t.n")} LIMIT $2""",
        list(sources),
        limit,
    )
    return [row["source"] for row in rows]
