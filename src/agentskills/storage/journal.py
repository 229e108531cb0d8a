"""Write the journal: fenced, in batches; and read it back for the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from agentskills.domain.json_text import json_str
from agentskills.domain.status import RunStatus
from agentskills.domain.step import Step
from agentskills.storage import effects, queue, waits
from agentskills.storage.database import Conn
from agentskills.storage.effects import Settlement
from agentskills.storage.waits import NewWait

PAYLOAD_BYTES = 8_000
"""Outputs larger than this are stored once by digest."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run goes when its owner lets go of it: parked, or finished."""

    status: RunStatus
    wake_at: datetime | None = None  # when a parked run is due again
    error: dict[str, Any] | None = None
    owned_ms: int = 0  # wall time this owner had it
    not_repeated: int = 0


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What model calls cost; recorded whatever the epoch."""

    tokens: int = 0
    money: Decimal | None = None  # None: unknown


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """Model messages, prompts and output of a process, kept beside a step."""

    seq: int
    attempt: int
    kind: str
    content: Any


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """What one run's owner has to say in one go: all of it lands, or none."""

    thread_id: str
    epoch: int
    version: int
    steps: list[Step] = []
    waits: list[NewWait] = []
    closes: list[int] = []  # seqs whose open wait is over
    dispatched: list[int] = []  # seqs whose callback request was accepted
    settlements: list[Settlement] = []  # not fenced
    spent: Spent | None = None  # not fenced
    details: list[Details] = []
    awaits_effects: list[int] = []  # effects this run wants to be woken by
    frees_slots: list[int] = []  # seqs that gave back their slot
    move: Move | None = None
    wake: int | None = None  # as last seen; needed with `move`, which a later wake refuses


_APPEND = """
    WITH owners AS (
        SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::text[], $6::timestamptz[],
                             $7::text[], $8::int[], $9::int[])
            AS o(thread_id, epoch, version, wake, status, wake_at, error, owned_ms, not_repeated)),
    locked AS MATERIALIZED (
        SELECT s.thread_id, s.epoch, s.wake FROM run_state s
        WHERE s.thread_id = ANY ($1::text[]) ORDER BY s.thread_id FOR NO KEY UPDATE),
    mine AS MATERIALIZED (
        SELECT o.* FROM owners o JOIN locked l ON l.thread_id = o.thread_id
        WHERE l.epoch = o.epoch AND (o.wake IS NULL OR l.wake = o.wake)),
    written AS (
        INSERT INTO run_steps AS r (
            thread_id, seq, decision, kind, skill, skill_digest, status, reason, inputs, outputs, payload,
            digests, fingerprint, reused_from, effect_id, attempt, attempts, error, usage, actor,
            started_at, finished_at, version)
        SELECT t.thread_id, t.seq, t.decision, t.kind, t.skill, t.skill_digest, t.status, t.reason,
               t.inputs::jsonb, t.outputs::jsonb, t.payload, t.digests::jsonb, t.fingerprint,
               t.reused_from::jsonb, t.effect_id, t.attempt, t.attempts::jsonb, t.error::jsonb,
               t.usage::jsonb, t.actor::jsonb, t.started_at, t.finished_at, t.version
        FROM unnest($10::text[], $11::int[], $12::int[], $13::text[], $14::text[], $15::text[], $16::text[],
                    $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[],
                    $24::bigint[], $25::smallint[], $26::text[], $27::text[], $28::text[], $29::text[],
                    $30::timestamptz[], $31::timestamptz[], $32::int[])
            AS t(thread_id, seq, decision, kind, skill, skill_digest, status, reason, inputs, outputs,
                 payload, digests, fingerprint, reused_from, effect_id, attempt, attempts, error, usage,
                 actor, started_at, finished_at, version)
        JOIN mine ON mine.thread_id = t.thread_id
        ON CONFLICT (thread_id, seq) DO UPDATE SET
            status = excluded.status, reason = excluded.reason, inputs = excluded.inputs,
            outputs = excluded.outputs, payload = excluded.payload, digests = excluded.digests,
            fingerprint = excluded.fingerprint, reused_from = excluded.reused_from,
            effect_id = excluded.effect_id, attempt = excluded.attempt, attempts = excluded.attempts,
            error = excluded.error, usage = excluded.usage, actor = excluded.actor,
            finished_at = excluded.finished_at, version = excluded.version
        WHERE r.status NOT IN ('completed', 'failed')),
    moved AS (
        UPDATE run_state s
        SET status = m.status, owner = NULL, wake_at = m.wake_at, error = m.error::jsonb, version = m.version,
            owned_ms = s.owned_ms + m.owned_ms, not_repeated = s.not_repeated + m.not_repeated, stalls = 0,
            finished_at = CASE WHEN m.status IN ('completed', 'failed', 'cancelled') THEN now() END
        FROM mine m
        WHERE s.thread_id = m.thread_id AND s.epoch = m.epoch AND s.owner IS NOT NULL
          AND m.status IS NOT NULL)
    SELECT thread_id FROM mine"""


