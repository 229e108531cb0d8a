"""Read runs: list, count, detail, metadata, status, steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agentskills.domain.data_path import check_path
from agentskills.domain.errors import BadInput, RunNotFound, StepNotFound
from agentskills.domain.fold import fold
from agentskills.domain.status import FINAL_RUN, RunStatus
from agentskills.services import journal
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.failures import dismissed, failures_of
from agentskills.services.lineage import fixers_of
from agentskills.services.naming import name_of, title_of
from agentskills.services.rerunnable import rerunnable_of
from agentskills.services.waiting import waiting_in_short, waiting_of
from agentskills.storage import inbox, lists, runs, steps
from agentskills.storage import lineage as stored
from agentskills.storage.database import Conn
from agentskills.storage.lineage import Family
from agentskills.storage.lists import RunItem
from agentskills.storage.run_filter import RunFilter
from agentskills.storage.runs import FamilyRow, RunRow
from agentskills.storage.shown import values
from agentskills.storage.waits import Wait

MAX_RERUNS = 50


async def list_runs(
    context: Context, wanted: RunFilter, cursor: str | None, limit: int, show: Sequence[str] = ()
) -> dict[str, Any]:
    """Return one page of runs, the newest first, with what stands at the data paths of `show`.

    Raises `BadInput`, `QueryTooSlow`.
    """
    paths = check_shown(show)
    after = Cursor.read(cursor, datetime, str)
    async with context.reading() as conn, lists.search_limits(conn):
        found = await lists.page(conn, wanted, after=after, limit=limit + 1)
        waiting_ids = [item.thread_id for item in found if item.status == RunStatus.WAITING]
        waiting = await inbox.in_short(conn, waiting_ids) if waiting_ids else {}
        failed = [run.thread_id for run in found if run.status == RunStatus.FAILED]
        fixers = await fixers_of(conn, failed)
        failures = await failures_of(conn, failed)
        rerunnable = await rerunnable_of(conn, found)
        shown = await values(conn, [run.thread_id for run in found], paths)
        families = await stored.in_short(conn, [run.thread_id for run in found]) if wanted.folded else {}
    more = len(found) > limit
    items = [
        _item(item, waiting.get(item.thread_id))
        | {"fixed_by": fixers.get(item.thread_id), "dismissed": dismissed(failures.get(item.thread_id))}
        | again
        | {
            "shown": shown[item.thread_id],
            "family": _family_in_short(families.get(item.thread_id)) if wanted.folded else None,
        }
        for item, again in zip(found[:limit], rerunnable, strict=False)
    ]
    found = found[:limit]
    return {
        "items": items,
        "next_cursor": Cursor.write(found[-1].created_at, found[-1].thread_id) if more else None,
    }


async def count_runs(context: Context, wanted: RunFilter) -> dict[str, Any]:
    """Return how many runs a filter finds, at most 1,000 of each status. Raises `QueryTooSlow`."""
    async with context.reading() as conn, lists.search_limits(conn):
        counted = await lists.count(conn, wanted)
        attention = await lists.count_attention(conn, wanted)
    by_status = counted.by_status
    asked = wanted.status or list(by_status)
    total = sum(by_status[status] for status in set(asked))
    return {
        "count": min(total, lists.SEEN_CAP),
        "capped": total > lists.SEEN_CAP or counted.partial,
        "partial": counted.partial,
        "by_status": {status: min(number, lists.SEEN_CAP) for status, number in by_status.items()},
        "attention": min(attention, lists.SEEN_CAP),
    }


def check_shown(paths: Sequence[str]) -> list[str]:
    """Return data paths, each once. Raises `BadInput`."""
    try:
        return [check_path(path) for path in dict.fromkeys(paths)]
    except BadInput as error:
        raise BadInput(error.detail, pointer="show") from None


def _family_in_short(family: Family | None) -> dict[str, Any]:
    """Return the reruns below a root."""
    if family is None:
        return {"reruns": 0, "latest": None}
    latest = {
        "thread_id": family.thread_id,
        "run_name": name_of(family.run_name, family.sop),
        "status": family.status,
        "created_at": family.created_at,
        "rerun_number": family.rerun_number,
    }
    return {"reruns": family.reruns, "latest": latest}


def _item(item: RunItem, waiting: list[Wait] | None) -> dict[str, Any]:
    return {
        "thread_id": item.thread_id,
        "run_name": name_of(item.run_name, item.sop),
        "status": item.status,
        "sop_name": item.sop_name,
        "sop_title": title_of(item.sop),
        "created_at": item.created_at,
        "started_at": item.started_at,
        "finished_at": item.finished_at,
        "parent_thread_id": item.parent_thread_id,
        "root_thread_id": item.root_thread_id,
        "rerun_count": item.rerun_count,
        "rerun_number": item.rerun_number,
        "metadata": item.metadata,
        "error": item.error,
        "waiting": [waiting_in_short(wait) for wait in waiting or ()] or None,
        "planner": item.planner,
        "model": item.model,
        "requested_by": item.requested_by,
        "tokens": item.tokens,
        "money": None if item.money_unknown else item.money,
        "not_repeated": item.not_repeated,
        "dry": item.dry,
    }


async def _get(conn: Conn, thread_id: str) -> RunRow:
    run = await runs.get(conn, thread_id)
    if run is None:
        raise RunNotFound(f"there is no run {thread_id!r}")
    return run


async def check_exists(context: Context, thread_id: str) -> None:
    """Raise `RunNotFound` if there is no such run."""
    async with context.reading() as conn:
        if await runs.status_of(conn, thread_id) is None:
            raise RunNotFound(f"there is no run {thread_id!r}")


async def metadata(context: Context, thread_id: str) -> dict[str, Any]:
    """Return what was asked for when a run was started. Raises `RunNotFound`."""
    async with context.reading() as conn:
        return _metadata(await _get(conn, thread_id))


def _metadata(run: RunRow) -> dict[str, Any]:
    return {
        "thread_id": run.thread_id,
        "run_name": name_of(run.run_name, run.sop),
        "sop": run.sop,
        "sop_name": run.sop_name,
        "initial_data": run.initial_data,
        "created_at": run.created_at,
        "parent_thread_id": run.parent_thread_id,
        "root_thread_id": run.root_thread_id,
        "rerun_count": run.rerun_count,
        "rerun_number": run.rerun_number,
        "metadata": run.metadata,
        "skills": run.skills,
        "planner": run.planner,
        "model": run.model,
        "catalog": run.catalog,
        "limits": run.limits,
        "request": run.request,
        "requested_by": run.requested_by,
        "not_before": run.not_before,
    }


async def detail(context: Context, thread_id: str) -> dict[str, Any]:
    """Return a run with its state, its parent and its reruns. Raises `RunNotFound`."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        run = await _get(conn, thread_id)
        parent = await runs.in_short(conn, run.parent_thread_id) if run.parent_thread_id else None
        reruns = await runs.reruns_of(conn, thread_id, MAX_RERUNS) if run.rerun_count else []
        waiting = await waiting_of(conn, run)
        failed = [thread_id] if run.status == RunStatus.FAILED else []
        fixers = await fixers_of(conn, failed)
        failure = (await failures_of(conn, failed)).get(thread_id)
        [rerunnable] = await rerunnable_of(conn, [run])
        by_kind = await runs.reruns_by_kind(conn, run.root_thread_id)
    finished = run.status in FINAL_RUN
    return _metadata(run) | {
        "status": run.status,
        "waiting": waiting,
        "error": run.error,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "cancel_requested": run.cancel_requested,
        "owned_ms": run.owned_ms,
        "tokens": run.tokens,
        "money": None if run.money_unknown else run.money,
        "not_repeated": run.not_repeated,
        "dry": (run.request or {}).get("effects") == "none",
        "version": run.version,
        **rerunnable,
        "fixed_by": fixers.get(thread_id),
        "dismissed": dismissed(failure),
        "signature": failure.signature if failure else None,
        "cancellable": not finished and run.status != RunStatus.RECORDED and not run.cancel_requested,
        "parent": _family(parent) if parent else None,
        "reruns": [_family(row) for row in reruns],
        "reruns_by_kind": by_kind,
    }


