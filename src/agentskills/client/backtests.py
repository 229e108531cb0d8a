"""Past runs replayed with nothing going out: `client.backtests`, and a handle on one backtest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, Unpack

from agentskills.client.batches import plain_filter
from agentskills.client.body import JsonObject, given, quoted
from agentskills.client.errors import WaitTimedOut
from agentskills.client.transport import PAGE, Transport

PATH = "/admin/backtests"


class BacktestRequest(TypedDict, total=False):
    """What a backtest may be asked for; what is left out or None is the default."""

    ids: Sequence[str] | None  # which runs, or
    filter: Mapping[str, Any] | None  # the filter of `client.runs`; the newest come first
    most: int | None  # runs; of a filter 100
    skills: Literal["latest", "pinned"] | Mapping[str, str] | None  # {name: digest}: all others stay
    sop: str | None  # edited procedure
    model: str | None
    name: str | None
    reason: str | None
    concurrency: int | None  # replays at the same time: 100
    budget: Mapping[str, Any] | None  # tokens, money


class Backtests:
    """Starts and follows backtests on one server; `client.batches` pauses, resumes and aborts them."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def start(
        self, *, idempotency_key: str | None = None, **request: Unpack[BacktestRequest]
    ) -> Backtest:
        """Replay past runs, named by `ids` or found by `filter`, and return at once; nothing goes out.

        Raises `BadInput` naming the field, `VersionMissing`, and `NothingMatches`.
        """
        answer = await self._transport.post(PATH, _body(request), key=idempotency_key)
        return Backtest(self, answer["id"], answer)

    def backtest(self, backtest_id: str) -> Backtest:
        """Return a handle on a backtest that exists; asks the server nothing."""
        return Backtest(self, backtest_id)

    async def list(self, *, status: str | None = None, page_size: int = PAGE) -> AsyncIterator[JsonObject]:
        """Yield backtests, the newest first, with their verdicts in numbers."""
        async for backtest in self._transport.pages(PATH, given(status=status), page_size):
            yield backtest

    async def get(self, backtest_id: str) -> JsonObject:
        """Return a backtest with its report as far as it has come. Raises `BatchNotFound`."""
        return dict(await self._transport.get(f"{PATH}/{quoted(backtest_id)}"))

    async def items(
        self, backtest_id: str, *, verdict: str | None = None, page_size: int = PAGE
    ) -> AsyncIterator[JsonObject]:
        """Yield the runs of a backtest with their reports; `verdict` is stays, changed or cant_tell."""
        path = f"{PATH}/{quoted(backtest_id)}/items"
        async for item in self._transport.pages(path, given(verdict=verdict), page_size):
            yield item

    async def follow(self, backtest_id: str, *, every: float = 1.0) -> AsyncIterator[JsonObject]:
        """Yield the backtest each `every` seconds, for the last time once it is reported or paused."""
        while True:
            backtest = await self.get(backtest_id)
            yield backtest
            if backtest["reported_at"] or backtest["status"] == "paused":
                return
            await asyncio.sleep(every)

    async def wait(self, backtest_id: str, timeout: float | None = None) -> JsonObject:
        """Return the backtest once every run has its report; raises `WaitTimedOut`."""
        found: JsonObject = {}
        try:
            async with asyncio.timeout(timeout):
                async for latest in self.follow(backtest_id, every=0.2):
                    found = latest
        except TimeoutError:
            raise WaitTimedOut(f"{backtest_id} had not ended after {timeout:g} s; it goes on") from None
        return found


@dataclass(frozen=True, slots=True)
class Backtest:
    """One backtest on the server; every method is that of `Backtests`, for this backtest."""

    backtests: Backtests = field(repr=False, compare=False)
    id: str
    answer: JsonObject = field(default_factory=dict, repr=False, compare=False)  # of start

    async def get(self) -> JsonObject:
        """Return the backtest with its report as far as it has come."""
        return await self.backtests.get(self.id)

    def items(self, *, verdict: str | None = None) -> AsyncIterator[JsonObject]:
        """Yield its runs with their reports."""
        return self.backtests.items(self.id, verdict=verdict)

    def follow(self, *, every: float = 1.0) -> AsyncIterator[JsonObject]:
        """Yield the backtest each `every` seconds until it is reported or paused."""
        return self.backtests.follow(self.id, every=every)

    async def wait(self, timeout: float | None = None) -> JsonObject:
        """Return the backtest once every run has its report."""
        return await self.backtests.wait(self.id, timeout)


def _body(request: BacktestRequest) -> JsonObject:
    """Return the body that asks for this."""
    body: JsonObject = given(**request)
    for name in ("budget", "skills"):
        if isinstance(body.get(name), Mapping):
            body[name] = dict(body[name])
    if "ids" in body:
        body["ids"] = [*body["ids"]]
    if "filter" in body:
        body["filter"] = plain_filter(body["filter"])
    return body
