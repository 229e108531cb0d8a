"""Effects on the outside world: intents before, receipts after, doubts where nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from agentskills.domain.effect import EffectIdentity
from agentskills.domain.json_text import json_str
from agentskills.domain.status import EffectState
from agentskills.storage import queue
from agentskills.storage.database import Conn


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """One effect, done, failed, open or in doubt."""

    id: int
    scope: str
    skill: str
    key_digest: str
    key: dict[str, Any]
    repeat: int
    state: str
    thread_id: str
    seq: int
    worker: UUID | None
    epoch: int  # of the run when it announced the effect
    inputs: dict[str, Any] | None
    output: dict[str, Any] | None
    error: dict[str, Any] | None
    updated_at: datetime
    agreed_by: dict[str, Any] | None = None  # of a repetition


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """An effect that a step wants to have now."""

    identity: EffectIdentity
    thread_id: str
    seq: int
    epoch: int
    inputs: dict[str, Any]
    agreed_by: dict[str, Any] | None = None  # of a repetition


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """How an open effect ended, or that nobody can tell."""

    effect_id: int
    state: EffectState
    output: dict[str, Any] | None = None  # of a receipt
    error: dict[str, Any] | None = None
    by: dict[str, Any]
    thread_id: str | None = None  # whose act it was: an act of anybody else is not ended as failed
    epoch: int = 0


_COLUMNS = """id, scope, skill, key_digest, key, repeat, state, thread_id, seq, worker, epoch, inputs, output,
              error, updated_at, agreed_by"""

_TAKE = """
    INSERT INTO effects AS e (scope, skill, key_digest, key, repeat, state, thread_id, seq, worker, epoch,
                              inputs, agreed_by)
    SELECT t.scope, t.skill, t.key_digest, t.key::jsonb, t.repeat, 'intent', t.thread_id, t.seq, $11,
           t.epoch, t.inputs::jsonb, t.agreed_by::jsonb
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::int[], $8::int[],
                $9::text[], $10::text[])
        AS t(scope, skill, key_digest, key, repeat, thread_id, seq, epoch, inputs, agreed_by)
    ORDER BY t.scope, t.skill, t.key_digest, t.repeat
    ON CONFLICT (scope, skill, key_digest, repeat) DO UPDATE
        SET state = 'intent', thread_id = excluded.thread_id, seq = excluded.seq, worker = excluded.worker,
            epoch = excluded.epoch, inputs = excluded.inputs, agreed_by = excluded.agreed_by,
            error = NULL, updated_at = now()
        WHERE e.state = 'failed'
    RETURNING e.thread_id, e.seq, e.id"""

_STANDING = f"""
    SELECT t.thread_id AS asker, t.asking_seq, {", ".join("e." + c.strip() for c in _COLUMNS.split(","))}
    FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::int[])
        AS t(scope, skill, key_digest, repeat, thread_id, asking_seq)
    JOIN effects e ON (e.scope, e.skill, e.key_digest, e.repeat) = (t.scope, t.skill, t.key_digest, t.repeat)
    ORDER BY e.id FOR SHARE OF e"""


async def take(
    conn: Conn, worker: UUID, intents: Sequence[Intent]
) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], Effect]]:
    """Write the intents; return the ids of those now ours, and what stands in the way of the others.

    Both are by (thread_id, seq) of the asking step. What stands in the way is locked until the
    transaction ends, so that a waiter registered in it is seen by whoever settles the effect.
    """
    ids = [i.identity for i in intents]
    threads, seqs = [i.thread_id for i in intents], [i.seq for i in intents]
    scopes, skills = [i.scope for i in ids], [i.skill for i in ids]
    keys, repeats = [i.key_digest for i in ids], [i.repeat for i in ids]
    won = await conn.fetch(
        _TAKE,
        scopes,
        skills,
        keys,
        [json_str(i.key) for i in ids],
        repeats,
        threads,
        seqs,
        [i.epoch for i in intents],
        [json_str(i.inputs) for i in intents],
        [None if i.agreed_by is None else json_str(i.agreed_by) for i in intents],
        worker,
    )
    ours = {(row["thread_id"], row["seq"]): row["id"] for row in won}
    if len(ours) == len(intents):
        return ours, {}
    rows = await conn.fetch(_STANDING, scopes, skills, keys, repeats, threads, seqs)
    standing = {
        (row["asker"], row["asking_seq"]): _effect(row)
        for row in rows
        if (row["asker"], row["asking_seq"]) not in ours
    }
    return ours, standing


def _effect(row: Any) -> Effect:
    return Effect(**{name: row[name] for name in Effect.__struct_fields__})


async def by_ids(conn: Conn, ids: Sequence[int]) -> dict[int, Effect]:
    """Return these effects by id."""
    rows = await conn.fetch(f"SELECT {_COLUMNS} FROM effects WHERE id = ANY ($1::bigint[])", list(ids))
    return {row["id"]: _effect(row) for row in rows}


async def repetitions(conn: Conn, identity: EffectIdentity) -> list[Effect]:
    """Return all rows of the effect of a skill and key, the latest repetition first."""
    rows = await conn.fetch(
        f"""SELECT {_COLUMNS} FROM effects WHERE (scope, skill, key_digest) = ($1, $2, $3)
            ORDER BY repeat DESC""",
        identity.scope,
        identity.skill,
        identity.key_digest,
    )
    return [_effect(row) for row in rows]


async def earlier_receipt(conn: Conn, identity: EffectIdentity, root: str, thread_id: str) -> Effect | None:
    """Return what another run of the family has done with this skill under another key.

    The latest receipt, else what may have been done or is being done.
    """
    row = await conn.fetchrow(
        f"""SELECT {_COLUMNS} FROM effects
            WHERE scope = $1 AND skill = $2 AND state <> 'failed' AND key_digest <> $3 AND thread_id <> $4
              AND (scope <> '' OR EXISTS (
                  SELECT FROM run_metadata m WHERE m.thread_id = effects.thread_id AND m.root_thread_id = $5))
            ORDER BY state = 'receipt' DESC, updated_at DESC LIMIT 1""",
        identity.scope,
        identity.skill,
        identity.key_digest,
        thread_id,
        root,
    )
    return _effect(row) if row else None


async def settle_many(conn: Conn, settlements: Sequence[Settlement]) -> list[str]:
    """Settle open effects and wake all who wait for them; return the runs woken.

    Facts are recorded whoever brings them: this is not fenced. A settled effect stays as it is.
    A doubt recorded here is recorded by whoever acted, so nobody is acting any more.
    """
    await _lock_waiters(conn, [s.effect_id for s in settlements])
    moved = await conn.fetch(
        """UPDATE effects e
           SET state = t.state, output = t.output::jsonb, error = t.error::jsonb, settled_by = t.by::jsonb,
               worker = NULL, updated_at = now()
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[])
               AS t(id, state, output, error, by, thread_id, epoch)
           WHERE e.id = t.id AND (e.state = 'intent' OR e.state = 'doubt' AND t.state <> 'doubt')
             AND (t.state = 'receipt' OR t.thread_id IS NULL
                  OR e.thread_id = t.thread_id AND e.epoch <= t.epoch)
           RETURNING e.id, e.state""",
        [s.effect_id for s in settlements],
        [str(s.state) for s in settlements],
        [None if s.output is None else json_str(s.output) for s in settlements],
        [None if s.error is None else json_str(s.error) for s in settlements],
        [json_str(s.by) for s in settlements],
        [s.thread_id for s in settlements],
        [s.epoch for s in settlements],
    )
    if not moved:
        return []
    return await _wake_waiters(conn, [row["id"] for row in moved])


async def _lock_waiters(conn: Conn, effect_ids: Sequence[int]) -> None:
    """Lock the state rows of runs that wait for these effects.

    Runs first, then effects: that is the order of a run which announces an effect.
    """
    await conn.execute(
        """SELECT FROM run_state WHERE thread_id IN (
               SELECT thread_id FROM effect_waiters WHERE effect_id = ANY ($1::bigint[]))
           ORDER BY thread_id FOR NO KEY UPDATE""",
        list(effect_ids),
    )


async def settle(
    conn: Conn,
    effect_id: int,
    state: EffectState,
    *,
    output: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
    by: dict[str, Any],
) -> bool:
    """Settle one open effect for all who wait for it; False when it was settled already."""
    await _lock_waiters(conn, [effect_id])
    before = await conn.fetchval("SELECT state FROM effects WHERE id = $1 FOR NO KEY UPDATE", effect_id)
    if before not in ("intent", "doubt"):
        return False
    await settle_many(conn, [Settlement(effect_id=effect_id, state=state, output=output, error=error, by=by)])
    return True


async def doubt_taken_over(conn: Conn, effect_id: int, error: dict[str, Any], worker: UUID) -> None:
    """Put an intent in doubt whose worker has fallen silent; it stays named, for it may still act.

    Unless it is `worker`, the one that asks: it had dropped the run, and acts no more.
    """
    await conn.execute(
        """UPDATE effects
           SET state = 'doubt', error = $2, worker = nullif(worker, $3), updated_at = now()
           WHERE id = $1 AND state = 'intent'""",
        effect_id,
        error,
        worker,
    )


async def wait_for(conn: Conn, effect_id: int, thread_id: str) -> None:
    """Register a run to be woken when the effect is settled."""
    await conn.execute(
        "INSERT INTO effect_waiters (effect_id, thread_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        effect_id,
        thread_id,
    )


async def doubt_what_is_announced(conn: Conn, thread_ids: Sequence[str]) -> list[str]:
    """Put the open intents of runs that have ended in doubt; return the runs this wakes.

    The worker stays named where it was, for it may still be acting.
    """
    error = {"type": "run-ended", "message": "the run ended while this was under way"}
    moved = await conn.fetch(
        """UPDATE effects SET state = 'doubt', error = $2, updated_at = now()
           WHERE thread_id = ANY ($1::text[]) AND state = 'intent' RETURNING id""",
        list(thread_ids),
        error,
    )
    if not moved:
        return []
    return await _wake_waiters(conn, [row["id"] for row in moved])


async def _wake_waiters(conn: Conn, effect_ids: Sequence[int]) -> list[str]:
    """Wake the runs that wait for one of these effects; return their ids."""
    rows = await conn.fetch(
        "SELECT DISTINCT thread_id FROM effect_waiters WHERE effect_id = ANY ($1::bigint[])", effect_ids
    )
    return await queue.wake(conn, [row["thread_id"] for row in rows]) if rows else []
