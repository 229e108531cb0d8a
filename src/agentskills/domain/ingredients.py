"""What each step of a run was made of, read from its journal: versions, values, surroundings.

Fingerprints are not looked at: rows of older versions and steps that failed have none.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from agentskills.domain.alignment import Sign
from agentskills.domain.provenance import Provenance
from agentskills.domain.skill import Skill
from agentskills.domain.status import FINAL_RUN, StepKind, StepStatus
from agentskills.domain.step import Step


@dataclass(frozen=True, slots=True)
class Side:
    """One of two runs that are compared, as far as it has come."""

    thread_id: str
    status: str
    initial_data: Mapping[str, Any]
    sop_digest: str
    steps: Sequence[Step]
    planner: str | None = None
    model: str | None = None
    goal: tuple[str, ...] | None = None  # what the request's `skills` lists
    catalog: Mapping[str, str] = field(default_factory=dict)  # name → digest of what was offered

    @property
    def finished(self) -> bool:
        """Whether nothing more can come."""
        return self.status in FINAL_RUN


@dataclass(frozen=True, slots=True)
class Read:
    """One value that a step read."""

    digest: str | None  # None: there was nothing
    sources: tuple[int, ...]  # seqs of the steps it was made by; 0 is initial_data


@dataclass(frozen=True, slots=True)
class Facts:
    """A step with what it was made of and what came of it."""

    step: Step
    reads: Mapping[str, Read]
    skill: Skill | None  # the version that was carried out, where it is stored
    model: str | None
    result: Hashable

    @property
    def sign(self) -> Sign:
        """What the step is known by when two runs are aligned."""
        key = (str(self.step.kind), self.step.skill)
        if self.step.kind is StepKind.DECISION:
            return Sign(key, self.result)
        return Sign(key, (self.step.skill_digest, tuple(read.digest for read in self.reads.values())))

    @property
    def why(self) -> str | None:
        """Why the step was not carried out in this run; None where it was."""
        return self.step.reused_from["why"] if self.step.reused_from else None


@dataclass(frozen=True, slots=True)
class Trace:
    """A run with the facts of all its steps and the data they led to."""

    side: Side
    facts: Sequence[Facts]
    end: Provenance
    presence_only: bool  # its planner looks at which paths there are, not at their values


def trace(side: Side, skills: Mapping[str, Skill]) -> Trace:
    """Return the facts of a run's steps; `skills` are versions by digest."""
    provenance = Provenance(side.initial_data)
    found: list[Facts] = []
    for _, group in groupby(side.steps, key=lambda step: step.decision):
        block = list(group)
        # What one decision orders reads the data as they were before any of it.
        found += [_facts(side, block, index, provenance, skills) for index in range(len(block))]
        for step in block:
            provenance.apply(step)
    return Trace(side, found, provenance, side.planner in (None, "dataflow"))


def _facts(
    side: Side, block: Sequence[Step], index: int, provenance: Provenance, skills: Mapping[str, Skill]
) -> Facts:
    step = block[index]
    skill = skills.get(step.skill_digest or "")
    reads = {} if step.kind is StepKind.DECISION else _reads(block, index, provenance, skill)
    return Facts(step, reads, skill, _model(side, step, skill), _result(step))


def _reads(block: Sequence[Step], index: int, provenance: Provenance, skill: Skill | None) -> dict[str, Read]:
    """Return what a skill or an approval looked at, by path."""
    step, before = block[index], _neighbour(block, index)
    if step.kind is StepKind.APPROVAL and before is not None:  # it shows what the skill has produced
        return {path: Read(digest, (before.seq,)) for path, digest in (before.digests or {}).items()}
    if skill is None:
        paths: Sequence[str] = list(step.inputs or {})
    elif skill.contract.reads_everything:
        paths = sorted(provenance.data)
    else:
        paths = skill.contract.reads
    found = {path: Read(provenance.digest_of(path), provenance.sources(path)) for path in paths}
    if before is not None:  # an approval: what a person has edited is read as edited
        edits = before.digests or {}
        found |= {path: Read(edits[path], (before.seq,)) for path in found if path in edits}
    return found


def _neighbour(block: Sequence[Step], index: int) -> Step | None:
    """Return the step before this one where both belong to one skill: an approval and what it is about."""
    if index == 0:
        return None
    step, before = block[index], block[index - 1]
    belongs = before.skill == step.skill and before.seq == step.seq - 1 and before.kind is not step.kind
    return before if belongs and before.kind is not StepKind.DECISION else None


def _model(side: Side, step: Step, skill: Skill | None) -> str | None:
    """Return the model that was asked, as far as the row, the skill or the run says it."""
    stated = (step.surroundings or {}).get("model") or (step.usage or {}).get("model")
    return stated or (skill.contract.model if skill else None) or side.model


def _result(step: Step) -> Hashable:
    """Return what came of a step; equal where both came to the same."""
    if step.status is StepStatus.FAILED:
        return "failed", (step.error or {}).get("type")
    if not step.ended:
        return "open", str(step.status) if step.status is StepStatus.IN_DOUBT else None
    if step.kind is StepKind.DECISION:
        return choice_of(step)
    return "completed", tuple(sorted((step.digests or {}).items()))


def choice_of(step: Step) -> tuple[str, ...]:
    """Return what a decision chose: `run` and skills, `finish`, or `give up` and why."""
    outputs = step.outputs or {}
    if step.status is StepStatus.FAILED:
        return ("failed",)
    if "run" in outputs:
        return ("run", *sorted(outputs["run"]))
    if "give_up" in outputs:
        return "give up", str(outputs["give_up"])
    return ("finish",)
