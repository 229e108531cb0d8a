"""A batch as it is shown everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agentskills.domain.batch import BatchStatus, Counts, GateState, Spent
from agentskills.services.naming import name_of
from agentskills.storage.batch_items import Item
from agentskills.storage.batches import Batch, Tally
from agentskills.storage.lists import CAP

FEW_ENDED = 3
"""Reruns that have to end before they say how quickly a batch goes, and"""
SOON = timedelta(seconds=2)
"""how long ago the first of them has to have ended."""


def batch_document(batch: Batch, tally: Tally, under_way: Spent) -> dict[str, Any]:
    """Return a batch with its progress; `under_way` is what reruns that have not ended have cost."""
    counts = tally.counts
    return {
        "id": batch.id,
        "name": batch.name,
        "reason": batch.reason,
        "status": batch.status,
        "note": note_of(batch, counts),
        "counts": counts_document(counts),
        "filled": batch.filled,
        "expected": None if batch.expected is None else min(batch.expected, CAP),
        "expected_capped": (batch.expected or 0) > CAP,
        "spent": spent_document(tally.ended + under_way),
        "budget": {"tokens": None, "money": None} | batch.budget,
        "canary": _canary(batch, counts),
        "only_open": batch.only_open,
        "order": None if batch.newest_first is None else "newest" if batch.newest_first else "oldest",
        "order_by_key": batch.order_by_key,
        "concurrency": batch.concurrency,
        "stop_at_failure_rate": batch.most_failed,
        "filter": batch.filter,
        "rerun": {name: value for name, value in batch.rerun.items() if name != "format"},
        "requested_by": batch.requested_by,
        "created_at": batch.created_at,
        "finished_at": batch.finished_at,
    }


def pace_document(
    batch: Batch, counts: Counts, ended: tuple[int, datetime] | None, at: datetime
) -> dict[str, Any] | None:
    """Return how quickly reruns end of late, and when all will have at that rate.

    `ended` says how many did, since when. None where that is not enough to tell.
    """
    if ended is None or ended[0] < FEW_ENDED or at - ended[1] < SOON:
        return None
    count, since = ended
    each = (at - since).total_seconds() / count
    left = counts.pending + counts.running
    return {
        "per_minute": round(60 / each, 1),
        "ends_at": at + timedelta(seconds=left * each) if batch.filled else None,
    }


def counts_document(counts: Counts) -> dict[str, int]:
    """Return how many items stand where."""
    names = ("total", *Counts.__dataclass_fields__)
    return {name: getattr(counts, name) for name in names}


def spent_document(spent: Spent) -> dict[str, Any]:
    """Return tokens and money; money is null where a price is not known."""
    return {
        "tokens": spent.tokens,
        "money": None if spent.unknown else spent.money,
        "money_unknown": spent.unknown,
    }


def note_of(batch: Batch, counts: Counts) -> str | None:
    """Return why a batch stands where it does, and how many people it waits for."""
    said = [batch.note] if batch.note else []
    if counts.waiting and batch.status != BatchStatus.RUNNING:
        said.append(f"{counts.waiting} {'waits' if counts.waiting == 1 else 'wait'} for a person")
    return "; ".join(said) or None


def _canary(batch: Batch, counts: Counts) -> dict[str, Any] | None:
    if batch.canary is None:
        return None
    state = batch.gate_state
    if state == GateState.OPEN and counts.waiting and not counts.running:
        state = "waiting"
    return {"size": batch.canary, "gate": batch.gate, "state": state}


def item_document(item: Item) -> dict[str, Any]:
    """Return one item with its outcome."""
    return {
        "source": item.source,
        "run_name": None if item.sop is None else name_of(item.run_name, item.sop),
        "position": item.position,
        "state": item.state,
        "thread_id": item.thread_id,
        "reason": item.reason,
        "tokens": item.tokens,
        "money": None if item.unknown else item.money,
        "updated_at": item.updated_at,
    }
