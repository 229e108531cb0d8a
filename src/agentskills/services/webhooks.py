"""Webhooks as people make, change and read them, and what was sent to them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from agentskills.domain import clock
from agentskills.domain.errors import AddressRefused, DeliveryNotFound, WebhookNotFound, WebhookOff
from agentskills.domain.webhook import ROTATION_SECONDS, TEST, Webhook, secret_of
from agentskills.executors.addresses import AllowedHosts, is_public, literal_addresses
from agentskills.executors.secrets import redact
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.idempotency import Answered, once
from agentskills.services.naming import new_id
from agentskills.storage import audit, deliveries, webhooks
from agentskills.storage.database import Conn
from agentskills.storage.deliveries import Delivery

RECENT = 14
"""How many of its last deliveries stand beside a webhook."""


async def create(
    context: Context,
    url: str,
    events: list[str],
    reason: str | None,
    actor: Actor,
    *,
    key: str | None = None,
) -> Answered:
    """Make a webhook; only this answer and that of `rotate` hold its secret. Raises `AddressRefused`."""
    check_url(url, AllowedHosts.parse(context.settings.private_hosts))
    at = clock.now()
    made = Webhook(
        id=new_id("webhook"),
        url=url,
        events=events,
        secret=_new_secret(),
        old_secret=None,
        old_until=None,
        enabled=True,
        note=None,
        requested_by=actor.document(reason),
        created_at=at,
        updated_at=at,
    )

    async def work(conn: Conn) -> dict[str, Any]:
        await webhooks.insert(conn, made)
        await _audit(conn, actor, "webhook-create", made, reason)
        return _document(made, {}, [], at) | {"secret": made.secret}

    return await once(context, key, ["webhook", url, events, reason], work)


async def edit(
    context: Context, webhook_id: str, asked: Mapping[str, Any], reason: str | None, actor: Actor
) -> dict[str, Any]:
    """Change url, events, enabled or note of a webhook. Raises `WebhookNotFound`, `AddressRefused`."""
    given = {name: value for name, value in asked.items() if value is not None}
    if "url" in given:
        check_url(given["url"], AllowedHosts.parse(context.settings.private_hosts))
    if given.get("enabled"):
        given.setdefault("note", None)

    async def work(conn: Conn) -> dict[str, Any]:
        made = replace(await _locked(conn, webhook_id), **given, updated_at=clock.now())
        await webhooks.update(conn, made)
        await _audit(conn, actor, "webhook-edit", made, reason, changed=sorted(given))
        return await _whole(conn, made)

    return await context.in_transaction(work)


async def rotate(
    context: Context, webhook_id: str, reason: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """Give a webhook a new secret; the old one signs beside it for a day. Raises `WebhookNotFound`."""

    async def work(conn: Conn) -> dict[str, Any]:
        before, at = await _locked(conn, webhook_id), clock.now()
        until = at + timedelta(seconds=ROTATION_SECONDS)
        made = replace(before, secret=_new_secret(), old_secret=before.secret, old_until=until, updated_at=at)
        await webhooks.update(conn, made)
        await _audit(conn, actor, "webhook-rotate", made, reason)
        return await _whole(conn, made) | {"secret": made.secret}

    return await once(context, key, ["webhook-rotate", webhook_id, reason], work)


async def delete(context: Context, webhook_id: str, reason: str | None, actor: Actor) -> dict[str, Any]:
    """Remove a webhook; nothing is sent to it any more. Raises `WebhookNotFound`.

    What was sent to it can be read no longer, and goes when the installation tidies up.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        made = await _locked(conn, webhook_id)
        await webhooks.delete(conn, webhook_id)
        await _audit(conn, actor, "webhook-delete", made, reason)
        return {"status": "deleted", "id": webhook_id}

    return await context.in_transaction(work)


async def send_test(context: Context, webhook_id: str, actor: Actor, *, key: str | None = None) -> Answered:
    """Send a webhook an event of its own, whatever it wants to hear of.

    Raises `WebhookNotFound`, `WebhookOff`.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        made = await _on(conn, webhook_id)
        told = {"webhook_id": webhook_id, "message": "This is a test."}
        sent = await deliveries.announce_to(conn, webhook_id, TEST, told, clock.now())
        await _audit(conn, actor, "webhook-test", made, None, delivery=sent.id)
        return _delivery(sent)

    return await once(context, key, ["webhook-test", webhook_id], work)


async def resend(
    context: Context, webhook_id: str, delivery_id: int, actor: Actor, *, key: str | None = None
) -> Answered:
    """Send a delivery once more, now, as the same message.

    Raises `WebhookNotFound`, `DeliveryNotFound`, `WebhookOff`.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        made = await _on(conn, webhook_id)
        if await deliveries.get(conn, webhook_id, delivery_id, lock=True) is None:
            raise DeliveryNotFound(f"{webhook_id} has no delivery {delivery_id}")
        await deliveries.send_again(conn, delivery_id, clock.now())
        await _audit(conn, actor, "webhook-resend", made, None, delivery=delivery_id)
        sent = await deliveries.get(conn, webhook_id, delivery_id)
        assert sent is not None
        return _delivery(sent)

    return await once(context, key, ["webhook-resend", webhook_id, delivery_id], work)


