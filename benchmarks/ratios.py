"""The ratios that must hold; absolute figures depend on the machine and are never asserted."""

from __future__ import annotations

from collections.abc import Mapping

LEAST = {"of_floor": 0.04, "times_langgraph": 8.0, "times_dbos": 8.0, "two_workers_over_one": 0.8}
"""On two cores two workers share them with Postgres: they must only not be in each other's way."""


def missed(found: Mapping[str, float | int | None], *, with_peers: bool = False) -> list[str]:
    """Return one line for each ratio that is too small or, with peers, could not be taken."""
    lines = []
    for name, least in LEAST.items():
        value = found[name]
        if value is not None and value < least:
            lines.append(f"{name} is {value:.3f}; it must be at least {least}")
        elif value is None and with_peers:
            lines.append(f"{name} was not measured: is the peer installed? see benchmarks/README.md")
    return lines