def _family(row: FamilyRow) -> dict[str, Any]:
    return {
        "thread_id": row.thread_id,
        "run_name": name_of(row.run_name, row.sop),
        "status": row.status,
        "created_at": row.created_at,
        "parent_thread_id": row.parent_thread_id,
        "rerun_number": row.rerun_number,
    }


async def status(context: Context, thread_id: str) -> dict[str, Any]:
    """Return where a run stands, with the data it has gathered. Raises `RunNotFound`."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        run = await _get(conn, thread_id)
        waiting = await waiting_of(conn, run)
        journaled = await steps.page(conn, thread_id, after=0, limit=2**31 - 1)
    return {
        "thread_id": run.thread_id,
        "status": run.status,
        "waiting": waiting,
        "error": run.error,
        "data_store": fold(run.initial_data, journaled),
    }


async def list_steps(context: Context, thread_id: str, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return one page of a run's steps, in order of seq. Raises `RunNotFound`."""
    after = Cursor.read(cursor, int)
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        if await runs.status_of(conn, thread_id) is None:
            raise RunNotFound(f"there is no run {thread_id!r}")
        found = await steps.page(conn, thread_id, after=after[0] if after else 0, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        items = await journal.documents(conn, thread_id, found)
    return {"items": items, "next_cursor": Cursor.write(found[-1].seq) if more else None}


async def step(context: Context, thread_id: str, seq: int) -> dict[str, Any]:
    """Return one step with what is kept beside it. Raises `RunNotFound`, `StepNotFound`."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        if await runs.status_of(conn, thread_id) is None:
            raise RunNotFound(f"there is no run {thread_id!r}")
        found = await steps.at(conn, thread_id, [seq])
        if not found:
            raise StepNotFound(f"{thread_id} has no step {seq}")
        [document] = await journal.documents(conn, thread_id, found)
        kept = await steps.details(conn, thread_id, seq)
    details = [{"kind": d.kind, "attempt": d.attempt, "content": d.content, "at": d.at} for d in kept]
    return document | {"details": details}
