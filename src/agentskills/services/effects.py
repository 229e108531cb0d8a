"""The effects ledger as documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from agentskills.domain.errors import EffectNotFound
from agentskills.executors.secrets import redact
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.forms import nested
from agentskills.services.naming import name_of
from agentskills.storage import ledger, lists
from agentskills.storage.database import Conn
from agentskills.storage.ledger import Asked, EffectFilter, Honoured, LedgerRow

MOST_HONOURED = 500
"""How many of those that did not repeat an effect are shown beside it alone."""


async def list_effects(
    context: Context, wanted: EffectFilter, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of effects, the latest news first. Raises `QueryTooSlow`.

    Keys of `wanted.data` may be data paths: {"order.id": 42} is {"order": {"id": 42}}.
    """
    after = Cursor.read(cursor, datetime, int)
    if wanted.data is not None:
        wanted = replace(wanted, data=nested(wanted.data))
    async with context.reading() as conn, lists.search_limits(conn):
        found = await ledger.page(conn, wanted, after=after, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        items = await _documents(conn, found, ledger.FEW)
    return {
        "items": items,
        "next_cursor": Cursor.write(found[-1].updated_at, found[-1].id) if more else None,
    }


async def effect(context: Context, effect_id: int) -> dict[str, Any]:
    """Return one effect. Raises `EffectNotFound`."""
    async with context.reading() as conn, lists.search_limits(conn):
        found = await ledger.one(conn, effect_id)
        if found is None:
            raise EffectNotFound(f"there is no effect {effect_id}")
        [document] = await _documents(conn, [found], MOST_HONOURED)
    return document


async def _documents(conn: Conn, rows: Sequence[LedgerRow], most: int) -> list[dict[str, Any]]:
    ids = [row.id for row in rows]
    honoured = await ledger.honoured(conn, ids, most) if rows else []
    asked = await ledger.asked(conn, [row.id for row in rows if row.state == "doubt"]) if rows else []
    return [
        _document(
            row,
            [one for one in honoured if one.effect_id == row.id],
            [one for one in asked if one.effect_id == row.id],
        )
        for row in rows
    ]


def _document(row: LedgerRow, honoured: list[Honoured], asked: list[Asked]) -> dict[str, Any]:
    return {
        "id": row.id,
        "skill": row.skill,
        # Values may have come in with a run's initial data before they were known to be secret.
        "key": redact(row.key),
        "repeat": row.repeat,
        "state": row.state,
        "scope": row.scope,
        "thread_id": row.thread_id,
        "seq": row.seq,
        "run_name": _run_name(row.run_name, row.sop),
        "announced_at": row.created_at,
        "at": row.updated_at,
        "settled_by": row.settled_by,
        "agreed_by": row.agreed_by,
        "error": redact(row.error),
        "inputs": redact(row.inputs),
        "output": redact(row.output),
        "not_repeated": honoured[0].total if honoured else 0,
        "not_repeated_by": [
            {
                "thread_id": one.thread_id,
                "seq": one.seq,
                "run_name": _run_name(one.run_name, one.sop),
                "at": one.at,
            }
            for one in honoured
        ],
        "asked_by": [{"thread_id": one.thread_id, "seq": one.seq} for one in asked],
    }


def _run_name(run_name: str | None, sop: str | None) -> str | None:
    return None if sop is None else name_of(run_name, sop)
