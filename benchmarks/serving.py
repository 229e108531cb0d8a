"""`asf serve`: seconds until it answers, and POST /start per second over real HTTP."""

from __future__ import annotations

import asyncio
import json
import time

from chain import Chain
from measure import percentile
from processes import Place, server

CONNECTIONS = 8


async def starts(place: Place, chain: Chain, label: str, requests: int, *options: str) -> dict[str, float]:
    """Send `requests` starts over eight connections kept open; `options` go to `asf serve`."""
    async with server(place, *options) as (port, ready, _):
        await _post_all(port, chain, f"{label}warm", 100)
        began = time.perf_counter()
        took = await _post_all(port, chain, label, requests)
        seconds = time.perf_counter() - began
    return {
        "per_s": requests / seconds,
        "p50_ms": percentile(took, 0.5) * 1000,
        "p95_ms": percentile(took, 0.95) * 1000,
        "ready_s": ready,
    }


async def _post_all(port: int, chain: Chain, label: str, requests: int) -> list[float]:
    numbers = iter(range(requests))
    took: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for number in numbers:
                began = time.perf_counter()
                writer.write(_request(port, chain, f"{label}-{number}", number))
                status, body = await _answer(reader)
                if status != 200:
                    raise RuntimeError(f"POST /start answered {status}: {body[:500]!r}")
                took.append(time.perf_counter() - began)
        finally:
            writer.close()

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return took


def _request(port: int, chain: Chain, thread_id: str, number: int) -> bytes:
    body = json.dumps(
        {"thread_id": thread_id, "sop": chain.sop, "initial_data": chain.initial_data(number)}
    ).encode()
    head = (
        f"POST /start HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one answer; a client this small leaves the processor to the server."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)
