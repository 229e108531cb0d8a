"""The journal of the run that is repeated, prepared for looking things up in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agentskills.domain.correction import Place, places
from agentskills.domain.fold import Fold
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step


class Recording:
    """What a run decided and did: its decisions in order, and its steps by where they stood.

    `reads` tells for each skill step the digest of every value it read.
    """

    def __init__(
        self,
        thread_id: str,
        sop_digest: str,
        initial_data: Mapping[str, Any],
        steps: Sequence[Step],
        *,
        is_dry: bool = False,
    ) -> None:
        self.thread_id = thread_id
        self.is_dry = is_dry  # nothing went out in it: what reaches outside was only stood in for
        self.sop_digest = sop_digest
        self.steps = list(steps)
        self.by_seq = {step.seq: step for step in steps}
        self.places = places(steps)
        self.by_place: dict[Place, Step] = {self.places[s.seq]: s for s in steps if s.seq in self.places}
        self.decisions = [
            s for s in steps if s.kind is StepKind.DECISION and s.status is StepStatus.COMPLETED
        ]
        self._numbers = {step.seq: number for number, step in enumerate(self.decisions)}
        self._by_position: dict[tuple[int, str | None, StepKind], Step] = {
            (self._numbers[s.decision], s.skill, s.kind): s
            for s in steps
            if s.kind is not StepKind.DECISION and s.decision in self._numbers
        }
        self.reads: dict[int, dict[str, str]] = {}
        self._read_digests(initial_data)

    def at(self, decision: int, skill: str, kind: StepKind) -> Step | None:
        """Return what decision number `decision` (from 0) ordered of a skill, or None."""
        return self._by_position.get((decision, skill, kind))

    def orders(self) -> list[Step]:
        """Return the decisions that ordered skills."""
        return [step for step in self.decisions if "run" in (step.outputs or {})]

    @property
    def failed(self) -> bool:
        """Whether something in it failed, was left undone, or was given up."""
        if any(step.status is not StepStatus.COMPLETED for step in self.steps):
            return True
        return not self.decisions or "finish" not in (self.decisions[-1].outputs or {})

    def _read_digests(self, initial_data: Mapping[str, Any]) -> None:
        """Fold the journal, and note what each step found at the paths it read."""
        fold = Fold(initial_data)
        ordered: list[Step] = []
        for step in self.steps:
            if step.kind is StepKind.DECISION:
                for done in ordered:
                    fold.apply(done)
                ordered = []
                continue
            ordered.append(step)
            if step.inputs is not None:
                self.reads[step.seq] = {path: self._digest(fold, step, path) for path in step.inputs}

    def _digest(self, fold: Fold, step: Step, path: str) -> str:
        """Return the digest of what a step read at a path; an approval's edit stands right before it."""
        producer = self.by_seq.get((step.inputs or {})[path])
        if producer is not None and producer.decision == step.decision:
            return (producer.digests or {}).get(path, "")
        return fold.digest_of(path) or ""


def origin(step: Step) -> tuple[str, int]:
    """Return the step that produced a result: the one it points to, or itself."""
    source = step.reused_from or {}
    if source.get("thread_id"):
        return source["thread_id"], source["seq"]
    return step.thread_id, step.seq
