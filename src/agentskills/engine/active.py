"""A run while a worker has it: its journal folded, and its one way of writing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal

from agentskills.domain.errors import LostOwnership
from agentskills.domain.run import ClaimedRun
from agentskills.domain.skill import Skill
from agentskills.domain.status import StepStatus
from agentskills.domain.step import Step, changed
from agentskills.engine.commit import reading
from agentskills.engine.course import Course
from agentskills.engine.draft import Draft
from agentskills.engine.family import Family
from agentskills.engine.kit import Kit
from agentskills.engine.results import is_honoured
from agentskills.storage import queue, waits
from agentskills.storage.journal import Move, Write
from agentskills.storage.waits import Wait

HOLD = 0.02
"""Seconds for which a run that never waits may keep its news to itself, to write more at once."""


class ActiveRun(Course):
    """One claimed run: what its journal says, what it waits for, and what it has yet to write."""

    __slots__ = (
        "_held_since",
        "_holding",
        "_telling",
        "announced",
        "cancel_requested",
        "draft",
        "draft_last",
        "effects_in_flight",
        "failing",
        "family",
        "has_failed",
        "has_waited",
        "heard",
        "kit",
        "money",
        "since",
        "stirred",
        "tokens",
        "version",
        "waits",
        "wake",
    )

    def __init__(
        self,
        kit: Kit,
        claimed: ClaimedRun,
        catalog: Mapping[str, Skill],
        steps: Sequence[Step] = (),
        waiting: Mapping[int, Wait] | None = None,
        family: Family | None = None,
    ) -> None:
        super().__init__(kit.settings_for(claimed), claimed, catalog)
        self.kit = kit
        self.family = family  # of a rerun: what it can find instead of doing it
        self.version = claimed.version
        self.wake = claimed.wake
        self.cancel_requested = claimed.cancel_requested
        self.since = time.monotonic()
        self.waits: dict[int, Wait] = dict(waiting or {})
        self.draft = Draft()
        self.draft_last = Draft()  # what is written only if the run ends or parks with it
        self.tokens = 0  # spent under this owner
        self.money = Decimal(0)
        self.stirred = asyncio.Event()  # somebody wants the run looked at
        self.has_failed = any(step.status is StepStatus.FAILED for step in steps)
        self.failing = False  # a step has failed for good: nothing new starts
        self.announced: set[int] = set()  # seqs whose effect this owner has announced
        self.effects_in_flight: dict[int, int] = {}  # seq → effect
        self.has_waited = bool(self.waits)
        self.heard: set[int] = set()  # waits whose answer a step has taken in
        self._holding: asyncio.Handle | None = None  # while the draft waits for what comes next
        self._held_since = 0.0
        self._telling: asyncio.Future[bool] | None = None  # what is being written while a skill goes on
        self.version = max([self.version, *[step.version for step in steps]])
        self.replay(steps)

    def unwanted(self) -> bool:
        """Say whether somebody has asked to cancel it; each look may find another answer."""
        return self.cancel_requested

    @property
    def owned_ms(self) -> int:
        """Wall time this owner has had the run, in milliseconds."""
        return int((time.monotonic() - self.since) * 1000)

    @property
    def not_repeated(self) -> int:
        """How many effects have not been repeated; the journal knows, whoever had the run before."""
        return sum(is_honoured(step) for step in self.steps.values())

    def first_failure(self) -> Step | None:
        """Return the failed step with the lowest seq."""
        if not self.has_failed:
            return None
        failed = [step for step in self.steps.values() if step.status is StepStatus.FAILED]
        return min(failed, key=lambda step: step.seq, default=None)

    def record(self, draft: Draft, step: Step) -> Step:
        """Take a new state of a step into the memory and into a draft."""
        self.version += 1
        self.has_failed = self.has_failed or step.status is StepStatus.FAILED
        step = changed(step, version=self.version, thread_id=self.thread_id)
        self.steps[step.seq] = step
        draft.steps[step.seq] = step
        if step.ended and (draft.waits or self.draft.waits):
            for place in (draft, self.draft):
                place.waits = [wait for wait in place.waits if wait.seq != step.seq]
        return step

    def record_last(self, step: Step) -> Step:
        """Take in a step that stands only if the run ends or parks with it."""
        self.forget_last()
        return self.record(self.draft_last, step)

    def forget_last(self) -> None:
        """The run goes on after all: what was to be its last word was not written."""
        for seq in self.draft_last.steps:
            self.steps.pop(seq, None)
        self.draft_last = Draft()

    def write_of(self, draft: Draft, move: Move | None = None) -> Write:
        """Return a draft as one write."""
        if draft.spent:
            self.tokens += draft.spent.tokens
            self.money += draft.spent.money
            self.kit.counts.add("model_requests_total", draft.spent.requests)
        return Write(
            thread_id=self.thread_id,
            epoch=self.claimed.epoch,
            version=self.version,
            steps=list(draft.steps.values()),
            waits=draft.waits,
            closes=draft.closes,
            dispatched=draft.dispatched,
            settlements=draft.settlements,
            spent=draft.spent,
            details=draft.details,
            awaits_effects=draft.awaits_effects,
            frees_slots=draft.frees_slots,
            has_waited=self.has_waited or bool(self.waits),
            move=move,
            wake=self.wake if move else None,
        )

    async def say(self, draft: Draft) -> None:
        """Write a draft to the journal. Raises `LostOwnership` where the run has a new owner."""
        await self.told()
        if draft and not await self.kit.writer.write(self.write_of(draft)):
            raise LostOwnership

    async def say_and_clear(self, draft: Draft) -> None:
        """Write a draft that is still in use, and empty it. Raises `LostOwnership`."""
        await self.say(draft.take())

    async def say_soon(self) -> None:
        """Let the run's draft wait for what comes next.

        It is written as soon as the run has to wait for anything else, such as a skill that takes
        its time; and after `HOLD` where it never does.
        """
        if self._holding is None:
            self._holding = asyncio.get_running_loop().call_soon(self._tell)
            self._held_since = time.monotonic()
        elif time.monotonic() - self._held_since > HOLD:
            await self.say_and_clear(self.draft)

    def _tell(self) -> None:
        """The run is waiting for something while its draft waits for the run."""
        self._holding = None
        self._telling = self.kit.writer.send(self.write_of(self.draft.take()))

    async def told(self) -> None:
        """Wait for what is being written; what the draft holds is its caller's. Raises `LostOwnership`."""
        self.hold_no_longer()
        if self._telling is not None:
            telling, self._telling = self._telling, None
            if not await telling:
                raise LostOwnership

    def hold_no_longer(self) -> None:
        """Leave the run's draft to whoever writes it now, or drops it."""
        if self._holding is not None:
            self._holding.cancel()
            self._holding = None

    def tell_facts(self) -> None:
        """Leave what is recorded whoever owns the run with the writer, and wait for nothing."""
        facts = self.draft.facts()
        if facts:
            self.kit.writer.leave(self.write_of(facts))

    async def let_go(self, draft: Draft, move: Move) -> bool:
        """Write a draft and park or finish the run; False where it was woken in the meantime.

        Then nothing was written, and `refresh` has read what is new.
        """
        await self.told()
        self.version += 1
        if await self.kit.writer.write(self.write_of(draft, move)):
            return True
        draft.facts_told()
        await self.refresh()
        return False

    async def refresh(self) -> None:
        """Read what others have written for this run: wake, cancel, answers."""
        self.stirred.clear()
        async with reading(self.kit.pool) as conn:
            epoch, self.wake, cancel = await queue.look(conn, self.thread_id)
            if epoch != self.claimed.epoch:
                raise LostOwnership
            found = await waits.of_runs(conn, [self.thread_id])
        self.cancel_requested = self.cancel_requested or cancel
        self.waits = {seq: wait for (_, seq), wait in found.items()}
