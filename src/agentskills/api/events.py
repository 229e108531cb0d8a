"""Server-sent events of one run."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.responses import Response, StreamingResponse

from agentskills.domain.errors import DatabaseGone
from agentskills.domain.json_text import json_bytes
from agentskills.services import runs
from agentskills.services.context import Context
from agentskills.services.events import Event, Moves, follow

_KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent, so that nothing between closes the stream."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


async def stream(context: Context, moves: Moves, thread_id: str, last_event_id: str | None) -> Response:
    """Return the stream of a run's changes after `last_event_id`.

    The last event of a finished run is its final status, also where it was told before.
    Raises `RunNotFound`.
    """
    since = _version(last_event_id)
    await runs.check_exists(context, thread_id)
    return StreamingResponse(
        _lines(context, moves, thread_id, since), media_type="text/event-stream", headers=_HEADERS
    )


def _version(last_event_id: str | None) -> int:
    if last_event_id is None or not last_event_id.isascii() or not last_event_id.isdigit():
        return -1
    return min(int(last_event_id), 2**31 - 1)


async def _lines(context: Context, moves: Moves, thread_id: str, since: int) -> AsyncIterator[bytes]:
    quiet = 0.0
    yield b"retry: 1000\n\n"
    try:
        async for event in follow(context, moves, thread_id, since):
            if event.data is not None:
                quiet = 0.0
                yield _bytes(event)
            elif (quiet := quiet + event.seconds) >= _KEEP_ALIVE:
                quiet = 0.0
                yield b": keep-alive\n\n"
    except DatabaseGone:
        return  # the client comes back with the id it has seen last


def _bytes(event: Event) -> bytes:
    head = f"event: {event.kind}\n" + (f"id: {event.id}\n" if event.id is not None else "")
    return head.encode() + b"data: " + json_bytes(event.data) + b"\n\n"
