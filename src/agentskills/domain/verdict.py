"""What a test says of a kept run that was gone through again, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agentskills.domain.data_path import ABSENT


class Outcome(StrEnum):
    """How a case came out."""

    PASSED = "passed"
    CHANGED = "changed"  # an expected value, or the run's end, is another one
    FAILED = "failed"  # the run, which completed when it was kept, fails
    CANT_TELL = "can't tell"  # somebody outside would have to be asked


@dataclass(frozen=True, slots=True)
class Change:
    """An expected value that is another one now."""

    path: str
    before: Any  # `ABSENT` where only its digest was kept
    after: Any  # `ABSENT` where there is nothing now
    why: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return the change as JSON."""
        values = {"before": self.before, "after": self.after}
        given = {name: value for name, value in values.items() if value is not ABSENT}
        return {"path": self.path} | given | {"why": list(self.why)}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one case."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()  # of anything but passed
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()  # what was not put to the test
    seconds: float = 0.0

    def document(self) -> dict[str, Any]:
        """Return the verdict as JSON."""
        return {
            "outcome": str(self.outcome),
            "reasons": list(self.reasons),
            "changes": [change.document() for change in self.changes],
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }
