"""The family of a run, and which later run has fixed a failed one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentskills.domain.errors import RunNotFound
from agentskills.domain.lineage import fixed_by
from agentskills.domain.rerun import RerunRequest, preset_of
from agentskills.domain.status import RunStatus
from agentskills.services.context import Context
from agentskills.services.naming import name_of
from agentskills.storage import lineage as stored
from agentskills.storage.database import Conn
from agentskills.storage.lineage import MOST, Member
from agentskills.storage.run_filter import RunFilter


async def lineage(context: Context, thread_id: str) -> dict[str, Any]:
    """Return the whole family of a run, the oldest first, deleted runs too. Raises `RunNotFound`."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        root = await stored.root_of(conn, thread_id)
        if root is None:
            raise RunNotFound(f"there is no run {thread_id!r}")
        members = await stored.family(conn, root, MOST + 1)
    capped = len(members) > MOST
    members = members[:MOST]
    fixers = fixed_by([member.relative for member in members])
    return {
        "root_thread_id": root,
        "thread_id": thread_id,
        "items": [_item(member, fixers.get(member.thread_id)) for member in members],
        "capped": capped,
    }


def _item(member: Member, fixer: str | None) -> dict[str, Any]:
    is_rerun = member.parent_thread_id is not None
    return {
        "thread_id": member.thread_id,
        "run_name": None if member.deleted_at else name_of(member.run_name, member.sop),
        "parent_thread_id": member.parent_thread_id,
        "rerun_number": member.rerun_number,
        "status": member.status,
        "created_at": member.created_at,
        "finished_at": member.finished_at,
        "requested_by": member.requested_by,
        "reason": member.requested_by.get("reason"),
        "preset": preset_of(member.request or {}) if is_rerun else None,
        "effects": (member.request or {}).get("effects", "once") if is_rerun else None,
        "error_type": member.error_type,
        "not_repeated": member.not_repeated or 0,
        "dry": member.relative.dry,
        "fixed_by": fixer,
        "deleted_at": member.deleted_at,
    }


async def fixers_of(conn: Conn, failed: Sequence[str]) -> dict[str, str]:
    """Return which later run has fixed each of these failed runs, by id."""
    return fixed_by(await stored.below(conn, failed)) if failed else {}


async def closed_by(conn: Conn, thread_ids: Sequence[str]) -> dict[str, str]:
    """Return why these runs need no rerun, by id, in words.

    A later run has succeeded, or is under way; or a failed one was rerun and its rerun failed as
    well, so that the rerun is what is to be mended.
    """
    return {run: _closed(*later) for run, later in (await stored.settled_by(conn, thread_ids)).items()}


def _closed(rerun: str, status: str) -> str:
    if status == RunStatus.COMPLETED:
        return f"fixed by {rerun}"
    if status == RunStatus.FAILED:
        return f"rerun since: {rerun} failed as well"
    return f"{rerun}, a rerun of it, is under way"


async def only_tried_out(
    conn: Conn, thread_ids: Sequence[str], wanted: RunFilter | None, asked: RerunRequest
) -> dict[str, str]:
    """Return why these runs are not rerun for real: nothing went out in them, and nobody asked for such.

    By id, in words. A filter with `dry` asks for them.
    """
    if asked.effects == "none" or (wanted is not None and wanted.dry):
        return {}
    return {
        run: f"only-tried-out: nothing went out in {run}, and in its rerun it would"
        for run in await stored.dry(conn, thread_ids)
    }
