"""Read batches; pause, resume and abort them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from agentskills.domain.batch import FINISHED, BatchStatus, Budget, GateState, Spent
from agentskills.domain.clock import now
from agentskills.domain.data_path import ABSENT, Absent
from agentskills.domain.errors import BatchFinished, BatchNotFound, BudgetSpent
from agentskills.services.actor import Actor
from agentskills.services.batch_document import batch_document, counts_document, item_document, pace_document
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.idempotency import Answered, once
from agentskills.storage import audit, batch_items, batches
from agentskills.storage.batches import Batch
from agentskills.storage.database import Conn

PACE_OF = 200
"""How many reruns that ended last say how quickly a batch goes."""


async def list_batches(
    context: Context, status: str | None, cursor: str | None, limit: int, *, kind: str = "batch"
) -> dict[str, Any]:
    """Return one page of batches, the newest first."""
    after = Cursor.read(cursor, datetime, str)
    async with context.reading() as conn:
        found = await batches.page(conn, kind, status, after=after, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        items = await _documents(conn, found)
    return {
        "items": items,
        "next_cursor": Cursor.write(found[-1].created_at, found[-1].id) if more else None,
    }


async def batch(context: Context, batch_id: str) -> dict[str, Any]:
    """Return one batch. Raises `BatchNotFound`."""
    async with context.reading() as conn:
        return await document_of(conn, await _get(conn, batch_id))


async def list_items(
    context: Context, batch_id: str, states: Sequence[str], cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of a batch's items, in the order in which they are taken. Raises `BatchNotFound`."""
    after = Cursor.read(cursor, int)
    async with context.reading() as conn:
        await _get(conn, batch_id)
        found = await batch_items.page(
            conn, batch_id, states, after=after[0] if after else None, limit=limit + 1
        )
    more = len(found) > limit
    found = found[:limit]
    return {
        "items": [item_document(item) for item in found],
        "next_cursor": Cursor.write(found[-1].position) if more else None,
    }


