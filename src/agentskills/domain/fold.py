"""The fold: a run's data_store, from its initial_data and its steps in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, overlap, read, written
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step


class Fold:
    """The data after some steps, who produced each path, and the digests of what was read."""

    __slots__ = ("_digests", "data", "producers")

    def __init__(self, initial_data: Mapping[str, Any]) -> None:
        self.data: dict[str, Any] = dict(initial_data)
        self.producers: dict[str, int] = {}  # path → seq
        self._digests: dict[str, str] = {}

    def apply(self, step: Step) -> None:
        """Take in one ended step; call in order of seq, never in order of completion."""
        if step.status is not StepStatus.COMPLETED or step.kind is StepKind.DECISION or not step.digests:
            return
        for path, value_digest in step.digests.items():
            self._forget(path)
            self.data = written(self.data, path, read(step.outputs, path))
            self.producers[path] = step.seq
            self._digests[path] = value_digest

    def _forget(self, path: str) -> None:
        """What was known of places at, in or around `path` no longer holds."""
        for known in [p for p in self._digests if overlap(p, path)]:
            del self._digests[known]
        for inner in [p for p in self.producers if len(p) > len(path) and overlap(p, path)]:
            if inner.startswith(path):
                del self.producers[inner]

    def producer(self, path: str) -> int:
        """Return the seq of the step that last wrote at, in or around `path`; 0 for initial_data."""
        exact = self.producers.get(path)
        around = [seq for known, seq in self.producers.items() if known != path and overlap(known, path)]
        return max(around, default=exact or 0) if exact is None else max([exact, *around])

    def digest_of(self, path: str) -> str | None:
        """Return the digest of the value at `path`, or None where there is none."""
        known = self._digests.get(path)
        if known is None:
            value = read(self.data, path)
            if value is ABSENT:
                return None
            known = self._digests[path] = digest(value)
        return known


def fold(initial_data: Mapping[str, Any], steps: Iterable[Step]) -> dict[str, Any]:
    """Return the data_store after `steps`, which come in order of seq."""
    folded = Fold(initial_data)
    for step in steps:
        folded.apply(step)
    return folded.data
