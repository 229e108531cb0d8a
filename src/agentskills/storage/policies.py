"""Policies: rules that rerun after failures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agentskills.domain.policy import FailedRun, Policy
from agentskills.storage.database import Conn

_COLUMNS = tuple(field for field in Policy.__struct_fields__)
_ALL = ", ".join(_COLUMNS)
_CHANGED = ", ".join(f"{name} = ${at}" for at, name in enumerate(_COLUMNS, start=1) if name != "id")


async def insert(conn: Conn, policy: Policy) -> None:
    """Write a new policy."""
    places = ", ".join(f"${at}" for at in range(1, len(_COLUMNS) + 1))
    await conn.execute(f"INSERT INTO policies ({_ALL}) VALUES ({places})", *_values(policy))


async def update(conn: Conn, policy: Policy) -> None:
    """Write what has become of a policy."""
    await conn.execute(f"UPDATE policies SET {_CHANGED} WHERE id = $1", *_values(policy))


def _values(policy: Policy) -> Sequence[object]:
    return [getattr(policy, name) for name in _COLUMNS]


async def delete(conn: Conn, policy_id: str) -> bool:
    """Remove a policy with its answers and breakers; False where there is none."""
    return bool(await conn.fetchval("DELETE FROM policies WHERE id = $1 RETURNING true", policy_id))


async def get(conn: Conn, policy_id: str, *, lock: bool = False) -> Policy | None:
    """Return a policy; with `lock` others that would change it, or answer for it, wait."""
    lock_it = " FOR NO KEY UPDATE" if lock else ""
    row = await conn.fetchrow(f"SELECT {_ALL} FROM policies WHERE id = $1{lock_it}", policy_id)
    return Policy(**row) if row else None


async def page(conn: Conn, *, after: tuple[datetime, str] | None, limit: int) -> list[Policy]:
    """Return up to `limit` policies, the newest first, older than `after`."""
    rows = await conn.fetch(
        f"""SELECT {_ALL} FROM policies WHERE $1::timestamptz IS NULL OR (created_at, id) < ($1, $2)
            ORDER BY created_at DESC, id DESC LIMIT $3""",
        *(after or (None, None)),
        limit,
    )
    return [Policy(**row) for row in rows]


async def any_enabled(conn: Conn) -> bool:
    """Say whether there is a policy that would look at failures."""
    found: bool = await conn.fetchval("SELECT EXISTS (SELECT FROM policies WHERE enabled)")
    return found


async def concerned(conn: Conn, failed: FailedRun) -> list[Policy]:
    """Return the enabled policies that match a failed run, the oldest first, each locked.

    The lock makes what a policy counts exact, whatever number of workers answer for it.
    """
    rows = await conn.fetch(
        f"""SELECT {_ALL} FROM policies
            WHERE enabled AND (manual_too OR NOT $4)
              AND coalesce(matches ->> 'sop_name' = $1, NOT matches ? 'sop_name')
              AND coalesce(matches ->> 'skill' = $2, NOT matches ? 'skill')
              AND $3 @> coalesce(matches -> 'metadata', '{{}}')
            ORDER BY created_at, id FOR NO KEY UPDATE""",
        failed.sop_name,
        failed.skill,
        failed.metadata,
        failed.manual,
    )
    return [Policy(**row) for row in rows]


async def reruns_in_family(conn: Conn, root: str) -> int:
    """Return how many reruns policies have made in a family."""
    count: int = await conn.fetchval(
        """SELECT count(*) FROM run_metadata
           WHERE root_thread_id = $1 AND parent_thread_id IS NOT NULL
             AND requested_by ->> 'kind' = 'policy'""",
        root,
    )
    return count
