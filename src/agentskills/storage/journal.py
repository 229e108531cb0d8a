"""Write the journal: fenced, in batches; and read it back for the engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec

from agentskills.domain.json_text import json_str
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.domain.step import Step, changed
from agentskills.storage import effects, queue, waits
from agentskills.storage.database import Conn
from agentskills.storage.effects import Settlement
from agentskills.storage.steps import SELECT_STEPS, step_of
from agentskills.storage.waits import NewWait

PAYLOAD_BYTES = 8_000
"""Outputs larger than this are stored once by digest."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Where the run goes when its owner lets go of it: parked, or finished."""

    status: RunStatus
    wake_at: datetime | None = None  # when a parked run is due again
    error: dict[str, Any] | None = None
    owned_ms: int = 0  # wall time this owner had it
    not_repeated: int = 0  # effects honoured by receipt, in the whole run


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What model calls cost; recorded whatever the epoch."""

    tokens: int = 0
    money: Decimal = Decimal(0)  # what is known of it
    unknown: bool = False  # at least one call has no known price
    requests: int = 0  # to models; counted by the worker, not kept


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
    has_waited: bool = False  # there may be open waits to close when the run ends
    move: Move | None = None
    wake: int | None = None  # as last seen; needed with `move`, which a later wake refuses


_STEP = """thread_id text, seq int, decision int, kind text, skill text, skill_digest text, status text,
           reason text, inputs jsonb, outputs jsonb, payload text, digests jsonb, fingerprint text,
           surroundings jsonb, effect_key text, reused_from jsonb, effect_id bigint, attempt smallint,
           attempts jsonb, error jsonb, usage jsonb, actor jsonb,
           started_at timestamptz, finished_at timestamptz, version int"""
_COLUMNS = ", ".join(column.split()[0] for column in _STEP.split(","))
_CHANGING = (
    "status reason inputs outputs payload digests fingerprint surroundings effect_key reused_from effect_id"
)
_CHANGING += " attempt attempts error usage actor finished_at version"

# By name, version and what becomes of the run: of the steps that are there, and of those being written.
_SKILLS = """(
    SELECT array_agg(DISTINCT key) FROM (
        SELECT unnest(m.skills) AS key
        UNION ALL
        SELECT key FROM run_steps r,
            LATERAL (VALUES (r.skill), (r.skill || '@' || left(r.skill_digest, 8)),
                            (r.skill || '#' || m.status)) AS keys (key)
        WHERE r.thread_id = m.thread_id AND r.skill IS NOT NULL) AS used
    WHERE key IS NOT NULL)"""

# JSON documents and not arrays per column: one encoder call in place of some hundred checks per row.
_APPEND = f"""
    WITH owners AS (
        SELECT * FROM json_to_recordset($1::json) AS o(
            thread_id text, epoch int, version int, wake int, status text, wake_at timestamptz, error jsonb,
            owned_ms int, not_repeated int, skills text[])),
    locked AS MATERIALIZED (
        SELECT s.thread_id, s.epoch, s.wake, s.owner FROM run_state s
        WHERE s.thread_id = ANY ($2::text[]) ORDER BY s.thread_id FOR NO KEY UPDATE),
    mine AS MATERIALIZED (
        SELECT o.* FROM owners o JOIN locked l ON l.thread_id = o.thread_id
        WHERE l.epoch = o.epoch AND l.owner IS NOT NULL AND (o.wake IS NULL OR l.wake = o.wake)),
    written AS (
        INSERT INTO run_steps AS r ({_COLUMNS})
        SELECT {_COLUMNS.replace(" attempt,", " coalesce(attempt, 1),")}
        FROM json_to_recordset($3::json) AS t({_STEP})
        WHERE t.thread_id IN (SELECT thread_id FROM mine)
        ON CONFLICT (thread_id, seq) DO UPDATE
            SET {", ".join(f"{name} = excluded.{name}" for name in _CHANGING.split())}
        WHERE r.status NOT IN ('completed', 'failed')),
    moved AS (
        UPDATE run_state s
        SET status = m.status, owner = NULL, wake_at = m.wake_at, error = m.error, version = m.version,
            owned_ms = s.owned_ms + m.owned_ms, stalls = 0,
            not_repeated = greatest(s.not_repeated, m.not_repeated),
            skills = {_SKILLS},
            finished_at = CASE WHEN m.status IN ('completed', 'failed', 'cancelled') THEN now() END
        FROM mine m
        WHERE s.thread_id = m.thread_id AND m.status IS NOT NULL)
    SELECT thread_id FROM mine"""


async def append(conn: Conn, writes: Sequence[Write]) -> tuple[set[str], list[str]]:
    """Write for several runs at once; return the runs it wrote for, and other runs it woke.

    A run that is missing from the answer has another owner by now, or (with `move`) has been
    woken since. Nothing fenced was written for it; receipts and spending were. A run may
    stand in `writes` once.
    """
    steps = await _store_payloads(conn, [step for write in writes for step in write.steps])
    accepted = await conn.fetch(_APPEND, [_owner(w) for w in writes], [w.thread_id for w in writes], steps)
    mine = {row["thread_id"] for row in accepted}
    woken: list[str] = []
    for write in writes:
        if write.waits or write.closes or write.details or write.dispatched or write.awaits_effects:
            await _write_around(conn, write, write.thread_id in mine)
        if write.spent:
            await _spend(conn, write.thread_id, write.spent)
    settlements = [s for write in writes for s in write.settlements]
    if settlements:
        woken += await effects.settle_many(conn, settlements)
    freed = [(w.thread_id, seq) for w in writes if w.thread_id in mine for seq in w.frees_slots]
    if freed:
        woken += await _free_slots(conn, freed)
    ended = [w for w in writes if w.move and w.thread_id in mine and w.move.status in FINAL_RUN]
    left_open = [w.thread_id for w in ended if w.has_waited or w.move.status is not RunStatus.COMPLETED]  # type: ignore[union-attr]
    if left_open:
        woken += await _leave_nothing_open(conn, left_open)
    return mine, woken


async def _leave_nothing_open(conn: Conn, ended: list[str]) -> list[str]:
    """Close the waits of runs that have ended, give back their slots, and doubt what they announced.

    An effect that is still announced then may have happened, and nobody will say so any more.
    """
    await conn.execute(
        "UPDATE waits SET state = 'closed' WHERE thread_id = ANY ($1::text[]) AND state = 'open'", ended
    )
    held = await conn.fetch(
        "SELECT thread_id, seq FROM slots WHERE thread_id = ANY ($1::text[]) AND worker IS NOT NULL", ended
    )
    woken = await _free_slots(conn, [(row["thread_id"], row["seq"]) for row in held]) if held else []
    return woken + await effects.doubt_what_is_announced(conn, ended)


def _owner(write: Write) -> dict[str, Any]:
    """Return what a write says of its run."""
    said: dict[str, Any] = {"thread_id": write.thread_id, "epoch": write.epoch, "version": write.version}
    move = write.move
    if move is not None:
        said |= {
            "wake": write.wake,
            "status": move.status,
            "wake_at": move.wake_at,
            "error": move.error,
            "owned_ms": move.owned_ms,
            "not_repeated": move.not_repeated,
            "skills": _skills(write.steps, move.status),
        }
    return said


def _skills(steps: list[Step], status: str) -> list[str]:
    """Return the keys of the skills in steps that are being written; the same as in `_SKILLS`."""
    used = {(step.skill, step.skill_digest) for step in steps if step.skill}
    versions = {f"{skill}@{digest[:8]}" for skill, digest in used if digest}
    return sorted({key for skill, _ in used for key in (f"{skill}", f"{skill}#{status}")} | versions)


async def _store_payloads(conn: Conn, steps: list[Step]) -> list[Step]:
    """Store large outputs by digest; return the steps with references in the place of outputs."""
    texts: dict[str, str] = {}
    kept: list[Step] = []
    for step in steps:
        if (step.reused_from or {}).get("thread_id"):
            step = changed(step, outputs=None)  # they stand where it points to
        elif step.outputs and len(text := json_str(step.outputs)) > PAYLOAD_BYTES:
            key = sha256(text.encode()).hexdigest()
            texts[key] = text
            step = changed(step, outputs=None, payload=key)
        kept.append(step)
    if texts:
        await conn.execute(
            """INSERT INTO payloads (digest, value)
               SELECT d, v::jsonb FROM unnest($1::text[], $2::text[]) AS t(d, v) ORDER BY d
               ON CONFLICT DO NOTHING""",
            list(texts),
            list(texts.values()),
        )
    return kept


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
        """UPDATE run_state
           SET tokens = tokens + $2, money = money + $3, money_unknown = money_unknown OR $4
           WHERE thread_id = $1""",
        thread_id,
        spent.tokens,
        spent.money,
        spent.unknown,
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


_LOAD = f"{SELECT_STEPS} WHERE r.thread_id = ANY ($1::text[]) ORDER BY r.thread_id, r.seq"


async def load(conn: Conn, thread_ids: Sequence[str]) -> dict[str, list[Step]]:
    """Return the journals of these runs, each in order of seq."""
    journals: dict[str, list[Step]] = {thread_id: [] for thread_id in thread_ids}
    for row in await conn.fetch(_LOAD, list(thread_ids)):
        step = step_of(row)
        journals[step.thread_id].append(step)
    return journals
