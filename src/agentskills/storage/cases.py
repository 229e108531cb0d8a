"""Runs kept as tests: what else a kept step rests on, and finished runs written as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from agentskills.domain.status import RunStatus
from agentskills.domain.step import Step
from agentskills.storage import journal, runs
from agentskills.storage.database import Conn
from agentskills.storage.journal import Move, Write
from agentskills.storage.runs import NewRun


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a step besides its row; of one that points elsewhere: of the step it points to."""

    seq: int
    effect_key: str | None
    model: str | None  # which model was asked
    shown: str | None  # of an approval: digest of what was shown


async def beside_steps(conn: Conn, thread_id: str) -> dict[int, Beside]:
    """Return what is known of a run's steps besides their rows, by seq."""
    rows = await conn.fetch(
        """SELECT r.seq, coalesce(r.effect_key, o.effect_key, e.key_digest) AS effect_key,
                  coalesce(r.usage, o.usage) ->> 'model' AS model,
                  (SELECT w.shown_digest FROM waits w
                   WHERE w.thread_id = coalesce(o.thread_id, r.thread_id) AND w.seq = coalesce(o.seq, r.seq)
                     AND w.reason = 'approval' AND r.kind = 'approval' ORDER BY w.id DESC LIMIT 1) AS shown
           FROM run_steps r
           LEFT JOIN run_steps o ON o.thread_id = r.reused_from ->> 'thread_id'
                                AND o.seq = (r.reused_from ->> 'seq')::integer
           LEFT JOIN effects e ON e.id = r.effect_id
           WHERE r.thread_id = $1""",
        thread_id,
    )
    return {row["seq"]: Beside(**row) for row in rows}


async def effects_of(conn: Conn, thread_id: str) -> list[dict[str, Any]]:
    """Return the effects that a run has had or honoured, in order of its steps."""
    rows = await conn.fetch(
        """SELECT r.seq, e.skill, e.key, e.state, e.thread_id = r.thread_id AS by_this_run
           FROM run_steps r JOIN effects e ON e.id = r.effect_id
           WHERE r.thread_id = $1 ORDER BY r.seq""",
        thread_id,
    )
    return [dict(row) for row in rows]


async def insert_finished(
    conn: Conn, run: NewRun, steps: Sequence[Step], status: RunStatus, error: dict[str, Any] | None
) -> None:
    """Write a run that ended elsewhere, with its journal; no worker ever sees it unfinished.

    Call in a transaction. The run must have no lane.
    """
    await runs.insert(conn, run)
    await conn.execute(
        """UPDATE run_state SET status = 'running', owner = gen_random_uuid(), epoch = 1, started_at = now()
           WHERE thread_id = $1""",
        run.thread_id,
    )
    ending = Write(
        thread_id=run.thread_id,
        epoch=1,
        version=len(steps) + 1,
        steps=list(steps),
        move=Move(status=status, error=error),
        wake=0,
    )
    written, _ = await journal.append(conn, [ending])
    assert run.thread_id in written


async def let_results_not_age(conn: Conn) -> None:
    """Let recordings answer whatever `asf.reuse` says of their age; only for a database of tests."""
    await conn.execute("""UPDATE skill_versions SET contract = contract || '{"reuse": "yes"}'""")


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where a run under way stands."""

    thread_id: str
    status: str
    version: int
    waits: list[dict[str, Any]]  # open: {reason, skill, seq, shown}


async def standings(conn: Conn, thread_ids: Sequence[str]) -> list[Standing]:
    """Return where these runs stand, and what they wait for."""
    rows = await conn.fetch(
        """SELECT s.thread_id, s.status, s.version,
                  coalesce((SELECT jsonb_agg(jsonb_build_object(
                                'reason', w.reason, 'skill', w.skill, 'seq', w.seq, 'shown', w.shown_digest)
                                ORDER BY w.seq)
                            FROM waits w WHERE w.thread_id = s.thread_id AND w.state = 'open'), '[]') AS waits
           FROM run_state s WHERE s.thread_id = ANY ($1::text[])""",
        list(thread_ids),
    )
    return [Standing(**row) for row in rows]
