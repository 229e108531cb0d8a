"""Where a run stands: its journal folded, what it has carried out, and what its last decision ordered.

A worker's `ActiveRun` is a course that is being advanced; a plan is a course that is only thought through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from agentskills.domain.decision import CarriedOut
from agentskills.domain.effect import effect_identity
from agentskills.domain.fold import Fold
from agentskills.domain.run import ClaimedRun
from agentskills.domain.skill import Skill
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.units import Chain, Unit, chains_of, last_seq
from agentskills.settings import Settings


class Course:
    """A run as its journal tells it."""

    __slots__ = (
        "_next_seq",
        "anew",
        "carried_out",
        "catalog",
        "chains",
        "claimed",
        "decided",
        "fold",
        "settings",
        "steps",
        "thread_id",
        "times",
        "unknown",
    )

    def __init__(self, settings: Settings, claimed: ClaimedRun, catalog: Mapping[str, Skill]) -> None:
        self.settings = settings
        self.claimed = claimed
        self.thread_id = claimed.thread_id
        self.catalog = catalog
        self.fold = Fold(claimed.initial_data)
        self.steps: dict[int, Step] = {}
        self.carried_out: list[CarriedOut] = []
        self.chains: list[Chain] = []  # of the decision being worked off
        self.decided: dict[int, int] = {}  # seq of each decision that ordered skills → its number, from 0
        self.times: Counter[str] = Counter()  # how often each skill has been carried out
        self.unknown: set[int] = set()  # seqs whose outputs are only guessed: of a plan, never of a run
        self.anew: set[int] = set()  # those of them that are certainly carried out
        self._next_seq = 1

    @property
    def is_rerun(self) -> bool:
        """Whether it repeats another run."""
        return self.claimed.root_thread_id != self.thread_id

    def replay(self, steps: Sequence[Step]) -> None:
        """Take in the journal: whole decisions are folded, the last may still be open."""
        for step in steps:
            self.steps[step.seq] = step
        for step in steps:
            if step.kind is StepKind.DECISION and step.status is StepStatus.COMPLETED:
                self.settle()
                chosen = (step.outputs or {}).get("run")
                if chosen:
                    self.open_decision(step.seq, chosen)
        if not self.open_units():
            self.settle()

    def next_seq(self) -> int:
        """Return the seq the next decision gets."""
        return self._next_seq

    def open_decision(self, seq: int, skills: Sequence[str]) -> None:
        """Begin to work off a decision that is in the journal."""
        self.decided[seq] = len(self.decided)
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
                    self.times[unit.skill] += 1
                    self.carried_out.append(CarriedOut(unit.skill, step.seq, self._effect_key(unit.skill)))
        self.chains = []

    def _effect_key(self, name: str) -> str | None:
        """Return the digest of the effect key that a skill has just acted under."""
        skill = self.catalog[name]
        if not skill.contract.irreversible:
            return None
        identity = effect_identity(skill.contract, name, self.fold.data, self.claimed.root_thread_id)
        return identity.key_digest

    def sop_digest_if_read(self, skill: Skill) -> str | None:
        """Return the digest of the SOP where the skill reads it."""
        return self.claimed.sop_digest if skill.contract.reads_sop else None

    def is_unknown(self, path: str) -> bool:
        """Say whether the value at `path` is made of outputs that are only guessed."""
        if not self.unknown:
            return False
        return not self.unknown.isdisjoint((self.fold.covering(path), *self.fold.inside(path)))