async def append(conn: Conn, writes: Sequence[Write]) -> tuple[set[str], list[str]]:
    """Write for several runs at once; return the runs it wrote for, and other runs it woke.

    A run that is missing from the answer has another owner by now, or (with `move`) has been
    woken since. Nothing fenced was written for it; receipts and spending were. A run may
    stand in `writes` once.
    """
    rows = [(write.thread_id, step) for write in writes for step in write.steps]
    payloads = await _store_payloads(conn, rows)
    moves = [write.move for write in writes]
    owners: list[list[Any]] = [
        [w.thread_id for w in writes],
        [w.epoch for w in writes],
        [w.version for w in writes],
        [w.wake if w.move else None for w in writes],
        [m.status if m else None for m in moves],
        [m.wake_at if m else None for m in moves],
        [json_str(m.error) if m and m.error else None for m in moves],
        [m.owned_ms if m else 0 for m in moves],
        [m.not_repeated if m else 0 for m in moves],
    ]
    accepted = await conn.fetch(_APPEND, *owners, *_columns(rows, payloads))
    mine = {row["thread_id"] for row in accepted}
    woken: list[str] = []
    for write in writes:
        if write.waits or write.closes or write.details or write.dispatched or write.awaits_effects:
            await _write_around(conn, write, write.thread_id in mine)
        if write.spent:
            await _spend(conn, write.thread_id, write.spent)
    finished = [
        w.thread_id
        for w in writes
        if w.move and w.thread_id in mine and w.move.status is not RunStatus.WAITING
    ]
    if any(w.move and w.move.status is not RunStatus.COMPLETED for w in writes):
        await conn.execute(
            "UPDATE waits SET state = 'closed' WHERE thread_id = ANY ($1::text[]) AND state = 'open'",
            finished,
        )
    settlements = [s for write in writes for s in write.settlements]
    if settlements:
        woken += await effects.settle_many(conn, settlements)
    freed = [(w.thread_id, seq) for w in writes for seq in w.frees_slots]
    if freed:
        woken += await _free_slots(conn, freed)
    return mine, woken


def _columns(rows: list[tuple[str, Step]], payloads: dict[tuple[str, int], str]) -> list[list[Any]]:
    """Return one list per column of run_steps, as the statement takes them."""
    steps = [step for _, step in rows]
    stored = [payloads.get((thread_id, step.seq)) for thread_id, step in rows]
    return [
        [thread_id for thread_id, _ in rows],
        [s.seq for s in steps],
        [s.decision for s in steps],
        [s.kind for s in steps],
        [s.skill for s in steps],
        [s.skill_digest for s in steps],
        [s.status for s in steps],
        [s.reason for s in steps],
        [_text(s.inputs) for s in steps],
        [_text(s.outputs) if payload is None else None for s, payload in zip(steps, stored, strict=True)],
        stored,
        [_text(s.digests) for s in steps],
        [s.fingerprint for s in steps],
        [_text(s.reused_from) for s in steps],
        [s.effect_id for s in steps],
        [s.attempt for s in steps],
        [_text(s.attempts) for s in steps],
        [_text(s.error) for s in steps],
        [_text(s.usage) for s in steps],
        [_text(s.actor) for s in steps],
        [s.started_at for s in steps],
        [s.finished_at for s in steps],
        [s.version for s in steps],
    ]


