"""POST /start and POST /rerun/{thread_id}."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import ThreadId
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.rerun import RerunRequest as RerunAsked
from agentskills.api.schemas.rerun import RerunStarted
from agentskills.api.schemas.start import RunStarted
from agentskills.api.schemas.start import StartRequest as StartAsked
from agentskills.domain.rerun import RerunRequest
from agentskills.services.context import Context
from agentskills.services.idempotency import once
from agentskills.services.rerun import rerun as rerun_run
from agentskills.services.rerun import rerun_in
from agentskills.services.start import StartRequest, start_in, start_run
from agentskills.storage.database import Conn

router = APIRouter(tags=["runs"])


@router.post(
    "/start",
    operation_id="startRun",
    response_model=RunStarted,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(StartAsked, required=True),
)
async def start(
    request: Request,
    asked: Annotated[StartAsked, Depends(body(StartAsked))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Save a run and start it; answers at once."""
    context, actor = context_of(request), actor_of(request)
    wanted = StartRequest(**given(asked))
    if idempotency_key is None:
        return JsonAnswer((await start_run(context, wanted, actor)).document())

    async def work(conn: Conn) -> dict[str, Any]:
        return (await start_in(conn, context.settings, wanted, actor)).document()

    return await _once(context, idempotency_key, ["start", asked], work)


@router.post(
    "/rerun/{thread_id}",
    operation_id="rerunRun",
    response_model=RerunStarted,
    responses=problems(400, 404, 409, 410, 413, 422),
    openapi_extra=takes(RerunAsked),
)
async def rerun(
    request: Request,
    thread_id: ThreadId,
    asked: Annotated[RerunAsked, Depends(body(RerunAsked))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Start a new run with the same SOP and initial_data, or with what the request changes."""
    context, actor = context_of(request), actor_of(request)
    wanted = rerun_request(asked)
    if idempotency_key is None:
        return JsonAnswer((await rerun_run(context, thread_id, wanted, actor)).document())

    async def work(conn: Conn) -> dict[str, Any]:
        made = await rerun_in(conn, context.settings, thread_id, wanted, actor)
        return made.document()

    return await _once(
        context, idempotency_key, ["rerun", thread_id, wanted.document(), wanted.plan_token], work
    )


def rerun_request(asked: RerunAsked) -> RerunRequest:
    """Return what a body asks a rerun to do."""
    fields = given(asked)
    if "consent" in fields:
        fields["consent"] = tuple(fields["consent"])
    return RerunRequest(**fields)


def given(asked: BaseModel) -> dict[str, Any]:
    """Return the fields that are given; null means the same as leaving a field out."""
    return {name: value for name, value in _plain(asked).items() if value is not None}


def _said(asked: BaseModel) -> dict[str, Any]:
    """Return the given fields as JSON holds them, times as text."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in given(asked).items()
    }


def _plain(asked: BaseModel) -> dict[str, Any]:
    values = dict(asked)
    if isinstance(values.get("limits"), BaseModel):
        values["limits"] = {name: value for name, value in values["limits"] if value is not None}
    return values


async def _once(
    context: Context, key: str, asked: list[Any], work: Callable[[Conn], Awaitable[dict[str, Any]]]
) -> JsonAnswer:
    body = [_said(part) if isinstance(part, BaseModel) else part for part in asked]
    done = await once(context, key, body, work)
    context.notifier.woken([done.answer["thread_id"]])
    return answer_of(done)
