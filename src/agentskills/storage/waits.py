"""What runs wait for, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.storage.database import Conn


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that one step of a run waits for."""

    id: int
    thread_id: str
    seq: int
    skill: str | None
    reason: str
    state: str  # open, answered, closed
    since: datetime
    until: datetime | None
    asks: dict[str, Any]
    shown_digest: str | None
    options: list[str]
    expects: list[str]
    effect_id: int | None
    dispatched: bool
    answer: dict[str, Any] | None
    answered_by: dict[str, Any] | None


class NewWait(msgspec.Struct, frozen=True, kw_only=True):
    """A wait about to be written; the fields mean what they mean on `Wait`."""

    seq: int
    reason: str
    skill: str | None = None
    until: datetime | None = None
    asks: dict[str, Any] = {}
    shown_digest: str | None = None
    options: list[str] = []
    expects: list[str] = []
    effect_id: int | None = None
    token_hash: str | None = None
    dispatched: bool = False


COLUMNS = Wait.__struct_fields__
_COLUMNS = ", ".join(COLUMNS)


async def open_waits(conn: Conn, thread_id: str, *, lock: bool = False) -> list[Wait]:
    """Return what a run waits for now, in order of seq.

    With `lock` the run's state row is locked first and then the waits, so that exactly one of
    two simultaneous answers finds them open. The order is the engine's. Where an answer
    wakes other runs as well, two of them can still cross: do it within `Context.in_transaction`.
    """
    if lock:
        await conn.execute("SELECT FROM run_state WHERE thread_id = $1 FOR NO KEY UPDATE", thread_id)
    rows = await conn.fetch(
        f"""SELECT {_COLUMNS} FROM waits WHERE thread_id = $1 AND state = 'open'
            ORDER BY seq {"FOR UPDATE" if lock else ""}""",
        thread_id,
    )
    return [Wait(**row) for row in rows]


async def chosen(
    conn: Conn, reason: str, skill: str | None, until: datetime | None, limit: int
) -> list[tuple[str, int, str | None]]:
    """Return where runs wait for this reason (of one skill, since `until` at the latest), the oldest first.

    As (thread_id, seq, digest of what is shown).
    """
    rows = await conn.fetch(
        """SELECT thread_id, seq, shown_digest FROM waits
           WHERE state = 'open' AND reason = $1 AND ($2::text IS NULL OR skill = $2)
             AND ($3::timestamptz IS NULL OR since <= $3)
           ORDER BY since, id LIMIT $4""",
        reason,
        skill,
        until,
        limit,
    )
    return [(row["thread_id"], row["seq"], row["shown_digest"]) for row in rows]


async def by_token(conn: Conn, token_hash: str) -> Wait | None:
    """Return the latest wait that was given this callback token, whatever its state."""
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM waits WHERE token_hash = $1 ORDER BY id DESC LIMIT 1", token_hash
    )
    return Wait(**row) if row else None


async def answer(conn: Conn, wait_id: int, given: dict[str, Any], by: dict[str, Any]) -> bool:
    """Write the answer of an open wait; False when it is no longer open."""
    return bool(
        await conn.fetchval(
            """UPDATE waits SET state = 'answered', answer = $2, answered_by = $3, answered_at = now()
               WHERE id = $1 AND state = 'open' RETURNING true""",
            wait_id,
            given,
            by,
        )
    )


async def last_answer(conn: Conn, thread_id: str, seq: int | None) -> tuple[Wait, datetime] | None:
    """Return the newest answer that a run, or one step of it, was given by somebody, and when."""
    row = await conn.fetchrow(
        f"""SELECT {_COLUMNS}, answered_at FROM waits
            WHERE thread_id = $1 AND state = 'answered' AND ($2::int IS NULL OR seq = $2)
            ORDER BY answered_at DESC, id DESC LIMIT 1""",
        thread_id,
        seq,
    )
    return (Wait(**{name: row[name] for name in COLUMNS}), row["answered_at"]) if row else None


async def of_runs(conn: Conn, thread_ids: Sequence[str]) -> dict[tuple[str, int], Wait]:
    """Return the latest wait of each step of these runs, unless it is closed, by (thread_id, seq)."""
    rows = await conn.fetch(
        f"""SELECT DISTINCT ON (thread_id, seq) {_COLUMNS} FROM waits
            WHERE thread_id = ANY ($1::text[]) ORDER BY thread_id, seq, id DESC""",
        list(thread_ids),
    )
    return {(row["thread_id"], row["seq"]): Wait(**row) for row in rows if row["state"] != "closed"}


async def insert(conn: Conn, thread_id: str, wait: NewWait) -> None:
    """Open a wait; what the step waited for before is closed."""
    await conn.execute(
        "UPDATE waits SET state = 'closed' WHERE thread_id = $1 AND seq = $2 AND state = 'open'",
        thread_id,
        wait.seq,
    )
    await conn.execute(
        """INSERT INTO waits (thread_id, seq, skill, reason, until, asks, shown_digest, options, expects,
                              effect_id, token_hash, dispatched)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        thread_id,
        wait.seq,
        wait.skill,
        wait.reason,
        wait.until,
        wait.asks,
        wait.shown_digest,
        wait.options,
        wait.expects,
        wait.effect_id,
        wait.token_hash,
        wait.dispatched,
    )


async def mark_dispatched(conn: Conn, thread_id: str, seqs: Sequence[int]) -> None:
    """Note that the callback requests of these steps were accepted by the other side."""
    await conn.execute(
        "UPDATE waits SET dispatched = true WHERE thread_id = $1 AND seq = ANY ($2::int[])", thread_id, seqs
    )


async def close(conn: Conn, thread_id: str, seqs: Sequence[int] | None) -> None:
    """Close the open waits of these steps, or (None) of the whole run."""
    await conn.execute(
        """UPDATE waits SET state = 'closed'
           WHERE thread_id = $1 AND state = 'open' AND ($2::int[] IS NULL OR seq = ANY ($2))""",
        thread_id,
        seqs,
    )
