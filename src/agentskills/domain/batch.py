"""A batch: a bulk rerun. Its states, what its first items must show, and when it stops by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agentskills.domain.canonical import canonical_json
from agentskills.domain.data_path import ABSENT, read
from agentskills.domain.json_text import json_str
from agentskills.domain.rerun import RerunRequest
from agentskills.domain.status import WaitReason

DEFAULT_REQUEST = RerunRequest(start="failure", results="unchanged", skills="latest")
"""What a batch does where nothing else is asked: go on from the failure with the skills of today."""

FOR_A_PERSON = (WaitReason.APPROVAL, WaitReason.CONSENT, WaitReason.IN_DOUBT)
"""Why an item counts as waiting; whatever else a run waits for, it goes on by itself."""

JUDGED_FROM = 10
"""Ends from which on a share of failures says something."""

FIRST = 5
"""Reruns that a batch with a budget starts before one of them has ended."""


class BatchStatus(StrEnum):
    """Where a batch stands."""

    RUNNING = "running"
    PAUSED = "paused"  # nothing new starts; reruns under way go on
    COMPLETED = "completed"  # nothing is pending or running
    ABORTED = "aborted"


FINISHED = frozenset({BatchStatus.COMPLETED, BatchStatus.ABORTED})


class ItemState(StrEnum):
    """Where one item of a batch stands."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"  # for a person
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    REFUSED = "refused"  # the rerun can't be done as asked on this run
    SKIPPED = "skipped"  # no longer matched, or no longer open, when its turn came


class GateState(StrEnum):
    """What became of the first items of a batch."""

    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    OVERRULED = "overruled"  # a person went on all the same


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items stand where."""

    pending: int = 0
    running: int = 0
    waiting: int = 0
    succeeded: int = 0
    failed: int = 0
    cancelled: int = 0
    refused: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        """All items that are there."""
        return self.started + self.pending + self.refused + self.skipped

    @property
    def started(self) -> int:
        """Items that have a rerun; until a batch is aborted, which cancels what is pending."""
        return self.running + self.waiting + self.succeeded + self.failed + self.cancelled

    @property
    def judged(self) -> int:
        """Items that succeeded or failed."""
        return self.succeeded + self.failed


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens and money; what has no known price counts as unknown, never as 0."""

    tokens: int = 0
    money: Decimal = Decimal(0)
    unknown: int = 0  # items of which a price is not known

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.money + other.money, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a batch may spend; None: no limit."""

    tokens: int | None = None
    money: Decimal | None = None

    def exhausted(self, spent: Spent) -> str | None:
        """Say why nothing more may start, or None."""
        if self.tokens is not None and spent.tokens >= self.tokens:
            return f"budget: {spent.tokens} of {self.tokens} tokens are spent"
        if self.money is None:
            return None
        if spent.unknown:
            reruns = f"{spent.unknown} rerun{'' if spent.unknown == 1 else 's'}"
            return f"budget: {reruns} without a known price, so money can't be limited"
        if spent.money >= self.money:
            return f"budget: {spent.money} of {self.money} US dollars are spent"
        return None

    def enough_for(self, ended: Spent, judged: int, running: int) -> int | None:
        """Return how many more reruns like those that have ended it is good for; None: any number.

        Until one has ended only a few: nothing is known of what one costs. At least one while
        nothing runs: that a budget is spent shows when it is.
        """
        if self != NO_LIMIT and not judged:
            return max(0, FIRST - running)
        left = []
        if self.tokens is not None and ended.tokens:
            left.append((self.tokens - ended.tokens) * judged // ended.tokens)
        if self.money is not None and ended.money:
            left.append(int((self.money - ended.money) * judged / ended.money))
        return max(0 if running else 1, min(left) - running) if left else None

    def changed(self, fields: Mapping[str, Any]) -> Budget:
        """Return the budget with these limits; None lifts one."""
        return replace(self, **fields)

    def document(self) -> dict[str, Any]:
        """Return the limits that there are."""
        given = {"tokens": self.tokens, "money": self.money}
        return {name: value for name, value in given.items() if value is not None}


NO_LIMIT = Budget()


@dataclass(frozen=True, slots=True)
class Gate:
    """What must hold of a finished rerun, beside that it completed."""

    path: str
    equals: Any = ABSENT  # the value that must stand there, or
    exists: bool = True  # whether there must be one

    def objection(self, data: dict[str, Any]) -> str | None:
        """Say what does not hold of a data_store, or None."""
        found = read(data, self.path)
        if self.equals is ABSENT:
            holds = (found is not ABSENT) == self.exists
            return None if holds else f"{self.path} is {'there' if found is not ABSENT else 'missing'}"
        if found is ABSENT:
            return f"{self.path} is missing"
        if canonical_json(found) == canonical_json(self.equals):
            return None
        return f"{self.path} is {_short(found)} in place of {_short(self.equals)}"

    def document(self) -> dict[str, Any]:
        """Return the gate as it is stored."""
        if self.equals is ABSENT:
            return {"path": self.path, "exists": self.exists}
        return {"path": self.path, "equals": self.equals}


def gate_from(document: Mapping[str, Any] | None) -> Gate | None:
    """Return the gate that is stored."""
    return Gate(**document) if document else None


def _short(value: Any) -> str:
    text = json_str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def fails_too_often(
    counts: Counts, most: Decimal | None, judged_before: int, failed_before: int
) -> str | None:
    """Say that too large a share has failed since the batch was started or resumed, or None."""
    if most is None:
        return None
    judged, failed = counts.judged - judged_before, counts.failed - failed_before
    enough = judged >= JUDGED_FROM or not counts.pending or most == 0
    if not enough or failed <= most * judged:
        return None
    return f"stopped by itself: {failed} of {judged} failed, more than {_percent(most)}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
