"""Fingerprints: the hash of all that a step's result may depend on.

Never in them: attempt, time, run id, seq, who asked, values of secrets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import msgspec

VERSION = 2
"""Raised when our own prompt frame, fold or template language changes."""

_encode = msgspec.json.Encoder(order="sorted").encode


def skill_fingerprint(
    skill_digest: str,
    reads: Iterable[tuple[str, str | None]],
    sop_digest: str | None,
    surroundings: Mapping[str, Any] | None = None,
) -> str:
    """Return the fingerprint of one skill step.

    `reads` are (path, digest of its value or None for absent); `sop_digest` only where the
    skill reads the SOP; `surroundings` is what else its executor depends on (model, host,
    `{env.X}` values), as plain JSON.
    """
    parts = [VERSION, skill_digest, list(reads), sop_digest, surroundings]
    return sha256(_encode(parts)).hexdigest()


def decision_fingerprint(
    planner: str,
    model: str | None,
    sop_digest: str,
    goal: Iterable[str] | None,
    looks_at: list[Any],
    carried_out: Iterable[str],
) -> str:
    """Return the fingerprint of one decision.

    `looks_at` is what the planner says it depends on, as plain JSON; `carried_out` are the skill
    fingerprints so far.
    """
    parts = [
        VERSION,
        planner,
        model,
        sop_digest,
        list(goal) if goal is not None else None,
        looks_at,
        list(carried_out),
    ]
    return sha256(_encode(parts)).hexdigest()


def approval_fingerprint(skill_digest: str, when: str, shown_digest: str) -> str:
    """Return the fingerprint of an approval: what was shown, for which version, before or after it."""
    return sha256(_encode([VERSION, "approval", skill_digest, when, shown_digest])).hexdigest()
