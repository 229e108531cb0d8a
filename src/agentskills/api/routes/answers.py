"""POST /approve/{thread_id}, POST /admin/answers and POST /callback."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Text, ThreadId
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.waits import (
    Answered,
    AnsweredMany,
    AnswersRequest,
    ApproveRequest,
    CallbackRequest,
)
from agentskills.services import answers, callbacks
from agentskills.services.answer_many import Chosen, answer_many

router = APIRouter(tags=["answers"])


@router.post(
    "/approve/{thread_id}",
    operation_id="approveRun",
    response_model=Answered,
    responses=problems(400, 404, 409, 410, 413, 422),
    openapi_extra=takes(ApproveRequest),
)
async def approve(
    request: Request,
    thread_id: ThreadId,
    asked: Annotated[ApproveRequest, Depends(body(ApproveRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Answer what a run waits for: approve, reject, or say whether an effect has happened."""
    given = answers.Answer(asked.step, asked.decision, asked.data, asked.note, asked.digest)
    context, actor = context_of(request), actor_of(request)
    return answer_of(await answers.approve(context, thread_id, given, actor, key=idempotency_key))


@router.post(
    "/admin/answers",
    operation_id="answerMany",
    response_model=AnsweredMany,
    responses=problems(400, 413, 422),
    openapi_extra=takes(AnswersRequest, required=True),
)
async def answer_all(
    request: Request, asked: Annotated[AnswersRequest, Depends(body(AnswersRequest))]
) -> JsonAnswer:
    """Give one answer to many runs that wait; each is taken or refused by itself, at most 1,000."""
    chosen = Chosen(
        [(one.thread_id, one.step, one.digest) for one in asked.answers] if asked.answers else None,
        asked.filter.reason if asked.filter else None,
        asked.filter.skill if asked.filter else None,
        asked.filter.until if asked.filter else None,
    )
    context, actor = context_of(request), actor_of(request)
    return JsonAnswer(await answer_many(context, chosen, asked.decision, asked.note, actor))


@router.post(
    "/callback",
    operation_id="deliverCallback",
    response_model=Answered,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(CallbackRequest, required=True),
)
async def callback(
    request: Request,
    asked: Annotated[CallbackRequest, Depends(body(CallbackRequest))],
    token: Annotated[Text | None, Query(max_length=500)] = None,
) -> JsonAnswer:
    """Deliver a REST skill's late result, with the one-time token of its `callback_url`."""
    given = callbacks.Callback(token or asked.token, asked.thread_id, asked.data, asked.error)
    return JsonAnswer(await callbacks.deliver(context_of(request), given))
