"""What a run may use up: steps, wall time, tokens, money."""

from __future__ import annotations

from typing import Any

from agentskills.engine.active import ActiveRun


def passed_limit(run: ActiveRun) -> dict[str, Any] | None:
    """Return the error of a run that is over one of its limits, named by the limit."""
    limits = run.claimed.limits
    if not limits and len(run.steps) <= run.kit.settings.max_steps:
        return None
    used: dict[str, Any] = {
        "steps": len(run.steps),
        "seconds": (run.claimed.owned_ms + run.owned_ms) / 1000,
        "tokens": run.claimed.tokens + run.tokens,
        "money": run.claimed.money + run.money,
    }
    most = {"steps": run.kit.settings.max_steps} | limits
    for name, limit in most.items():
        if limit is not None and name in used and used[name] > limit:
            message = f"the run has used {used[name]} of {limit} {name}"
            return {"type": f"{name}-limit", "message": message, "limit": name}
    return None
