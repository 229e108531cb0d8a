"""A worker's lease: renewed by a thread of its own, so that a busy loop does not lose it."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from uuid import UUID, uuid4

import structlog

from agentskills.domain.errors import DatabaseGone
from agentskills.engine.commit import commit_on
from agentskills.engine.counts import Counts
from agentskills.storage import workers
from agentskills.storage.database import Connection, connect, translate_errors

TRUSTED = 0.8
"""Part of the lease after which a worker that could not renew it no longer trusts it."""

log = structlog.get_logger()


class Lease:
    """Who this worker is, and whether it may still act.

    The thread stops renewing when the event loop has not ticked for half a lease: a worker
    that hangs must lose its runs. Once a lease has lapsed it is never good again; the worker
    drops what it has and enters under a new id.
    """

    def __init__(self, url: str, seconds: float, counts: Counts) -> None:
        self._url = url
        self._counts = counts
        self._seconds = seconds
        self._good_until = 0.0
        self._ticked = time.monotonic()
        self._stop = threading.Event()
        self._renew_identity = False
        self._thread = threading.Thread(target=self._run, name="lease", daemon=True)
        self.id: UUID = uuid4()

    @property
    def good(self) -> bool:
        """Whether nobody else can have taken over this worker's runs."""
        return time.monotonic() < self._good_until

    def tick(self) -> None:
        """Say that the event loop is alive; call it several times per lease."""
        before, self._ticked = self._ticked, time.monotonic()
        self._counts.most("loop_pause_seconds_max", self._ticked - before)

    async def start(self) -> None:
        """Enter the lease; return when it is good."""
        self._thread.start()
        await self._until_good()

    async def enter_anew(self) -> None:
        """After the lease was lost and all runs were dropped: enter under a new id."""
        self._renew_identity = True
        await self._until_good()

    async def _until_good(self) -> None:
        while not self.good:
            self.tick()
            await asyncio.sleep(0.01)

    async def close(self) -> None:
        """Stop renewing."""
        self._stop.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        asyncio.run(self._keep())

    async def _keep(self) -> None:
        connection: Connection | None = None
        entered = False
        while not self._stop.is_set():
            try:
                if connection is None or connection.is_closed():
                    connection = await connect(self._url, name="asf lease")
                if self._renew_identity:
                    self.id, entered, self._renew_identity = uuid4(), False, False
                if entered:
                    await self._renew(connection)
                else:
                    await self._enter(connection)
                    entered = True
            except Exception as error:  # the thread must not end: without it this worker never acts again
                if isinstance(error, DatabaseGone | TimeoutError):
                    log.debug("lease.not_renewed", error=str(error))
                else:
                    log.exception("lease.error")
                _drop(connection)
                connection = None
                self._stop.wait(min(0.2, self._seconds / 20))
                continue
            self._pause()
        _drop(connection)

    def _pause(self) -> None:
        until = time.monotonic() + self._seconds / 4
        while time.monotonic() < until and not self._stop.is_set() and not self._renew_identity:
            self._stop.wait(min(0.05, self._seconds / 40))

    async def _enter(self, connection: Connection) -> None:
        asked = time.monotonic()
        with translate_errors():
            async with asyncio.timeout(self._seconds), commit_on(connection, ["register"]):
                await workers.register(connection, self.id, self._seconds, socket.gethostname(), os.getpid())
        self._good_until = asked + TRUSTED * self._seconds

    async def _renew(self, connection: Connection) -> None:
        asked = time.monotonic()
        if asked - self._ticked > self._seconds / 2:
            log.warning("lease.loop_hangs", seconds=round(asked - self._ticked, 2))
            return
        with translate_errors():
            async with asyncio.timeout(self._seconds), commit_on(connection, ["renew"]):
                renewed = await workers.renew(connection, self.id, self._seconds, self._counts.now())
        if renewed:
            self._good_until = asked + TRUSTED * self._seconds
        else:
            self._good_until = 0.0


def _drop(connection: Connection | None) -> None:
    if connection is not None and not connection.is_closed():
        connection.terminate()
