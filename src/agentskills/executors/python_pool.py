"""A bounded pool of skill processes: one version each, idle ones used again, the oldest ended first."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agentskills.executors.python_process import SkillProcess


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(eq=False, slots=True)
class _Waiter:
    digest: str
    turn: asyncio.Future[None]
    passed_over: int = 0


class PythonPool:
    """At most `limit` processes, busy and idle together."""

    PASSES = 8
    """How often a waiter may be passed over by one whose process is already there."""

    def __init__(self, limit: int | None = None) -> None:
        self.limit = limit or 2 * cores()
        self._busy: set[SkillProcess] = set()
        self._promised = 0  # turns that were given and not taken up yet, or that are starting
        self._idle: list[SkillProcess] = []  # longest idle first
        self._waiting: deque[_Waiter] = deque()

    @asynccontextmanager
    async def process(self, digest: str, folder: Path) -> AsyncIterator[SkillProcess]:
        """Lend a process of this version, when one is free.

        Whoever leaves with an exception (cancellation too) leaves a process in an unknown state:
        it is killed, and has ended before the exception goes on.
        """
        await self._turn(digest)
        try:
            process = await self._take(digest, folder)
        except BaseException:
            self._promised -= 1
            self._next()
            raise
        self._promised -= 1
        self._busy.add(process)
        try:
            yield process
        except BaseException:
            try:
                await process.end()
            finally:
                self._busy.discard(process)
                self._next()
            raise
        self._busy.discard(process)
        if process.alive:
            self._idle.append(process)
        else:
            await process.end()
        self._next(digest)

    async def close(self) -> None:
        """End every process, also those in the middle of a call."""
        processes = [*self._busy, *self._idle]
        self._idle.clear()
        await asyncio.gather(*(process.end() for process in processes))

    async def _turn(self, digest: str) -> None:
        if not self._waiting and len(self._busy) + self._promised < self.limit:
            self._promised += 1
            return
        waiter = _Waiter(digest, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        try:
            await waiter.turn
        except asyncio.CancelledError:
            if waiter.turn.done() and not waiter.turn.cancelled():  # given and cancelled at once
                self._promised -= 1
                self._next()
            else:
                self._waiting.remove(waiter)
            raise

    def _next(self, digest: str | None = None) -> None:
        """Give the free place to the longest waiting, or soon after to one that needs `digest`."""
        while self._waiting and len(self._busy) + self._promised < self.limit:
            waiter = self._choose(digest)
            self._waiting.remove(waiter)
            self._promised += 1
            waiter.turn.set_result(None)

    def _choose(self, digest: str | None) -> _Waiter:
        first = self._waiting[0]
        if digest is not None and first.digest != digest and first.passed_over < self.PASSES:
            for waiter in self._waiting:
                if waiter.digest == digest:
                    first.passed_over += 1
                    return waiter
        return first

    async def _take(self, digest: str, folder: Path) -> SkillProcess:
        while (process := self._idle_of(digest)) is not None:
            if process.alive:
                return process
            await process.end()
        while len(self._busy) + self._promised + len(self._idle) > self.limit:
            await self._idle.pop(0).end()
        return SkillProcess(digest, folder)

    def _idle_of(self, digest: str) -> SkillProcess | None:
        for index in range(len(self._idle) - 1, -1, -1):
            if self._idle[index].digest == digest:
                return self._idle.pop(index)
        return None
