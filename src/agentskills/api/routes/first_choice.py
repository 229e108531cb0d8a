"""POST /start/plan."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.openapi import problems, takes
from agentskills.api.process import actor_of, context_of
from agentskills.api.routes.start import given
from agentskills.api.schemas.first_choice import FirstChoice
from agentskills.api.schemas.start import StartRequest as StartAsked
from agentskills.services.first_choice import first_choice
from agentskills.services.start import StartRequest

router = APIRouter(tags=["runs"])


@router.post(
    "/start/plan",
    operation_id="planStart",
    response_model=FirstChoice,
    responses=problems(400, 413, 422),
    openapi_extra=takes(StartAsked, required=True),
)
async def plan_start(request: Request, asked: Annotated[StartAsked, Depends(body(StartAsked))]) -> JsonAnswer:
    """Return what a run would begin with and what it lacks; nothing is started, and no model is asked."""
    wanted = StartRequest(**given(asked))
    return JsonAnswer(await first_choice(context_of(request), wanted, actor_of(request)))
