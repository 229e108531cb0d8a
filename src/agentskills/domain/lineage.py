"""A family of runs: which later run has fixed a failed one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import msgspec

from agentskills.domain.status import RunStatus


class Relative(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a family, as far as it matters to its relatives."""

    thread_id: str
    parent_thread_id: str | None
    status: str | None  # None: deleted
    finished_at: datetime | None
    dry: bool  # effects: none, so nothing really happened

    @property
    def fixes(self) -> bool:
        """Whether it did what an ancestor had failed to do."""
        return self.status == RunStatus.COMPLETED and not self.dry


def fixed_by(family: Collection[Relative]) -> dict[str, str]:
    """Return, for failed runs, the nearest descendant that completed.

    That is the one of the fewest generations, then the earliest to finish. Derived each time: it
    can neither go stale nor point to a run that is gone.
    """
    later = later_successes(family)
    return {
        run.thread_id: later[run.thread_id]
        for run in family
        if run.status == RunStatus.FAILED and run.thread_id in later
    }


def later_successes(family: Collection[Relative]) -> dict[str, str]:
    """Return, for runs however they ended, the nearest descendant that completed, as `fixed_by` does."""
    known = {run.thread_id for run in family}
    children: defaultdict[str | None, list[Relative]] = defaultdict(list)
    for run in family:
        children[run.parent_thread_id if run.parent_thread_id in known else None].append(run)
    downwards = list(children[None])
    for run in downwards:  # grows while it is read
        downwards += children.get(run.thread_id, ())
    nearest: dict[str, tuple[int, datetime, str]] = {}
    for run in reversed(downwards):
        found = [_as_seen_from_parent(child, nearest) for child in children.get(run.thread_id, ())]
        if there := [one for one in found if one is not None]:
            nearest[run.thread_id] = min(there)
    return {thread_id: found[2] for thread_id, found in nearest.items()}


def _as_seen_from_parent(
    run: Relative, nearest: dict[str, tuple[int, datetime, str]]
) -> tuple[int, datetime, str] | None:
    if run.fixes and run.finished_at is not None:
        return 1, run.finished_at, run.thread_id
    if run.thread_id in nearest:
        generations, at, thread_id = nearest[run.thread_id]
        return generations + 1, at, thread_id
    return None
