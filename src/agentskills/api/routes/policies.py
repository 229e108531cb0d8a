"""Policies: automatic reruns after failures."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Text
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.policies import (
    PolicyAnswerPage,
    PolicyAnswerQuery,
    PolicyEdit,
    PolicyFields,
    PolicyItem,
    PolicyNote,
    PolicyPage,
    PolicyQuery,
    PolicyRequest,
    RemovalRequest,
    Removed,
)
from agentskills.services import policies

router = APIRouter(tags=["policies"])

PolicyId = Annotated[Text, Path(min_length=1, max_length=100, description="the policy's id")]
BreakerSkill = Annotated[
    Text, Path(min_length=1, max_length=200, description="the skill; - for failures in which no skill failed")
]


@router.post(
    "/admin/policies",
    operation_id="createPolicy",
    response_model=PolicyItem,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(PolicyRequest, required=True),
)
async def create_policy(
    request: Request,
    asked: Annotated[PolicyRequest, Depends(body(PolicyRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Make a policy: which failed runs are rerun by themselves, how often and when."""
    given = _fields(asked)
    done = await policies.create(
        context_of(request), given, asked.reason, actor_of(request), key=idempotency_key
    )
    return answer_of(done)


@router.get(
    "/admin/policies", operation_id="listPolicies", response_model=PolicyPage, responses=problems(422)
)
async def list_policies(request: Request, query: Annotated[PolicyQuery, Query()]) -> JsonAnswer:
    """Return one page of policies, the newest first."""
    return JsonAnswer(await policies.list_policies(context_of(request), query.cursor, query.limit))


@router.get(
    "/admin/policies/{policy_id}",
    operation_id="getPolicy",
    response_model=PolicyItem,
    responses=problems(404, 422),
)
async def get_policy(request: Request, policy_id: PolicyId) -> JsonAnswer:
    """Return a policy with its breakers and how often it did what."""
    return JsonAnswer(await policies.policy(context_of(request), policy_id))


@router.patch(
    "/admin/policies/{policy_id}",
    operation_id="editPolicy",
    response_model=PolicyItem,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(PolicyEdit),
)
async def edit_policy(
    request: Request, policy_id: PolicyId, asked: Annotated[PolicyEdit, Depends(body(PolicyEdit))]
) -> JsonAnswer:
    """Change the fields that are given; null brings a field's default back."""
    given = _fields(asked)
    changed = await policies.edit(context_of(request), policy_id, given, asked.reason, actor_of(request))
    return JsonAnswer(changed)


@router.delete(
    "/admin/policies/{policy_id}",
    operation_id="deletePolicy",
    response_model=Removed,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(RemovalRequest),
)
async def delete_policy(
    request: Request, policy_id: PolicyId, asked: Annotated[RemovalRequest, Depends(body(RemovalRequest))]
) -> JsonAnswer:
    """Remove a policy with its answers; the reruns it made stay."""
    return JsonAnswer(await policies.delete(context_of(request), policy_id, asked.reason, actor_of(request)))


@router.post(
    "/admin/policies/{policy_id}/enable",
    operation_id="enablePolicy",
    response_model=PolicyItem,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(PolicyNote),
)
async def enable_policy(
    request: Request, policy_id: PolicyId, asked: Annotated[PolicyNote, Depends(body(PolicyNote))]
) -> JsonAnswer:
    """Let a policy look at failures from now on."""
    return JsonAnswer(
        await policies.switch(context_of(request), policy_id, True, asked.note, actor_of(request))
    )


@router.post(
    "/admin/policies/{policy_id}/disable",
    operation_id="disablePolicy",
    response_model=PolicyItem,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(PolicyNote),
)
async def disable_policy(
    request: Request, policy_id: PolicyId, asked: Annotated[PolicyNote, Depends(body(PolicyNote))]
) -> JsonAnswer:
    """Let a policy rest; reruns it has made go on."""
    return JsonAnswer(
        await policies.switch(context_of(request), policy_id, False, asked.note, actor_of(request))
    )


@router.get(
    "/admin/policies/{policy_id}/answers",
    operation_id="listPolicyAnswers",
    response_model=PolicyAnswerPage,
    responses=problems(404, 422),
)
async def list_answers(
    request: Request, policy_id: PolicyId, query: Annotated[PolicyAnswerQuery, Query()]
) -> JsonAnswer:
    """Return one page of what a policy did about failed runs, the newest first."""
    wanted = [str(answer) for answer in query.answer]
    return JsonAnswer(
        await policies.list_answers(context_of(request), policy_id, wanted, query.cursor, query.limit)
    )


@router.post(
    "/admin/policies/{policy_id}/breakers/{skill}/close",
    operation_id="closeBreaker",
    response_model=PolicyItem,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(PolicyNote),
)
async def close_breaker(
    request: Request,
    policy_id: PolicyId,
    skill: BreakerSkill,
    asked: Annotated[PolicyNote, Depends(body(PolicyNote))],
) -> JsonAnswer:
    """Close the breaker of a skill: what it held back is looked at again, at once."""
    name = "" if skill == "-" else skill
    return JsonAnswer(
        await policies.close_breaker(context_of(request), policy_id, name, asked.note, actor_of(request))
    )


def _fields(asked: PolicyFields) -> dict[str, Any]:
    """Return the fields that a body names, as the policy has them."""
    given = {name: getattr(asked, name) for name in asked.model_fields_set - {"reason"}}
    found = {name: _plain(value) for name, value in given.items()}
    if asked.rerun is not None:
        found["rerun"] = policies.rerun_document(dict(asked.rerun))
    return found


def _plain(value: Any) -> Any:
    if not isinstance(value, BaseModel):
        return value
    return {name: inner for name, inner in value if inner is not None}
