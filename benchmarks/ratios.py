"""The ratios that must hold; absolute figures depend on the machine and are never asserted."""

from __future__ import annotations

from collections.abc import Mapping

LEAST = {"of_floor": 0.04, "times_langgraph": 8.0, "times_dbos": 8.0, "two_workers_over_one": 0.8}
"""On two cores two workers share them with Postgres: they must only not be in each other's way."""


def missed(found: Mapping[str, float | int | None]) -> list[str]:
    """Return one line for each ratio that was measured and is too small."""
    return [
        f"{name} is {value:.3f}; it must be at least {least}"
        for name, least in LEAST.items()
        if (value := found[name]) is not None and value < least
    ]
