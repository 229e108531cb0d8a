"""Edited inputs: what a rerun starts from, and results of steps that a person corrects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agentskills.domain.data_path import ABSENT, overlap, parts, read
from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import Json
from agentskills.domain.rerun import RerunRequest, merge_patch
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step


@dataclass(frozen=True, slots=True)
class Place:
    """A step as other runs of the family can find it: the nth time a skill (or its approval) is at work."""

    kind: str
    skill: str
    nth: int  # from 1


@dataclass(frozen=True, slots=True)
class Correction:
    """The result that a person has set for a step."""

    place: Place
    outputs: dict[str, Any]  # whole, nested
    paths: tuple[str, ...]  # what the step produced or is said to have produced
    by: dict[str, Any]  # the actor
    fingerprint: str | None = None  # of an approval: what was approved; it stands for nothing else

    def document(self) -> dict[str, Any]:
        """Return the correction as it is stored with the run."""
        return {
            "kind": self.place.kind,
            "skill": self.place.skill,
            "nth": self.place.nth,
            "outputs": self.outputs,
            "paths": list(self.paths),
            "by": self.by,
            "fingerprint": self.fingerprint,
        }


def correction_from(document: Mapping[str, Any]) -> Correction:
    """Return the correction that a stored document holds."""
    place = Place(document["kind"], document["skill"], document["nth"])
    paths = tuple(document["paths"])
    return Correction(place, document["outputs"], paths, document["by"], document.get("fingerprint"))


def places(steps: Iterable[Step]) -> dict[int, Place]:
    """Return the place of each step that is no decision, by seq; `steps` come in order of seq."""
    counts: dict[tuple[str, str], int] = {}
    found: dict[int, Place] = {}
    for step in steps:
        if step.kind is StepKind.DECISION or step.skill is None:
            continue
        key = (str(step.kind), step.skill)
        counts[key] = counts.get(key, 0) + 1
        found[step.seq] = Place(*key, counts[key])
    return found


@dataclass(frozen=True, slots=True)
class Edited:
    """What a rerun starts from, and which results of its parent it takes as corrected."""

    initial_data: dict[str, Any]
    corrections: tuple[Correction, ...]


def edited(
    asked: RerunRequest,
    initial_data: dict[str, Any],
    steps: Sequence[Step],
    inherited: Iterable[Correction],
    by: Mapping[str, Any],
) -> Edited:
    """Return what a request makes of a run's inputs.

    A change that touches what a step of the run (in `steps`, its journal) produced corrects that
    step's result, where the value was last written; any other change is one of initial_data.
    Corrections are inputs like any other, so the run's own are inherited. Raises `BadInput` where
    a change would put a value around what a step produced.
    """
    kept = {correction.place: correction for correction in inherited}
    if asked.changes is None:
        return Edited(asked.input_for(initial_data), tuple(kept.values()))
    last = _last_writers(steps)
    place_of = places(steps)
    patches: dict[int, dict[str, Any]] = {}
    inputs: dict[str, Any] = {}
    for keys, value in _leaves(asked.changes, ()):
        covering, inside = _touched(last, keys, value)
        for seq in {covering, *inside} - {0}:
            _put(patches.setdefault(seq, {}), keys, value)
        if not covering:
            _put(inputs, keys, value)
    by_seq = {step.seq: step for step in steps}
    for seq, patch in patches.items():
        correction = _corrected(by_seq[seq], place_of[seq], patch, by)
        kept[correction.place] = correction
    edited_inputs = replace(asked, changes=inputs).input_for(initial_data)
    return Edited(edited_inputs, tuple(kept.values()))


def _last_writers(steps: Sequence[Step]) -> dict[str, int]:
    """Return the seq of the step that last produced each path; what was written over is left out."""
    last: dict[str, int] = {}
    for step in steps:
        if step.status is not StepStatus.COMPLETED or step.kind is StepKind.DECISION:
            continue
        for path in step.digests or ():
            depth = len(parts(path))
            last = {p: seq for p, seq in last.items() if len(parts(p)) <= depth or not overlap(p, path)}
            last[path] = step.seq
    return last


def _touched(last: Mapping[str, int], keys: tuple[str, ...], value: Json) -> tuple[int, list[int]]:
    """Return the step that last wrote the place of a change (0: none), and who wrote within it since."""
    changed = ".".join(keys)
    found = [(path, seq) for path, seq in last.items() if overlap(path, changed)]
    covering = max((seq for path, seq in found if len(parts(path)) <= len(keys)), default=0)
    inside = [(path, seq) for path, seq in found if len(parts(path)) > len(keys) and seq > covering]
    if inside and value is not None:
        path, seq = inside[0]
        raise BadInput(
            f"step {seq} produced {path}, inside of {changed}: change {path} itself",
            pointer="/changes/" + "/".join(keys),
        )
    return covering, [seq for _, seq in inside]


def _corrected(step: Step, place: Place, patch: dict[str, Any], by: Mapping[str, Any]) -> Correction:
    outputs = merge_patch(step.outputs or {}, patch)
    assert isinstance(outputs, dict)
    paths = tuple(path for path in step.digests or () if read(outputs, path) is not ABSENT)
    approved = step.fingerprint if step.kind is StepKind.APPROVAL else None
    return Correction(place, outputs, paths, dict(by), approved)


def _leaves(patch: Mapping[str, Any], keys: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], Json]]:
    """Yield each value of a merge patch with the keys that lead to it; an empty object is a value."""
    for key, value in patch.items():
        if type(value) is dict and value:
            yield from _leaves(value, (*keys, key))
        else:
            yield (*keys, key), value


def _put(patch: dict[str, Any], keys: tuple[str, ...], value: Json) -> None:
    for key in keys[:-1]:
        patch = patch.setdefault(key, {})
    patch[keys[-1]] = value
