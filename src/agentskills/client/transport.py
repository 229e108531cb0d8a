"""HTTP calls with exact JSON, typed errors, and retries that can't do a thing twice."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

import httpx2
import msgspec

from agentskills.client.errors import RETRIED_STATUSES, ServerUnreachable, error_for
from agentskills.domain.errors import AgentSkillsError, BadInput, QueryTooSlow
from agentskills.domain.json_text import Json, check_json, json_bytes, parse_stored

PAGE = 200
"""Items of one page."""
NO_BODY: Final = object()
CONNECTION_ERRORS = (
    httpx2.NetworkError,
    httpx2.RemoteProtocolError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
)
"""What tells that the connection failed; a server that answers too slowly is not among it."""

LONGEST_PAUSE = 10.0
Params = Mapping[str, str | Sequence[str]]


class Transport:
    """One server, its key, and how stubbornly to call it."""

    def __init__(
        self,
        url: str,
        api_key: str | None,
        *,
        on_behalf_of: str | None = None,
        timeout: float,
        retries: int,
    ) -> None:
        """Take the server's URL; `timeout` in seconds for one try, `retries` after the first try.

        Raises `BadInput` for what is no URL.
        """
        headers = {"Accept": "application/json"}
        if api_key:
            headers["Authorization"] = f"Bearer {api_key}"
        if on_behalf_of:
            headers["On-Behalf-Of"] = on_behalf_of
        self.url = url.rstrip("/")
        self.retries = retries
        self.timeout = timeout
        try:
            self.http = httpx2.AsyncClient(
                base_url=self.url,
                headers={name.encode(): value.encode() for name, value in headers.items()},  # UTF-8
                timeout=timeout,
            )
        except httpx2.InvalidURL as error:
            raise BadInput(f"{url} is no URL of a server: {error}") from None

    async def get(self, path: str, params: Params | None = None) -> Json:
        """Return the JSON answer of a GET."""
        return await self._call("GET", path, params=params)

    async def post(self, path: str, body: Json | object = NO_BODY, *, key: str | None = None) -> Json:
        """Return the JSON answer of a POST.

        All tries of this call carry one Idempotency-Key (`key`, else a new one), so that a try whose
        answer was lost is not carried out again. Raises `BadInput` for a body that JSON can't hold.
        """
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        content = None
        if body is not NO_BODY:
            check_json(body)
            content = json_bytes(body)
            headers["Content-Type"] = "application/json"
        return await self._call("POST", path, headers=headers, content=content)

    async def pages(self, path: str, params: dict[str, Any], page_size: int = PAGE) -> AsyncIterator[Any]:
        """Yield the items of a list, page after page."""
        cursor = None
        while True:
            here = params | {"limit": str(page_size)} | ({"cursor": cursor} if cursor else {})
            page = await self.get(path, here)
            for item in page["items"]:
                yield item
            cursor = page.get("next_cursor")
            if not cursor:
                return

    async def patch(self, path: str, body: Json) -> Json:
        """Return the JSON answer of a PATCH, which may be sent twice. Raises `BadInput` as `post` does."""
        check_json(body)
        headers = {"Content-Type": "application/json"}
        return await self._call("PATCH", path, headers=headers, content=json_bytes(body))

    async def delete(self, path: str, body: Json) -> Json:
        """Return the JSON answer of a DELETE, which may be sent twice. Raises `BadInput` as `post` does."""
        check_json(body)
        headers = {"Content-Type": "application/json"}
        return await self._call("DELETE", path, headers=headers, content=json_bytes(body))

    async def _call(self, method: str, path: str, **options: Any) -> Json:
        tried = 0
        while True:
            try:
                response = await self.http.request(method, path, **options)
            except CONNECTION_ERRORS as error:
                failure: AgentSkillsError = self.unreachable(error)
                pause = None
            except httpx2.HTTPError as error:
                raise self.unreachable(error) from error
            else:
                if response.is_success:
                    return parse_answer(response)
                failure = error_for(response.status_code, answer_or_none(response))
                if response.status_code not in RETRIED_STATUSES or isinstance(failure, QueryTooSlow):
                    raise failure
                pause = retry_after(response)
            if tried >= self.retries:
                raise failure
            await asyncio.sleep(pause_before(tried) if pause is None else pause)
            tried += 1

    def unreachable(self, error: Exception) -> ServerUnreachable:
        """Return the error that says in one line what went wrong with the connection."""
        what = str(error) or type(error).__name__
        return ServerUnreachable(f"no answer from {self.url}: {what}")

    async def close(self) -> None:
        """Close all connections."""
        await self.http.aclose()


def pause_before(tried: int) -> float:
    """Return the seconds to wait after try number `tried` (from 0): doubled each time, with jitter."""
    return float(min(LONGEST_PAUSE, 0.1 * 2**tried) * random.uniform(0.5, 1.0))  # noqa: S311  # no secret


def retry_after(response: httpx2.Response) -> float | None:
    """Return the seconds the server asks for, at most `LONGEST_PAUSE`; None where it does not."""
    try:
        return max(0.0, min(LONGEST_PAUSE, float(response.headers["retry-after"])))
    except (KeyError, ValueError):
        return None


def parse_answer(response: httpx2.Response) -> Json:
    """Return the JSON of a success; raises `UnexpectedAnswer` when it is none."""
    try:
        return parse_stored(response.content)
    except (msgspec.DecodeError, UnicodeError):
        kind = response.headers.get("content-type", "nothing")
        raise error_for(
            response.status_code, {"detail": f"expected JSON from {response.request.url}, got {kind}"}
        ) from None


def answer_or_none(response: httpx2.Response) -> Json:
    """Return the JSON of an answer, or None when it holds none."""
    try:
        return parse_stored(response.content)
    except (msgspec.DecodeError, UnicodeError):
        return None
