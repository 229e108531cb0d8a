"""The chore of webhooks: deliver what is due.

A delivery is claimed for a short while, sent outside any transaction, and the try written down. A
worker that dies in between leaves the claim to lapse: the message goes out again under its id, and
receivers drop what they had.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from time import perf_counter
from typing import Any

import structlog

from agentskills.domain import clock
from agentskills.domain.errors import AgentSkillsError, DatabaseGone, SkillFailed
from agentskills.domain.webhook import DeliveryState, Webhook, body_of, headers_of, pause_after
from agentskills.engine.points import reach
from agentskills.executors.addresses import AllowedHosts
from agentskills.executors.http_call import Call, HttpCalls
from agentskills.services.context import Context
from agentskills.services.webhooks import check_url
from agentskills.storage import deliveries, webhooks
from agentskills.storage.deliveries import Delivery

POINTS = ("delivery.claimed", "delivery.sent", "delivery.written")
"""Crash points: after the claim, after the receiver's answer, after the try was written."""

TIMEOUT = 15.0
CLAIM = 60.0
"""Seconds for which a delivery is claimed; longer than it may take."""
MOST = 32
"""Deliveries under way in one worker."""
EACH = 4
"""Of them to one webhook: a slow receiver holds up itself alone."""
LOOK = 0.25
"""Seconds between two looks while deliveries are under way."""

_log = structlog.get_logger(__name__)


async def deliver(context: Context, timeout: float = TIMEOUT) -> bool:
    """Deliver what is due until nothing is, and nothing is under way. Raises `DatabaseGone`."""
    calls = HttpCalls(AllowedHosts.parse(context.settings.private_hosts))
    under_way: dict[asyncio.Task[None], str] = {}
    try:
        while True:
            for one in await _claimed(context, under_way):
                task = asyncio.create_task(_deliver(context, calls, one, timeout))
                under_way[task] = one.webhook_id
            if not under_way:
                return False
            done, _ = await asyncio.wait(under_way, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                del under_way[task]
                await task
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await calls.close()


async def _claimed(context: Context, under_way: dict[asyncio.Task[None], str]) -> list[Delivery]:
    counts = Counter(under_way.values())
    if len(under_way) >= MOST:
        return []
    at = clock.now()
    async with context.writing() as conn:
        found = await deliveries.claim(
            conn,
            at,
            at + timedelta(seconds=CLAIM),
            most=MOST - len(under_way),
            each=EACH,
            busy=[webhook_id for webhook_id, number in counts.items() if number >= EACH],
        )
    if found:
        reach("delivery.claimed")
    return found


async def _deliver(context: Context, calls: HttpCalls, one: Delivery, timeout: float) -> None:
    """Send one delivery and write down what came of it."""
    async with context.reading() as conn:
        webhook = await webhooks.get(conn, one.webhook_id)
    if webhook is None:
        return
    begun, at = perf_counter(), clock.now()
    status, failure = await _sent(context, calls, webhook, one, timeout)
    reach("delivery.sent")
    attempt: dict[str, Any] = {
        "at": at.isoformat(),
        "status": status,
        "error": failure.detail[:500] if failure else None,
        "ms": round((perf_counter() - begun) * 1000),
    }
    try:
        await _write(context, one, attempt, failure)
    except DatabaseGone:
        _log.debug("delivery.not_written", delivery=one.id)  # its claim lapses
        return
    reach("delivery.written")


async def _sent(
    context: Context, calls: HttpCalls, webhook: Webhook, one: Delivery, timeout: float
) -> tuple[int | None, SkillFailed | None]:
    """Send a delivery; return the status that came back, if any, and what went wrong, if anything."""
    at = clock.now()
    try:
        body = body_of(one.type, one.at, one.data)
        headers = headers_of(one.message_id, at, body, webhook.secrets(at)) | {"user-agent": "AgentSkills"}
        check_url(webhook.url, AllowedHosts.parse(context.settings.private_hosts))
        async with asyncio.timeout(timeout):
            answer = await calls.send(Call("POST", webhook.url, {}, headers, content=body), timeout)
    except TimeoutError:
        return None, SkillFailed(f"no answer within {timeout:g} s", error_type="timeout")
    except SkillFailed as error:
        number = error.error_type.removeprefix("http-")
        return int(number) if number.isdecimal() else None, error
    except AgentSkillsError as error:  # the address is allowed no longer
        return None, SkillFailed(error.detail, error_type=error.type)
    except Exception as error:  # others are not to suffer for it
        _log.exception("delivery.broken", delivery=one.id)
        return None, SkillFailed(f"it can't be sent: {type(error).__name__}")
    return answer.status, None


async def _write(
    context: Context, one: Delivery, attempt: dict[str, Any], failure: SkillFailed | None
) -> None:
    tries = len(one.tries) + 1
    gone = attempt["status"] == 410
    at = clock.now()
    state, due_at = DeliveryState.DELIVERED, None
    if failure is not None:
        pause = None if gone else pause_after(tries, one.message_id, failure.retry_after)
        state = DeliveryState.FAILED if pause is None else DeliveryState.PENDING
        due_at = None if pause is None else at + timedelta(seconds=pause)
    async with context.writing() as conn:
        if gone:
            await webhooks.turn_off(conn, one.webhook_id, "the receiver answered 410 Gone", at)
        await deliveries.tried(conn, one.id, attempt, str(state), due_at)
