"""Webhooks: who wants to hear of events."""

from __future__ import annotations

from datetime import datetime

from agentskills.domain.webhook import Webhook
from agentskills.storage.database import Conn

_COLUMNS = Webhook.__struct_fields__
_ALL = ", ".join(_COLUMNS)
_PLACES = ", ".join(f"${at}" for at in range(1, len(_COLUMNS) + 1))
_CHANGED = ", ".join(f"{name} = ${at}" for at, name in enumerate(_COLUMNS, start=1) if name != "id")


async def insert(conn: Conn, webhook: Webhook) -> None:
    """Write a new webhook."""
    await conn.execute(f"INSERT INTO webhooks ({_ALL}) VALUES ({_PLACES})", *_values(webhook))


async def update(conn: Conn, webhook: Webhook) -> None:
    """Write what has become of a webhook."""
    await conn.execute(f"UPDATE webhooks SET {_CHANGED} WHERE id = $1", *_values(webhook))


def _values(webhook: Webhook) -> list[object]:
    return [getattr(webhook, name) for name in _COLUMNS]


async def delete(conn: Conn, webhook_id: str) -> bool:
    """Remove a webhook; False where there is none. Its deliveries stay behind."""
    return bool(await conn.fetchval("DELETE FROM webhooks WHERE id = $1 RETURNING true", webhook_id))


async def get(conn: Conn, webhook_id: str, *, lock: bool = False) -> Webhook | None:
    """Return a webhook; with `lock` others that would change it wait."""
    lock_it = " FOR NO KEY UPDATE" if lock else ""
    row = await conn.fetchrow(f"SELECT {_ALL} FROM webhooks WHERE id = $1{lock_it}", webhook_id)
    return Webhook(**row) if row else None


async def page(conn: Conn, *, after: tuple[datetime, str] | None, limit: int) -> list[Webhook]:
    """Return up to `limit` webhooks, the newest first, older than `after`."""
    rows = await conn.fetch(
        f"""SELECT {_ALL} FROM webhooks WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1, $2)
            ORDER BY created_at DESC, id DESC LIMIT $3""",
        *(after or (None, None)),
        limit,
    )
    return [Webhook(**row) for row in rows]


async def turn_off(conn: Conn, webhook_id: str, note: str, at: datetime) -> None:
    """Send nothing more to a webhook, and say why."""
    await conn.execute(
        "UPDATE webhooks SET enabled = false, note = $2, updated_at = $3 WHERE id = $1 AND enabled",
        webhook_id,
        note,
        at,
    )
