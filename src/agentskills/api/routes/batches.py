"""Batches: start, look, pause, resume, abort."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Text
from agentskills.api.process import actor_of, context_of
from agentskills.api.routes.runs import filter_of
from agentskills.api.routes.start import rerun_request
from agentskills.api.schemas import batches as shapes
from agentskills.domain.batch import DEFAULT_REQUEST, Budget, Gate
from agentskills.domain.data_path import ABSENT
from agentskills.domain.errors import BadInput
from agentskills.services import batches
from agentskills.services.batch_plan import plan_batch
from agentskills.services.batch_start import BatchRequest, start_batch
from agentskills.storage.run_filter import RunFilter

router = APIRouter(tags=["batches"])

BatchId = Annotated[Text, Path(min_length=1, max_length=200, description="the batch's id")]


@router.post(
    "/admin/batches",
    operation_id="startBatch",
    response_model=shapes.Batch | shapes.BatchPlan,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(shapes.BatchRequest, required=True),
)
async def start(
    request: Request,
    asked: Annotated[shapes.BatchRequest, Depends(body(shapes.BatchRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Rerun many runs: answers at once, workers carry it. With `dry_run` only say what would be done."""
    context, actor, wanted = context_of(request), actor_of(request), batch_request(asked)
    if asked.dry_run:
        return JsonAnswer(await plan_batch(context, wanted, actor))
    return answer_of(await start_batch(context, wanted, actor, key=idempotency_key))


@router.get(
    "/admin/batches", operation_id="listBatches", response_model=shapes.BatchPage, responses=problems(422)
)
async def list_batches(request: Request, query: Annotated[shapes.BatchQuery, Query()]) -> JsonAnswer:
    """Return one page of batches, the newest first."""
    return JsonAnswer(
        await batches.list_batches(context_of(request), query.status, query.cursor, query.limit)
    )


@router.get(
    "/admin/batches/{batch_id}",
    operation_id="getBatch",
    response_model=shapes.Batch,
    responses=problems(404, 422),
)
async def get_batch(request: Request, batch_id: BatchId) -> JsonAnswer:
    """Return a batch and how far it has come."""
    return JsonAnswer(await batches.batch(context_of(request), batch_id))


@router.get(
    "/admin/batches/{batch_id}/items",
    operation_id="listBatchItems",
    response_model=shapes.BatchItemPage,
    responses=problems(404, 422),
)
async def list_items(
    request: Request, batch_id: BatchId, query: Annotated[shapes.BatchItemQuery, Query()]
) -> JsonAnswer:
    """Return one page of a batch's items: which run, what became of it, and why."""
    context = context_of(request)
    return JsonAnswer(await batches.list_items(context, batch_id, query.state, query.cursor, query.limit))


_CHANGES: dict[str, Any] = {
    "response_model": shapes.Batch,
    "responses": problems(400, 404, 409, 413, 422),
}


@router.post(
    "/admin/batches/{batch_id}/pause",
    operation_id="pauseBatch",
    openapi_extra=takes(shapes.BatchChange),
    **_CHANGES,
)
async def pause(
    request: Request,
    batch_id: BatchId,
    asked: Annotated[shapes.BatchChange, Depends(body(shapes.BatchChange))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Start nothing more until the batch is resumed; reruns under way go on."""
    context, actor = context_of(request), actor_of(request)
    return answer_of(await batches.pause(context, batch_id, asked.reason, actor, key=idempotency_key))


@router.post(
    "/admin/batches/{batch_id}/resume",
    operation_id="resumeBatch",
    openapi_extra=takes(shapes.BatchResume),
    **_CHANGES,
)
async def resume(
    request: Request,
    batch_id: BatchId,
    asked: Annotated[shapes.BatchResume, Depends(body(shapes.BatchResume))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Go on with a paused batch, with other limits where they are given."""
    done = await batches.resume(
        context_of(request),
        batch_id,
        actor_of(request),
        budget=asked.budget.model_dump(exclude_unset=True) if asked.budget else None,
        concurrency=asked.concurrency,
        most_failed=asked.stop_at_failure_rate
        if "stop_at_failure_rate" in asked.model_fields_set
        else ABSENT,
        reason=asked.reason,
        key=idempotency_key,
    )
    return answer_of(done)


@router.post(
    "/admin/batches/{batch_id}/abort",
    operation_id="abortBatch",
    openapi_extra=takes(shapes.BatchChange),
    **_CHANGES,
)
async def abort(
    request: Request,
    batch_id: BatchId,
    asked: Annotated[shapes.BatchChange, Depends(body(shapes.BatchChange))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """End a batch: what has not been started is cancelled; reruns under way go on."""
    context, actor = context_of(request), actor_of(request)
    return answer_of(await batches.abort(context, batch_id, asked.reason, actor, key=idempotency_key))


def batch_request(asked: shapes.BatchRequest) -> BatchRequest:
    """Return what a body asks a batch to do. Raises `BadInput`."""
    return BatchRequest(
        ids=None if asked.ids is None else tuple(asked.ids),
        filter=None if asked.filter is None else _filter(asked.filter),
        rerun=DEFAULT_REQUEST if asked.rerun is None else rerun_request(asked.rerun),
        name=asked.name,
        reason=asked.reason,
        only_open=asked.only_open,
        order=asked.order,
        order_by_key=asked.order_by_key,
        concurrency=asked.concurrency,
        budget=Budget(**asked.budget.model_dump()) if asked.budget else Budget(),
        canary=asked.canary,
        gate=_gate(asked.gate) if asked.gate else None,
        most_failed=asked.stop_at_failure_rate,
    )


def _gate(asked: shapes.BatchGate) -> Gate:
    """Return the gate; null is a value like any other."""
    given = "equals" in asked.model_fields_set
    return Gate(asked.path, asked.equals if given else ABSENT, asked.exists)


def _filter(asked: shapes.BatchFilter) -> RunFilter:
    """Return the filter of a body; a field that is wrong is named by where it stands there."""
    try:
        return filter_of(asked)
    except BadInput as error:
        raise type(error)(error.detail, pointer=f"/filter/{error.pointer}") from None
