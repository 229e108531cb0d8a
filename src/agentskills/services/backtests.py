"""Backtests: replay past runs with other versions, procedure or model, and read what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from agentskills.domain.backtest import Verdict
from agentskills.domain.batch import NO_LIMIT, Budget
from agentskills.domain.errors import BadInput, BatchNotFound, NothingMatches
from agentskills.domain.rerun import RerunRequest, Skills
from agentskills.domain.status import RunStatus
from agentskills.services import batches as bulk
from agentskills.services import naming
from agentskills.services.actor import Actor
from agentskills.services.batch_document import item_document
from agentskills.services.batch_start import frozen
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.idempotency import Answered, once
from agentskills.services.start import check_sop
from agentskills.services.versions import REST, check_versions
from agentskills.storage import audit, backtests, batch_items, batches, lists
from agentskills.storage.backtests import Verdicts
from agentskills.storage.batches import NewBatch, filter_document
from agentskills.storage.database import Conn
from agentskills.storage.run_filter import RunFilter

KIND = "backtest"
MOST = 10_000
"""Runs that one backtest can replay."""
FROM_A_FILTER = 100
"""Runs that are taken from a filter where nothing else is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRequest:
    """Which past runs to replay, and what is to differ."""

    ids: tuple[str, ...] | None = None
    filter: RunFilter | None = None  # or; the newest come first
    most: int | None = None  # runs; None: all that are named, 100 of a filter
    skills: Skills | None = None  # None: the latest, or where something else differs those of each run
    sop: str | None = None
    model: str | None = None
    name: str | None = None
    reason: str | None = None
    concurrency: int = 100
    budget: Budget = NO_LIMIT

    def check(self) -> None:
        """Raise `BadInput` naming the field that can't be taken."""
        if (self.ids is None) == (self.filter is None):
            raise BadInput("give either ids or filter", pointer="/ids" if self.ids is None else "/filter")
        if self.ids is not None and len(set(self.ids)) > self.limit:
            raise BadInput(f"{len(set(self.ids))} runs are named", pointer="/most")
        if self.name is not None and not self.name.strip():
            raise BadInput("name is blank", pointer="/name")
        if self.sop is not None:
            check_sop(self.sop)

    @property
    def limit(self) -> int:
        """Return how many runs are replayed at most."""
        if self.most is not None:
            return self.most
        return FROM_A_FILTER if self.ids is None else MOST

    @property
    def versions(self) -> Skills:
        """Return which versions are used; what is not named stays as it was in each run."""
        if isinstance(self.skills, dict):
            return {REST: "pinned"} | self.skills
        changed = self.sop is not None or self.model is not None
        return self.skills or ("pinned" if changed else "latest")

    @property
    def rerun(self) -> RerunRequest:
        """Return what each run is asked to do: only what has changed is carried out, and nothing goes out."""
        return RerunRequest(
            sop=self.sop,
            model=self.model,
            plan="unchanged",
            results="unchanged",
            skills=self.versions,
            effects="none",
            reason=self.reason,
        )

    def document(self) -> dict[str, Any]:
        """Return all that the answer depends on."""
        return {
            "ids": self.ids and list(self.ids),
            "filter": self.filter and filter_document(self.filter),
            "most": self.most,
            "rerun": self.rerun.document(),
            "name": self.name,
            "concurrency": self.concurrency,
            "budget": self.budget.document(),
        }


async def start_backtest(
    context: Context, asked: BacktestRequest, actor: Actor, *, key: str | None = None
) -> Answered:
    """Write a backtest down and return it; the same `key` and request get the same one.

    Of a filter the newest runs are taken, by default those that completed or failed, and never
    reruns with `effects: none` unless it asks for them. Raises `BadInput`, `VersionMissing`,
    `NothingMatches`, `QueryTooSlow`, `IdempotencyKeyReused`.
    """
    asked.check()

    async def work(conn: Conn) -> dict[str, Any]:
        await check_versions(conn, asked.versions)
        at = await batches.time(conn)
        wanted = None if asked.filter is None else _past(frozen(asked.filter, at))
        expected = None if wanted is None else await _expected(conn, wanted, asked.limit)
        batch = _new(asked, actor, wanted, expected, at)
        await batches.insert(conn, batch)
        await backtests.insert(conn, batch.id)
        if asked.ids is not None:
            chosen = list(dict.fromkeys(asked.ids))
            await batch_items.insert_chosen(conn, batch.id, chosen, order=None, order_by_key=None)
        told = {"batch_id": batch.id, "name": batch.name, "most": asked.limit, "skills": asked.versions}
        told |= {"model": asked.model, "other_sop": asked.sop is not None}
        await audit.record(conn, actor.document(), "backtest-start", reason=asked.reason, detail=told)
        return await _document_of(conn, batch.id)

    return await once(context, key, ["backtest", asked.document()], work)


