"""What the exceptions of a python skill mean: one table for skills in processes and inline ones."""

from __future__ import annotations

from collections.abc import Sequence

from agentskills.domain.decision import Detail
from agentskills.domain.errors import SkillFailed

NOT_DONE = "EffectNotDone"
REFUSED = "SkillFailed"


def from_exception(names: Sequence[str], message: str, details: tuple[Detail, ...] = ()) -> SkillFailed:
    """Return the failure for an exception a skill has raised; `names` are its class and bases.

    A class named EffectNotDone proves that the effect has not happened. A class named
    SkillFailed is a business reason: its message stands alone and no retry would help.
    Anything else may pass, and `asf.retries` applies.
    """
    name = names[0]
    if NOT_DONE in names:
        return SkillFailed(
            message or "the skill says that its effect has not happened",
            error_type="effect-not-done",
            nothing_happened=True,
            details=details,
        )
    if REFUSED in names:
        return SkillFailed(message or name, error_type="skill-error", retryable=False, details=details)
    return SkillFailed(f"{name}: {message}" if message else name, error_type="skill-error", details=details)


def load_error(name: str, message: str, details: tuple[Detail, ...] = ()) -> SkillFailed:
    """Return the failure for an entry that can't be loaded; its function was never called."""
    return SkillFailed(
        f"the entry can't be loaded: {name}: {message}",
        error_type="load-error",
        retryable=False,
        nothing_happened=True,
        details=details,
    )


def bad_output(message: str, details: tuple[Detail, ...] = ()) -> SkillFailed:
    """Return the failure for an output that can't be kept."""
    return SkillFailed(message, error_type="bad-output", retryable=False, details=details)


def timed_out(seconds: float, details: tuple[Detail, ...] = ()) -> SkillFailed:
    """Return the failure for a skill that took too long."""
    return SkillFailed(f"timed out after {seconds:g} s", error_type="timeout", details=details)
