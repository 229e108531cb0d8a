"""A small HTTP server whose answers a test scripts: status, delay, cut connections, callbacks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    method: str
    path: str  # with the query
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer; `cut` closes the connection without a word, `slow` waits first, in seconds."""

    status: int = 200
    body: Any = None  # bytes as they are, anything else as JSON
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    slow: float = 0.0
    content_type: str = "application/json"


Handler = Callable[[Seen], Reply | Awaitable[Reply]]


class HttpService:
    """Use with `async with`; `on` says what a path answers, `seen` holds all that came in."""

    def __init__(self, default: Handler | None = None) -> None:
        self.seen: list[Seen] = []
        self.port = 0
        self._default = default or (lambda _: Reply(404, {"error": "no such path"}))
        self._routes: dict[tuple[str, str], Handler] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def private(self) -> str:
        """What ASF_PRIVATE_HOSTS must say, so that skills may call it."""
        return f"127.0.0.1:{self.port}"

    def on(self, method: str, path: str, reply: Reply | Handler) -> None:
        self._routes[method, path] = reply if callable(reply) else lambda _: reply

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def __aenter__(self) -> HttpService:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen = await _read(reader)
        if seen is None:
            return
        self.seen.append(seen)
        handler = self._routes.get((seen.method, seen.path.partition("?")[0]), self._default)
        reply = handler(seen)
        if not isinstance(reply, Reply):
            reply = await reply
        if reply.slow:
            await asyncio.sleep(reply.slow)
        if reply.cut:
            writer.transport.abort()
            return
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        if reply.body is None:
            body = b""
        headers = {
            "content-type": reply.content_type,
            "content-length": str(len(body)),
            "connection": "close",
            **reply.headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {reply.status} Status\r\n{head}\r\n".encode() + body)
        await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Seen | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Seen(method, path, headers, body)
