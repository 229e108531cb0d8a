"""Start a batch: what was asked for is checked and written down; the items are dispatched by workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from agentskills.domain.batch import DEFAULT_REQUEST, NO_LIMIT, Budget, Gate
from agentskills.domain.data_path import check_path, leaves
from agentskills.domain.errors import BadInput, NothingMatches, VersionMissing
from agentskills.domain.rerun import RerunRequest
from agentskills.services import naming
from agentskills.services.actor import Actor
from agentskills.services.batches import document_of
from agentskills.services.context import Context
from agentskills.services.idempotency import Answered, once
from agentskills.services.start import MAX_INITIAL_DATA, MAX_METADATA, check_size, check_sop
from agentskills.services.versions import check_versions
from agentskills.storage import audit, batch_items, batches, lists
from agentskills.storage.batches import NewBatch, filter_document
from agentskills.storage.database import Conn
from agentskills.storage.run_filter import RunFilter

MOST_IDS = 10_000
"""Runs that one request can name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest:
    """Which runs to rerun, how, and within which limits."""

    ids: tuple[str, ...] | None = None
    filter: RunFilter | None = None  # or
    rerun: RerunRequest = DEFAULT_REQUEST
    name: str | None = None
    reason: str | None = None
    only_open: bool = True  # skip what a later run has fixed, is about to, or failed at as well
    order: Literal["oldest", "newest"] | None = None  # None: ids as given, else the oldest first
    order_by_key: str | None = None  # data path of initial_data: the same value one at a time, in order
    concurrency: int = 100
    budget: Budget = NO_LIMIT
    canary: int | None = None  # first so many, then the gate
    gate: Gate | None = None  # what must hold of each of these beside success
    most_failed: Decimal | None = None  # share beyond which it stops

    def check(self) -> None:
        """Raise `BadInput` naming the field that can't be taken."""
        if (self.ids is None) == (self.filter is None):
            raise BadInput("give either ids or filter", pointer="/ids" if self.ids is None else "/filter")
        if self.name is not None and not self.name.strip():
            raise BadInput("name is blank", pointer="/name")
        if self.gate is not None and self.canary is None:
            raise BadInput("a gate judges a canary; say of how many", pointer="/canary")
        for pointer, path in (
            ("/order_by_key", self.order_by_key),
            ("/gate/path", self.gate and self.gate.path),
        ):
            if path is not None:
                _within(pointer, lambda path=path: check_path(path))
        if self.rerun.plan_token is not None:
            raise BadInput("a token is of a plan for one run", pointer="/rerun/plan_token")
        _within("/rerun", self.rerun.check)
        _within("/rerun", lambda: naming.check_name(self.rerun.run_name))

    def document(self) -> dict[str, Any]:
        """Return all that the answer depends on."""
        return {
            "ids": self.ids and list(self.ids),
            "filter": self.filter and filter_document(self.filter),
            "rerun": self.rerun.document(),
            "name": self.name,
            "reason": self.reason,
            "only_open": self.only_open,
            "order": self.order,
            "order_by_key": self.order_by_key,
            "concurrency": self.concurrency,
            "budget": self.budget.document(),
            "canary": self.canary,
            "gate": self.gate and self.gate.document(),
            "most_failed": self.most_failed,
        }


def _within(pointer: str, check: Any) -> None:
    """Let a check name its field below `pointer`."""
    try:
        check()
    except BadInput as error:
        raise type(error)(error.detail, pointer=pointer + error.pointer) from None


async def start_batch(
    context: Context, asked: BatchRequest, actor: Actor, *, key: str | None = None
) -> Answered:
    """Write a batch down and return it; the same `key` and request get the same batch.

    Raises `BadInput`, `TooLarge`, `ContradictingFields`, `VersionMissing`, `NothingMatches`,
    `QueryTooSlow`, `IdempotencyKeyReused`.
    """
    asked.check()

    async def work(conn: Conn) -> dict[str, Any]:
        return await start_batch_in(conn, asked, actor)

    return await once(context, key, ["batch", asked.document()], work)


