"""`client.webhooks`: who hears of events, and what was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from agentskills.client.body import JsonObject, as_object, given, quoted
from agentskills.client.transport import Transport

PATH = "/admin/webhooks"


class Webhooks:
    """Makes webhooks, changes them, and says what was delivered."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create(
        self,
        url: str,
        events: Sequence[str],
        *,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> JsonObject:
        """Make a webhook; its `secret` is in this answer and nowhere else.

        Raises `BadInput`, and `AddressRefused` for a URL that leads into a private network.
        """
        body = given(url=url, events=list(events), reason=reason)
        return as_object(await self._transport.post(PATH, body, key=idempotency_key))

    async def list(self) -> AsyncIterator[JsonObject]:
        """Yield all webhooks, the newest first."""
        async for webhook in self._transport.pages(PATH, {}):
            yield webhook

    async def get(self, webhook_id: str) -> JsonObject:
        """Return a webhook and how its deliveries stand. Raises `WebhookNotFound`."""
        return as_object(await self._transport.get(_path(webhook_id)))

    async def edit(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        enabled: bool | None = None,
        note: str | None = None,
        reason: str | None = None,
    ) -> JsonObject:
        """Change what is given, or turn a webhook off and on. Raises `WebhookNotFound`."""
        listed = list(events) if events is not None else None
        body = given(url=url, events=listed, enabled=enabled, note=note, reason=reason)
        return as_object(await self._transport.patch(_path(webhook_id), body))

    async def rotate(
        self, webhook_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> JsonObject:
        """Replace a webhook's secret; the answer's `secret` is the new one, the old one signs for a day."""
        path = f"{_path(webhook_id)}/rotate"
        return as_object(await self._transport.post(path, given(reason=reason), key=idempotency_key))

    async def delete(self, webhook_id: str, *, reason: str | None = None) -> JsonObject:
        """Remove a webhook with all that was or will be sent to it. Raises `WebhookNotFound`."""
        return as_object(await self._transport.delete(_path(webhook_id), given(reason=reason)))

    async def test(self, webhook_id: str, *, idempotency_key: str | None = None) -> JsonObject:
        """Send a `webhook.test` event and return its delivery. Raises `WebhookNotFound`, `WebhookOff`."""
        return as_object(await self._transport.post(f"{_path(webhook_id)}/test", key=idempotency_key))

    async def deliveries(
        self, webhook_id: str, *, state: str | Sequence[str] | None = None
    ) -> AsyncIterator[JsonObject]:
        """Yield what was or will be sent to a webhook, the newest first.

        `state` is `pending`, `delivered` or `failed`. Raises `WebhookNotFound`.
        """
        wanted = given(state=[state] if isinstance(state, str) else state)
        async for one in self._transport.pages(f"{_path(webhook_id)}/deliveries", wanted):
            yield one

    async def resend(
        self, webhook_id: str, delivery_id: int, *, idempotency_key: str | None = None
    ) -> JsonObject:
        """Send a delivery once more, as the same message. Raises `DeliveryNotFound`, `WebhookOff`."""
        path = f"{_path(webhook_id)}/deliveries/{delivery_id}/resend"
        return as_object(await self._transport.post(path, key=idempotency_key))


def _path(webhook_id: str) -> str:
    return f"{PATH}/{quoted(webhook_id)}"
