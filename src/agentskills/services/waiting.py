"""What a run waits for, as it is shown everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from agentskills.domain.status import FINAL_RUN, RunStatus, WaitReason
from agentskills.storage import waits
from agentskills.storage.database import Conn
from agentskills.storage.runs import RunRow
from agentskills.storage.waits import Wait

OPTIONS: dict[str, tuple[str, ...]] = {
    WaitReason.APPROVAL: ("approve", "reject"),
    WaitReason.CONSENT: ("approve", "reject"),
    WaitReason.IN_DOUBT: ("happened", "not_happened", "stop"),
}
"""What a person may answer, by why the run waits; nothing else waits for a person."""


def options_of(wait: Wait) -> list[str]:
    """Return the decisions that a person may take."""
    return list(wait.options) or list(OPTIONS.get(wait.reason, ()))


def waiting_document(wait: Wait) -> dict[str, Any]:
    """Return an open wait as a document."""
    return waiting_in_short(wait) | {"asks": wait.asks}


def waiting_in_short(wait: Wait) -> dict[str, Any]:
    """Return the document of an open wait without `asks`, which can be large, for lists of runs."""
    return {
        "step": wait.seq,
        "skill": wait.skill,
        "reason": wait.reason,
        "since": wait.since,
        "until": wait.until,
        "options": options_of(wait),
        "digest": wait.shown_digest,
    }


def answer_of(wait: Wait, at: datetime | None) -> dict[str, Any] | None:
    """Return who has answered a wait, when and what, or None while it is open."""
    if wait.answer is None or at is None:
        return None
    return {
        "at": at,
        "by": wait.answered_by or {},
        "decision": wait.answer.get("decision"),
        "note": wait.answer.get("note"),
        "data": wait.answer.get("data"),
    }


async def waiting_of(conn: Conn, run: RunRow) -> list[dict[str, Any]] | None:
    """Return what a run waits for, in order of step, or None."""
    if run.status in FINAL_RUN or run.status == RunStatus.RECORDED:
        return None
    return [waiting_document(wait) for wait in await waits.open_waits(conn, run.thread_id)] or None
