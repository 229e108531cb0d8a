"""POST /rerun/{thread_id}/plan: what a rerun would do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.openapi import problems, takes
from agentskills.api.params import ThreadId
from agentskills.api.process import actor_of, context_of
from agentskills.api.routes.start import rerun_request
from agentskills.api.schemas.plan import Plan
from agentskills.api.schemas.rerun import RerunRequest as RerunAsked
from agentskills.services.plan import plan_rerun

router = APIRouter(tags=["runs"])


@router.post(
    "/rerun/{thread_id}/plan",
    operation_id="planRerun",
    response_model=Plan,
    responses=problems(400, 404, 409, 410, 413, 422),
    openapi_extra=takes(RerunAsked),
)
async def plan(
    request: Request, thread_id: ThreadId, asked: Annotated[RerunAsked, Depends(body(RerunAsked))]
) -> JsonAnswer:
    """Say what a rerun would reuse, execute or leave open, and why; nothing is started."""
    found = await plan_rerun(context_of(request), thread_id, rerun_request(asked), actor_of(request))
    return JsonAnswer(found)
