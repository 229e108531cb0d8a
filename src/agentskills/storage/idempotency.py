"""Answers kept by Idempotency-Key for 24 hours."""

from __future__ import annotations

from typing import Any

import msgspec

from agentskills.storage.database import Conn


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was given before."""

    body_digest: str
    status: int
    answer: dict[str, Any]


async def take(conn: Conn, key: str, body_digest: str) -> Kept | None:
    """Take a key for this transaction; return what it stands for already, or None.

    Another transaction that has it at this moment is waited for.
    """
    taken = await conn.fetchval(
        """INSERT INTO idempotency_keys AS k (key, body_digest, status, answer) VALUES ($1, $2, 0, '{}')
           ON CONFLICT (key) DO UPDATE SET body_digest = $2, status = 0, answer = '{}', created_at = now()
           WHERE k.created_at < now() - interval '24 hours' RETURNING true""",
        key,
        body_digest,
    )
    if taken:
        return None
    row = await conn.fetchrow("SELECT body_digest, status, answer FROM idempotency_keys WHERE key = $1", key)
    return Kept(**row) if row else None


async def keep(conn: Conn, key: str, status: int, answer: dict[str, Any]) -> None:
    """Keep the answer of a key taken in this transaction."""
    await conn.execute(
        "UPDATE idempotency_keys SET status = $2, answer = $3 WHERE key = $1", key, status, answer
    )


async def forget_old(conn: Conn) -> None:
    """Remove keys older than 24 hours."""
    await conn.execute("DELETE FROM idempotency_keys WHERE created_at < now() - interval '24 hours'")
