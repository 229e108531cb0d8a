"""An HTTP server that answers from a script, byte by byte as told; what no healthy server would do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

CUT = b""
"""Answer: close the connection without a word."""


@dataclass
class Received:
    """One request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    """Where the server is, and what it was asked."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)


@asynccontextmanager
async def scripted(answers: Sequence[bytes]) -> AsyncIterator[Scripted]:
    """Serve each answer once, in order; each closes its connection."""
    left = list(answers)
    server = Scripted()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.requests.append(await _read(reader))
        try:
            writer.write(left.pop(0))
            await writer.drain()
        finally:
            writer.close()
            with suppress(OSError):  # the other side was quicker
                await writer.wait_closed()

    async with asyncio.TaskGroup() as group:

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            group.create_task(serve(reader, writer))

        listening = await asyncio.start_server(accept, "127.0.0.1", 0)
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with listening:
            yield server
    assert not left, f"{len(left)} answers were never asked for"


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
    return Received(head[0], headers, await reader.readexactly(int(headers.get("content-length", 0))))


def answer(status: int, body: str = "", *headers: str, kind: str = "application/json") -> bytes:
    """Return the bytes of an answer that ends with its connection."""
    head = [f"HTTP/1.1 {status} X", f"content-type: {kind}", "connection: close", *headers]
    return "\r\n".join([*head, "", body]).encode()


def problem(status: int, type_: str, detail: str = "went wrong", more: str = "") -> bytes:
    """Return the bytes of a problem document."""
    body = f'{{"type": "{type_}", "title": "t", "status": {status}, "detail": "{detail}"{more}}}'
    return answer(status, body, kind="application/problem+json")


def stream(*events: tuple[str, str, str]) -> bytes:
    """Return the bytes of an event stream that breaks off after `(id, event, data)`."""
    body = "".join(f"id: {id_}\nevent: {kind}\ndata: {data}\n\n" for id_, kind, data in events)
    return answer(200, ": hello\n\n" + body, kind="text/event-stream")
