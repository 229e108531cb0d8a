"""What policies did about failed runs, and which of these they still have to look at."""

from __future__ import annotations

from datetime import datetime

import msgspec

from agentskills.domain.policy import FailedRun
from agentskills.storage.database import Conn


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy did about a failed run."""

    policy_id: str
    failed: str  # thread_id of the run that failed
    skill: str
    failed_at: datetime
    answer: str
    thread_id: str | None  # its rerun
    attempt: int
    reason: str | None
    at: datetime
    again_at: datetime | None  # of what is held back: looked at again from then on


_ALL = ", ".join(Answer.__struct_fields__)
_FAILED = """s.thread_id, s.root_thread_id, coalesce(s.error ->> 'skill', '') AS skill, s.error, m.sop_name,
    m.metadata, m.parent_thread_id, m.requested_by, m.request,
    EXISTS (SELECT FROM run_metadata c WHERE c.parent_thread_id = m.thread_id
            AND coalesce(c.request ->> 'effects', 'once') <> 'none') AS rerun_since,
    f.failed_at, f.dismissed_at IS NOT NULL AS dismissed"""
_JOINED = """JOIN run_state s ON s.thread_id = f.thread_id JOIN run_metadata m ON m.thread_id = f.thread_id"""


async def next_failure(conn: Conn) -> str | None:
    """Take the oldest failed run that policies have not looked at and that nobody else has taken."""
    found: str | None = await conn.fetchval(
        """SELECT thread_id FROM failures
           WHERE looked_at IS NULL ORDER BY failed_at LIMIT 1 FOR UPDATE SKIP LOCKED"""
    )
    return found


async def failed_run(conn: Conn, thread_id: str) -> FailedRun | None:
    """Return a failed run as it is now; None: it was deleted.

    While the caller holds the run's row nobody else makes a rerun of it.
    """
    row = await conn.fetchrow(f"SELECT {_FAILED} FROM failures f {_JOINED} WHERE f.thread_id = $1", thread_id)
    return FailedRun(**row) if row else None


async def looked_at(conn: Conn, thread_id: str, at: datetime) -> None:
    """Note that policies have looked at a failed run."""
    await conn.execute("UPDATE failures SET looked_at = $2 WHERE thread_id = $1", thread_id, at)


async def pass_over(conn: Conn, at: datetime, limit: int) -> int:
    """Note of failed runs that no policy was there to look at them; return of how many."""
    done = await conn.execute(
        """UPDATE failures SET looked_at = $1 WHERE thread_id IN (
               SELECT thread_id FROM failures WHERE looked_at IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED)""",
        at,
        limit,
    )
    return int(done.rpartition(" ")[2])


async def next_again(conn: Conn, at: datetime) -> Answer | None:
    """Take the answer for a failed run that was held back and is due to be looked at again."""
    row = await conn.fetchrow(
        f"""SELECT {", ".join(f"a.{name}" for name in Answer.__struct_fields__)} FROM policy_answers a
            JOIN policies p ON p.id = a.policy_id AND p.enabled
            WHERE a.again_at <= $1
            ORDER BY a.again_at, a.at LIMIT 1 FOR UPDATE OF a SKIP LOCKED""",
        at,
    )
    return Answer(**row) if row else None


async def waiting_until(conn: Conn, policy_id: str) -> datetime | None:
    """Return when the last of what waits for its turn is looked at again; None: nothing waits."""
    found: datetime | None = await conn.fetchval(
        "SELECT max(again_at) FROM policy_answers WHERE policy_id = $1 AND again_at IS NOT NULL", policy_id
    )
    return found


async def postpone(conn: Conn, policy_id: str, at: datetime, reason: str | None, until: datetime) -> None:
    """Let all that is due of a policy wait until then, in the order in which it came.

    What others are looking at is left to them: they find out by themselves.
    """
    await conn.execute(
        """UPDATE policy_answers SET again_at = $4, reason = $3 WHERE (policy_id, failed) IN (
               SELECT policy_id, failed FROM policy_answers
               WHERE policy_id = $1 AND again_at <= $2 FOR UPDATE SKIP LOCKED)""",
        policy_id,
        at,
        reason,
        until,
    )


async def wait_no_longer(conn: Conn, policy_id: str, at: datetime) -> None:
    """Let what waits for its turn be looked at now."""
    await conn.execute(
        "UPDATE policy_answers SET again_at = $2 WHERE policy_id = $1 AND again_at > $2", policy_id, at
    )


async def put(conn: Conn, answer: Answer) -> None:
    """Write what a policy did; only of what was held back the answer changes later."""
    await conn.execute(
        f"""INSERT INTO policy_answers ({_ALL}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (policy_id, failed) DO UPDATE
            SET answer = $5, thread_id = $6, attempt = $7, reason = $8, at = $9, again_at = $10
            WHERE policy_answers.answer = 'held_back'""",
        *(getattr(answer, name) for name in Answer.__struct_fields__),
    )


async def attempts(conn: Conn, failed: str) -> dict[str, int]:
    """Return, by policy, how many reruns policies have made in the chain that ends in a failed run.

    The chain ends where a run was not made by a policy.
    """
    rows = await conn.fetch(
        """WITH RECURSIVE chain AS (
               SELECT policy_id, failed FROM policy_answers WHERE thread_id = $1
               UNION ALL
               SELECT a.policy_id, a.failed FROM chain c JOIN policy_answers a ON a.thread_id = c.failed)
           SELECT policy_id, count(*) AS n FROM chain GROUP BY policy_id""",
        failed,
    )
    return {row["policy_id"]: row["n"] for row in rows}


async def rerun_by(conn: Conn, failed: str) -> str | None:
    """Return the policy that has rerun a failed run, or None."""
    found: str | None = await conn.fetchval(
        "SELECT policy_id FROM policy_answers WHERE failed = $1 AND answer = 'rerun'", failed
    )
    return found


async def undecided(conn: Conn, failed: str) -> bool:
    """Say whether some policy has rerun a failed run or still holds it back."""
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM policy_answers WHERE failed = $1 AND answer IN ('rerun', 'held_back'))",
        failed,
    )
    return found


async def room_at(conn: Conn, policy_id: str, after: datetime, most: int) -> datetime | None:
    """Return when the rerun was made that has to leave the window; None: there is room for one more."""
    found: datetime | None = await conn.fetchval(
        """SELECT at FROM policy_answers WHERE policy_id = $1 AND answer = 'rerun' AND at > $2
           ORDER BY at DESC OFFSET $3 LIMIT 1""",
        policy_id,
        after,
        most - 1,
    )
    return found


async def counted(conn: Conn, policy_id: str, skill: str, after: datetime, but: str) -> int:
    """Return how many failures of a skill since `after` a policy has answered for, `but` for one."""
    count: int = await conn.fetchval(
        """SELECT count(*) FROM policy_answers
           WHERE policy_id = $1 AND skill = $2 AND failed_at > $3 AND answer <> 'left' AND failed <> $4""",
        policy_id,
        skill,
        after,
        but,
    )
    return count


async def latest(conn: Conn, policy_ids: list[str], each: int) -> dict[str, list[Answer]]:
    """Return up to `each` answers of each policy, the newest first."""
    rows = await conn.fetch(
        f"""SELECT {", ".join(f"last.{name}" for name in Answer.__struct_fields__)}
            FROM unnest($1::text[]) AS asked(id) CROSS JOIN LATERAL (
                SELECT * FROM policy_answers WHERE policy_id = asked.id
                ORDER BY at DESC, failed DESC LIMIT $2) AS last
            ORDER BY last.at DESC, last.failed DESC""",
        policy_ids,
        each,
    )
    found: dict[str, list[Answer]] = {policy_id: [] for policy_id in policy_ids}
    for row in rows:
        found[row["policy_id"]].append(Answer(**row))
    return found


async def page(
    conn: Conn, policy_id: str, answers: list[str], *, after: tuple[datetime, str] | None, limit: int
) -> list[Answer]:
    """Return up to `limit` answers of a policy, the newest first; without `answers` of every kind."""
    rows = await conn.fetch(
        f"""SELECT {_ALL} FROM policy_answers
            WHERE policy_id = $1 AND (answer = ANY ($2) OR $2 = '{{}}')
              AND ($3::timestamptz IS NULL OR (at, failed) < ($3, $4))
            ORDER BY at DESC, failed DESC LIMIT $5""",
        policy_id,
        answers,
        *(after or (None, None)),
        limit,
    )
    return [Answer(**row) for row in rows]


async def totals(conn: Conn, policy_ids: list[str]) -> dict[str, dict[str, int]]:
    """Return how many answers of each kind policies have given, by policy."""
    rows = await conn.fetch(
        """SELECT policy_id, answer, count(*) AS n FROM policy_answers
           WHERE policy_id = ANY ($1) GROUP BY policy_id, answer""",
        policy_ids,
    )
    found: dict[str, dict[str, int]] = {policy_id: {} for policy_id in policy_ids}
    for row in rows:
        found[row["policy_id"]][row["answer"]] = row["n"]
    return found


async def forget_old(conn: Conn, before: datetime, limit: int) -> int:
    """Remove up to `limit` answers older than `before` about runs that are no longer there.

    Returns how many there were.
    """
    done: str = await conn.execute(
        """DELETE FROM policy_answers WHERE (policy_id, failed) IN (
               SELECT a.policy_id, a.failed FROM policy_answers a
               WHERE a.at < $1 AND NOT EXISTS (SELECT FROM run_state s WHERE s.thread_id = a.failed)
               LIMIT $2)""",
        before,
        limit,
    )
    return int(done.removeprefix("DELETE "))
