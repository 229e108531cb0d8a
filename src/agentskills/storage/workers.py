"""Workers and their leases."""

from __future__ import annotations

from uuid import UUID

from agentskills.storage.database import Conn


async def register(conn: Conn, worker: UUID, seconds: float, host: str, pid: int) -> None:
    """Enter a worker with a lease of `seconds`; to say it twice, where an answer was lost, does no harm."""
    await conn.execute(
        """INSERT INTO workers (id, lease_until, host, pid)
           VALUES ($1, clock_timestamp() + make_interval(secs => $2), $3, $4)
           ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until""",
        worker,
        seconds,
        host,
        pid,
    )


async def renew(conn: Conn, worker: UUID, seconds: float, counts: dict[str, float]) -> bool:
    """Extend the lease, and leave the worker's figures beside it.

    False if the lease has lapsed, for once lapsed it is never good again.
    """
    return bool(
        await conn.fetchval(
            """UPDATE workers SET lease_until = clock_timestamp() + make_interval(secs => $2), counts = $3
               WHERE id = $1 AND lease_until > clock_timestamp() RETURNING true""",
            worker,
            seconds,
            counts,
        )
    )


async def lease_is_good(conn: Conn, worker: UUID) -> bool:
    """Say whether the worker may still be acting."""
    return bool(
        await conn.fetchval(
            "SELECT true FROM workers WHERE id = $1 AND lease_until > clock_timestamp()", worker
        )
    )


async def leave(conn: Conn, worker: UUID) -> None:
    """Remove a worker that has handed back its runs."""
    await conn.execute("DELETE FROM workers WHERE id = $1", worker)


async def forget_lapsed(conn: Conn) -> None:
    """Remove workers whose lease lapsed a while ago and who own nothing."""
    await conn.execute(
        """DELETE FROM workers w WHERE w.lease_until < clock_timestamp() - interval '1 hour'
           AND NOT EXISTS (SELECT FROM run_state s WHERE s.owner = w.id)"""
    )


async def counts(conn: Conn) -> dict[str, dict[str, float]]:
    """Return the figures that living workers left with their last renewal, by worker."""
    rows = await conn.fetch(
        """SELECT id, counts, extract(epoch FROM lease_until - clock_timestamp())::float8 AS margin
           FROM workers WHERE lease_until > clock_timestamp()"""
    )
    return {str(row["id"]): row["counts"] | {"lease_margin_seconds": row["margin"]} for row in rows}
