"""All states of runs, steps and effects: their names, the legal moves, and which of them are final."""

from __future__ import annotations

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run stands."""

    RECORDED = "recorded"  # saved, but nobody asked to start it
    QUEUED = "queued"  # due, no worker has it yet
    RUNNING = "running"  # a worker owns it
    WAITING = "waiting"  # for a person, a callback, a time, another run
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StepKind(StrEnum):
    """What a row of the journal records."""

    DECISION = "decision"
    SKILL = "skill"
    APPROVAL = "approval"


class StepStatus(StrEnum):
    """Where a step stands; a step ends once."""

    STARTED = "started"
    WAITING = "waiting"
    IN_DOUBT = "in_doubt"
    COMPLETED = "completed"
    FAILED = "failed"


class WaitReason(StrEnum):
    """Why a run waits."""

    APPROVAL = "approval"  # a person approves, or fills in a form
    CALLBACK = "callback"  # a REST skill answers later
    RETRY = "retry"  # the next attempt is due at `until`
    CONSENT = "consent"  # an irreversible effect would happen again
    IN_DOUBT = "in_doubt"  # nobody can tell whether an effect happened
    EFFECT_ELSEWHERE = "effect_elsewhere"  # another run is doing this effect
    SLOT = "slot"  # the skill's or model's concurrency is used up
    TIME = "time"  # not before a given time


FOR_PEOPLE: tuple[WaitReason, ...] = (WaitReason.APPROVAL, WaitReason.CONSENT, WaitReason.IN_DOUBT)
"""What only a person can answer."""


class EffectState(StrEnum):
    """Where an effect on the outside world stands."""

    INTENT = "intent"  # committed before acting
    RECEIPT = "receipt"  # it happened; the output is kept
    FAILED = "failed"  # proof that nothing happened
    DOUBT = "doubt"  # nobody can tell


RUN_MOVES: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.RECORDED: frozenset({RunStatus.QUEUED}),
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.WAITING, RunStatus.CANCELLED}),
    RunStatus.RUNNING: frozenset(
        {RunStatus.QUEUED, RunStatus.WAITING, RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED}
    ),
    RunStatus.WAITING: frozenset({RunStatus.RUNNING, RunStatus.CANCELLED}),
    RunStatus.COMPLETED: frozenset(),
    RunStatus.FAILED: frozenset(),
    RunStatus.CANCELLED: frozenset(),
}
"""Legal moves of a run."""

STEP_MOVES: dict[StepStatus, frozenset[StepStatus]] = {
    StepStatus.STARTED: frozenset(
        {StepStatus.WAITING, StepStatus.IN_DOUBT, StepStatus.COMPLETED, StepStatus.FAILED}
    ),
    StepStatus.WAITING: frozenset(
        {StepStatus.STARTED, StepStatus.IN_DOUBT, StepStatus.COMPLETED, StepStatus.FAILED}
    ),
    StepStatus.IN_DOUBT: frozenset({StepStatus.COMPLETED, StepStatus.FAILED}),
    StepStatus.COMPLETED: frozenset(),
    StepStatus.FAILED: frozenset(),
}
"""Legal moves of a step."""

EFFECT_MOVES: dict[EffectState, frozenset[EffectState]] = {
    EffectState.INTENT: frozenset({EffectState.RECEIPT, EffectState.FAILED, EffectState.DOUBT}),
    EffectState.DOUBT: frozenset({EffectState.RECEIPT, EffectState.FAILED}),
    EffectState.FAILED: frozenset({EffectState.INTENT}),
    EffectState.RECEIPT: frozenset(),
}
"""Legal moves of an effect."""

FINAL_RUN: frozenset[RunStatus] = frozenset(s for s, moves in RUN_MOVES.items() if not moves)
FINAL_STEP: frozenset[StepStatus] = frozenset(s for s, moves in STEP_MOVES.items() if not moves)
