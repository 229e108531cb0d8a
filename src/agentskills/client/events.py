"""Follows a run's events over SSE and resumes by itself where the stream broke off."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx2
import msgspec

from agentskills.client.errors import RETRIED_STATUSES, UnexpectedAnswer, error_for
from agentskills.client.transport import CONNECTION_ERRORS, Transport, pause_before
from agentskills.domain.errors import AgentSkillsError
from agentskills.domain.json_text import parse_stored
from agentskills.domain.status import FINAL_RUN

SILENCE = 60.0
"""Seconds without a byte after which a stream counts as broken; the server speaks more often."""

PATIENCE = 120.0
"""Seconds of vain attempts to reach the server after which following a run fails."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a run."""

    id: str  # hand it over as `after` to go on from here
    kind: str  # run, step
    data: dict[str, Any]  # of a run: its status document; of a step: the step as `steps` gives it

    @property
    def is_last(self) -> bool:
        """Whether the run has ended with this event."""
        return self.kind == "run" and self.data.get("status") in FINAL_RUN


async def follow(transport: Transport, thread_id: str, after: str | None = None) -> AsyncIterator[Event]:
    """Yield the events of a run, from the first or from the one after `after`, until it ends.

    A broken stream is taken up again with Last-Event-ID, so that nothing is lost; of changes that were
    made at once some may be told again.
    Raises `RunNotFound`, and `ServerUnreachable` after two minutes of vain attempts.
    """
    path = f"/admin/runs/{quote(thread_id, safe='')}/events"
    last_id, tried, since = after, 0, time.monotonic()
    while True:
        try:
            async for event in _stream(transport, path, last_id):
                yield event
                if event.is_last:
                    return
                last_id, tried, since = event.id or last_id, 0, time.monotonic()
            if await _has_ended(transport, thread_id):
                return
        except (*CONNECTION_ERRORS, httpx2.ReadTimeout) as error:
            if time.monotonic() - since > PATIENCE:
                raise transport.unreachable(error) from error
        except _TryAgain as again:
            if time.monotonic() - since > PATIENCE:
                raise again.failure from None
        await asyncio.sleep(pause_before(min(tried, 5)))
        tried += 1


class _TryAgain(Exception):
    def __init__(self, failure: AgentSkillsError) -> None:
        self.failure = failure


async def _stream(transport: Transport, path: str, last_id: str | None) -> AsyncIterator[Event]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    timeout = httpx2.Timeout(
        connect=transport.timeout, read=SILENCE, write=transport.timeout, pool=transport.timeout
    )
    async with transport.http.sse(path, headers=headers, timeout=timeout, max_event_size=None) as source:
        response = source.response
        if not response.is_success:
            failure = error_for(response.status_code, _problem(await response.aread()))
            raise _TryAgain(failure) if response.status_code in RETRIED_STATUSES else failure
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            raise UnexpectedAnswer(f"no event stream at {response.url}", http_status=response.status_code)
        async for sent in source:
            if sent.data:
                yield Event(sent.id or last_id or "", sent.event, parse_stored(sent.data))


async def _has_ended(transport: Transport, thread_id: str) -> bool:
    status = await transport.get(f"/status/{quote(thread_id, safe='')}")
    return status["status"] in FINAL_RUN


def _problem(body: bytes) -> Any:
    try:
        return parse_stored(body)
    except (msgspec.DecodeError, UnicodeError):
        return None