def _text(value: Any) -> str | None:
    return None if value is None else json_str(value)


async def _store_payloads(conn: Conn, rows: list[tuple[str, Step]]) -> dict[tuple[str, int], str]:
    """Store large outputs by digest; return the digests by (thread_id, seq)."""
    large: dict[tuple[str, int], str] = {}
    texts: dict[str, str] = {}
    for thread_id, step in rows:
        if not step.outputs:
            continue
        text = json_str(step.outputs)
        if len(text) > PAYLOAD_BYTES:
            key = _content_digest(text)
            large[thread_id, step.seq] = key
            texts[key] = text
    if texts:
        await conn.execute(
            """INSERT INTO payloads (digest, value)
               SELECT d, v::jsonb FROM unnest($1::text[], $2::text[]) AS t(d, v) ORDER BY d
               ON CONFLICT DO NOTHING""",
            list(texts),
            list(texts.values()),
        )
    return large


def _content_digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


async def _write_around(conn: Conn, write: Write, accepted: bool) -> None:
    """Write what stands beside the steps of one run."""
    if write.details:
        await conn.executemany(
            "INSERT INTO step_details (thread_id, seq, attempt, kind, content) VALUES ($1, $2, $3, $4, $5)",
            [(write.thread_id, d.seq, d.attempt, d.kind, d.content) for d in write.details],
        )
    if not accepted:
        return
    if write.closes:
        await waits.close(conn, write.thread_id, write.closes)
    for wait in write.waits:
        await waits.insert(conn, write.thread_id, wait)
    if write.dispatched:
        await waits.mark_dispatched(conn, write.thread_id, write.dispatched)
    for effect_id in write.awaits_effects:
        await effects.wait_for(conn, effect_id, write.thread_id)


async def _spend(conn: Conn, thread_id: str, spent: Spent) -> None:
    await conn.execute(
        """UPDATE run_state SET tokens = tokens + $2, money = money + coalesce($3, 0),
               money_unknown = money_unknown OR $3 IS NULL
           WHERE thread_id = $1""",
        thread_id,
        spent.tokens,
        spent.money,
    )


async def _free_slots(conn: Conn, freed: Sequence[tuple[str, int]]) -> list[str]:
    """Give back slots and wake one waiting run for each."""
    names = await conn.fetch(
        """UPDATE slots s SET worker = NULL, thread_id = NULL, seq = NULL
           FROM unnest($1::text[], $2::int[]) AS t(thread_id, seq)
           WHERE s.thread_id = t.thread_id AND s.seq = t.seq RETURNING s.name""",
        [thread_id for thread_id, _ in freed],
        [seq for _, seq in freed],
    )
    woken: list[str] = []
    for row in names:
        waiting = await conn.fetch(
            """SELECT thread_id FROM waits WHERE reason = 'slot' AND state = 'open' AND asks ->> 'slot' = $1
               ORDER BY since LIMIT 1""",
            row["name"],
        )
        woken += await queue.wake(conn, [w["thread_id"] for w in waiting])
    return woken


_LOAD = """
    SELECT r.thread_id, r.seq, r.decision, r.kind, r.skill, r.skill_digest, r.status, r.reason, r.inputs,
           CASE WHEN r.payload IS NULL THEN r.outputs ELSE p.value END AS outputs, r.digests, r.fingerprint,
           r.reused_from, r.effect_id, r.attempt, r.attempts, r.error, r.usage, r.actor, r.started_at,
           r.finished_at, r.version
    FROM run_steps r LEFT JOIN payloads p ON p.digest = r.payload
    WHERE r.thread_id = ANY ($1::text[]) ORDER BY r.thread_id, r.seq"""


async def load(conn: Conn, thread_ids: Sequence[str]) -> dict[str, list[Step]]:
    """Return the journals of these runs, each in order of seq."""
    journals: dict[str, list[Step]] = {thread_id: [] for thread_id in thread_ids}
    for row in await conn.fetch(_LOAD, list(thread_ids)):
        fields = dict(row)
        journals[fields.pop("thread_id")].append(msgspec.convert(fields, Step))
    return journals
