"""Breakers: a skill that fails too often rests, and nothing is rerun by itself because of it."""

from __future__ import annotations

from datetime import datetime

from agentskills.domain.batch import FOR_A_PERSON
from agentskills.domain.policy import Breaker
from agentskills.storage.database import Conn

_ALL = ", ".join(Breaker.__struct_fields__)


async def get(conn: Conn, policy_id: str, skill: str) -> Breaker | None:
    """Return the breaker of a skill; only who holds the policy's lock may change it."""
    row = await conn.fetchrow(
        f"SELECT {_ALL} FROM breakers WHERE policy_id = $1 AND skill = $2", policy_id, skill
    )
    return Breaker(**row) if row else None


async def put(conn: Conn, breaker: Breaker) -> None:
    """Write how a breaker stands."""
    await conn.execute(
        f"""INSERT INTO breakers ({_ALL}) VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (policy_id, skill) DO UPDATE
            SET opened_at = $3, open_until = $4, probe = $5, closed_at = $6, held_back = $7""",
        *(getattr(breaker, name) for name in Breaker.__struct_fields__),
    )


async def of_policies(conn: Conn, policy_ids: list[str]) -> list[Breaker]:
    """Return the breakers of policies that have ever opened, the latest first."""
    rows = await conn.fetch(
        f"SELECT {_ALL} FROM breakers WHERE policy_id = ANY ($1) ORDER BY opened_at DESC, skill", policy_ids
    )
    return [Breaker(**row) for row in rows]


async def to_mind(conn: Conn, at: datetime) -> tuple[str, str] | None:
    """Return policy and skill of a breaker whose probe has ended, or whose rest has.

    A probe that has waited for a person as long as a rest finds nothing out. After the rest one failed
    run that was held back is let through, where there is any.
    """
    row = await conn.fetchrow(
        """SELECT b.policy_id, b.skill FROM breakers b
           JOIN policies p ON p.id = b.policy_id AND p.enabled
           LEFT JOIN run_state s ON s.thread_id = b.probe
           WHERE b.closed_at IS NULL AND CASE
               WHEN b.probe IS NOT NULL THEN
                    coalesce(s.status IN ('completed', 'failed', 'cancelled'), true)
                    OR EXISTS (SELECT FROM waits w WHERE w.thread_id = b.probe AND w.state = 'open'
                               AND w.reason = ANY ($2::text[])
                               AND w.since <= $1::timestamptz - make_interval(
                                   secs => (p.breaker ->> 'rest_seconds')::float8))
               ELSE b.open_until <= $1
                    AND EXISTS (SELECT FROM policy_answers a WHERE a.policy_id = b.policy_id
                                AND a.skill = b.skill AND a.answer = 'held_back' AND a.again_at IS NULL)
                    AND NOT EXISTS (SELECT FROM policy_answers a WHERE a.policy_id = b.policy_id
                                    AND a.skill = b.skill AND a.answer = 'held_back' AND a.again_at <= $1)
               END
           LIMIT 1 FOR NO KEY UPDATE OF p SKIP LOCKED""",
        at,
        list(FOR_A_PERSON),
    )
    return (row["policy_id"], row["skill"]) if row else None


async def release(conn: Conn, breaker: Breaker, at: datetime, most: int | None = None) -> int:
    """Let failed runs that the breaker held back be looked at again, the oldest first; return how many."""
    done = await conn.execute(
        """UPDATE policy_answers SET again_at = $3 WHERE (policy_id, failed) IN (
               SELECT policy_id, failed FROM policy_answers
               WHERE policy_id = $1 AND skill = $2 AND answer = 'held_back' AND again_at IS NULL
               ORDER BY at, failed LIMIT $4)""",
        breaker.policy_id,
        breaker.skill,
        at,
        most,
    )
    return int(done.rpartition(" ")[2])


async def probe_status(conn: Conn, thread_id: str) -> str | None:
    """Return the status of a probe; None: it has been deleted."""
    status: str | None = await conn.fetchval("SELECT status FROM run_state WHERE thread_id = $1", thread_id)
    return status
