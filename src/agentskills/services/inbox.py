"""What waits for people, over all runs: a page of it, how much there is, and what was answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from agentskills.domain.skill import Skill
from agentskills.domain.status import WaitReason
from agentskills.executors.outgoing import outgoing
from agentskills.executors.secrets import redact
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.naming import name_of
from agentskills.services.waiting import OPTIONS, answer_of, waiting_document
from agentskills.storage import catalogs, inbox
from agentskills.storage.inbox import CAP, InboxRow, WaitFilter
from agentskills.storage.lists import search_limits


async def list_waits(context: Context, wanted: WaitFilter, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return one page of open waits, the oldest first, or of answered ones, the last answer first.

    Without reasons: those that people can answer. Raises `QueryTooSlow`.
    """
    after = Cursor.read(cursor, datetime, int)
    async with context.reading() as conn, search_limits(conn):
        found = await inbox.page(conn, _for_people(wanted), after=after, limit=limit + 1)
        more, found = len(found) > limit, found[:limit]
        digests = {row.skill_digest for row in found if row.skill_digest}
        versions = await catalogs.load_skills(conn, sorted(digests))
    return {
        "items": [_item(row, versions) for row in found],
        "next_cursor": Cursor.write(*_place(found[-1])) if more else None,
    }


async def count_waits(context: Context, wanted: WaitFilter) -> dict[str, Any]:
    """Return how many waits a filter finds, by reason and skill. Raises `QueryTooSlow`."""
    async with context.reading() as conn, search_limits(conn):
        groups = await inbox.groups(conn, _for_people(wanted))
    total = sum(group.count for group in groups)
    return {
        "count": min(total, CAP),
        "capped": total > CAP,
        "groups": [{"reason": group.reason, "skill": group.skill, "count": group.count} for group in groups],
    }


def _for_people(wanted: WaitFilter) -> WaitFilter:
    return wanted if wanted.reasons else replace(wanted, reasons=list(OPTIONS))


def _place(row: InboxRow) -> tuple[datetime, int]:
    return row.answered_at or row.wait.since, row.wait.id


def _item(row: InboxRow, versions: dict[str, Skill]) -> dict[str, Any]:
    wait, skill = row.wait, versions.get(row.skill_digest or "")
    return waiting_document(wait) | {
        "thread_id": wait.thread_id,
        "run_name": name_of(row.run_name, row.sop),
        "skill_digest": row.skill_digest,
        "why": wait.asks.get("reason") or row.why,
        "goes_out": _goes_out(row, skill) if skill else None,
        "answered": answer_of(wait, row.answered_at),
    }


def _goes_out(row: InboxRow, skill: Skill) -> dict[str, Any] | None:
    """Return the request that agreeing sends off; an approval after the skill sends nothing."""
    asks = row.wait.asks
    before = row.wait.reason == WaitReason.CONSENT or asks.get("when") == "before"
    if not before or not isinstance(asks.get("shown"), dict):
        return None
    found: dict[str, Any] | None = redact(outgoing(skill.contract, asks["shown"]))
    return found
