"""What a comparison reads of runs: what was asked for, where they stand, and who tried one ingredient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from agentskills.storage.database import Conn

LABEL = "attribution"
"""Under this key the metadata of a rerun say which ingredient it tries: {left, right, ingredient}."""


class ComparedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be compared; one that was deleted has a time in `deleted_at` and no state."""

    thread_id: str
    run_name: str | None
    sop: str
    sop_digest: str
    initial_data: dict[str, Any]
    parent_thread_id: str | None
    skills: list[str] | None
    model: str | None
    planner: str | None
    catalog: str | None
    created_at: datetime
    deleted_at: datetime | None
    status: str | None
    error: dict[str, Any] | None
    started_at: datetime | None
    finished_at: datetime | None
    tokens: int | None
    money: Decimal | None
    money_unknown: bool | None


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """A rerun that has one ingredient of another run."""

    thread_id: str
    status: str
    initial_data: dict[str, Any]
    ingredient: dict[str, Any]


async def get(conn: Conn, thread_id: str) -> ComparedRun | None:
    """Return a run, also one that was deleted; None where there never was one."""
    row = await conn.fetchrow(
        """SELECT m.thread_id, m.run_name, m.sop, m.sop_digest, m.initial_data, m.parent_thread_id, m.skills,
                  m.model, m.planner, m.catalog, m.created_at, m.deleted_at,
                  s.status, s.error, s.started_at, s.finished_at, s.tokens, s.money, s.money_unknown
           FROM run_metadata m LEFT JOIN run_state s ON s.thread_id = m.thread_id
           WHERE m.thread_id = $1""",
        thread_id,
    )
    return ComparedRun(**row) if row else None


async def trials(conn: Conn, left: str, right: str, limit: int) -> Sequence[Trial]:
    """Return the reruns of `left` that try single ingredients of `right`, the newest first."""
    rows = await conn.fetch(
        """SELECT m.thread_id, s.status, m.initial_data, m.metadata -> $5 -> 'ingredient' AS ingredient
           FROM run_metadata m JOIN run_state s ON s.thread_id = m.thread_id
           WHERE m.parent_thread_id = $1 AND m.metadata @> $3 AND m.thread_id <> $2
           ORDER BY m.created_at DESC, m.rerun_number DESC LIMIT $4""",
        left,
        right,
        {LABEL: {"left": left, "right": right}},
        limit,
        LABEL,
    )
    return [Trial(**row) for row in rows]
