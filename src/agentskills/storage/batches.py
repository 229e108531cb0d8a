"""Rows of batches: what was asked for, and where each stands; batch_items.py has the items."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from agentskills.domain.batch import Budget, Counts, Spent
from agentskills.storage.database import Conn
from agentskills.storage.run_filter import RunFilter

_NOT_STORED = RunFilter()


class NewBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch about to be written."""

    id: str
    kind: str = "batch"  # or backtest
    name: str
    reason: str | None = None
    filter: RunFilter | None = None  # None: chosen by id
    rerun: dict[str, Any]  # rerun request document
    only_open: bool = True
    newest_first: bool | None = None  # None: ids in the order given
    order_by_key: str | None = None  # data path
    concurrency: int = 100
    budget: dict[str, Any] = {}
    most: int | None = None  # items
    canary: int | None = None
    gate: dict[str, Any] | None = None
    most_failed: Decimal | None = None  # share
    expected: int | None = None
    filled: bool
    requested_by: dict[str, Any]
    created_at: datetime


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as it stands."""

    id: str
    kind: str
    name: str
    reason: str | None
    filter: dict[str, Any] | None
    rerun: dict[str, Any]
    status: str
    note: str | None
    only_open: bool
    newest_first: bool | None
    order_by_key: str | None
    concurrency: int
    budget: dict[str, Any]
    most: int | None
    canary: int | None
    gate: dict[str, Any] | None
    gate_state: str
    most_failed: Decimal | None
    ended_before: int
    failed_before: int
    expected: int | None
    reached: list[Any] | None
    filled: bool
    requested_by: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None

    @property
    def limits(self) -> Budget:
        """What it may spend."""
        return Budget(**self.budget)


class Tally(msgspec.Struct, frozen=True):
    """How many items stand where, and what they have cost."""

    counts: Counts
    ended: Spent  # by reruns that have ended


COLUMNS = ", ".join(Batch.__struct_fields__)


async def time(conn: Conn) -> datetime:
    """Return when the transaction began: what is created later is no part of a batch it writes."""
    at: datetime = await conn.fetchval("SELECT now()")
    return at


async def insert(conn: Conn, batch: NewBatch) -> None:
    """Write a batch, due at once."""
    values = {name: getattr(batch, name) for name in NewBatch.__struct_fields__}
    values["filter"] = None if batch.filter is None else filter_document(batch.filter)
    values["wake_at"] = batch.created_at
    places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await conn.execute(f"INSERT INTO batches ({', '.join(values)}) VALUES ({places})", *values.values())


async def get(conn: Conn, batch_id: str, *, lock: bool = False) -> Batch | None:
    """Return a batch, or None; with `lock` its row is held until the transaction ends."""
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM batches WHERE id = $1{' FOR UPDATE' if lock else ''}", batch_id
    )
    return Batch(**row) if row else None


async def page(
    conn: Conn, kind: str, status: str | None, *, after: tuple[datetime, str] | None, limit: int
) -> list[Batch]:
    """Return up to `limit` batches, the newest first, older than `after` (created_at, id)."""
    rows = await conn.fetch(
        f"""SELECT {COLUMNS} FROM batches
            WHERE kind = $1 AND ($2::text IS NULL OR status = $2)
              AND ($3::timestamptz IS NULL OR (created_at, id) < ($3, $4::text))
            ORDER BY created_at DESC, id DESC LIMIT $5""",
        kind,
        status,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [Batch(**row) for row in rows]


async def take_due(conn: Conn, at: datetime) -> Batch | None:
    """Return the batch that has been due longest and that nobody else has; its row is held."""
    row = await conn.fetchrow(
        f"""SELECT {COLUMNS} FROM batches WHERE wake_at <= $1
            ORDER BY wake_at LIMIT 1 FOR UPDATE SKIP LOCKED""",
        at,
    )
    return Batch(**row) if row else None


async def change(conn: Conn, batch_id: str, **fields: Any) -> Batch:
    """Change fields of a batch, whose row must be held, and return it as it is now."""
    sets = ", ".join(f"{name} = ${number}" for number, name in enumerate(fields, 2))
    row = await conn.fetchrow(
        f"UPDATE batches SET {sets} WHERE id = $1 RETURNING {COLUMNS}", batch_id, *fields.values()
    )
    assert row is not None
    return Batch(**row)


async def tallies(conn: Conn, batch_ids: list[str]) -> dict[str, Tally]:
    """Return how things stand in each of these batches."""
    rows = await conn.fetch("SELECT * FROM batch_counts WHERE batch_id = ANY ($1::text[])", batch_ids)
    counts: dict[str, dict[str, int]] = {batch_id: {} for batch_id in batch_ids}
    spent = dict.fromkeys(batch_ids, Spent())
    for row in rows:
        counts[row["batch_id"]][row["state"]] = row["items"]
        spent[row["batch_id"]] += Spent(row["tokens"], row["money"], row["unknown"])
    return {batch_id: Tally(Counts(**counts[batch_id]), spent[batch_id]) for batch_id in batch_ids}


async def spent_under_way(conn: Conn, batch_ids: list[str]) -> dict[str, Spent]:
    """Return what the reruns of each batch that have not ended have cost so far."""
    rows = await conn.fetch(
        """SELECT i.batch_id, sum(s.tokens)::bigint AS tokens, sum(s.money) AS money,
                  count(*) FILTER (WHERE s.money_unknown) AS unknown
           FROM batch_items i JOIN run_state s ON s.thread_id = i.thread_id
           WHERE i.batch_id = ANY ($1::text[]) AND i.state IN ('running', 'waiting') GROUP BY i.batch_id""",
        batch_ids,
    )
    return {row["batch_id"]: Spent(row["tokens"], row["money"], row["unknown"]) for row in rows}


async def announce(conn: Conn, event: str, told: dict[str, Any]) -> None:
    """Write an event down for all who want to hear of it."""
    await conn.execute("SELECT announce($1, $2)", event, told)


def filter_document(wanted: RunFilter) -> dict[str, Any]:
    """Return a filter as it is stored: only what is given."""
    given = {name: getattr(wanted, name) for name in RunFilter.__struct_fields__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value != getattr(_NOT_STORED, name) and value != []
    }


def filter_from(document: Mapping[str, Any]) -> RunFilter:
    """Return the filter that is stored."""
    return msgspec.convert(document, RunFilter)
