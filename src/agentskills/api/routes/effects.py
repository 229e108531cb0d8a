"""The effects ledger."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.params import json_object
from agentskills.api.process import context_of
from agentskills.api.schemas.effects import EffectItem, EffectPage, EffectQuery
from agentskills.services import effects
from agentskills.storage.ledger import EffectFilter

router = APIRouter(tags=["effects"])


@router.get("/admin/effects", operation_id="listEffects", response_model=EffectPage, responses=problems(422))
async def list_effects(request: Request, query: Annotated[EffectQuery, Query()]) -> JsonAnswer:
    """Return one page of the effects that a filter finds, the latest news first."""
    wanted = EffectFilter(
        state=[str(state) for state in query.state],
        skill=query.skill,
        thread_id=query.thread_id,
        root=query.root,
        scope=query.scope,
        data=json_object(query.data, "data"),
        after=query.after,
        before=query.before,
        not_repeated=query.not_repeated,
    )
    return JsonAnswer(await effects.list_effects(context_of(request), wanted, query.cursor, query.limit))


@router.get(
    "/admin/effects/{effect_id}",
    operation_id="getEffect",
    response_model=EffectItem,
    responses=problems(404, 422),
)
async def get_effect(
    request: Request, effect_id: Annotated[int, Path(ge=1, le=2**63 - 1, description="number of the effect")]
) -> JsonAnswer:
    """Return one effect with all that is known about it."""
    return JsonAnswer(await effects.effect(context_of(request), effect_id))
