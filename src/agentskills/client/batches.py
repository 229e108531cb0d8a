"""Bulk reruns: `client.batches`, and a handle on one batch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack

from agentskills.client.body import JsonObject, given, quoted
from agentskills.client.errors import WaitTimedOut
from agentskills.client.rerun_request import RerunRequest, rerun_body
from agentskills.client.transport import PAGE, Transport
from agentskills.domain.data_path import ABSENT

PATH = "/admin/batches"


class BatchRequest(TypedDict, total=False):
    """What a batch may be asked for; what is left out or None is the default."""

    ids: Sequence[str] | None  # which runs, or
    filter: Mapping[str, Any] | None  # the filter of `client.runs`, such as {"status": ["failed"]}
    rerun: RerunRequest | None  # from the failure, unchanged results reused, the latest skills
    name: str | None
    reason: str | None
    only_open: bool | None  # True: skip what a later run has fixed, is about to, or failed at as well
    order: Literal["oldest", "newest"] | None
    order_by_key: str | None  # data path: runs with the same value go one at a time, in order
    concurrency: int | None  # reruns at the same time: 100
    budget: Mapping[str, Any] | None  # tokens, money
    canary: int | None  # first so many, then the gate
    gate: Mapping[str, Any] | None  # {path, equals} or {path, exists}
    stop_at_failure_rate: Any  # pauses by itself where a greater share failed


class Batches:
    """Starts and follows batches on one server."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def start(self, *, idempotency_key: str | None = None, **request: Unpack[BatchRequest]) -> Batch:
        """Rerun many runs, named by `ids` or found by `filter`, and return at once.

        Raises `BadInput` naming the field, and `NothingMatches` for a filter that finds no run.
        """
        answer = await self._transport.post(PATH, _body(request), key=idempotency_key)
        return Batch(self, answer["id"], answer)

    async def plan(self, **request: Unpack[BatchRequest]) -> JsonObject:
        """Return what a batch would do: count, planned sample, effects, estimate; nothing is started."""
        return dict(await self._transport.post(PATH, _body(request) | {"dry_run": True}))

    def batch(self, batch_id: str) -> Batch:
        """Return a handle on a batch that exists; asks the server nothing."""
        return Batch(self, batch_id)

    async def list(self, *, status: str | None = None, page_size: int = PAGE) -> AsyncIterator[JsonObject]:
        """Yield batches, the newest first."""
        async for batch in self._transport.pages(PATH, given(status=status), page_size):
            yield batch

    async def get(self, batch_id: str) -> JsonObject:
        """Return a batch and how far it has come. Raises `BatchNotFound`."""
        return dict(await self._transport.get(f"{PATH}/{quoted(batch_id)}"))

    async def items(
        self, batch_id: str, *, state: str | Sequence[str] | None = None, page_size: int = PAGE
    ) -> AsyncIterator[JsonObject]:
        """Yield the items of a batch in the order in which they are taken, each with its outcome."""
        params = given(state=[state] if isinstance(state, str) else state)
        async for item in self._transport.pages(f"{PATH}/{quoted(batch_id)}/items", params, page_size):
            yield item

    async def follow(self, batch_id: str, *, every: float = 1.0) -> AsyncIterator[JsonObject]:
        """Yield the batch each `every` seconds, for the last time once it is running no more."""
        while True:
            batch = await self.get(batch_id)
            yield batch
            if batch["status"] != "running":
                return
            await asyncio.sleep(every)

    async def wait(self, batch_id: str, timeout: float | None = None) -> JsonObject:
        """Return the batch once it is completed, paused or aborted; raises `WaitTimedOut`."""
        try:
            async with asyncio.timeout(timeout):
                async for batch in self.follow(batch_id, every=0.2):
                    if batch["status"] != "running":
                        return batch
        except TimeoutError:
            raise WaitTimedOut(f"{batch_id} was still running after {timeout:g} s; it goes on") from None
        raise AssertionError("a batch is followed until it is running no more")

    async def pause(
        self, batch_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> JsonObject:
        """Start nothing more; reruns under way go on. Raises `BatchFinished`."""
        return await self._change(batch_id, "pause", given(reason=reason), idempotency_key)

    async def resume(
        self,
        batch_id: str,
        *,
        budget: Mapping[str, Any] | None = None,
        concurrency: int | None = None,
        stop_at_failure_rate: Any = ABSENT,
        reason: str | None = None,
        idempotency_key: str | None = None,
    ) -> JsonObject:
        """Go on, with other limits where they are given; None within `budget` lifts a limit.

        So does None as `stop_at_failure_rate`.

        Raises `BatchFinished` and `BudgetSpent`.
        """
        body = given(
            budget=None if budget is None else dict(budget),
            concurrency=concurrency,
            reason=reason,
        )
        if stop_at_failure_rate is not ABSENT:
            body["stop_at_failure_rate"] = stop_at_failure_rate
        return await self._change(batch_id, "resume", body, idempotency_key)

    async def abort(
        self, batch_id: str, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> JsonObject:
        """Cancel what has not been started; reruns under way go on. Raises `BatchFinished`."""
        return await self._change(batch_id, "abort", given(reason=reason), idempotency_key)

    async def _change(self, batch_id: str, verb: str, body: JsonObject, key: str | None) -> JsonObject:
        return dict(await self._transport.post(f"{PATH}/{quoted(batch_id)}/{verb}", body, key=key))


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch on the server; every method is that of `Batches`, for this batch."""

    batches: Batches = field(repr=False, compare=False)
    id: str
    answer: JsonObject = field(default_factory=dict, repr=False, compare=False)  # of start

    async def get(self) -> JsonObject:
        """Return the batch and how far it has come."""
        return await self.batches.get(self.id)

    def items(self, *, state: str | Sequence[str] | None = None) -> AsyncIterator[JsonObject]:
        """Yield its items, each with its outcome."""
        return self.batches.items(self.id, state=state)

    def follow(self, *, every: float = 1.0) -> AsyncIterator[JsonObject]:
        """Yield the batch each `every` seconds until it is running no more."""
        return self.batches.follow(self.id, every=every)

    async def wait(self, timeout: float | None = None) -> JsonObject:
        """Return the batch once it is completed, paused or aborted."""
        return await self.batches.wait(self.id, timeout)

    async def pause(self, **more: Any) -> JsonObject:
        """Start nothing more; see `Batches.pause`."""
        return await self.batches.pause(self.id, **more)

    async def resume(self, **more: Any) -> JsonObject:
        """Go on; see `Batches.resume`."""
        return await self.batches.resume(self.id, **more)

    async def abort(self, **more: Any) -> JsonObject:
        """Cancel what has not been started; see `Batches.abort`."""
        return await self.batches.abort(self.id, **more)


def _body(request: BatchRequest) -> JsonObject:
    """Return the body that asks for this."""
    body: JsonObject = given(**request)
    for name in ("budget", "gate"):
        if name in body:
            body[name] = dict(body[name])
    if "ids" in body:
        body["ids"] = [*body["ids"]]
    if "rerun" in body:
        body["rerun"] = rerun_body(body["rerun"])
    if "filter" in body:
        body["filter"] = plain_filter(body["filter"])
    return body


def plain_filter(wanted: Mapping[str, Any]) -> JsonObject:
    """Return a filter as it is sent."""
    sent = {name: _plain(value) for name, value in wanted.items() if value is not None}
    if isinstance(sent.get("status"), str):
        sent["status"] = [sent["status"]]
    return sent


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [*value] if isinstance(value, tuple) else value
