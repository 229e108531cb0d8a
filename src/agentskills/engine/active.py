"""A run while a worker has it: its journal folded, and its one way of writing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal

from agentskills.domain.canonical import digest
from agentskills.domain.decision import CarriedOut
from agentskills.domain.effect import effect_identity
from agentskills.domain.errors import LostOwnership
from agentskills.domain.fold import Fold
from agentskills.domain.run import ClaimedRun
from agentskills.domain.skill import Skill
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step, changed
from agentskills.engine.commit import reading
from agentskills.engine.draft import Draft
from agentskills.engine.kit import Kit
from agentskills.engine.units import Chain, Unit, chains_of, last_seq
from agentskills.storage import queue, waits
from agentskills.storage.journal import Move, Write
from agentskills.storage.waits import Wait


class ActiveRun:
    """One claimed run: what its journal says, what it waits for, and what it has yet to write."""

    __slots__ = (
        "_initial_digest",
        "_next_seq",
        "announced",
        "cancel_requested",
        "carried_out",
        "catalog",
        "chains",
        "claimed",
        "draft",
        "draft_last",
        "effects_in_flight",
        "failing",
        "fold",
        "has_failed",
        "has_waited",
        "heard",
        "kit",
        "money",
        "not_repeated",
        "since",
        "steps",
        "stirred",
        "thread_id",
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
    ) -> None:
        self.kit = kit
        self.claimed = claimed
        self.thread_id = claimed.thread_id
        self.catalog = catalog
        self.version = claimed.version
        self.wake = claimed.wake
        self.cancel_requested = claimed.cancel_requested
        self.since = time.monotonic()
        self.fold = Fold(claimed.initial_data)
        self.steps: dict[int, Step] = {}
        self.waits: dict[int, Wait] = dict(waiting or {})
        self.carried_out: list[CarriedOut] = []
        self.chains: list[Chain] = []  # of the decision being worked off
        self.draft = Draft()
        self.draft_last = Draft()  # what is written only if the run ends or parks with it
        self.tokens = 0  # spent under this owner
        self.money = Decimal(0)
        self.stirred = asyncio.Event()  # somebody wants the run looked at
        self.has_failed = any(step.status is StepStatus.FAILED for step in steps)
        self.failing = False  # a step has failed for good: nothing new starts
        self.announced: set[int] = set()  # seqs whose effect this owner has announced
        self.effects_in_flight: dict[int, int] = {}  # seq → effect
        self.not_repeated = 0
        self.has_waited = bool(self.waits)
        self.heard: set[int] = set()  # waits whose answer a step has taken in
        self._next_seq = 1
        self._initial_digest: str | None = None
        self._replay(steps)

    def _replay(self, steps: Sequence[Step]) -> None:
        """Take in the journal: whole decisions are folded, the last may still be open."""
        for step in steps:
            self.steps[step.seq] = step
            self.version = max(self.version, step.version)
        for step in steps:
            if step.kind is StepKind.DECISION and step.status is StepStatus.COMPLETED:
                self.settle()
                chosen = (step.outputs or {}).get("run")
                if chosen:
                    self.open_decision(step.seq, chosen)
        if not self.open_units():
            self.settle()

    @property
    def is_rerun(self) -> bool:
        """Whether it repeats another run."""
        return self.claimed.root_thread_id != self.thread_id

    def unwanted(self) -> bool:
        """Say whether somebody has asked to cancel it; each look may find another answer."""
        return self.cancel_requested

    @property
    def owned_ms(self) -> int:
        """Wall time this owner has had the run, in milliseconds."""
        return int((time.monotonic() - self.since) * 1000)

    def next_seq(self) -> int:
        """Return the seq the next decision gets."""
        return self._next_seq

    def open_decision(self, seq: int, skills: Sequence[str]) -> None:
        """Begin to work off a decision that is in the journal."""
        self.chains = chains_of(seq, skills, self.catalog)
        self._next_seq = last_seq(self.chains, seq) + 1

    def open_units(self) -> list[Unit]:
        """Return the units of the current decision that have not ended."""
        return [
            unit
            for chain in self.chains
            for unit in chain
            if not (step := self.steps.get(unit.seq)) or not step.ended
        ]

    def settle(self) -> None:
        """Fold the current decision, whose units have all ended, in order of seq."""
        for chain in self.chains:
            for unit in chain:
                step = self.steps.get(unit.seq)
                if step is None:
                    continue
                self.fold.apply(step)
                if step.kind is StepKind.SKILL and step.status is StepStatus.COMPLETED:
                    self.carried_out.append(CarriedOut(unit.skill, step.seq, self._effect_key(unit.skill)))
        self.chains = []

    def _effect_key(self, name: str) -> str | None:
        """Return the digest of the effect key that a skill has just acted under."""
        skill = self.catalog[name]
        if not skill.contract.irreversible:
            return None
        identity = effect_identity(skill.contract, name, self.fold.data, self.claimed.root_thread_id)
        return identity.key_digest

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
        if draft and not await self.kit.writer.write(self.write_of(draft)):
            raise LostOwnership

    async def say_and_clear(self, draft: Draft) -> None:
        """Write a draft that is still in use, and empty it. Raises `LostOwnership`."""
        await self.say(draft.take())

    def tell_facts(self) -> None:
        """Leave what is recorded whoever owns the run with the writer, and wait for nothing."""
        facts = self.draft.facts()
        if facts:
            self.kit.writer.leave(self.write_of(facts))

    async def let_go(self, draft: Draft, move: Move) -> bool:
        """Write a draft and park or finish the run; False where it was woken in the meantime.

        Then nothing was written, and `refresh` has read what is new.
        """
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

    def sop_digest_if_read(self, skill: Skill) -> str | None:
        """Return the digest of the SOP where the skill reads it."""
        return self.claimed.sop_digest if skill.contract.reads_sop else None

    def initial_digest(self) -> str:
        """Return the digest of initial_data."""
        if self._initial_digest is None:
            self._initial_digest = digest(self.claimed.initial_data)
        return self._initial_digest
