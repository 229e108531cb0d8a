"""Crash points: one before and one after each commit of the engine, all listed here.

A test walks the list, lets a worker die at each point, and compares the outcome. In
production `reach` costs one comparison.
"""

from __future__ import annotations

import os

from agentskills.settings import settings

COMMITS = {
    "register": "a worker enters its lease",
    "renew": "a worker extends its lease",
    "claim": "runs get an owner",
    "take_over": "runs of a silent worker get a new owner",
    "decide": "a decision enters the journal",
    "start": "a step begins, or begins to wait",
    "intent": "an irreversible effect is announced",
    "end": "a step's end, with its receipt, enters the journal",
    "park": "a run is let go of until something happens",
    "finish": "a run ends",
    "doubt": "an effect of a silent worker is put in doubt",
    "settle": "a check finds out what became of an effect",
    "slot": "a place of a limited skill or model is taken",
    "tidy": "workers that are long gone are forgotten",
    "hand_back": "a worker that stops frees its runs",
}
"""Every commit of the engine, by name."""

POINTS = tuple(f"{name}.{side}" for name in COMMITS for side in ("before", "after"))

CHORE_COMMITS = {
    "fire": "a due time of a schedule becomes a run",
    "dispatch": "items of a batch get their reruns",
}
"""Commits of chores at which a test can let a worker die."""

CHORE_POINTS = tuple(f"{name}.{side}" for name in CHORE_COMMITS for side in ("before", "after"))

_die_at = settings().crash_at


def reach(point: str) -> None:
    """Die here, as kill -9 would have it, if ASF_CRASH_AT names this point."""
    if point == _die_at:
        os._exit(137)
