"""Deliveries: an event on its way to a webhook, and each try to get it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.storage.database import Conn


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """An event for one webhook."""

    id: int
    webhook_id: str
    message_id: str  # the same for every try
    type: str
    data: dict[str, Any]
    at: datetime  # of the event
    state: str
    tries: list[dict[str, Any]]  # at, status, error, ms
    due_at: datetime | None


_COLUMNS = Delivery.__struct_fields__
_ALL = ", ".join(_COLUMNS)


async def announce(conn: Conn, event: str, data: dict[str, Any]) -> None:
    """Write an event down for every webhook that wants to hear of it."""
    await conn.execute("SELECT announce($1, $2)", event, data)


async def announce_to(
    conn: Conn, webhook_id: str, event: str, data: dict[str, Any], at: datetime
) -> Delivery:
    """Write an event down for one webhook, whatever it wants to hear of."""
    row = await conn.fetchrow(
        f"""INSERT INTO deliveries (webhook_id, message_id, type, data, at, due_at)
            VALUES ($1, 'msg_' || replace(gen_random_uuid()::text, '-', ''), $2, $3, $4, $4)
            RETURNING {_ALL}""",
        webhook_id,
        event,
        data,
        at,
    )
    assert row is not None
    return Delivery(**row)


async def claim(
    conn: Conn, at: datetime, until: datetime, *, most: int, each: int, busy: Sequence[str]
) -> list[Delivery]:
    """Take deliveries that are due, at most `each` of one webhook and none of those that are `busy`.

    Nobody else takes them before `until`, when they are due again unless their end was written.
    """
    rows = await conn.fetch(
        f"""WITH due AS (
                SELECT d.id FROM webhooks w CROSS JOIN LATERAL (
                    SELECT id, due_at FROM deliveries
                    WHERE webhook_id = w.id AND due_at <= $1
                    ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) d
                WHERE w.enabled AND w.id <> ALL ($5::text[])
                ORDER BY d.due_at LIMIT $3)
            UPDATE deliveries SET due_at = $2 FROM due WHERE deliveries.id = due.id
            RETURNING {", ".join(f"deliveries.{name}" for name in _COLUMNS)}""",
        at,
        until,
        most,
        each,
        list(busy),
    )
    return [Delivery(**row) for row in rows]


async def tried(
    conn: Conn, delivery_id: int, attempt: dict[str, Any], state: str, due_at: datetime | None
) -> None:
    """Add a try and what follows from it; what has been delivered stays so."""
    await conn.execute(
        """UPDATE deliveries SET tries = tries || jsonb_build_array($2::jsonb),
               state = CASE WHEN state = 'delivered' THEN state ELSE $3 END,
               due_at = CASE WHEN state = 'delivered' THEN NULL ELSE $4::timestamptz END
           WHERE id = $1""",
        delivery_id,
        attempt,
        state,
        due_at,
    )


async def get(conn: Conn, webhook_id: str, delivery_id: int, *, lock: bool = False) -> Delivery | None:
    """Return a delivery of a webhook."""
    lock_it = " FOR UPDATE" if lock else ""
    row = await conn.fetchrow(
        f"SELECT {_ALL} FROM deliveries WHERE webhook_id = $1 AND id = $2{lock_it}", webhook_id, delivery_id
    )
    return Delivery(**row) if row else None


async def send_again(conn: Conn, delivery_id: int, at: datetime) -> None:
    """Make a delivery due now, whatever has become of it."""
    await conn.execute("UPDATE deliveries SET state = 'pending', due_at = $2 WHERE id = $1", delivery_id, at)


async def page(
    conn: Conn, webhook_id: str, states: list[str], *, after: int | None, limit: int
) -> list[Delivery]:
    """Return up to `limit` deliveries of a webhook, the newest first; without `states` all of them."""
    rows = await conn.fetch(
        f"""SELECT {_ALL} FROM deliveries
            WHERE webhook_id = $1 AND (state = ANY ($2) OR $2 = '{{}}') AND ($3::bigint IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4""",
        webhook_id,
        states,
        after,
        limit,
    )
    return [Delivery(**row) for row in rows]


async def latest(conn: Conn, webhook_ids: list[str], each: int) -> dict[str, list[Delivery]]:
    """Return up to `each` deliveries of each webhook, the newest first."""
    rows = await conn.fetch(
        f"""SELECT {", ".join(f"last.{name}" for name in _COLUMNS)}
            FROM unnest($1::text[]) AS asked(id) CROSS JOIN LATERAL (
                SELECT * FROM deliveries WHERE webhook_id = asked.id ORDER BY id DESC LIMIT $2) AS last
            ORDER BY last.id DESC""",
        webhook_ids,
        each,
    )
    found: dict[str, list[Delivery]] = {webhook_id: [] for webhook_id in webhook_ids}
    for row in rows:
        found[row["webhook_id"]].append(Delivery(**row))
    return found


async def totals(conn: Conn, webhook_ids: list[str]) -> dict[str, dict[str, int]]:
    """Return how many deliveries there are of each state, by webhook."""
    rows = await conn.fetch(
        """SELECT webhook_id, state, count(*) AS n FROM deliveries
           WHERE webhook_id = ANY ($1) GROUP BY webhook_id, state""",
        webhook_ids,
    )
    found: dict[str, dict[str, int]] = {webhook_id: {} for webhook_id in webhook_ids}
    for row in rows:
        found[row["webhook_id"]][row["state"]] = row["n"]
    return found


async def forget_old(conn: Conn, before: datetime, limit: int) -> int:
    """Remove up to `limit` deliveries of events older than `before` that are not to be tried again.

    Returns how many there were.
    """
    done: str = await conn.execute(
        """DELETE FROM deliveries WHERE id IN (
               SELECT id FROM deliveries WHERE state <> 'pending' AND at < $1 ORDER BY at LIMIT $2)""",
        before,
        limit,
    )
    return int(done.removeprefix("DELETE "))


async def forget_orphans(conn: Conn, limit: int) -> int:
    """Remove up to `limit` deliveries whose webhook has been deleted; return how many there were."""
    done: str = await conn.execute(
        """WITH RECURSIVE known AS (
               (SELECT webhook_id AS id FROM deliveries ORDER BY webhook_id LIMIT 1)
               UNION ALL
               SELECT (SELECT d.webhook_id FROM deliveries d WHERE d.webhook_id > k.id
                       ORDER BY d.webhook_id LIMIT 1)
               FROM known k WHERE k.id IS NOT NULL),
           gone AS (
               SELECT k.id FROM known k
               WHERE k.id IS NOT NULL AND NOT EXISTS (SELECT FROM webhooks w WHERE w.id = k.id))
           DELETE FROM deliveries WHERE id IN (
               SELECT d.id FROM gone g JOIN deliveries d ON d.webhook_id = g.id LIMIT $1)""",
        limit,
    )
    return int(done.removeprefix("DELETE "))
