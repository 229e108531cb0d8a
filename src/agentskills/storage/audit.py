"""Who did what to which run, and why."""

from __future__ import annotations

from typing import Any

from agentskills.storage.database import Conn


async def record(
    conn: Conn,
    actor: dict[str, Any],
    action: str,
    thread_id: str | None = None,
    *,
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one entry."""
    await conn.execute(
        "INSERT INTO audit (actor, action, thread_id, reason, detail) VALUES ($1, $2, $3, $4, $5)",
        actor,
        action,
        thread_id,
        reason,
        detail or {},
    )
