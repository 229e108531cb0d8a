"""Steps as they are shown: inputs resolved to values, effects beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentskills.domain.data_path import ABSENT, parts, read
from agentskills.domain.fold import Fold
from agentskills.domain.step import Step
from agentskills.storage import runs, steps
from agentskills.storage.database import Conn


async def documents(conn: Conn, thread_id: str, shown: Sequence[Step]) -> list[dict[str, Any]]:
    """Return these steps of a run as documents."""
    values = await _Values.load(conn, thread_id, shown)
    ids = {step.effect_id for step in shown if step.effect_id is not None}
    effects = await steps.effects_of(conn, list(ids)) if ids else {}
    return [_document(step, values, effects) for step in shown]


def _document(step: Step, values: _Values, effects: dict[int, dict[str, Any]]) -> dict[str, Any]:
    return {
        "seq": step.seq,
        "decision": step.decision,
        "kind": step.kind,
        "skill": step.skill,
        "skill_digest": step.skill_digest,
        "status": step.status,
        "reason": step.reason,
        "inputs": values.inputs_of(step),
        "input_steps": step.inputs,
        "outputs": step.outputs,
        "reused_from": step.reused_from,
        "effect": effects.get(step.effect_id) if step.effect_id is not None else None,
        "attempt": step.attempt,
        "attempts": step.attempts,
        "error": step.error,
        "usage": step.usage,
        "actor": step.actor,
        "started_at": step.started_at,
        "finished_at": step.finished_at,
        "version": step.version,
    }


class _Values:
    """What the steps of a run read, found by who produced it."""

    def __init__(self, initial_data: dict[str, Any], producers: dict[int, Step]) -> None:
        self._initial = initial_data
        self._producers = producers
        self._folds: dict[int, dict[str, Any]] = {}

    @classmethod
    async def load(cls, conn: Conn, thread_id: str, shown: Sequence[Step]) -> _Values:
        """Read the producers of all that these steps read."""
        known = {step.seq: step for step in shown}
        reads = [(path, seq) for step in shown for path, seq in (step.inputs or {}).items()]
        wanted = {seq for _, seq in reads} - set(known) - {0}
        if wanted:
            known |= {step.seq: step for step in await steps.at(conn, thread_id, list(wanted))}
        mixed = any(seq and seq in known and not _holds(known[seq], path) for path, seq in reads)
        if mixed:  # a path is made of what several steps produced
            known = {step.seq: step for step in await steps.page(conn, thread_id, after=0, limit=2**31 - 1)}
        needs_initial = mixed or any(seq == 0 for _, seq in reads)
        run = await runs.get(conn, thread_id) if needs_initial else None
        return cls(run.initial_data if run else {}, known)

    def inputs_of(self, step: Step) -> dict[str, Any] | None:
        """Return what a step read, by path; a path that leads nowhere is left out."""
        if step.inputs is None:
            return None
        found = {path: self._value(path, seq) for path, seq in step.inputs.items()}
        return {path: value for path, value in found.items() if value is not ABSENT}

    def _value(self, path: str, seq: int) -> Any:
        if seq == 0:
            return read(self._initial, path)
        producer = self._producers.get(seq)
        if producer is None:
            return ABSENT
        return read(producer.outputs if _holds(producer, path) else self._folded(seq), path)

    def _folded(self, seq: int) -> dict[str, Any]:
        """Return the data after the step `seq`."""
        if seq not in self._folds:
            folded = Fold(self._initial)
            for step in sorted(self._producers.values(), key=lambda s: s.seq):
                if step.seq <= seq:
                    folded.apply(step)
            self._folds[seq] = folded.data
        return self._folds[seq]


def _holds(producer: Step, path: str) -> bool:
    """Say whether the producer wrote the whole value at `path`."""
    keys = parts(path)
    return any(keys[: len(parts(written))] == parts(written) for written in producer.digests or {})
