"""One answer to many runs that wait; each is taken or refused by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentskills.domain.errors import AgentSkillsError, BadInput
from agentskills.services.actor import Actor
from agentskills.services.answers import Answer, approve
from agentskills.services.context import Context
from agentskills.storage import waits

MOST = 1_000
"""Answers that one call gives."""


SHOWN = ("approval", "consent")
"""Reasons for which somebody has to look before they answer: a filter needs `until`."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which waits are answered: those listed, or those for a reason (of one skill), the oldest first.

    `until` is when somebody has looked: what has begun to wait since is left alone.
    """

    listed: Sequence[tuple[str, int | None, str | None]] | None = (
        None  # thread_id, step, digest of what was shown
    )
    reason: str | None = None
    skill: str | None = None
    until: datetime | None = None


async def answer_many(
    context: Context, chosen: Chosen, decision: str, note: str | None, actor: Actor
) -> dict[str, Any]:
    """Give every chosen wait the same answer, each in a transaction of its own.

    Asking again does no harm: what has been answered is refused as `not-waiting`. Raises `BadInput`, and
    `DatabaseGone` where it does not get to the end.
    """
    if (chosen.listed is None) == (chosen.reason is None):
        raise BadInput("give either answers or a filter", pointer="/answers")
    if chosen.reason in SHOWN and chosen.until is None:
        raise BadInput(
            "until is missing: when the waits were looked at; what has begun to wait since is left alone",
            pointer="/filter/until",
        )
    listed: list[tuple[str, int | None, str | None]] = list(dict.fromkeys(chosen.listed or ()))[:MOST]
    more = False
    if chosen.reason is not None:
        async with context.reading() as conn:
            found = await waits.chosen(conn, chosen.reason, chosen.skill, chosen.until, MOST + 1)
        more = len(found) > MOST
        listed = [*found[:MOST]]
    items = [
        await _answered(context, thread_id, Answer(step, decision, note=note, digest=digest), actor)
        for thread_id, step, digest in listed
    ]
    answered = sum(item["outcome"] == "answered" for item in items)
    return {"items": items, "answered": answered, "refused": len(items) - answered, "more": more}


async def _answered(context: Context, thread_id: str, given: Answer, actor: Actor) -> dict[str, Any]:
    try:
        done = await approve(context, thread_id, given, actor)
    except AgentSkillsError as error:
        if error.status >= 500:
            raise  # the database, not the answer
        problem: dict[str, Any] = {"type": error.type, "status": error.status, "detail": error.detail}
        problem["answered"] = error.fields.get("answered")
        return {"thread_id": thread_id, "step": given.step, "outcome": "refused", "problem": problem}
    return {"thread_id": thread_id, "step": done.answer["step"], "outcome": "answered", "problem": None}
