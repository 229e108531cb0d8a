"""Runs and steps as the oracle of the rerun laws keeps them, with a fold and data paths of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.property.rerun_worlds import ABSENT, Spec, World

from agentskills.domain.rerun import RerunRequest

HAPPENED = 9
"""What a person says came of an effect in doubt."""

ENDS = ("plan-diverged", "not-recorded", "effect-needed")


def keys_of(path: str) -> list[str]:
    return path.replace("[]", "").split(".")


def overlap(left: str, right: str) -> bool:
    return all(a == b for a, b in zip(keys_of(left), keys_of(right), strict=False))


def look(data: Any, path: str) -> Any:
    for key in keys_of(path):
        if not isinstance(data, dict) or key not in data:
            return ABSENT
        data = data[key]
    return ABSENT if path.endswith("[]") and not isinstance(data, list) else data


def put(data: dict[str, Any], path: str, value: Any) -> None:
    """Write in place; a parent that is no object becomes one."""
    *above, last = keys_of(path)
    for key in above:
        if not isinstance(data.get(key), dict):
            data[key] = {}
        data = data[key]
    data[last] = deepcopy(value)


def nested(outputs: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for path, value in outputs.items():
        put(data, path, value)
    return data


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


@dataclass
class Did:
    """A step: what it was made of, how it came about, what came of it."""

    seq: int
    number: int  # of its decision, from 0
    spec: Spec  # the version its result is made by
    made_of: str  # the values, and the SOP where that is read: with the version its fingerprint
    reads: dict[str, Any]
    producers: dict[str, int]
    how: str  # executed, given, kept, recorded, reused, receipt, stand_in
    status: str = "completed"
    outputs: dict[str, Any] = field(default_factory=dict)  # by path
    error: str | None = None
    origin: tuple[str, int] | None = None  # whose result it is
    stale: list[str] = field(default_factory=list)
    acted: bool = False  # a line was written
    lacks: list[str] = field(default_factory=list)  # what it was carried out without, though it requires it
    sure: bool = True  # False: something beside it failed, so that it may not have been taken up

    @property
    def own(self) -> bool:
        """Whether it was carried out here, and ended well."""
        return self.how == "executed" and self.status == "completed"

    @property
    def failed_by_itself(self) -> bool:
        """Whether it failed, and not only because this run ended before it did."""
        return self.status == "failed" and (self.error != "run-ended" or self.how == "recorded")


@dataclass
class Act:
    """One row of the family's effects."""

    state: str
    run: str
    seq: int
    reads: dict[str, Any]
    outputs: dict[str, Any]


Effects = dict[tuple[str, str], list[Act]]  # (skill, key) → repetitions


@dataclass
class Told:
    """A run as it was foreseen, and then as it went."""

    id: str
    parent: Told | None
    request: RerunRequest
    catalog: dict[str, Spec]
    sop: str
    initial: dict[str, Any]
    given: dict[str, dict[str, Any]] = field(default_factory=dict)  # skill → outputs by path
    decisions: list[dict[str, Any]] = field(default_factory=list)
    orders: list[tuple[int, list[str]]] = field(default_factory=list)  # seq, skills
    steps: dict[int, Did] = field(default_factory=dict)
    status: str = ""
    error: str | None = None
    at: int | None = None  # seq of what ended it
    data: dict[str, Any] = field(default_factory=dict)

    def of(self, name: str) -> Did | None:
        return next((did for did in self.steps.values() if did.spec.name == name), None)

    @property
    def ancestors(self) -> list[Told]:
        """The runs it may take results from, nearest first."""
        found, one = [], self.parent
        while one is not None:
            found.append(one)
            one = one.parent
        return found


@dataclass
class Family:
    """The runs of one root, as the oracle knows them."""

    world: World
    number: int
    runs: list[Told] = field(default_factory=list)
    effects: Effects = field(default_factory=dict)
    versions: dict[str, list[Spec]] = field(default_factory=dict)  # by skill, the latest last
    consents: set[tuple[str, str]] = field(default_factory=set)  # (run, skill) that a person agreed to
    acts: list[tuple[str, str, str]] = field(default_factory=list)  # (run, skill, key) in order

    @property
    def latest(self) -> dict[str, Spec]:
        return {name: found[-1] for name, found in self.versions.items()}


def folded(told: Told) -> dict[str, Any]:
    data = deepcopy(told.initial)
    for _, did in sorted(told.steps.items()):
        if did.status == "completed":
            for path, value in did.outputs.items():
                put(data, path, value)
    return data
