"""A policy: which failed runs are rerun by themselves, how often and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from agentskills.domain.backoff import Growing
from agentskills.domain.failure_types import is_final, may_qualify, why_never

DEFAULTS: Mapping[str, Any] = {
    "matches": {},
    "rerun": {"format": 1, "from": "failure", "results": "unchanged"},
    "attempts": 3,
    "backoff": {"first_seconds": 60, "factor": 2, "most_seconds": 3600, "jitter": 0},
    "error_types": None,
    "family_cap": None,
    "window_cap": None,
    "breaker": {"failures": 20, "seconds": 600, "rest_seconds": 900},
    "manual_too": False,
}
"""What a policy does where nothing else is said."""


class PolicyAnswer(StrEnum):
    """What a policy did about a failed run."""

    RERUN = "rerun"
    HELD_BACK = "held_back"  # for now: the skill rests, or too many were rerun of late
    GIVEN_UP = "given_up"  # for good
    REFUSED = "refused"  # the rerun could not be made
    LEFT = "left"  # something else reruns it, or has


class BreakerState(StrEnum):
    """How a breaker stands."""

    OPEN = "open"  # the skill rests
    PROBING = "probing"  # one rerun is under way to find out
    CLOSED = "closed"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that reruns after failures."""

    id: str
    name: str
    matches: dict[str, Any]  # sop_name, metadata, skill; empty: every run
    rerun: dict[str, Any]  # rerun request document
    attempts: int
    backoff: dict[str, Any]
    error_types: list[str] | None  # None: every type that may qualify
    family_cap: int | None  # automatic reruns in one family
    window_cap: dict[str, Any] | None  # reruns, seconds
    breaker: dict[str, Any]  # failures, seconds, rest_seconds
    manual_too: bool
    enabled: bool
    note: str | None
    requested_by: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    def why_not(self, error: Mapping[str, Any]) -> str | None:
        """Return why an error does not qualify; None: it does."""
        kind = str(error.get("type"))
        if not may_qualify(kind):
            return f"{kind} is never rerun by itself: {why_never(kind)}"
        if is_final(error):
            return "the skill says that it would fail again"
        if self.error_types is not None and kind not in self.error_types:
            return f"{kind} is not among the error types of this policy"
        return None

    def pause(self, root: str, attempt: int) -> float:
        """Return the seconds before attempt number `attempt` (from 1) in the family of `root`."""
        growing = Growing(**{name: float(value) for name, value in self.backoff.items()})
        return growing.pause(attempt, self.id, root)


class FailedRun(msgspec.Struct, frozen=True, kw_only=True):
    """A failed run as policies see it."""

    thread_id: str
    root_thread_id: str
    skill: str  # that failed; empty: none did
    error: dict[str, Any]
    sop_name: str | None
    metadata: dict[str, Any]
    parent_thread_id: str | None
    requested_by: dict[str, Any]
    request: dict[str, Any] | None
    rerun_since: bool  # by anybody, but for reruns in which nothing goes out
    failed_at: datetime
    dismissed: bool

    @property
    def manual(self) -> bool:
        """Whether it is a rerun that people asked for, alone or by the batch."""
        rules = ("policy", "schedule")
        return self.parent_thread_id is not None and self.requested_by.get("kind") not in rules

    @property
    def closed(self) -> bool:
        """Whether no policy may touch it: nothing goes out of it, or nobody will mend it."""
        return self.dismissed or (self.request or {}).get("effects") == "none"


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """Keeps a policy from rerunning because of a skill that fails too often."""

    policy_id: str
    skill: str
    opened_at: datetime
    open_until: datetime
    probe: str | None  # thread_id of the rerun that finds out whether the skill is well again
    closed_at: datetime | None
    held_back: int  # failed runs since it opened

    @property
    def state(self) -> BreakerState:
        """How it stands."""
        if self.closed_at is not None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.probe is None else BreakerState.PROBING
