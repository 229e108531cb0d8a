"""The fold: a run's data_store, from its initial_data and its steps in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, around, overlap, parts, read, written
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step


class Fold:
    """The data after some steps, who produced each path, and the digests of what was read."""

    __slots__ = ("_digests", "_outer", "data", "producers")

    def __init__(self, initial_data: Mapping[str, Any]) -> None:
        self.data: dict[str, Any] = dict(initial_data)
        self.producers: dict[str, int] = {}  # path → seq
        self._digests: dict[str, str] = {}
        self._outer: set[str] = set()  # places inside of which something is or was known

    def apply(self, step: Step) -> None:
        """Take in one ended step; call in order of seq, never in order of completion."""
        if step.status is not StepStatus.COMPLETED or step.kind is StepKind.DECISION or not step.digests:
            return
        for path, value_digest in step.digests.items():
            value = read(step.outputs, path)
            if value is ABSENT:
                raise LookupError(f"the outputs of step {step.seq} lack {path}, which it produced")
            self._forget(path)
            self.data = written(self.data, path, value)
            self.producers[path] = step.seq
            self._know(path, value_digest)

    def _know(self, path: str, value_digest: str) -> None:
        self._digests[path] = value_digest
        self._outer.update(around(path)[:-2])

    def _forget(self, path: str) -> None:
        """What was known of places at, in or around `path` no longer holds."""
        for known in around(path):
            self._digests.pop(known, None)
        if path not in self._outer:
            return
        for known in [p for p in self._digests if overlap(p, path)]:
            del self._digests[known]
        for inner in self._inside(path):
            del self.producers[inner]

    def _inside(self, path: str) -> list[str]:
        """Return the produced paths that lie within `path`."""
        if path not in self._outer:
            return []
        depth = len(parts(path))
        return [known for known in self.producers if len(parts(known)) > depth and overlap(known, path)]

    def covering(self, path: str) -> int:
        """Return the seq of the step that last wrote the whole of `path`; 0 for initial_data."""
        return max([self.producers.get(known, 0) for known in around(path)])

    def inside(self, path: str) -> list[int]:
        """Return the seqs of the steps that wrote within `path` since it was last written whole."""
        covering = self.covering(path)
        return [seq for known in self._inside(path) if (seq := self.producers[known]) > covering]

    def producer(self, path: str) -> int:
        """Return the seq of the step that last wrote at, in or around `path`; 0 for initial_data."""
        return max([self.covering(path), *self.inside(path)])

    def digest_of(self, path: str) -> str | None:
        """Return the digest of the value at `path`, or None where there is none."""
        known = self._digests.get(path)
        if known is None:
            value = read(self.data, path)
            if value is ABSENT:
                return None
            known = digest(value)
            self._know(path, known)
        return known


def fold(initial_data: Mapping[str, Any], steps: Iterable[Step]) -> dict[str, Any]:
    """Return the data_store after `steps`, which come in order of seq."""
    folded = Fold(initial_data)
    for step in steps:
        folded.apply(step)
    return folded.data
