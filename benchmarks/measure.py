"""Figures out of samples, and memory of a process."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def percentile(samples: Sequence[float], part: float) -> float:
    """Return the smallest sample that at least `part` (0 to 1) of all samples do not exceed."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, max(0, -(-int(part * 1000) * len(ordered) // 1000) - 1))]


def resident_mb(pid: int) -> float | None:
    """Return the resident memory of a process in MB (10^6 bytes); None where the system does not tell."""
    if sys.platform != "linux":
        return None
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return None


def ratio(part: float | None, whole: float | None) -> float | None:
    """Return part / whole; None where one of them was not measured."""
    if part is None or not whole:
        return None
    return part / whole
