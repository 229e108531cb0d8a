"""Which failures may ever be rerun by themselves: one table, by the error's type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAY: frozenset[str] = frozenset(
    [
        "skill-error",
        "skill-failed",
        "effect-not-done",
        "executor-error",
        "callback-error",
        "crashed",
        "no-process",
        "timeout",
        "bad-output",
        "connection-failed",
        "connection-lost",
        "name-not-found",
        "http-408",
        "http-409",
        "http-425",
        "http-429",
        "model-rate-limit",
        "model-unavailable",
        "model-error",
        "model-timeout",
        "model-connection",
        "model-bad-answer",
    ]
)
"""What may be otherwise at another time. `http-5xx` belongs here as well, whatever its last digits."""

_BAD_INPUT = "the same input fails again"
_PERMISSION = "somebody has to permit it or set it up"
_BUDGET = "a limit or a budget is used up"
_PERSON = "a person has decided, or did not answer"
_RERUN = "the rerun can't be followed as it was asked for"
_ENGINE = "somebody has to look first"

NEVER: Mapping[str, str] = {
    "bad-request": _BAD_INPUT,
    "missing-paths": _BAD_INPUT,
    "nothing-to-do": _BAD_INPUT,
    "unknown-skill": _BAD_INPUT,
    "model-rejected": _BAD_INPUT,
    "gave-up": "the planner says that the procedure can't be followed",
    "no-secret": _PERMISSION,
    "no-env": _PERMISSION,
    "no-model": _PERMISSION,
    "model-key": _PERMISSION,
    "model-refused": _PERMISSION,
    "private-address": _PERMISSION,
    "offline": _PERMISSION,
    "model-quota": _BUDGET,
    "model-limit": _BUDGET,
    "steps-limit": _BUDGET,
    "seconds-limit": _BUDGET,
    "tokens-limit": _BUDGET,
    "money-limit": _BUDGET,
    "rejected": _PERSON,
    "expired": _PERSON,
    "in-doubt": _PERSON,
    "not-happened": _PERSON,
    "plan-diverged": _RERUN,
    "not-recorded": _RERUN,
    "effect-needed": _RERUN,
    "load-error": _ENGINE,
    "version-missing": _ENGINE,
    "worker-lost": _ENGINE,
    "poisoned": _ENGINE,
    "internal": _ENGINE,
    "run-ended": _ENGINE,
    "cancelled": _ENGINE,
    "failed": _ENGINE,
}
"""What no policy reruns, and why. Other `http-4xx`, and redirects, belong here as well."""


def may_qualify(error_type: str) -> bool:
    """Say whether a policy may rerun after an error of this type; what is not known may not."""
    return error_type in MAY or (error_type.startswith("http-5") and len(error_type) == 8)


def why_never(error_type: str) -> str:
    """Return why no policy reruns after an error of this type."""
    if error_type in ("http-401", "http-403", "http-407"):
        return _PERMISSION
    if error_type.startswith("http-"):
        return _BAD_INPUT
    return NEVER.get(error_type, "nobody knows whether it would help")


def is_final(error: Mapping[str, Any]) -> bool:
    """Say whether a skill has said itself that trying again is of no use: a business reason."""
    return bool(error.get("final"))
