"""The units a decision orders: for each chosen skill a chain of approval, skill, approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from agentskills.domain.skill import Approval, Skill
from agentskills.domain.status import StepKind


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One step to be; its identity is (run, decision, position), and so its seq, before it begins."""

    seq: int
    decision: int
    kind: StepKind
    skill: str
    when: Approval = Approval.NONE  # of an approval: before or after the skill

    @property
    def position(self) -> int:
        """Its place within the decision, from 1."""
        return self.seq - self.decision


Chain = tuple[Unit, ...]


def chains_of(decision: int, skills: Sequence[str], catalog: Mapping[str, Skill]) -> list[Chain]:
    """Return the chains that decision number `decision` orders, with the seq of every unit."""
    seq = decision
    chains: list[Chain] = []
    for name in skills:
        asked = catalog[name].contract.approval
        kinds: list[tuple[StepKind, Approval]] = [(StepKind.SKILL, Approval.NONE)]
        if asked is Approval.BEFORE:
            kinds.insert(0, (StepKind.APPROVAL, asked))
        elif asked is Approval.AFTER:
            kinds.append((StepKind.APPROVAL, asked))
        units = []
        for kind, when in kinds:
            seq += 1
            units.append(Unit(seq=seq, decision=decision, kind=kind, skill=name, when=when))
        chains.append(tuple(units))
    return chains


def last_seq(chains: Sequence[Chain], decision: int) -> int:
    """Return the highest seq a decision uses."""
    return chains[-1][-1].seq if chains else decision
