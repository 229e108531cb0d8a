"""Tell others what moved: after the commit, at most once every 20 ms."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable

import structlog

from agentskills.domain.errors import DatabaseGone
from agentskills.storage.database import MOVED, WAKE, Pool, notify, translate_errors

log = structlog.get_logger(__name__)

EVERY = 0.02
MOST_BYTES = 7_000


def chunks(thread_ids: Iterable[str]) -> list[str]:
    """Return payloads of ids separated by spaces, each small enough for NOTIFY."""
    payloads: list[str] = []
    size = 0
    for thread_id in thread_ids:
        more = len(thread_id.encode()) + 1  # ids of runs saved by SQL may be of any script
        if payloads and size + more <= MOST_BYTES:
            payloads[-1] += f" {thread_id}"
            size += more
        else:
            payloads.append(thread_id)
            size = more - 1
    return payloads


class Notifier:
    """Collects ids and sends them; losing one costs a second, for everybody polls as well."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._ids: dict[str, set[str]] = {MOVED: set(), WAKE: set()}
        self._some = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to send."""
        self._task = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Send what is left and stop."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(DatabaseGone, TimeoutError):
            await asyncio.wait_for(self._send(), 1)

    def moved(self, thread_ids: Iterable[str]) -> None:
        """Runs whose journal or status changed."""
        self._ids[MOVED].update(thread_ids)
        self._some.set()

    def woken(self, thread_ids: Iterable[str]) -> None:
        """Runs that are due now."""
        if thread_ids:
            self._ids[WAKE].update(thread_ids)
            self._some.set()

    async def _serve(self) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            try:
                await self._send()
            except DatabaseGone:
                pass  # whoever did not hear of it looks once a second
            except Exception:
                log.exception("notifier")
            await asyncio.sleep(EVERY)

    async def _send(self) -> None:
        taken, self._ids = self._ids, {MOVED: set(), WAKE: set()}
        if not any(taken.values()):
            return
        with translate_errors():
            await self._send_on(taken)

    async def _send_on(self, taken: dict[str, set[str]]) -> None:
        async with self._pool.acquire() as conn:
            for channel, ids in taken.items():
                for payload in chunks(ids):
                    await notify(conn, channel, payload)
