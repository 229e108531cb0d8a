"""GET /admin/runs/{thread_id}/case: a finished run as a test."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Request
from pydantic import Field

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.params import Text, ThreadId
from agentskills.api.process import context_of
from agentskills.api.schemas.cases import Case
from agentskills.services.keep import keep

router = APIRouter(tags=["runs"])

Paths: TypeAlias = list[Annotated[Text, Field(max_length=100)]]
"""So many and so long that they fit into the first line of a request."""


@router.get(
    "/admin/runs/{thread_id}/case",
    operation_id="getCase",
    response_model=Case,
    responses=problems(404, 409, 410, 422),
)
async def get_case(
    request: Request, thread_id: ThreadId, expect: Annotated[Paths | None, Query(max_length=50)] = None
) -> JsonAnswer:
    """Return a finished run as a test; `expect` names the paths that count, else all that steps produced."""
    return JsonAnswer(await keep(context_of(request), thread_id, expect or []))
