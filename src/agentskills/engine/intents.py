"""Group commit of intents: before an irreversible effect, its announcement is on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog

from agentskills.domain.errors import DatabaseGone, LostOwnership
from agentskills.domain.status import EffectState
from agentskills.engine.commit import commit
from agentskills.engine.facts import stamped
from agentskills.engine.lease import Lease
from agentskills.engine.notifier import Notifier
from agentskills.engine.writer import commit_names
from agentskills.storage import effects, journal
from agentskills.storage.database import Pool
from agentskills.storage.effects import Effect, Intent
from agentskills.storage.journal import Write

Taken = tuple[int | None, Effect | None]

MOST = 200
_OPEN = (EffectState.INTENT, EffectState.DOUBT)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """An announcement that waits to be made, and under which lease it was asked for."""

    write: Write
    intent: Intent
    worker: UUID
    future: asyncio.Future[Taken]

    def hear(self, answer: Taken | None) -> None:
        """Tell whoever asked, if it still listens; None means that the run is not its own."""
        if self.future.done():
            return
        if answer is None:
            self.future.set_exception(LostOwnership())
        else:
            self.future.set_result(answer)


class Intents:
    """Announces effects for many runs in one transaction, with their `started` steps."""

    def __init__(self, pool: Pool, lease: Lease, notifier: Notifier, keep: Callable[[Write], None]) -> None:
        """`keep` takes what a forgotten write says of facts."""
        self._pool = pool
        self._keep = keep
        self._lease = lease
        self._notifier = notifier
        self._waiting: list[_Asked] = []
        self._stirred = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to serve."""
        self._task = asyncio.create_task(self._serve())

    async def close(self) -> None:
        """Stop; whoever still waits has lost."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.drop()

    def drop(self) -> None:
        """Forget what has not been sent: the lease has lapsed."""
        waiting, self._waiting = self._waiting, []
        for asked in waiting:
            asked.hear(None)
            self._keep(asked.write)

    async def take(self, write: Write, intent: Intent) -> Taken:
        """Announce an effect; return its id if it is ours to do now, or what stands in the way.

        Where an open effect stands in the way, the run is registered to be woken when it is
        settled. Raises `LostOwnership`.
        """
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Asked(stamped(write), intent, self._lease.id, future))
        self._stirred.set()
        return await future

    async def _serve(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                batch, later = _each_once(batch)
                await self._flush(batch)
                self._waiting = later + self._waiting

    async def _flush(self, batch: list[_Asked], again: bool = False) -> None:
        """Announce for a batch; one that fails is split until the guilty asker stands alone."""
        while batch := self._still_asking(batch):
            try:
                answers = await self._commit(batch, again)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                continue
            except DatabaseGone:
                again = True  # whether it was committed is unknown
                await asyncio.sleep(0.1)
            except Exception as error:
                await self._split(batch, again, error)
                return
            else:
                for asked, answer in zip(batch, answers, strict=True):
                    asked.hear(answer)
                return

    async def _split(self, batch: list[_Asked], again: bool, error: Exception) -> None:
        if len(batch) == 1:
            asked = batch[0]
            log.warning("intent refused", thread_id=asked.write.thread_id, error=str(error))
            if not asked.future.done():
                asked.future.set_exception(error)
            return
        middle = len(batch) // 2
        await self._flush(batch[:middle], again)
        await self._flush(batch[middle:], again)

    def _still_asking(self, batch: list[_Asked]) -> list[_Asked]:
        """Leave out who has gone, and who asked under a lease that is over: nobody would act.

        What they had to say of facts is said all the same.
        """
        asking = []
        for asked in batch:
            if asked.worker != self._lease.id:
                asked.hear(None)
            if asked.future.done():
                self._keep(asked.write)
            else:
                asking.append(asked)
        return asking

    async def _commit(self, batch: list[_Asked], again: bool) -> list[Taken | None]:
        worker = batch[0].worker  # all have the same, whatever the lease becomes in the meantime
        writes = [asked.write for asked in batch]
        async with commit(self._pool, "intent", *commit_names(writes)) as conn:
            mine, woken = await journal.append(conn, writes)
            intents = [asked.intent for asked in batch if asked.intent.thread_id in mine]
            ours, standing = await effects.take(conn, worker, intents) if intents else ({}, {})
            for (thread_id, _), effect in standing.items():
                if effect.state in _OPEN:
                    await effects.wait_for(conn, effect.id, thread_id)
        self._notifier.moved(mine)
        self._notifier.woken(woken)
        if again:
            for intent in intents:
                asker = (intent.thread_id, intent.seq)
                if asker in standing and _of_this_call(standing[asker], intent, worker):
                    ours[asker] = standing.pop(asker).id
        return [
            (ours.get((i.thread_id, i.seq)), standing.get((i.thread_id, i.seq)))
            if i.thread_id in mine
            else None
            for i in (asked.intent for asked in batch)
        ]


def _of_this_call(effect: Effect, intent: Intent, worker: UUID) -> bool:
    """Whether an intent was committed by an earlier try of this very call, so that nobody has acted on it.

    The epoch says so: within one, a step announces its effect again only after the last act
    was settled. An act of an earlier epoch may be under way still.
    """
    return (
        effect.state == EffectState.INTENT
        and (effect.thread_id, effect.seq, effect.epoch) == (intent.thread_id, intent.seq, intent.epoch)
        and effect.worker == worker
    )


def _each_once(batch: list[_Asked]) -> tuple[list[_Asked], list[_Asked]]:
    """Split off what names a run or an effect a second time: one statement can't take both."""
    seen: set[object] = set()
    now: list[_Asked] = []
    later: list[_Asked] = []
    for item in batch:
        identity = item.intent.identity
        key = (identity.scope, identity.skill, identity.key_digest, identity.repeat)
        if key in seen or item.write.thread_id in seen:
            later.append(item)
        else:
            now.append(item)
        seen |= {key, item.write.thread_id}
    return now, later
