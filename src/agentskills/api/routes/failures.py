"""Failed runs by kind: list, dismiss, restore."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.failures import FailureChoice, FailurePage, FailureQuery, FailuresChanged
from agentskills.domain.errors import BadInput
from agentskills.services import failures
from agentskills.storage.failures import Chosen, FailureFilter

router = APIRouter(tags=["failures"])


@router.get(
    "/admin/failures", operation_id="listFailures", response_model=FailurePage, responses=problems(422)
)
async def list_failures(request: Request, query: Annotated[FailureQuery, Query()]) -> JsonAnswer:
    """Return one page of failures by kind, the newest first: open ones, that no later run has fixed."""
    wanted = FailureFilter(
        skill=query.skill,
        signature=query.signature,
        after=query.after,
        before=query.before,
        dismissed=query.dismissed,
    )
    return JsonAnswer(await failures.list_failures(context_of(request), wanted, query.cursor, query.limit))


@router.post(
    "/admin/failures/dismiss",
    operation_id="dismissFailures",
    response_model=FailuresChanged,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(FailureChoice, required=True),
)
async def dismiss(
    request: Request,
    asked: Annotated[FailureChoice, Depends(body(FailureChoice))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Note that nobody will mend these failures: they are no longer open, and policies leave them alone."""
    context, actor = context_of(request), actor_of(request)
    return answer_of(await failures.dismiss(context, _chosen(asked), asked.note, actor, key=idempotency_key))


@router.post(
    "/admin/failures/restore",
    operation_id="restoreFailures",
    response_model=FailuresChanged,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(FailureChoice, required=True),
)
async def restore(
    request: Request,
    asked: Annotated[FailureChoice, Depends(body(FailureChoice))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Take back that failures were dismissed."""
    context, actor = context_of(request), actor_of(request)
    return answer_of(await failures.restore(context, _chosen(asked), asked.note, actor, key=idempotency_key))


def _chosen(asked: FailureChoice) -> Chosen:
    if asked.ids is not None and (asked.skill is not None or asked.signature is not None):
        raise BadInput("give either ids or skill and signature", pointer="/ids")
    if asked.ids is None and asked.signature is None:
        raise BadInput("give ids, or skill and signature", pointer="/signature")
    if asked.ids is None and asked.skill is None:
        raise BadInput("say in which skill they failed; empty: in none", pointer="/skill")
    return Chosen(ids=asked.ids, skill=asked.skill, signature=asked.signature)
