"""Compare two runs: where they differ, which ingredients made them differ, and which of these alone does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from agentskills.domain.attribution import brings, results_that_differ
from agentskills.domain.comparison import Comparison, compare
from agentskills.domain.errors import RunDeleted, RunNotFound
from agentskills.domain.fold import fold
from agentskills.domain.ingredients import Side
from agentskills.domain.status import RunStatus
from agentskills.domain.step import Step
from agentskills.services.comparison_document import document
from agentskills.services.context import Context
from agentskills.storage import catalogs, comparison, steps
from agentskills.storage.comparison import ComparedRun
from agentskills.storage.database import Conn

MOST_SHOWN_TRIALS = 24


@dataclass(frozen=True, slots=True)
class Found:
    """A comparison with the rows of the two runs."""

    left: ComparedRun
    right: ComparedRun
    comparison: Comparison


async def compare_runs(context: Context, left: str, right: str) -> dict[str, Any]:
    """Return how two runs differ and why, as far as they have come.

    Raises `RunNotFound` and `RunDeleted`.
    """
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        found = await compared(conn, left, right)
        tried = await _attribution(conn, found)
    answer = await asyncio.to_thread(document, found.comparison, found.left, found.right)
    return answer | {"attribution": tried}


async def compared(conn: Conn, left: str, right: str) -> Found:
    """Compare two runs within the caller's transaction; the work itself is done in a thread."""
    mine, others = await _get(conn, left), await _get(conn, right)
    journals = [await _journal(conn, row.thread_id) for row in (mine, others)]
    digests = {step.skill_digest for journal in journals for step in journal if step.skill_digest}
    skills = await catalogs.load_skills(conn, sorted(digests))
    offered = await _catalogs(conn, mine, others)
    sides = _side(mine, journals[0], offered[0]), _side(others, journals[1], offered[1])
    return Found(mine, others, await asyncio.to_thread(compare, sides[0], sides[1], skills))


async def _get(conn: Conn, thread_id: str) -> ComparedRun:
    run = await comparison.get(conn, thread_id)
    if run is None:
        raise RunNotFound(f"there is no run {thread_id!r}")
    if run.deleted_at is not None:
        raise RunDeleted(f"{thread_id} has been deleted")
    return run


async def _journal(conn: Conn, thread_id: str) -> list[Step]:
    return await steps.page(conn, thread_id, after=0, limit=2**31 - 1)


async def _catalogs(
    conn: Conn, left: ComparedRun, right: ComparedRun
) -> tuple[dict[str, str], dict[str, str]]:
    """Return which versions each run was offered, by name; nothing where both were offered the same."""
    if left.catalog == right.catalog:
        return {}, {}
    return await _offered(conn, left), await _offered(conn, right)


async def _offered(conn: Conn, run: ComparedRun) -> dict[str, str]:
    entries = await catalogs.load_entries(conn, run.catalog) if run.catalog else []
    return {entry.name: entry.skill_digest for entry in entries}


def _side(row: ComparedRun, journal: Sequence[Step], catalog: dict[str, str]) -> Side:
    return Side(
        thread_id=row.thread_id,
        status=row.status or RunStatus.RECORDED,
        initial_data=row.initial_data,
        sop_digest=row.sop_digest,
        steps=journal,
        planner=row.planner,
        model=row.model,
        goal=tuple(row.skills) if row.skills is not None else None,
        catalog=catalog,
    )


async def _attribution(conn: Conn, found: Found) -> list[dict[str, Any]]:
    """Return what the reruns that took one ingredient each have brought, the newest of each ingredient."""
    trials = await comparison.trials(conn, found.left.thread_id, found.right.thread_id, MOST_SHOWN_TRIALS)
    wanted = results_that_differ(found.comparison) if trials else []
    answers: dict[str, dict[str, Any]] = {}
    for trial in trials:
        name = str(sorted(trial.ingredient.items(), key=str))
        if name in answers:
            continue
        came_out = None
        if trial.status == RunStatus.COMPLETED:
            came_out = brings(fold(trial.initial_data, await _journal(conn, trial.thread_id)), wanted)
        answers[name] = {
            "ingredient": trial.ingredient,
            "thread_id": trial.thread_id,
            "status": trial.status,
            "brings": came_out,
        }
    return list(answers.values())
