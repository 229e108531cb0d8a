"""Find out which: rerun one run with one differing ingredient of another at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from agentskills.domain.attribution import MOST_TRIALS, ingredients_to_try, label_of, trial_request
from agentskills.domain.errors import NothingDiffers
from agentskills.services.actor import Actor
from agentskills.services.compare import compared
from agentskills.services.context import Context
from agentskills.services.idempotency import Answered, once
from agentskills.services.rerun import rerun_in
from agentskills.settings import Settings
from agentskills.storage import audit
from agentskills.storage.comparison import LABEL
from agentskills.storage.database import Conn


async def attribute(
    context: Context, left: str, right: str, reason: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """Start a rerun of `left` for each ingredient that `right` has otherwise, with just that one.

    All of them are saved together, or none. Raises `RunNotFound`, `RunDeleted`, `NothingDiffers`
    and what a rerun raises.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        return await _attribute_in(conn, context.settings, left, right, reason, actor)

    done = await once(context, key, ["attribute", left, right, reason], work)
    context.notifier.woken([started["thread_id"] for started in done.answer["reruns"]])
    return done


async def _attribute_in(
    conn: Conn, settings: Settings, left: str, right: str, reason: str | None, actor: Actor
) -> dict[str, Any]:
    found = await compared(conn, left, right)
    ingredients = ingredients_to_try(found.comparison)
    if not found.comparison.differs:
        raise NothingDiffers(f"{left} and {right} do not differ")
    if not ingredients:
        raise NothingDiffers(
            f"{left} and {right} differ in nothing that a rerun could take over: {found.comparison.headline}"
        )
    reruns = []
    for ingredient in ingredients[:MOST_TRIALS]:
        asked = trial_request(found.comparison, ingredient, found.right.sop, reason)
        label = {"left": left, "right": right, "ingredient": label_of(ingredient)}
        made = await rerun_in(conn, settings, left, replace(asked, metadata={LABEL: label}), actor)
        reruns.append({"ingredient": label_of(ingredient), "thread_id": made.thread_id})
    await audit.record(
        conn,
        actor.document(),
        "attribute",
        left,
        reason=reason,
        detail={"right": right, "reruns": [started["thread_id"] for started in reruns]},
    )
    return {"reruns": reruns, "left_out": [label_of(one) for one in ingredients[MOST_TRIALS:]]}
