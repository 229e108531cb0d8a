"""Reading runs: list, count, detail, metadata, status, steps, events; and cancelling them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request
from msgspec.structs import replace
from starlette.responses import Response

from agentskills.api import events
from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Seq, Text, ThreadId, json_object
from agentskills.api.process import actor_of, context_of, moves_of
from agentskills.api.schemas.runs import (
    ActivityQuery,
    RunActivity,
    RunCount,
    RunDetail,
    RunMetadata,
    RunPage,
    RunQuery,
    RunState,
)
from agentskills.api.schemas.runs import RunFilter as FilterAsked
from agentskills.api.schemas.steps import StepDetail, StepPage
from agentskills.api.schemas.waits import Cancelling, CancelRequest
from agentskills.domain.errors import BadInput
from agentskills.services import activity, runs
from agentskills.services.cancel import cancel
from agentskills.storage.run_filter import RunFilter

router = APIRouter(tags=["runs"])

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: `step` (data as in listSteps) and `run` (RunEvent). "
        "The stream ends after a final status.",
        "content": {
            "text/event-stream": {
                "itemSchema": {
                    "type": "object",
                    "required": ["event", "data"],
                    "properties": {
                        "event": {"enum": ["step", "run"]},
                        "id": {"type": "string", "description": "send the last one back as Last-Event-ID"},
                        "data": {"type": "string", "contentMediaType": "application/json"},
                    },
                }
            }
        },
    }
}


@router.get("/admin/runs", operation_id="listRuns", response_model=RunPage, responses=problems(422))
async def list_runs(request: Request, query: Annotated[RunQuery, Query()]) -> JsonAnswer:
    """Return one page of the runs that a filter finds, the newest first."""
    context = context_of(request)
    wanted = replace(filter_of(query), thread_ids=query.thread_id)
    found = await runs.list_runs(context, wanted, query.cursor, query.limit, query.show)
    return JsonAnswer(found)


@router.get("/admin/runs/count", operation_id="countRuns", response_model=RunCount, responses=problems(422))
async def count_runs(request: Request, query: Annotated[FilterAsked, Query()]) -> JsonAnswer:
    """Return how many runs a filter finds; counting stops at 10,000."""
    return JsonAnswer(await runs.count_runs(context_of(request), filter_of(query)))


@router.get(
    "/admin/runs/activity",
    operation_id="getRunActivity",
    response_model=RunActivity,
    responses=problems(422),
)
async def get_activity(request: Request, query: Annotated[ActivityQuery, Query()]) -> JsonAnswer:
    """Return how many runs were created in each part of a time, by the status they have now."""
    found = await activity.activity_of(
        context_of(request), filter_of(query), query.since, query.until, query.buckets
    )
    return JsonAnswer(found)


@router.get(
    "/admin/runs/{thread_id}",
    operation_id="getRun",
    response_model=RunDetail,
    responses=problems(404, 410, 422),
)
async def get_run(request: Request, thread_id: ThreadId) -> JsonAnswer:
    """Return a run with its state, its parent and its reruns."""
    return JsonAnswer(await runs.detail(context_of(request), thread_id))


@router.get(
    "/admin/runs/{thread_id}/metadata",
    operation_id="getRunMetadata",
    response_model=RunMetadata,
    responses=problems(404, 410, 422),
)
async def get_metadata(request: Request, thread_id: ThreadId) -> JsonAnswer:
    """Return what was asked for when the run was started."""
    return JsonAnswer(await runs.metadata(context_of(request), thread_id))


@router.get(
    "/status/{thread_id}",
    operation_id="getStatus",
    response_model=RunState,
    responses=problems(404, 410, 422),
)
async def get_status(request: Request, thread_id: ThreadId) -> JsonAnswer:
    """Return where a run stands, what it waits for, and the data it has gathered."""
    return JsonAnswer(await runs.status(context_of(request), thread_id))


@router.get(
    "/admin/runs/{thread_id}/steps",
    operation_id="listSteps",
    response_model=StepPage,
    responses=problems(404, 410, 422),
)
async def list_steps(
    request: Request,
    thread_id: ThreadId,
    cursor: Annotated[Text | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> JsonAnswer:
    """Return a run's steps in the order of their seq."""
    return JsonAnswer(await runs.list_steps(context_of(request), thread_id, cursor, limit))


@router.get(
    "/admin/runs/{thread_id}/steps/{seq}",
    operation_id="getStep",
    response_model=StepDetail,
    responses=problems(404, 410, 422),
)
async def get_step(request: Request, thread_id: ThreadId, seq: Seq) -> JsonAnswer:
    """Return one step with what is kept beside it: model messages, prompts, output of processes."""
    return JsonAnswer(await runs.step(context_of(request), thread_id, seq))


@router.get(
    "/admin/runs/{thread_id}/events",
    operation_id="streamEvents",
    response_class=Response,
    responses=_STREAM | problems(404, 410, 422),
)
async def stream_events(
    request: Request,
    thread_id: ThreadId,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=40)] = None,
) -> Response:
    """Follow a run live; `Last-Event-ID` goes on where a cut connection stopped."""
    return await events.stream(context_of(request), moves_of(request), thread_id, last_event_id)


@router.post(
    "/admin/runs/{thread_id}/cancel",
    operation_id="cancelRun",
    response_model=Cancelling,
    responses=problems(400, 404, 409, 410, 413, 422),
    openapi_extra=takes(CancelRequest),
)
async def cancel_run(
    request: Request,
    thread_id: ThreadId,
    asked: Annotated[CancelRequest, Depends(body(CancelRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Stop a run: nothing new starts, what waits is closed."""
    context, actor = context_of(request), actor_of(request)
    return answer_of(await cancel(context, thread_id, asked.reason, actor, key=idempotency_key))


def filter_of(asked: FilterAsked) -> RunFilter:
    """Return the filter that a query, or a body, asks for. Raises `BadInput`."""
    if asked.skill_digest is not None and asked.skill is None:
        raise BadInput("say of which skill this is a version: give `skill` as well", pointer="skill_digest")
    return RunFilter(
        status=[str(status) for status in asked.status],
        name=asked.name,
        q=asked.q,
        sop_name=asked.sop_name,
        initial_data=json_object(asked.initial_data, "initial_data"),
        metadata=json_object(asked.metadata, "metadata"),
        created_after=asked.created_after,
        created_before=asked.created_before,
        parent=asked.parent,
        root=asked.root,
        failed_skill=asked.failed_skill,
        signature=asked.signature,
        dry=asked.dry,
        open=asked.open,
        attention=asked.attention,
        skill=asked.skill,
        skill_digest=asked.skill_digest,
        folded=asked.folded,
    )
