"""GET /admin/runs/compare and POST /admin/runs/compare/attribute."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Text
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.compare import AttributionRequest, AttributionStarted, RunComparison
from agentskills.services.attribute import attribute
from agentskills.services.compare import compare_runs

router = APIRouter(tags=["runs"])

RunId = Annotated[Text, Query(min_length=1, max_length=250, description="the run's id")]


@router.get(
    "/admin/runs/compare",
    operation_id="compareRuns",
    response_model=RunComparison,
    responses=problems(404, 410, 422),
)
async def compare(request: Request, left: RunId, right: RunId) -> JsonAnswer:
    """Return how two runs differ and why: any two, finished or not."""
    return JsonAnswer(await compare_runs(context_of(request), left, right))


@router.post(
    "/admin/runs/compare/attribute",
    operation_id="attributeDifferences",
    response_model=AttributionStarted,
    responses=problems(400, 404, 409, 410, 413, 422),
    openapi_extra=takes(AttributionRequest, required=True),
)
async def attribute_differences(
    request: Request,
    asked: Annotated[AttributionRequest, Depends(body(AttributionRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Find out which: rerun the left run once for each ingredient that differs, with only that one."""
    context, actor = context_of(request), actor_of(request)
    return answer_of(
        await attribute(context, asked.left, asked.right, asked.reason, actor, key=idempotency_key)
    )
