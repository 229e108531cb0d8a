"""A worker: claims runs, advances them side by side, and hands them back when it stops."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import structlog

from agentskills.domain.errors import DatabaseGone
from agentskills.domain.run import ClaimedRun
from agentskills.engine.active import ActiveRun
from agentskills.engine.advance import MOST_STALLS, advance
from agentskills.engine.commit import commit, reading
from agentskills.engine.counts import Counts
from agentskills.engine.intents import Intents
from agentskills.engine.kit import Catalogs, Kit
from agentskills.engine.lease import Lease
from agentskills.engine.loading import JournalRead, activated, give_up, load
from agentskills.engine.notifier import Notifier
from agentskills.engine.writer import Writer
from agentskills.executors import build_executors
from agentskills.planner import build_planners
from agentskills.settings import Settings
from agentskills.storage import catalogs, installation, queue, workers
from agentskills.storage.database import WAKE, Conn, Listener, Pool, open_pool

POLL = 1.0
"""Seconds between two looks at the queue when nobody says that something is due."""

STOP_PATIENCE = 10.0
"""Seconds that steps under way get to end when the worker is asked to stop."""

_TICK = 0.05

MOST_STALLS_AT_LOADING = 3
"""Claims more than `MOST_STALLS` after which a run is not even loaded any more."""

log = structlog.get_logger()


class _Held:
    """A run this worker has, and the task that advances it."""

    def __init__(self, task: asyncio.Task[None]) -> None:
        self.task = task
        self.run: ActiveRun | None = None


class Worker:
    """One process that carries runs."""

    def __init__(self, settings: Settings, url: str) -> None:
        self._settings = settings
        self._url = url
        self._held: dict[str, _Held] = {}
        self._orphans = False  # it is time to look for what silent workers have left
        self._stirred = False  # some run of ours was woken: is it to be cancelled?
        self._due = asyncio.Event()
        self._stopping = asyncio.Event()
        self._backlog = False  # the last claim was full: there is more
        self._withheld = False  # some lanes were not asked: the free places are kept for people
        self._alarm: asyncio.TimerHandle | None = None
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Work until `stop` is called."""
        pool = await self._open()
        chores = [asyncio.create_task(self._keep_up(chore)) for chore in self._chores()]
        try:
            self.ready.set()
            log.info("worker.ready", worker=str(self._kit.lease.id), concurrency=self._most)
            while not self._stopping.is_set():
                await self._wait_for_work()
                await self._claim()
            await self._hand_back()
        finally:
            for chore in chores:
                chore.cancel()
            await asyncio.gather(*chores, return_exceptions=True)
            await self._close(pool)

    def stop(self) -> None:
        """Ask the worker to stop: no new runs, steps under way get a moment."""
        self._stopping.set()
        self._due.set()

    @property
    def _most(self) -> int:
        return self._settings.worker_concurrency

    async def _open(self) -> Pool:
        settings = self._settings
        pool = await open_pool(self._url, min_size=4, max_size=12, name="asf worker")
        self._pool = pool
        self._notifier = Notifier(pool)
        counts = Counts()
        lease = Lease(self._url, settings.lease_seconds, counts)
        writer = Writer(pool, self._notifier, counts)
        intents = Intents(pool, lease, self._notifier, writer.keep)

        async def load_archive(digest: str) -> bytes | None:
            async with reading(pool) as conn:
                return await catalogs.archive(conn, digest)

        async with reading(pool) as conn:
            callback_key = await installation.value(conn, "callback_key")
        self._kit = Kit(
            settings=settings,
            pool=pool,
            lease=lease,
            writer=writer,
            intents=intents,
            executors=build_executors(settings, load_archive),
            planners=build_planners(settings),
            catalogs=Catalogs(pool),
            callback_key=callback_key,
            counts=counts,
            room=self._most,
        )
        if settings.model:
            await asyncio.to_thread(_warm_models, settings)
        self._notifier.start()
        writer.start()
        intents.start()
        await lease.start()
        return pool

    async def _close(self, pool: Pool) -> None:
        kit = self._kit
        await kit.writer.close()
        await kit.intents.close()
        await kit.executors.close()
        await self._notifier.close()
        await kit.lease.close()
        try:
            await asyncio.wait_for(pool.close(), 5)
        except TimeoutError:
            pool.terminate()

    def _chores(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        return self._tick, self._listen, self._look_after, self._interrupt

    async def _keep_up(self, chore: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do a chore for as long as the worker lives, whatever goes wrong on the way."""
        while True:
            try:
                await chore()
            except Exception:
                log.exception("worker.chore")
            await asyncio.sleep(POLL)

    async def _tick(self) -> None:
        """Show that the loop is alive, and drop everything once the lease is not trusted."""
        lease = self._kit.lease
        while True:
            lease.tick()
            if not lease.good and not self._stopping.is_set():
                await self._drop_all()
                await lease.enter_anew()
                log.warning("worker.entered_anew", worker=str(lease.id))
                self._due.set()
            await asyncio.sleep(_TICK)

    async def _drop_all(self) -> None:
        """The lease has lapsed: others may have these runs by now."""
        log.warning("worker.lease_lost", dropped=len(self._held))
        self._kit.writer.drop()
        self._kit.intents.drop()
        await self._cancel_tasks(list(self._held))

    async def _cancel_tasks(self, thread_ids: Iterable[str]) -> None:
        tasks = [self._held[thread_id].task for thread_id in thread_ids if thread_id in self._held]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self) -> None:
        await Listener(self._url, {WAKE: self._hear}, self._due.set).run()

    def _hear(self, payload: str) -> None:
        """Something is due: a run of ours is stirred, anything else is for the queue."""
        for thread_id in payload.split():
            held = self._held.get(thread_id)
            if held is None:
                self._due.set()
            else:
                self._stir(held)
        if not payload:
            self._due.set()

    def _stir(self, held: _Held) -> None:
        if held.run is not None:
            held.run.stirred.set()
        self._stirred = True

    async def _look_after(self) -> None:
        """Once a second: what was not heard of, workers long gone, and a look for orphans."""
        while True:
            await asyncio.sleep(POLL)
            self._orphans = True
            self._due.set()
            try:
                async with reading(self._pool) as conn:
                    await self._find_stirred(conn)
                async with commit(self._pool, "tidy") as conn:
                    await workers.forget_lapsed(conn)
            except DatabaseGone:
                continue
            except Exception:
                log.exception("worker.look_after")

    async def _find_stirred(self, conn: Conn) -> None:
        """Stir the runs of ours that were woken without our hearing of it."""
        seen = [(thread_id, held.run.wake) for thread_id, held in self._held.items() if held.run]
        for thread_id in await queue.stirred(conn, self._kit.lease.id, seen) if seen else ():
            if thread_id in self._held:
                self._stir(self._held[thread_id])

    async def _interrupt(self) -> None:
        """Interrupt the runs of ours that somebody wants cancelled, soon after we hear of it."""
        while True:
            await asyncio.sleep(_TICK)
            if not self._stirred:
                continue
            self._stirred = False
            try:
                async with reading(self._pool) as conn:
                    unwanted = await queue.to_cancel(conn, self._kit.lease.id)
            except DatabaseGone:
                self._stirred = True
                continue
            except Exception:
                log.exception("worker.interrupt")
                continue
            for thread_id in unwanted:
                held = self._held.get(thread_id)
                if held and held.run and not held.run.cancel_requested:
                    held.run.cancel_requested = True
                    held.task.cancel()

    async def _take_over(self) -> None:
        """Take what silent workers have left, and what this one has lost sight of."""
        async with commit(self._pool, "take_over") as conn:
            claimed = await queue.take_over(conn, self._kit.lease.id, self._room())
            mine = [*self._held, *(run.thread_id for run in claimed)]
            claimed += await queue.adopt(conn, self._kit.lease.id, mine)
        if claimed:
            log.info("worker.took_over", runs=len(claimed))
            self._kit.counts.add("takeovers_total", len(claimed))
            await self._begin(claimed)

    async def _wait_for_work(self) -> None:
        """Wait until something may be due and there is room for it."""
        if self._backlog and self._may_claim() and self._room() >= max(1, self._most // 8):
            return
        self._due.clear()
        if self._backlog and self._may_claim():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), 0.02)  # a fuller claim is a cheaper one
            return
        await self._due.wait()

    @property
    def _kept_for_people(self) -> int:
        """Places that batches, schedules and policies don't get: one in five."""
        return self._most // 5

    def _room(self) -> int:
        self._kit.room = self._most - len(self._held)
        return self._kit.room

    def _may_claim(self) -> bool:
        return self._room() > 0 and self._kit.lease.good and not self._stopping.is_set()

    async def _claim(self) -> None:
        """Take runs for the places that are free: first those under way that have lost their worker."""
        try:
            if self._orphans and self._may_claim():
                self._orphans = False
                await self._take_over()
            if self._may_claim():
                await self._claim_due(self._room())
        except DatabaseGone:
            self._backlog = False
            await asyncio.sleep(0.1)
        except Exception:  # one bad claim must not end the worker and what it carries
            log.exception("worker.claim")
            await asyncio.sleep(0.5)

    async def _claim_due(self, room: int) -> None:
        below = max(0, room - self._kept_for_people)
        lanes = {
            queue.LANE_LIVE: room,
            queue.LANE_START: room,
            queue.LANE_BATCH: below,
            queue.LANE_RULE: below,
        }
        async with commit(self._pool, "claim") as conn:
            claimed = await queue.claim(conn, self._kit.lease.id, lanes, room)
            self._backlog = len(claimed) >= min(room, max(1, below))
            asked = [lane for lane, most in lanes.items() if most]
            seconds = None if self._backlog else await queue.soonest(conn, asked)
        self._withheld = below == 0
        self._set_alarm(seconds)
        if claimed:
            await self._begin(claimed)

    def _set_alarm(self, seconds: float | None) -> None:
        """Have a look when the next parked run is due, if that is before the next poll."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if seconds is not None and seconds < POLL:
            self._alarm = asyncio.get_running_loop().call_later(max(0.0, seconds), self._due.set)

    async def _begin(self, claimed: list[ClaimedRun]) -> None:
        """Load what the journal says of claimed runs, and advance each in a task of its own."""
        self._kit.counts.add("claims_total", len(claimed))
        self._notifier.moved(run.thread_id for run in claimed)
        known = [run.thread_id for run in claimed if not run.fresh]
        journals: dict[str, JournalRead] = {}
        try:
            journals = await load(self._pool, known) if known else {}
        except Exception:  # what can't be read of one must not hold back the others: each reads its own
            log.exception("worker.load", runs=len(known))
        for run in claimed:
            journal_read = ([], {}) if run.fresh else journals.get(run.thread_id)
            self._hold(run, asyncio.create_task(self._advance(run, journal_read)))

    def _hold(self, run: ClaimedRun, task: asyncio.Task[None]) -> None:
        held = self._held[run.thread_id] = _Held(task)

        def let_go(_: asyncio.Task[None]) -> None:  # also of a task that was cancelled before it began
            if self._held.get(run.thread_id) is held:
                del self._held[run.thread_id]
            if self._backlog or self._orphans or (self._withheld and self._room() > self._kept_for_people):
                self._due.set()

        task.add_done_callback(let_go)

    async def _advance(self, claimed: ClaimedRun, journal_read: JournalRead | None) -> None:
        held = self._held[claimed.thread_id]
        try:
            if claimed.stalls > MOST_STALLS + MOST_STALLS_AT_LOADING:
                await give_up(self._kit, claimed)
                return
            held.run = await self._activated(claimed, journal_read)
            await advance(held.run)
        except DatabaseGone:
            self._stirred = True  # dropped; adopted again when the database is back
        except Exception:
            log.exception("worker.dropped", thread_id=claimed.thread_id)
            if held.run is None and claimed.stalls > MOST_STALLS:
                await give_up(self._kit, claimed)

    async def _activated(self, claimed: ClaimedRun, journal_read: JournalRead | None) -> ActiveRun:
        return await activated(self._kit, claimed, journal_read)

    async def _hand_back(self) -> None:
        """Let steps end for a while, then free every run for other workers."""
        tasks = [held.task for held in self._held.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=STOP_PATIENCE)
        await self._cancel_tasks(list(self._held))
        try:
            async with commit(self._pool, "hand_back") as conn:
                freed = await queue.hand_back(conn, self._kit.lease.id)
                await workers.leave(conn, self._kit.lease.id)
            self._notifier.woken(freed)
        except DatabaseGone:
            log.warning("worker.not_handed_back")


def _warm_models(settings: Settings) -> None:
    """Import what talks to models before the first claim; it takes seconds."""
    from agentskills.models import warm_up

    warm_up(settings)


async def serve(worker: Worker) -> None:
    """Run a worker until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    await worker.run()
