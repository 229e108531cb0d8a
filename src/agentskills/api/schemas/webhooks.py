"""Outgoing webhooks and their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from pydantic import BaseModel, Field

from agentskills.api.params import Text
from agentskills.api.schemas.shapes import Actor, Answer, Asked, JsonObject
from agentskills.domain.webhook import DeliveryState, EventName

Events: TypeAlias = Annotated[list[EventName], Field(min_length=1, max_length=50)]


class WebhookRequest(Asked):
    """A receiver of events."""

    url: str = Field(
        min_length=1, max_length=2000, description="https://…; http:// for hosts in ASF_PRIVATE_HOSTS"
    )
    events: Events
    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class WebhookEdit(Asked):
    """What is to change; fields that are left out stay."""

    url: str | None = Field(default=None, min_length=1, max_length=2000)
    events: Events | None = None
    enabled: bool | None = Field(default=None, description="what was held up while it was off goes out then")
    note: str | None = Field(default=None, max_length=2000)
    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class RotateRequest(Asked):
    """Why the secret is replaced."""

    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")


class DeliveryMark(Answer):
    """What became of an event on its way to a webhook, in short."""

    id: int
    type: EventName
    at: datetime
    state: DeliveryState
    error: str | None = Field(description="of the last try")


class WebhookItem(Answer):
    """A webhook; its secret was shown once."""

    id: str
    url: str
    events: list[EventName]
    enabled: bool
    note: str | None = Field(description="why it is off, such as: the receiver answered 410 Gone")
    rotating_until: datetime | None = Field(description="until then the old secret signs beside the new one")
    requested_by: Actor
    created_at: datetime
    updated_at: datetime
    deliveries: dict[DeliveryState, int] = Field(description="how many by state")
    recent: list[DeliveryMark] = Field(description="the last 14 deliveries, the newest first")


class WebhookSecret(WebhookItem):
    """A webhook with its secret; nothing else ever shows it."""

    secret: str = Field(description="`whsec_` and the key in base64, as Standard Webhooks has it")


class WebhookPage(Answer):
    """One page of webhooks, the newest first."""

    items: list[WebhookItem]
    next_cursor: str | None


class DeliveryTry(Answer):
    """One try to deliver."""

    at: datetime
    status: int | None = Field(description="that came back; null: none did")
    error: str | None = Field(description="why it counts as failed")
    ms: int


class DeliveryItem(Answer):
    """An event on its way to a webhook."""

    id: int
    message_id: str = Field(description="`webhook-id`, the same for every try")
    type: EventName
    data: JsonObject
    at: datetime = Field(description="of the event")
    state: DeliveryState
    tries: list[DeliveryTry]
    due_at: datetime | None = Field(description="of the next try")


class DeliveryPage(Answer):
    """One page of deliveries, the newest first."""

    items: list[DeliveryItem]
    next_cursor: str | None


class WebhookQuery(BaseModel):
    """A page of webhooks."""

    cursor: Text | None = Field(default=None, max_length=1000, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500)


class DeliveryQuery(WebhookQuery):
    """A page of deliveries."""

    state: list[DeliveryState] = Field(default=[], description="one of these (give it several times)")