async def webhook(context: Context, webhook_id: str) -> dict[str, Any]:
    """Return a webhook and how its deliveries stand. Raises `WebhookNotFound`."""
    async with context.reading() as conn:
        found = await webhooks.get(conn, webhook_id)
        if found is None:
            raise WebhookNotFound(f"there is no webhook {webhook_id!r}")
        return await _whole(conn, found)


async def list_webhooks(context: Context, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return one page of webhooks, the newest first."""
    after = Cursor.read(cursor, datetime, str)
    async with context.reading() as conn:
        found = await webhooks.page(conn, after=after, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        ids = [one.id for one in found]
        counts = await deliveries.totals(conn, ids)
        recent = await deliveries.latest(conn, ids, RECENT)
    at = clock.now()
    return {
        "items": [_document(one, counts[one.id], recent[one.id], at) for one in found],
        "next_cursor": Cursor.write(found[-1].created_at, found[-1].id) if more else None,
    }


async def list_deliveries(
    context: Context, webhook_id: str, states: list[str], cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of a webhook's deliveries, the newest first. Raises `WebhookNotFound`."""
    after = Cursor.read(cursor, int)
    async with context.reading() as conn:
        if await webhooks.get(conn, webhook_id) is None:
            raise WebhookNotFound(f"there is no webhook {webhook_id!r}")
        found = await deliveries.page(
            conn, webhook_id, states, after=after[0] if after else None, limit=limit + 1
        )
    more = len(found) > limit
    found = found[:limit]
    return {
        "items": [_delivery(one) for one in found],
        "next_cursor": Cursor.write(found[-1].id) if more else None,
    }


def check_url(url: str, allowed: AllowedHosts) -> None:
    """Raise `AddressRefused` for what is no URL of a receiver, or plainly leads into a private network.

    A name is looked up when something is delivered, and its addresses are checked then. Without
    TLS only private hosts that are allowed can be reached: over the internet a body would be open to all.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused(f"the URL can't be used: {error}", pointer="/url") from None
    if parts.scheme not in ("http", "https") or not host or not url.isprintable() or " " in url:
        raise AddressRefused("must be a URL such as https://example.org/events", pointer="/url")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("a URL with a password would be shown; leave it out", pointer="/url")
    port = port or (443 if parts.scheme == "https" else 80)
    if allowed.allow(host, port):
        return
    private = [address for address in literal_addresses(host) if not is_public(address)]
    if private:
        raise AddressRefused(
            f"{host} is in a private network; allow it with ASF_PRIVATE_HOSTS={host}:{port}", pointer="/url"
        )
    if parts.scheme == "http":
        raise AddressRefused(
            "must begin with https://; http:// is for private hosts in ASF_PRIVATE_HOSTS", pointer="/url"
        )


def _new_secret() -> str:
    return secret_of(os.urandom(32))


async def _locked(conn: Conn, webhook_id: str) -> Webhook:
    found = await webhooks.get(conn, webhook_id, lock=True)
    if found is None:
        raise WebhookNotFound(f"there is no webhook {webhook_id!r}")
    return found


async def _on(conn: Conn, webhook_id: str) -> Webhook:
    found = await _locked(conn, webhook_id)
    if not found.enabled:
        raise WebhookOff(f"{webhook_id} is off; enable it first")
    return found


async def _audit(
    conn: Conn, actor: Actor, action: str, made: Webhook, reason: str | None, **more: Any
) -> None:
    told = {"webhook_id": made.id, "url": made.url, "events": made.events} | more
    await audit.record(conn, actor.document(), action, reason=reason, detail=told)


async def _whole(conn: Conn, made: Webhook) -> dict[str, Any]:
    counts = await deliveries.totals(conn, [made.id])
    recent = await deliveries.latest(conn, [made.id], RECENT)
    return _document(made, counts[made.id], recent[made.id], clock.now())


def _document(made: Webhook, counts: dict[str, int], recent: list[Delivery], at: datetime) -> dict[str, Any]:
    """Return all of a webhook but its secrets."""
    return {
        "id": made.id,
        "url": redact(made.url),
        "events": made.events,
        "enabled": made.enabled,
        "note": made.note,
        "rotating_until": made.old_until if len(made.secrets(at)) > 1 else None,
        "requested_by": made.requested_by,
        "created_at": made.created_at,
        "updated_at": made.updated_at,
        "deliveries": counts,
        "recent": [_mark(one) for one in recent],
    }


def _mark(one: Delivery) -> dict[str, Any]:
    last = one.tries[-1] if one.tries else {}
    return {"id": one.id, "type": one.type, "at": one.at, "state": one.state, "error": last.get("error")}


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.id,
        "message_id": one.message_id,
        "type": one.type,
        "data": one.data,
        "at": one.at,
        "state": one.state,
        "tries": one.tries,
        "due_at": one.due_at,
    }
