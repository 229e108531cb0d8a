"""Schedules: what is started or rerun at given times."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Text
from agentskills.api.process import actor_of, context_of
from agentskills.api.routes.start import given, rerun_request
from agentskills.api.schemas import schedules as shapes
from agentskills.api.schemas.rerun import RerunRequest as RerunAsked
from agentskills.domain.timing import Timing
from agentskills.services import backfill as backfills
from agentskills.services import schedules
from agentskills.services.schedules import ScheduleRequest

router = APIRouter(tags=["schedules"])

ScheduleId = Annotated[Text, Path(min_length=1, max_length=200, description="the schedule's id")]


@router.post(
    "/admin/schedules",
    operation_id="createSchedule",
    response_model=shapes.ScheduleDetail,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(shapes.ScheduleRequest, required=True),
)
async def create_schedule(
    request: Request,
    asked: Annotated[shapes.ScheduleRequest, Depends(body(shapes.ScheduleRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Save a schedule; it comes due from now on."""
    return answer_of(
        await schedules.create_schedule(
            context_of(request), _wanted(asked), actor_of(request), key=idempotency_key
        )
    )


@router.get(
    "/admin/schedules",
    operation_id="listSchedules",
    response_model=shapes.SchedulePage,
    responses=problems(422),
)
async def list_schedules(request: Request, query: Annotated[shapes.ScheduleQuery, Query()]) -> JsonAnswer:
    """Return one page of schedules, the newest first."""
    return JsonAnswer(
        await schedules.list_schedules(context_of(request), query.paused, query.cursor, query.limit)
    )


@router.post(
    "/admin/schedules/preview",
    operation_id="previewSchedule",
    response_model=shapes.SchedulePreview,
    responses=problems(400, 413, 422),
    openapi_extra=takes(shapes.SchedulePreviewRequest, required=True),
)
async def preview_schedule(
    asked: Annotated[shapes.SchedulePreviewRequest, Depends(body(shapes.SchedulePreviewRequest))],
) -> JsonAnswer:
    """Return the next times of a rule; nothing is saved."""
    timing = Timing(asked.cron, asked.every_seconds, asked.at, asked.time_zone or "UTC", asked.anchor)
    return JsonAnswer(await schedules.preview(timing, asked.count or 10, asked.after))


@router.get(
    "/admin/schedules/{schedule_id}",
    operation_id="getSchedule",
    response_model=shapes.ScheduleDetail,
    responses=problems(404, 422),
)
async def get_schedule(request: Request, schedule_id: ScheduleId) -> JsonAnswer:
    """Return one schedule with its next times."""
    return JsonAnswer(await schedules.schedule(context_of(request), schedule_id))


@router.patch(
    "/admin/schedules/{schedule_id}",
    operation_id="changeSchedule",
    response_model=shapes.ScheduleDetail,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(shapes.ScheduleChange, required=True),
)
async def change_schedule(
    request: Request,
    schedule_id: ScheduleId,
    asked: Annotated[shapes.ScheduleChange, Depends(body(shapes.ScheduleChange))],
) -> JsonAnswer:
    """Change the given fields; another rule counts from now on."""
    return JsonAnswer(
        await schedules.change_schedule(context_of(request), schedule_id, _wanted(asked), actor_of(request))
    )


@router.delete(
    "/admin/schedules/{schedule_id}",
    operation_id="deleteSchedule",
    response_model=shapes.ScheduleDeleted,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(shapes.ScheduleReason),
)
async def delete_schedule(
    request: Request,
    schedule_id: ScheduleId,
    asked: Annotated[shapes.ScheduleReason, Depends(body(shapes.ScheduleReason))],
) -> JsonAnswer:
    """Delete a schedule and the record of its firings; the runs it has started stay."""
    return JsonAnswer(
        await schedules.delete_schedule(context_of(request), schedule_id, asked.reason, actor_of(request))
    )


