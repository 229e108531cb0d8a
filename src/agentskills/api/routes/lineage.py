"""The family of a run, and deleting a run out of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.openapi import problems, takes
from agentskills.api.params import ThreadId
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.lineage import Deleted, DeleteRequest, Lineage
from agentskills.services.delete import delete
from agentskills.services.lineage import lineage

router = APIRouter(tags=["runs"])


@router.get(
    "/admin/runs/{thread_id}/lineage",
    operation_id="getLineage",
    response_model=Lineage,
    responses=problems(404, 422),
)
async def get_lineage(request: Request, thread_id: ThreadId) -> JsonAnswer:
    """Return the whole family of a run: who reran what, why, and how it ended; deleted runs too."""
    return JsonAnswer(await lineage(context_of(request), thread_id))


@router.delete(
    "/admin/runs/{thread_id}",
    operation_id="deleteRun",
    response_model=Deleted,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(DeleteRequest),
)
async def delete_run(
    request: Request, thread_id: ThreadId, asked: Annotated[DeleteRequest, Depends(body(DeleteRequest))]
) -> JsonAnswer:
    """Delete a run that is over: what it held goes, its place in the family and its effects stay."""
    return JsonAnswer(await delete(context_of(request), thread_id, asked.reason, actor_of(request)))
