"""One row of the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from agentskills.domain.status import FINAL_STEP, StepKind, StepStatus


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One carried-out unit of a run: a decision, a skill, or an approval.

    A msgspec Struct and not a dataclass because tens of thousands are made each second.
    """

    thread_id: str = ""  # the run; set when the step is recorded
    seq: int  # place in the run's order, fixed by the decision that ordered it; from 1
    decision: int  # seq of the decision that ordered it
    kind: StepKind
    status: StepStatus
    version: int  # the run's version at its last change
    started_at: datetime
    skill: str | None = None
    skill_digest: str | None = None
    reason: str | None = None
    inputs: dict[str, int] | None = None  # path → seq of the producer, 0 for initial_data
    outputs: dict[str, Any] | None = None
    payload: str | None = None  # digest under which large outputs are stored, in their place
    digests: dict[str, str] | None = None  # produced path → digest of its value
    fingerprint: str | None = None
    surroundings: dict[str, Any] | None = None  # what else the result depended on: model, host, {env.X}, form
    effect_key: str | None = None  # of a skill that reaches outside: digest of its effect key
    reused_from: dict[str, Any] | None = None  # {why, thread_id, seq, …}: see domain.reuse
    effect_id: int | None = None
    attempt: int = 1
    attempts: list[dict[str, Any]] | None = None
    error: dict[str, Any] | None = None
    usage: dict[str, Any] | None = None
    actor: dict[str, Any] | None = None
    finished_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.status in FINAL_STEP


def changed(step: Step, **fields: Any) -> Step:
    """Return the step with some fields replaced."""
    return msgspec.structs.replace(step, **fields)