async def pause(
    context: Context, batch_id: str, reason: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """Start nothing more of a batch until it is resumed; reruns under way go on.

    Raises `BatchNotFound`, `BatchFinished`.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        held = await _unfinished(conn, batch_id)
        if held.status != BatchStatus.PAUSED:
            note = f"paused: {reason}" if reason else "paused"
            held = await paused(conn, held, note)
            await _record(conn, actor, "batch-pause", held, reason)
        return await document_of(conn, held)

    return await once(context, key, ["batch-pause", batch_id, reason], work)


async def paused(conn: Conn, held: Batch, note: str, **fields: Any) -> Batch:
    """Pause a batch whose row is held, and tell all who want to hear of it."""
    held = await batches.change(conn, held.id, status=BatchStatus.PAUSED, note=note, wake_at=now(), **fields)
    await announced(conn, "batch.paused", held)
    return held


async def resume(
    context: Context,
    batch_id: str,
    actor: Actor,
    *,
    budget: Mapping[str, Any] | None = None,
    concurrency: int | None = None,
    most_failed: Decimal | Absent | None = ABSENT,
    reason: str | None = None,
    key: str | None = None,
) -> Answered:
    """Let a paused batch go on, with other limits where they are given.

    What a canary has shown is overruled, and a share of failures is counted from here. A limit of
    `budget` that is None is lifted, and so is `most_failed`. Raises `BatchNotFound`,
    `BatchFinished`, `BudgetSpent`.
    """
    stop = {} if most_failed is ABSENT else {"most_failed": most_failed}
    asked = ["batch-resume", batch_id, dict(budget or {}), concurrency, stop, reason]

    async def work(conn: Conn) -> dict[str, Any]:
        held = await _unfinished(conn, batch_id)
        limits = held.limits.changed(budget or {})
        await _check_budget(conn, held, limits)
        fields: dict[str, Any] = {
            "budget": limits.document(),
            "concurrency": concurrency or held.concurrency,
            "wake_at": now(),
            **stop,
        }
        if held.status == BatchStatus.PAUSED:
            fields |= {"status": BatchStatus.RUNNING, "note": None} | await _anew(conn, held)
        held = await batches.change(conn, batch_id, **fields)
        await _record(conn, actor, "batch-resume", held, reason)
        return await document_of(conn, held)

    return await once(context, key, asked, work)


async def _check_budget(conn: Conn, held: Batch, limits: Budget) -> None:
    tally = (await batches.tallies(conn, [held.id]))[held.id]
    under_way = (await batches.spent_under_way(conn, [held.id])).get(held.id, Spent())
    why = limits.exhausted(tally.ended + under_way)
    if why is not None:
        raise BudgetSpent(f"{why}; resume the batch with a greater one")


async def _anew(conn: Conn, held: Batch) -> dict[str, Any]:
    """Return what a person overrules by letting a batch go on."""
    counts = (await batches.tallies(conn, [held.id]))[held.id].counts
    failed = held.gate_state == GateState.FAILED
    return {
        "ended_before": counts.judged,
        "failed_before": counts.failed,
        "gate_state": GateState.OVERRULED if failed else held.gate_state,
    }


async def abort(
    context: Context, batch_id: str, reason: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """End a batch: what has not been started is cancelled; reruns under way go on.

    Raises `BatchNotFound`, `BatchFinished`.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        held = await _unfinished(conn, batch_id)
        at = now()
        note = f"aborted: {reason}" if reason else "aborted"
        await batch_items.cancel_pending(conn, batch_id, "the batch was aborted", at)
        held = await batches.change(
            conn, batch_id, status=BatchStatus.ABORTED, note=note, finished_at=at, wake_at=at
        )
        await announced(conn, "batch.aborted", held)
        await _record(conn, actor, "batch-abort", held, reason)
        return await document_of(conn, held)

    return await once(context, key, ["batch-abort", batch_id, reason], work)


async def announced(conn: Conn, event: str, held: Batch) -> None:
    """Tell all who want to hear of it what became of a batch."""
    tally = (await batches.tallies(conn, [held.id]))[held.id]
    told = {"batch_id": held.id, "name": held.name, "status": held.status, "note": held.note}
    await batches.announce(conn, event, told | {"counts": counts_document(tally.counts)})


async def document_of(conn: Conn, held: Batch) -> dict[str, Any]:
    """Return one batch as a document."""
    return (await _documents(conn, [held]))[0]


async def _documents(conn: Conn, found: list[Batch]) -> list[dict[str, Any]]:
    ids = [one.id for one in found]
    tallies = await batches.tallies(conn, ids)
    under_way = await batches.spent_under_way(conn, ids)
    running = [one.id for one in found if one.status == BatchStatus.RUNNING]
    ended = await batches.ended_last(conn, running, PACE_OF) if running else {}
    at = now()
    return [
        batch_document(one, tallies[one.id], under_way.get(one.id, Spent()))
        | {"pace": pace_document(one, tallies[one.id].counts, ended.get(one.id), at)}
        for one in found
    ]


async def _get(conn: Conn, batch_id: str, *, lock: bool = False) -> Batch:
    found = await batches.get(conn, batch_id, lock=lock)
    if found is None:
        raise BatchNotFound(f"there is no batch {batch_id!r}")
    return found


async def _unfinished(conn: Conn, batch_id: str) -> Batch:
    """Return a batch, its row held. Raises `BatchFinished`."""
    held = await _get(conn, batch_id, lock=True)
    if held.status in FINISHED:
        raise BatchFinished(f"{batch_id} is {held.status} already", batch_status=held.status)
    return held


async def _record(conn: Conn, actor: Actor, action: str, held: Batch, reason: str | None) -> None:
    detail = {"batch_id": held.id, "name": held.name, "budget": held.budget, "concurrency": held.concurrency}
    await audit.record(conn, actor.document(), action, reason=reason, detail=detail)
