"""GET /admin/runs/{thread_id}/case: a finished run as a test."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.params import Text, ThreadId
from agentskills.api.process import context_of
from agentskills.api.schemas.cases import Case
from agentskills.services.keep import keep

router = APIRouter(tags=["runs"])


@router.get(
    "/admin/runs/{thread_id}/case",
    operation_id="getCase",
    response_model=Case,
    responses=problems(404, 409, 410, 422),
)
async def get_case(
    request: Request, thread_id: ThreadId, expect: Annotated[list[Text] | None, Query(max_length=1000)] = None
) -> JsonAnswer:
    """Return a finished run as a test; `expect` names the paths that count, else all that steps produced."""
    return JsonAnswer(await keep(context_of(request), thread_id, expect or []))
