"""Who did what, when, on whose behalf and why, as documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agentskills.executors.secrets import redact
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.storage import audit, lists
from agentskills.storage.audit import AuditFilter, Entry


async def list_audit(context: Context, wanted: AuditFilter, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return one page of what was done, the newest first. Raises `QueryTooSlow`."""
    after = Cursor.read(cursor, datetime, int, str)
    async with context.reading() as conn, lists.search_limits(conn):
        found = await audit.page(conn, wanted, after=after, limit=limit + 1)
    more = len(found) > limit
    found = found[:limit]
    return {
        "items": [_document(entry) for entry in found],
        "next_cursor": _cursor(found[-1]) if more else None,
    }


def _cursor(entry: Entry) -> str:
    return Cursor.write(entry.at, entry.id, "" if entry.id else entry.thread_id)


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor": entry.actor,
        "action": entry.action,
        "thread_id": entry.thread_id,
        "reason": redact(entry.reason),
        "detail": redact(entry.detail),
    }
