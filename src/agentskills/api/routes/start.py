"""POST /start and POST /rerun/{thread_id}."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.openapi import problems, takes
from agentskills.api.params import ThreadId
from agentskills.api.schemas.rerun import RerunRequest, RerunStarted
from agentskills.api.schemas.start import RunStarted, StartRequest

router = APIRouter(tags=["runs"])

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="the same key and body get the same answer again, for 24 hours; another body gets 409",
    ),
]


@router.post(
    "/start",
    operation_id="startRun",
    response_model=RunStarted,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(StartRequest, required=True),
)
async def start(
    request: Request,
    asked: Annotated[StartRequest, Depends(body(StartRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Save a run and start it; answers at once."""
    raise NotImplementedError


@router.post(
    "/rerun/{thread_id}",
    operation_id="rerunRun",
    response_model=RerunStarted,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(RerunRequest),
)
async def rerun(
    request: Request,
    thread_id: ThreadId,
    asked: Annotated[RerunRequest, Depends(body(RerunRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Start a new run with the same SOP and initial_data, or with what the request changes."""
    raise NotImplementedError
