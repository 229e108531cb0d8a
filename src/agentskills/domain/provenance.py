"""Provenance: the data after some steps, and for each place the steps that its value comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, parts, read, written
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step

Keys: TypeAlias = tuple[str, ...]


class Provenance:
    """Folds steps as `domain.fold.Fold` does, and knows *every* step that a value is made of.

    The last step that wrote a place whole comes first (0: initial_data), then those that later
    wrote inside it. A value is known by its sources, so a digest is worked out once.
    """

    __slots__ = ("_below", "_known", "_stored", "_writers", "data")

    def __init__(self, initial_data: Mapping[str, Any]) -> None:
        self.data: dict[str, Any] = dict(initial_data)
        self._writers: dict[Keys, int] = {}  # place → seq, as far as it has not been written over
        self._below: dict[Keys, set[Keys]] = {}  # place → written places inside it
        self._stored: dict[tuple[str, int], str] = {}  # digests that steps brought along
        self._known: dict[tuple[str, tuple[int, ...]], str | None] = {}

    def apply(self, step: Step) -> None:
        """Take in one ended step; call in order of seq."""
        if step.status is not StepStatus.COMPLETED or step.kind is StepKind.DECISION:
            return
        for path, value_digest in (step.digests or {}).items():
            self.data = written(self.data, path, read(step.outputs, path))
            self._stored[path, step.seq] = value_digest
            self._write(parts(path), step.seq)

    def _write(self, keys: Keys, seq: int) -> None:
        for inner in self._below.pop(keys, ()):
            self._writers.pop(inner, None)
        self._writers[keys] = seq
        for length in range(1, len(keys)):
            self._below.setdefault(keys[:length], set()).add(keys)

    def sources(self, path: str) -> tuple[int, ...]:
        """Return the seqs of the steps that the value at `path` is made of; 0 is initial_data."""
        return self.sources_at(parts(path))

    def sources_at(self, keys: Keys) -> tuple[int, ...]:
        """Return the same for a place."""
        whole = next(
            (
                self._writers[keys[:length]]
                for length in range(len(keys), 0, -1)
                if keys[:length] in self._writers
            ),
            0,
        )
        inside = {self._writers[inner] for inner in self._below.get(keys, ()) if inner in self._writers}
        return (whole, *sorted(inside - {whole}))

    def digest_of(self, path: str) -> str | None:
        """Return the digest of the value at `path`, or None where there is none."""
        sources = self.sources(path)
        if len(sources) == 1 and (stored := self._stored.get((path, sources[0]))):
            return stored
        if (path, sources) not in self._known:
            value = read(self.data, path)
            self._known[path, sources] = None if value is ABSENT else digest(value)
        return self._known[path, sources]