def _past(wanted: RunFilter) -> RunFilter:
    """Return a filter that finds nothing that has no outcome, nor what was only tried out."""
    status = wanted.status or ([] if wanted.open else [RunStatus.COMPLETED.value, RunStatus.FAILED.value])
    return replace(wanted, status=status, dry=False if wanted.dry is None else wanted.dry)


async def _expected(conn: Conn, wanted: RunFilter, most: int) -> int:
    async with lists.search_limits(conn):
        expected = await lists.count_up_to(conn, wanted, most)
    if not expected:
        raise NothingMatches()
    return expected


def _new(
    asked: BacktestRequest, actor: Actor, wanted: RunFilter | None, expected: int | None, at: datetime
) -> NewBatch:
    return NewBatch(
        id=naming.new_id().replace("run_", "backtest_", 1),
        kind=KIND,
        name=asked.name or "Backtest",
        reason=asked.reason,
        filter=wanted,
        rerun=asked.rerun.document(),
        only_open=False,
        newest_first=True,
        concurrency=asked.concurrency,
        budget=asked.budget.document(),
        most=asked.limit,
        expected=expected,
        filled=wanted is None,
        requested_by=actor.document(asked.reason),
        created_at=at,
    )


async def list_backtests(
    context: Context, status: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of backtests, the newest first, each with its verdicts in numbers."""
    page = await bulk.list_batches(context, status, cursor, limit, kind=KIND)
    ids = [item["id"] for item in page["items"]]
    async with context.reading() as conn:
        verdicts, ended = await backtests.verdicts(conn, ids), await backtests.reported_at(conn, ids)
    page["items"] = [
        item | {"reported_at": ended[item["id"]], "verdicts": _verdicts(item, verdicts.get(item["id"], []))}
        for item in page["items"]
    ]
    return page


async def backtest(context: Context, backtest_id: str) -> dict[str, Any]:
    """Return a backtest with its report as far as it has come. Raises `BatchNotFound`."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        return await _document_of(conn, backtest_id)


async def _document_of(conn: Conn, backtest_id: str) -> dict[str, Any]:
    ended = await _ended(conn, backtest_id)
    held = await batches.get(conn, backtest_id)
    assert held is not None
    document = await bulk.document_of(conn, held)
    found = (await backtests.verdicts(conn, [backtest_id])).get(backtest_id, [])
    return document | {
        "reported_at": ended,
        "verdicts": _verdicts(document, found),
        "difference": _difference(found),
        "paths": await backtests.paths(conn, backtest_id),
        "untold": await backtests.untold(conn, backtest_id),
    }


async def _ended(conn: Conn, backtest_id: str) -> datetime | None:
    found = await backtests.reported_at(conn, [backtest_id])
    if backtest_id not in found:
        raise BatchNotFound(f"there is no backtest {backtest_id!r}")
    return found[backtest_id]


def _verdicts(document: dict[str, Any], found: list[Verdicts]) -> dict[str, int]:
    by_verdict = {one.verdict: one.items for one in found}
    told = {str(verdict): by_verdict.get(verdict, 0) for verdict in Verdict}
    return told | {
        "newly_failed": sum(one.newly_failed for one in found),
        "pending": document["counts"]["total"] - sum(by_verdict.values()),
    }


def _difference(found: list[Verdicts]) -> dict[str, Any]:
    """Return what the replays that can be told about need more or less, in sum."""
    told = [one for one in found if one.verdict != Verdict.CANT_TELL]
    return {
        "runs": sum(one.items for one in told),
        "tokens": sum(one.tokens or 0 for one in told),
        "money": sum((one.money or Decimal(0) for one in told), Decimal(0)),
        "seconds": sum((one.seconds or Decimal(0) for one in told), Decimal(0)),
        "unknown": sum(one.unknown for one in told),
    }


async def list_items(
    context: Context, backtest_id: str, verdict: str | None, cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of a backtest's runs with their reports. Raises `BatchNotFound`."""
    after = Cursor.read(cursor, int)
    async with context.reading() as conn:
        await _ended(conn, backtest_id)
        found = await backtests.items(
            conn, backtest_id, verdict, after=after[0] if after else None, limit=limit + 1
        )
    more = len(found) > limit
    found = found[:limit]
    return {
        "items": [item_document(item) | {"report": report} for item, report in found],
        "next_cursor": Cursor.write(found[-1][0].position) if more else None,
    }
