"""Group commit: what many runs have to say at the same time goes into one statement and one commit."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from zlib import crc32

import asyncpg
import structlog

from agentskills.domain.errors import DatabaseGone, LostOwnership
from agentskills.domain.json_text import json_bytes
from agentskills.domain.status import RunStatus, StepKind
from agentskills.engine.commit import commit
from agentskills.engine.counts import Counts
from agentskills.engine.facts import facts_of, stamped
from agentskills.engine.notifier import Notifier
from agentskills.storage import journal
from agentskills.storage.database import Pool
from agentskills.storage.journal import Write

MOST_ROWS = 500
MOST_BYTES = 1_000_000
"""Characters of outputs after which a batch is closed; the last write may go beyond."""

LAST_WORDS = 2.0
"""Seconds that a writer which is closed may take to send what it still has."""

LANES = 2
_TRY_AGAIN = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_Waiting = tuple[Write, "asyncio.Future[bool]"]

log = structlog.get_logger()


def commit_names(writes: Sequence[Write]) -> set[str]:
    """Return which of the engine's commits a batch stands for."""
    names = set()
    for write in writes:
        for step in write.steps:
            if step.kind is StepKind.DECISION:
                names.add("decide")
            else:
                names.add("end" if step.ended else "start")
        if write.move:
            names.add("park" if write.move.status is RunStatus.WAITING else "finish")
    return names or {"start"}


class Writer:
    """The only door to the journal. The rows of one run go through one lane, in order."""

    def __init__(self, pool: Pool, notifier: Notifier, counts: Counts) -> None:
        self._pool = pool
        self._counts = counts
        self._notifier = notifier
        self._lanes = [_Lane() for _ in range(LANES)]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to write."""
        self._tasks = [asyncio.create_task(self._serve(lane)) for lane in self._lanes]

    async def close(self) -> None:
        """Stop; whoever still waits has lost. What is known of facts gets a moment to be told."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(lane.idle.wait() for lane in self._lanes)), LAST_WORDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.drop()

    def drop(self) -> None:
        """Forget what has not been sent, but for facts: the lease has lapsed."""
        for lane in self._lanes:
            waiting, lane.waiting = lane.waiting, []
            for write, future in waiting:
                if not future.done():
                    future.set_exception(LostOwnership())
                    future.exception()  # seen, should its task be gone
                self.keep(write)

    def keep(self, write: Write) -> None:
        """Record what a stamped write says of facts; nobody waits for the answer."""
        facts = facts_of(write)
        if facts is not None:
            self._enqueue(facts)

    async def write(self, write: Write) -> bool:
        """Commit; False where another worker owns the run by now or, with a move, it was woken.

        Raises the database's own error where this very write is at fault.
        """
        return await self.send(write)

    def send(self, write: Write) -> asyncio.Future[bool]:
        """The same for one who asks for the answer later."""
        return self._enqueue(stamped(write))

    def _enqueue(self, write: Write) -> asyncio.Future[bool]:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        lane = self._lanes[crc32(write.thread_id.encode()) % LANES]
        lane.waiting.append((write, future))
        lane.idle.clear()
        lane.stirred.set()
        return future

    def leave(self, write: Write) -> None:
        """Take a write that nobody waits for: facts of a run that was dropped."""
        self.send(write)

    async def _serve(self, lane: _Lane) -> None:
        while True:
            await lane.stirred.wait()
            lane.stirred.clear()
            while lane.waiting:
                await self._flush(lane.take())
            lane.idle.set()

    async def _flush(self, batch: list[_Waiting]) -> None:
        """Write a batch; one that fails is split until the guilty write stands alone."""
        pause = 0.05
        while True:
            try:
                mine = await self._commit([write for write, _ in batch])
            except _TRY_AGAIN:
                continue
            except DatabaseGone:
                # Whether it was committed is unknown; sent again it changes nothing. It is sent
                # even if nobody waits any more: the fence refuses it where it must, and the facts count.
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
            except Exception as error:
                await self._split(batch, error)
                return
            else:
                for write, future in batch:
                    if not future.done():
                        future.set_result(write.thread_id in mine)
                return

    async def _split(self, batch: list[_Waiting], error: Exception) -> None:
        if len(batch) == 1:
            write, future = batch[0]
            log.warning("write refused", thread_id=write.thread_id, error=str(error))
            if not future.done():
                future.set_exception(error)
                future.exception()  # seen: of kept facts nobody asks
            return
        middle = len(batch) // 2
        await self._flush(batch[:middle])
        await self._flush(batch[middle:])

    async def _commit(self, writes: list[Write]) -> set[str]:
        began = time.perf_counter()
        async with commit(self._pool, *commit_names(writes)) as conn:
            mine, woken = await journal.append(conn, writes)
        self._counts.add("commits_total")
        self._counts.add("commit_seconds_total", time.perf_counter() - began)
        self._counts.add("writes_total", len(writes))
        self._counts.add("writes_fenced_total", len(writes) - len(mine))
        self._notifier.moved(mine)
        self._notifier.woken(woken)
        return mine


class _Lane:
    """Writes that wait, and whether there are any."""

    def __init__(self) -> None:
        self.waiting: list[_Waiting] = []
        self.stirred = asyncio.Event()
        self.idle = asyncio.Event()
        self.idle.set()

    def take(self) -> list[_Waiting]:
        """Take the next batch: at most `MOST_ROWS` rows, about `MOST_BYTES` of outputs, and each run once."""
        rows, size, runs, batch, later = 0, 0, set(), [], []
        for item in self.waiting:
            thread_id = item[0].thread_id
            if rows >= MOST_ROWS or size >= MOST_BYTES or thread_id in runs:
                later.append(item)
                runs.add(thread_id)  # what comes after it waits as well, or the order would break
                continue
            runs.add(thread_id)
            rows += len(item[0].steps) or 1
            size += len(json_bytes([step.outputs for step in item[0].steps]))
            batch.append(item)
        self.waiting = later
        return batch
