"""How much of what is limited is taken just now."""

from __future__ import annotations

from typing import Any

from agentskills.storage.database import Conn


async def workers(conn: Conn) -> list[dict[str, Any]]:
    """Return the workers whose lease is good, the oldest first, with how many runs each has in hand."""
    rows = await conn.fetch(
        """SELECT w.id::text AS id, w.host, w.pid, w.started_at,
                  (SELECT count(*) FROM run_state s WHERE s.owner = w.id) AS runs
           FROM workers w WHERE w.lease_until > clock_timestamp() ORDER BY w.started_at, w.id"""
    )
    return [dict(row) for row in rows]


async def slots(conn: Conn) -> list[dict[str, Any]]:
    """Return the places of each limited skill and model, and how many living workers hold."""
    rows = await conn.fetch(
        """SELECT s.name, count(*) AS places, count(w.id) AS used
           FROM slots s LEFT JOIN workers w ON w.id = s.worker AND w.lease_until > clock_timestamp()
           GROUP BY s.name ORDER BY s.name"""
    )
    return [dict(row) for row in rows]