async def start_batch_in(conn: Conn, asked: BatchRequest, actor: Actor) -> dict[str, Any]:
    """Write a batch down within the caller's transaction, and return it as a document."""
    await check_rerun(conn, asked.rerun)
    at = await batches.time(conn)
    wanted = None if asked.filter is None else taken(asked.filter, at)
    expected = None if wanted is None else await _expected(conn, wanted)
    batch = _new(asked, actor, wanted, expected, at)
    await batches.insert(conn, batch)
    if asked.ids is not None:
        await batch_items.insert_chosen(
            conn,
            batch.id,
            list(dict.fromkeys(asked.ids)),
            order=asked.order,
            order_by_key=asked.order_by_key,
        )
    told: dict[str, Any] = {
        "batch_id": batch.id,
        "name": batch.name,
        "filter": batch.filter and _found_by(batch.filter),
    }
    told |= {"ids": len(set(asked.ids or ())), "rerun": _told(asked.rerun)}
    await audit.record(conn, actor.document(), "batch-start", reason=asked.reason, detail=told)
    written = await batches.get(conn, batch.id)
    assert written is not None
    return await document_of(conn, written)


async def check_rerun(conn: Conn, asked: RerunRequest) -> None:
    """Raise `BadInput`, `TooLarge` or `VersionMissing` for what no run could be rerun with."""
    for pointer, value, most in (
        ("/initial_data", asked.initial_data, MAX_INITIAL_DATA),
        ("/changes", asked.changes, MAX_INITIAL_DATA),
        ("/metadata", asked.metadata, MAX_METADATA),
    ):
        if value:
            _within("/rerun", lambda p=pointer, v=value, m=most: check_size(v, m, p))
    if asked.sop is not None:
        _within("/rerun", lambda: check_sop(asked.sop))
    try:
        await check_versions(conn, asked.versions)
    except BadInput as error:
        raise type(error)(error.detail, pointer="/rerun" + error.pointer) from None
    except VersionMissing as error:
        errors = [one | {"pointer": "/rerun" + one["pointer"]} for one in error.fields["errors"]]
        raise VersionMissing(error.detail, **error.fields | {"errors": errors}) from None


async def _expected(conn: Conn, wanted: RunFilter) -> int:
    async with lists.search_limits(conn):
        expected = await lists.count_up_to(conn, wanted, lists.CAP + 1)
    if not expected:
        raise NothingMatches()
    return expected


def _new(
    asked: BatchRequest, actor: Actor, wanted: RunFilter | None, expected: int | None, at: datetime
) -> NewBatch:
    reason = asked.rerun.reason or asked.reason
    rerun = asked.rerun.document() | ({"reason": reason} if reason else {})
    return NewBatch(
        id=naming.new_id().replace("run_", "batch_", 1),
        name=asked.name or _name(asked),
        reason=asked.reason,
        filter=wanted,
        rerun=rerun,
        only_open=asked.only_open,
        newest_first=None if asked.filter is None and asked.order is None else asked.order == "newest",
        order_by_key=asked.order_by_key,
        concurrency=asked.concurrency,
        budget=asked.budget.document(),
        canary=asked.canary,
        gate=asked.gate.document() if asked.gate else None,
        most_failed=asked.most_failed,
        expected=expected,
        filled=wanted is None,
        requested_by=actor.document(asked.reason),
        created_at=at,
    )


def _name(asked: BatchRequest) -> str:
    if asked.ids is None:
        return "Rerun what a filter finds"
    number = len(set(asked.ids))
    return f"Rerun {number} run{'' if number == 1 else 's'}"


def _told(asked: RerunRequest) -> dict[str, Any]:
    """Return a request for the audit: of data only that it is edited, never the values."""
    document = asked.document()
    hidden = {name: True for name in ("changes", "initial_data", "sop", "metadata") if name in document}
    return document | hidden


def _found_by(wanted: RunFilter) -> dict[str, Any]:
    """Return a filter for the audit: of data only the paths, never the values."""
    document = filter_document(wanted)
    hidden = {
        name: sorted(leaves(document[name])) for name in ("initial_data", "metadata") if name in document
    }
    return document | hidden


def taken(wanted: RunFilter, at: datetime) -> RunFilter:
    """Return the filter of a batch: frozen, and without what was only tried out unless that is asked for.

    Raises `BadInput`.
    """
    wanted = frozen(wanted, at)
    return wanted if wanted.dry is not None else msgspec.structs.replace(wanted, dry=False)


def frozen(wanted: RunFilter, at: datetime) -> RunFilter:
    """Return a filter that finds nothing that is created from `at` on. Raises `BadInput`."""
    try:
        moments = {
            name: moment.astimezone(UTC)
            for name in ("created_after", "created_before")
            if (moment := getattr(wanted, name)) is not None
        }
    except (OverflowError, ValueError):
        raise BadInput("a time of the filter is out of range", pointer="/filter") from None
    moments["created_before"] = min(moments.get("created_before", at), at)
    return msgspec.structs.replace(wanted, **moments)