@router.post(
    "/admin/schedules/{schedule_id}/pause",
    operation_id="pauseSchedule",
    response_model=shapes.ScheduleDetail,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(shapes.SchedulePause),
)
async def pause_schedule(
    request: Request,
    schedule_id: ScheduleId,
    asked: Annotated[shapes.SchedulePause, Depends(body(shapes.SchedulePause))],
) -> JsonAnswer:
    """Let a schedule come due no more until it is resumed; a second time only changes the note."""
    return JsonAnswer(
        await schedules.pause_schedule(context_of(request), schedule_id, asked.note, actor_of(request))
    )


@router.post(
    "/admin/schedules/{schedule_id}/resume",
    operation_id="resumeSchedule",
    response_model=shapes.ScheduleDetail,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(shapes.ScheduleReason),
)
async def resume_schedule(
    request: Request,
    schedule_id: ScheduleId,
    asked: Annotated[shapes.ScheduleReason, Depends(body(shapes.ScheduleReason))],
) -> JsonAnswer:
    """Let a schedule come due again, from now on: what came due meanwhile is not fired."""
    return JsonAnswer(
        await schedules.resume_schedule(context_of(request), schedule_id, asked.reason, actor_of(request))
    )


@router.post(
    "/admin/schedules/{schedule_id}/run-now",
    operation_id="runScheduleNow",
    response_model=shapes.Firing,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(shapes.ScheduleReason),
)
async def run_schedule_now(
    request: Request,
    schedule_id: ScheduleId,
    asked: Annotated[shapes.ScheduleReason, Depends(body(shapes.ScheduleReason))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Fire a schedule at once, also a paused one; overlap applies, and the firing says what came of it."""
    return answer_of(
        await schedules.run_now(
            context_of(request), schedule_id, asked.reason, actor_of(request), key=idempotency_key
        )
    )


@router.post(
    "/admin/schedules/{schedule_id}/backfill",
    operation_id="backfillSchedule",
    response_model=shapes.ScheduleBackfill,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(shapes.ScheduleBackfillRequest, required=True),
)
async def backfill_schedule(
    request: Request,
    schedule_id: ScheduleId,
    asked: Annotated[shapes.ScheduleBackfillRequest, Depends(body(shapes.ScheduleBackfillRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Fire the due times of a window of the past, one after the other; at most 1,000."""
    done = await backfills.backfill(
        context_of(request),
        schedule_id,
        asked.start,
        asked.end,
        actor_of(request),
        dry_run=bool(asked.dry_run),
        reason=asked.reason,
        key=idempotency_key,
    )
    return answer_of(done)


@router.get(
    "/admin/schedules/{schedule_id}/firings",
    operation_id="listFirings",
    response_model=shapes.FiringPage,
    responses=problems(404, 422),
)
async def list_firings(
    request: Request, schedule_id: ScheduleId, query: Annotated[shapes.FiringQuery, Query()]
) -> JsonAnswer:
    """Return one page of what became of a schedule's due times, the latest first."""
    return JsonAnswer(
        await schedules.list_firings(
            context_of(request), schedule_id, [*query.state], query.cursor, query.limit
        )
    )


def _wanted(asked: shapes.ScheduleChange) -> ScheduleRequest:
    """Return what a body asks for."""
    fields: dict[str, Any] = given(asked)
    if (start := fields.pop("start", None)) is not None:
        fields["starts"] = given(start)
    if (rerun := fields.pop("rerun", None)) is not None:
        fields["reruns"] = rerun.thread_id
        fields["rerun"] = _rerun_document(rerun.request or RerunAsked())
    if "at" in fields:
        fields["once_at"] = fields.pop("at")
    return ScheduleRequest(**fields)


def _rerun_document(asked: RerunAsked) -> dict[str, Any]:
    """Return a rerun request as it is stored; what can't be kept for later is refused with the rest."""
    document = rerun_request(asked).document()
    return document | ({"plan_token": asked.plan_token} if asked.plan_token else {})
