"""The chore that carries batches: fill items from a filter, rerun what is due, follow what runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from agentskills.domain.batch import (
    BatchStatus,
    Counts,
    GateState,
    ItemState,
    Spent,
    fails_too_often,
    gate_from,
)
from agentskills.domain.clock import now
from agentskills.domain.errors import AgentSkillsError, DatabaseGone, QueryTooSlow
from agentskills.domain.fold import fold
from agentskills.domain.rerun import RerunRequest, request_from
from agentskills.engine.points import reach
from agentskills.services.actor import Actor
from agentskills.services.attempt import Made, Refused, attempted
from agentskills.services.batches import announced, paused
from agentskills.services.context import Context
from agentskills.services.lineage import closed_by, only_tried_out
from agentskills.services.rerun import rerun_in
from agentskills.settings import Settings
from agentskills.storage import batch_items, batches, lists, steps
from agentskills.storage.batch_items import MAX_REASON, Outcome
from agentskills.storage.batches import Batch, Tally, filter_from
from agentskills.storage.database import Conn, translate_errors
from agentskills.storage.queue import LANE_BATCH
from agentskills.storage.runs import get as get_run
from agentskills.storage.runs import hold as hold_runs

AT_ONCE = 20
"""Reruns that are started in one transaction."""
PAGE = 1000
"""Items that are taken from a filter by one statement."""
AHEAD = 500
"""Items that are pending below which more are taken from the filter."""
FILL_SECONDS = 30.0
SOON, LATER, PUT_OFF = timedelta(seconds=0.2), timedelta(seconds=3), timedelta(seconds=30)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Done:
    """What one turn has brought."""

    started: list[str]


async def dispatch_batches(context: Context) -> bool:
    """Give the batch that has been due longest one turn; say whether there was one."""

    taken: list[str] = []

    async def work(conn: Conn) -> _Done | None:
        at = now()
        batch = await batches.take_due(conn, at)
        if batch is None:
            return None
        taken.append(batch.id)
        return await _turn(conn, context.settings, batch, at)

    try:
        done = await context.in_transaction(work)
    except DatabaseGone:
        raise
    except Exception as error:
        if not taken:
            raise
        _log.exception("batch.failed", batch=taken[-1])
        await _put_off(context, taken[-1], error)
        return True
    if done is None:
        return False
    if done.started:
        reach("dispatch.after")
        context.notifier.woken(done.started)
    return True


async def _put_off(context: Context, batch_id: str, error: Exception) -> None:
    """Let others go first for a while: what went wrong with one batch is no harm to them."""
    async with context.writing() as conn:
        held = await batches.get(conn, batch_id, lock=True)
        if held is None:
            return
        told = {"note": f"put off: {error!r}"[:MAX_REASON]} if held.status == BatchStatus.RUNNING else {}
        await batches.change(conn, batch_id, wake_at=now() + PUT_OFF, **told)


async def _turn(conn: Conn, settings: Settings, batch: Batch, at: datetime) -> _Done:
    await batch_items.follow(conn, batch.id, at)
    tally = await _tally(conn, batch)
    if batch.status != BatchStatus.RUNNING:
        return await _rest(conn, batch, tally.counts, at)
    if batch.note is not None and batch.gate_state != GateState.FAILED:
        batch = await batches.change(conn, batch.id, note=None)  # it is put off no more
    if not batch.filled and tally.counts.pending < AHEAD:
        await _fill(conn, batch, tally.counts, at)
        return _Done([])
    batch = await _judge_canary(conn, batch, tally.counts)
    if batch.filled and not tally.counts.pending and not tally.counts.running:
        return await _complete(conn, batch, tally.counts, at)
    spent = tally.ended + (await batches.spent_under_way(conn, [batch.id])).get(batch.id, Spent())
    why = _reason_to_stop(batch, tally.counts, spent)
    if why is not None:
        await paused(conn, batch, why)
        return _Done([])
    return await _dispatch(conn, settings, batch, tally, at)


async def _tally(conn: Conn, batch: Batch) -> Tally:
    return (await batches.tallies(conn, [batch.id]))[batch.id]


async def _rest(conn: Conn, batch: Batch, counts: Counts, at: datetime) -> _Done:
    """Follow what is under way of a batch that starts nothing, for as long as there is something."""
    later = at + SOON if counts.running else at + LATER if counts.waiting else None
    await batches.change(conn, batch.id, wake_at=later)
    return _Done([])


async def _complete(conn: Conn, batch: Batch, counts: Counts, at: datetime) -> _Done:
    batch = await batches.change(conn, batch.id, status=BatchStatus.COMPLETED, finished_at=at)
    await announced(conn, "batch.completed", batch)
    return await _rest(conn, batch, counts, at)


async def _fill(conn: Conn, batch: Batch, counts: Counts, at: datetime) -> None:
    """Take the next page of a filter; a filter that is too slow pauses the batch."""
    assert batch.filter is not None
    limit = PAGE if batch.most is None else min(PAGE, batch.most - counts.total)
    at_id = batch.reached  # created_at and thread_id
    reached = (datetime.fromisoformat(at_id[0]), str(at_id[1])) if at_id else None
    try:
        with translate_errors():
            async with conn.transaction():
                await lists.limit_search(conn, FILL_SECONDS)
                number, place = await batch_items.fill(
                    conn,
                    batch.id,
                    filter_from(batch.filter),
                    after=reached,
                    newest_first=bool(batch.newest_first),
                    order_by_key=batch.order_by_key,
                    limit=limit,
                )
    except QueryTooSlow:
        await paused(conn, batch, "the filter takes too long to search")
        return
    filled = number < limit or (batch.most is not None and counts.total + number >= batch.most)
    await batches.change(
        conn,
        batch.id,
        filled=filled,
        reached=[place[0].isoformat(), place[1]] if place else None,
        wake_at=at,
    )


def _reason_to_stop(batch: Batch, counts: Counts, spent: Spent) -> str | None:
    """Return why a batch that has something left pauses by itself, or None."""
    if batch.filled and not counts.pending:
        return None
    if batch.gate_state == GateState.FAILED:
        return batch.note
    too_often = fails_too_often(counts, batch.most_failed, batch.ended_before, batch.failed_before)
    return too_often or batch.limits.exhausted(spent)


async def _judge_canary(conn: Conn, batch: Batch, counts: Counts) -> Batch:
    """Decide about the first items once all of them have ended."""
    if batch.canary is None or batch.gate_state != GateState.OPEN or counts.running or counts.waiting:
        return batch
    nothing_left = batch.filled and not counts.pending
    if not counts.started or (counts.started < batch.canary and not nothing_left):
        return batch
    ended_badly, not_as_it_should = await _objections(conn, batch)
    if not ended_badly and not not_as_it_should:
        return await batches.change(conn, batch.id, gate_state=GateState.PASSED)
    said = [f"{thread_id} {state}" for thread_id, state in ended_badly.items()]
    said += [f"{thread_id}: {objection}" for thread_id, objection in not_as_it_should.items()]
    await batch_items.object_to(
        conn, batch.id, {run: f"did not pass: {objection}" for run, objection in not_as_it_should.items()}
    )
    note = f"canary: {len(said)} of {counts.started} did not pass: {said[0]}"
    return await batches.change(conn, batch.id, gate_state=GateState.FAILED, note=note)


async def _objections(conn: Conn, batch: Batch) -> tuple[dict[str, str], dict[str, str]]:
    """Return which of the first reruns did not complete, and what the gate has against those that did."""
    ended_badly = {
        thread_id: str(state)
        for state in (ItemState.FAILED, ItemState.CANCELLED)
        for thread_id in await batch_items.reruns(conn, batch.id, state)
    }
    gate = gate_from(batch.gate)
    found: dict[str, str] = {}
    for thread_id in await batch_items.reruns(conn, batch.id, ItemState.SUCCEEDED) if gate else []:
        run = await get_run(conn, thread_id)
        journaled = await steps.page(conn, thread_id, after=0, limit=2**31 - 1)
        objection = gate.objection(fold(run.initial_data if run else {}, journaled)) if gate else None
        if objection is not None:
            found[thread_id] = objection
    return ended_badly, found


def _room(batch: Batch, tally: Tally) -> int:
    """Return how many more may start now."""
    counts = tally.counts
    room = batch.concurrency - counts.running
    if batch.canary is not None and batch.gate_state == GateState.OPEN:
        room = min(room, batch.canary - counts.started)
    affordable = batch.limits.enough_for(tally.ended, counts.judged, counts.running)
    return max(0, room if affordable is None else min(room, affordable))


async def _dispatch(conn: Conn, settings: Settings, batch: Batch, tally: Tally, at: datetime) -> _Done:
    limit = min(AT_ONCE, _room(batch, tally))
    sources = await batch_items.take(conn, batch.id, limit) if limit else []
    outcomes = await _carry_out(conn, settings, batch, sources)
    if outcomes:
        await batch_items.settle(conn, batch.id, outcomes, at)
    started = [outcome.thread_id for outcome in outcomes if outcome.thread_id]
    later = at + (SOON if outcomes or tally.counts.running else LATER)
    await batches.change(conn, batch.id, wake_at=at if len(sources) == AT_ONCE else later)
    if started:
        reach("dispatch.before")
    return _Done(started)


async def _carry_out(conn: Conn, settings: Settings, batch: Batch, sources: list[str]) -> list[Outcome]:
    """Rerun these sources, or say why not; rows are locked in the order of their ids.

    They are held first, so that of two batches the second sees what the first has started.
    """
    if not sources:
        return []
    await hold_runs(conn, sources)
    asked = request_from(batch.rerun)
    actor = _actor(batch)
    skipped = await _to_skip(conn, batch, sources)
    wanted = None if batch.filter is None else filter_from(batch.filter)
    refused = await only_tried_out(conn, sources, wanted, asked)
    settled = {source: Outcome(source, ItemState.SKIPPED, reason=why) for source, why in skipped.items()}
    settled |= {source: Outcome(source, ItemState.REFUSED, reason=why) for source, why in refused.items()}
    return [
        settled.get(source) or await _rerun(conn, settings, source, asked, actor)
        for source in sorted(sources)
    ]


async def _to_skip(conn: Conn, batch: Batch, sources: list[str]) -> dict[str, str]:
    """Return why items are not rerun although their turn has come."""
    closed = await closed_by(conn, sources) if batch.only_open else {}
    if batch.filter is None:
        return closed
    matching = await lists.matching(conn, filter_from(batch.filter), sources)
    return closed | {source: "no longer matches the filter" for source in sources if source not in matching}


async def _rerun(conn: Conn, settings: Settings, source: str, asked: RerunRequest, actor: Actor) -> Outcome:
    """Start one rerun; what can't be done as asked undoes nothing but itself."""
    match await attempted(conn, lambda: rerun_in(conn, settings, source, asked, actor, lane=LANE_BATCH)):
        case Made(made):
            return Outcome(source, ItemState.RUNNING, made.thread_id)
        case Refused(AgentSkillsError() as error):
            return Outcome(source, ItemState.REFUSED, reason=f"{error.type}: {error.detail}")
        case Refused(error):
            _log.error("batch.item_failed", source=source, exc_info=error)
            return Outcome(source, ItemState.REFUSED, reason=f"internal: {error!r}")


def _actor(batch: Batch) -> Actor:
    by = batch.requested_by
    return Actor("batch", batch.id, by.get("on_behalf_of") or by.get("name"))
