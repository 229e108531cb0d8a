"""Group commit of intents: before an irreversible effect, its announcement is on disk."""

from __future__ import annotations

import asyncio

import asyncpg

from agentskills.domain.errors import DatabaseGone, LostOwnership
from agentskills.domain.status import EffectState
from agentskills.engine.commit import commit
from agentskills.engine.lease import Lease
from agentskills.engine.notifier import Notifier
from agentskills.storage import effects, journal
from agentskills.storage.database import Pool
from agentskills.storage.effects import Effect, Intent
from agentskills.storage.journal import Write

Taken = tuple[int | None, Effect | None]
_Waiting = tuple[Write, Intent, "asyncio.Future[Taken]"]

MOST = 200
_OPEN = (EffectState.INTENT, EffectState.DOUBT)


class Intents:
    """Announces effects for many runs in one transaction, with their `started` steps."""

    def __init__(self, pool: Pool, lease: Lease, notifier: Notifier) -> None:
        self._pool = pool
        self._lease = lease
        self._notifier = notifier
        self._waiting: list[_Waiting] = []
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
        for _, _, future in waiting:
            if not future.done():
                future.set_exception(LostOwnership())

    async def take(self, write: Write, intent: Intent) -> Taken:
        """Announce an effect; return its id if it is ours to do now, or what stands in the way.

        Where an open effect stands in the way, the run is registered to be woken when it is
        settled. Raises `LostOwnership`.
        """
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, intent, future))
        self._stirred.set()
        return await future

    async def _serve(self) -> None:
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            while self._waiting:
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._flush(batch)

    async def _flush(self, batch: list[_Waiting]) -> None:
        batch, later = _each_once(batch)
        again = False
        while True:
            try:
                answers = await self._commit(batch, again)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError):
                continue
            except DatabaseGone:
                again = True  # whether it was committed is unknown
                await asyncio.sleep(0.1)
                if all(future.done() for _, _, future in batch):
                    break
            except Exception as error:
                for _, _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                break
            else:
                for (_, _, future), answer in zip(batch, answers, strict=True):
                    if not future.done():
                        if answer is None:
                            future.set_exception(LostOwnership())
                        else:
                            future.set_result(answer)
                break
        self._waiting = later + self._waiting

    async def _commit(self, batch: list[_Waiting], again: bool) -> list[Taken | None]:
        async with commit(self._pool, "intent") as conn:
            mine, _ = await journal.append(conn, [write for write, _, _ in batch])
            asked = [intent for _, intent, _ in batch if intent.thread_id in mine]
            ours, standing = await effects.take(conn, self._lease.id, asked) if asked else ({}, {})
            for (thread_id, _), effect in standing.items():
                if effect.state in _OPEN:
                    await effects.wait_for(conn, effect.id, thread_id)
        self._notifier.moved(mine)
        if again:  # an intent of this very call: nobody has acted on it yet
            for asker, effect in list(standing.items()):
                if (effect.thread_id, effect.seq) == asker and effect.worker == self._lease.id:
                    ours[asker] = standing.pop(asker).id
        return [
            (ours.get((i.thread_id, i.seq)), standing.get((i.thread_id, i.seq)))
            if i.thread_id in mine
            else None
            for _, i, _ in batch
        ]


def _each_once(batch: list[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
    """Split off what names a run or an effect a second time: one statement can't take both."""
    seen: set[object] = set()
    now: list[_Waiting] = []
    later: list[_Waiting] = []
    for item in batch:
        identity = item[1].identity
        key = (identity.scope, identity.skill, identity.key_digest, identity.repeat)
        if key in seen or item[0].thread_id in seen:
            later.append(item)
        else:
            now.append(item)
        seen |= {key, item[0].thread_id}
    return now, later
