"""Outgoing webhooks: who hears of events, and what was sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Text
from agentskills.api.process import actor_of, context_of
from agentskills.api.schemas.policies import RemovalRequest, Removed
from agentskills.api.schemas.webhooks import (
    DeliveryItem,
    DeliveryPage,
    DeliveryQuery,
    RotateRequest,
    WebhookEdit,
    WebhookItem,
    WebhookPage,
    WebhookQuery,
    WebhookRequest,
    WebhookSecret,
)
from agentskills.services import webhooks

router = APIRouter(tags=["webhooks"])

WebhookId = Annotated[Text, Path(min_length=1, max_length=100, description="the webhook's id")]
DeliveryId = Annotated[int, Path(ge=1, le=2**63 - 1, description="number of the delivery")]


@router.post(
    "/admin/webhooks",
    operation_id="createWebhook",
    response_model=WebhookSecret,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(WebhookRequest, required=True),
)
async def create_webhook(
    request: Request,
    asked: Annotated[WebhookRequest, Depends(body(WebhookRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Make a webhook; the answer holds its secret, which is shown only now."""
    events: list[str] = list(dict.fromkeys(asked.events))
    done = await webhooks.create(
        context_of(request), asked.url, events, asked.reason, actor_of(request), key=idempotency_key
    )
    return answer_of(done)


@router.get(
    "/admin/webhooks", operation_id="listWebhooks", response_model=WebhookPage, responses=problems(422)
)
async def list_webhooks(request: Request, query: Annotated[WebhookQuery, Query()]) -> JsonAnswer:
    """Return one page of webhooks, the newest first."""
    return JsonAnswer(await webhooks.list_webhooks(context_of(request), query.cursor, query.limit))


@router.get(
    "/admin/webhooks/{webhook_id}",
    operation_id="getWebhook",
    response_model=WebhookItem,
    responses=problems(404, 422),
)
async def get_webhook(request: Request, webhook_id: WebhookId) -> JsonAnswer:
    """Return a webhook and how its deliveries stand."""
    return JsonAnswer(await webhooks.webhook(context_of(request), webhook_id))


@router.patch(
    "/admin/webhooks/{webhook_id}",
    operation_id="editWebhook",
    response_model=WebhookItem,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(WebhookEdit),
)
async def edit_webhook(
    request: Request, webhook_id: WebhookId, asked: Annotated[WebhookEdit, Depends(body(WebhookEdit))]
) -> JsonAnswer:
    """Change the fields that are given, or turn a webhook off and on."""
    given = {name: value for name, value in asked if name != "reason"}
    changed = await webhooks.edit(context_of(request), webhook_id, given, asked.reason, actor_of(request))
    return JsonAnswer(changed)


@router.delete(
    "/admin/webhooks/{webhook_id}",
    operation_id="deleteWebhook",
    response_model=Removed,
    responses=problems(400, 404, 413, 422),
    openapi_extra=takes(RemovalRequest),
)
async def delete_webhook(
    request: Request, webhook_id: WebhookId, asked: Annotated[RemovalRequest, Depends(body(RemovalRequest))]
) -> JsonAnswer:
    """Remove a webhook; nothing more is sent to it, and what was sent can be read no longer."""
    return JsonAnswer(await webhooks.delete(context_of(request), webhook_id, asked.reason, actor_of(request)))


@router.post(
    "/admin/webhooks/{webhook_id}/rotate",
    operation_id="rotateWebhookSecret",
    response_model=WebhookSecret,
    responses=problems(400, 404, 409, 413, 422),
    openapi_extra=takes(RotateRequest),
)
async def rotate_secret(
    request: Request,
    webhook_id: WebhookId,
    asked: Annotated[RotateRequest, Depends(body(RotateRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Give a webhook a new secret, shown only now; the old one signs beside it for a day."""
    done = await webhooks.rotate(
        context_of(request), webhook_id, asked.reason, actor_of(request), key=idempotency_key
    )
    return answer_of(done)


@router.post(
    "/admin/webhooks/{webhook_id}/test",
    operation_id="testWebhook",
    response_model=DeliveryItem,
    responses=problems(404, 409, 422),
)
async def send_test(
    request: Request, webhook_id: WebhookId, idempotency_key: IdempotencyKey = None
) -> JsonAnswer:
    """Send a webhook a `webhook.test` event; the answer is its delivery, which is due now."""
    return answer_of(
        await webhooks.send_test(context_of(request), webhook_id, actor_of(request), key=idempotency_key)
    )


@router.get(
    "/admin/webhooks/{webhook_id}/deliveries",
    operation_id="listDeliveries",
    response_model=DeliveryPage,
    responses=problems(404, 422),
)
async def list_deliveries(
    request: Request, webhook_id: WebhookId, query: Annotated[DeliveryQuery, Query()]
) -> JsonAnswer:
    """Return one page of a webhook's deliveries, the newest first."""
    states = [str(state) for state in query.state]
    return JsonAnswer(
        await webhooks.list_deliveries(context_of(request), webhook_id, states, query.cursor, query.limit)
    )


@router.post(
    "/admin/webhooks/{webhook_id}/deliveries/{delivery_id}/resend",
    operation_id="resendDelivery",
    response_model=DeliveryItem,
    responses=problems(404, 409, 422),
)
async def resend_delivery(
    request: Request,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Send a delivery once more, now, as the same message."""
    return answer_of(
        await webhooks.resend(
            context_of(request), webhook_id, delivery_id, actor_of(request), key=idempotency_key
        )
    )
