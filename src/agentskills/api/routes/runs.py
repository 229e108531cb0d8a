"""Reading runs: list, count, detail, metadata, status, steps, events; and cancelling them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from starlette.responses import Response

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Seq, Text, ThreadId
from agentskills.api.schemas.runs import (
    RunCount,
    RunDetail,
    RunFilter,
    RunMetadata,
    RunPage,
    RunQuery,
    RunState,
)
from agentskills.api.schemas.steps import StepDetail, StepPage
from agentskills.api.schemas.waits import Cancelling, CancelRequest

router = APIRouter(tags=["runs"])


@router.get("/admin/runs", operation_id="listRuns", response_model=RunPage, responses=problems(422))
async def list_runs(request: Request, query: Annotated[RunQuery, Query()]) -> JsonAnswer:
    """Return one page of the runs that a filter finds, the newest first."""
    raise NotImplementedError


@router.get("/admin/runs/count", operation_id="countRuns", response_model=RunCount, responses=problems(422))
async def count_runs(request: Request, query: Annotated[RunFilter, Query()]) -> JsonAnswer:
    """Return how many runs a filter finds; counting stops at 10,000."""
    raise NotImplementedError


@router.get(
    "/admin/runs/{thread_id}", operation_id="getRun", response_model=RunDetail, responses=problems(404, 422)
)
async def get_run(request: Request, thread_id: ThreadId) -> JsonAnswer:
    """Return a run with its state, its parent and its reruns."""
    raise NotImplementedError


@router.get(
    "/admin/runs/{thread_id}/metadata",
    operation_id="getRunMetadata",
    response_model=RunMetadata,
    responses=problems(404, 422),
)
async def get_metadata(request: Request, thread_id: ThreadId) -> JsonAnswer:
    """Return what was asked for when the run was started."""
    raise NotImplementedError


@router.get(
    "/status/{thread_id}", operation_id="getStatus", response_model=RunState, responses=problems(404, 422)
)
async def get_status(request: Request, thread_id: ThreadId) -> JsonAnswer:
    """Return where a run stands, what it waits for, and the data it has gathered."""
    raise NotImplementedError


@router.get(
    "/admin/runs/{thread_id}/steps",
    operation_id="listSteps",
    response_model=StepPage,
    responses=problems(404, 422),
)
async def list_steps(
    request: Request,
    thread_id: ThreadId,
    cursor: Annotated[Text | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> JsonAnswer:
    """Return a run's steps in the order of their seq."""
    raise NotImplementedError


@router.get(
    "/admin/runs/{thread_id}/steps/{seq}",
    operation_id="getStep",
    response_model=StepDetail,
    responses=problems(404, 422),
)
async def get_step(request: Request, thread_id: ThreadId, seq: Seq) -> JsonAnswer:
    """Return one step with what is kept beside it: model messages, prompts, output of processes."""
    raise NotImplementedError


@router.get(
    "/admin/runs/{thread_id}/events",
    operation_id="streamEvents",
    response_class=Response,
    responses={
        200: {
            "description": "Server-sent events: `step` (data as in listSteps) and `run` (RunEvent). "
            "The stream ends after a final status.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    }
    | problems(404, 422),
)
async def stream_events(
    request: Request,
    thread_id: ThreadId,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)] = None,
) -> Response:
    """Follow a run live; `Last-Event-ID` goes on where a cut connection stopped."""
    raise NotImplementedError


@router.post(
    "/admin/runs/{thread_id}/cancel",
    operation_id="cancelRun",
    response_model=Cancelling,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(CancelRequest),
)
async def cancel_run(
    request: Request, thread_id: ThreadId, asked: Annotated[CancelRequest, Depends(body(CancelRequest))]
) -> JsonAnswer:
    """Stop a run: nothing new starts, what waits is closed."""
    raise NotImplementedError
