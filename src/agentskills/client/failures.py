"""Failed runs by kind: `client.failures`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from agentskills.client.body import JsonObject, as_time, given
from agentskills.client.transport import PAGE, Transport

PATH = "/admin/failures"


class Failures:
    """Groups failed runs, and dismisses those that nobody will mend."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(
        self,
        *,
        skill: str | None = None,
        signature: str | None = None,
        after: datetime | str | None = None,
        before: datetime | str | None = None,
        dismissed: bool = False,
        page_size: int = PAGE,
    ) -> AsyncIterator[JsonObject]:
        """Yield failures by kind, the newest first: those that no later run has fixed.

        A group's `skill` and `signature` find its runs: `client.runs(failed_skill=…, signature=…,
        open=True)`, and as the `filter` of a batch they rerun them. With `dismissed` also what was
        dismissed.
        """
        params = given(
            skill=skill,
            signature=signature,
            after=as_time(after),
            before=as_time(before),
            dismissed="true" if dismissed else None,
        )
        async for group in self._transport.pages(PATH, params, page_size):
            yield group

    async def dismiss(
        self,
        ids: Sequence[str] | None = None,
        *,
        skill: str | None = None,
        signature: str | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> JsonObject:
        """Note that nobody will mend these runs, or all that failed in `skill` with `signature`.

        Returns `{count, left_out}`: what did not fail, is fixed or was dismissed already is left out.
        """
        body = _body(ids, skill, signature, note)
        return dict(await self._transport.post(f"{PATH}/dismiss", body, key=idempotency_key))

    async def restore(
        self,
        ids: Sequence[str] | None = None,
        *,
        skill: str | None = None,
        signature: str | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> JsonObject:
        """Take back that failures were dismissed."""
        body = _body(ids, skill, signature, note)
        return dict(await self._transport.post(f"{PATH}/restore", body, key=idempotency_key))


def _body(
    ids: Sequence[str] | None, skill: str | None, signature: str | None, note: str | None
) -> JsonObject:
    return given(ids=None if ids is None else [*ids], skill=skill, signature=signature, note=note)
