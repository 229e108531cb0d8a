"""One HTTP call of a skill: to a checked address, bounded, its errors translated by one table."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from agentskills.domain import clock
from agentskills.domain.errors import SkillFailed
from agentskills.domain.json_text import json_bytes
from agentskills.executors.addresses import AllowedHosts, checked_addresses
from agentskills.executors.plain_json import MAX_BYTES
from agentskills.executors.secrets import redact
from agentskills.executors.template import bad_request

LONGEST_PAUSE = 24 * 3600.0
"""Seconds; a Retry-After beyond that is cut."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, ready to be sent."""

    method: str
    url: str
    query: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any = None  # JSON; None sends none
    has_body: bool = False
    content: bytes | None = None  # in place of a body: sent as it is, for what has been signed

    @property
    def sent(self) -> bytes | None:
        """The bytes of the body."""
        return self.content or (json_bytes(self.body) if self.has_body else None)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with a status below 300."""

    status: int
    body: bytes


class HttpCalls:
    """Sends calls; each on a connection of its own.

    Without kept connections nothing is ever sent into one that the other side has just closed,
    which would leave an effect in doubt for no reason, and no connection to one host's address
    serves another host. Redirects are not followed, and proxies of the environment not used:
    both would lead past the check of the address.
    """

    def __init__(self, allowed: AllowedHosts) -> None:
        self._allowed = allowed
        self._client: httpx2.AsyncClient | None = None

    async def send(self, call: Call, timeout: float) -> Answer:
        """Send a call and return its answer. Raises `SkillFailed`, see `_failed` and `_refused`."""
        shown = redact(f"{call.method} {call.url.partition('?')[0]}")
        try:
            url = httpx2.URL(call.url)
            host, port = url.host, url.port or (443 if url.scheme == "https" else 80)
        except (httpx2.InvalidURL, ValueError) as error:
            raise bad_request(f"the URL can't be used: {error}") from None
        addresses = await checked_addresses(host, port, self._allowed)
        for address in addresses:
            try:
                return await self._send_to(address, url, call, timeout, shown)
            except httpx2.ConnectError as error:
                failure = _failed(error, shown)
            except httpx2.HTTPError as error:
                raise _failed(error, shown) from None
        raise failure from None

    async def close(self) -> None:
        """Close the client."""
        if self._client is not None:
            await self._client.aclose()

    async def _send_to(self, address: str, url: httpx2.URL, call: Call, timeout: float, shown: str) -> Answer:
        headers = {"accept": "application/json", "accept-encoding": "identity", **call.headers}
        headers["host"] = url.netloc.decode("ascii")
        content = call.sent
        if content is not None:
            headers.setdefault("content-type", "application/json")
        request = self._open().build_request(
            call.method,
            _merged(url, call.query).copy_with(host=address),
            headers=headers,
            content=content,
            # a connection that is cancelled half-way is left to the garbage collector, so this ends first
            timeout=httpx2.Timeout(timeout, connect=min(0.9 * timeout, 30.0)),
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        response = await self._open().send(request, stream=True)
        try:
            body = await _bounded(response, shown)
        finally:
            await response.aclose()
        if not response.is_success:
            raise _refused(response, body, shown)
        return Answer(response.status_code, body)

    def _open(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                verify=_tls(),
                trust_env=False,
                follow_redirects=False,
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
            )
        return self._client


def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=True)  # SSL_CERT_FILE is honoured


def _merged(url: httpx2.URL, query: Mapping[str, Any]) -> httpx2.URL:
    return url.copy_merge_params(dict(query)) if query else url


async def _bounded(response: httpx2.Response, shown: str) -> bytes:
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > MAX_BYTES:
            raise SkillFailed(
                f"{shown} answered more than {MAX_BYTES:,} bytes", error_type="bad-output", retryable=False
            )
    return bytes(body)


_ERRORS: tuple[tuple[type[httpx2.HTTPError], str, bool], ...] = (
    # (exception, error_type, proof that nothing has happened)
    (httpx2.ConnectError, "connection-failed", True),  # refused, unreachable, TLS failure
    (httpx2.UnsupportedProtocol, "bad-request", True),
    (httpx2.LocalProtocolError, "bad-request", True),  # it never left
    (httpx2.TimeoutException, "timeout", False),
    (httpx2.DecodingError, "bad-output", False),
    (httpx2.HTTPError, "connection-lost", False),
)
_FINAL = {"bad-request", "bad-output"}


def _failed(error: httpx2.HTTPError, shown: str) -> SkillFailed:
    kind, nothing = next((kind, proof) for cls, kind, proof in _ERRORS if isinstance(error, cls))
    text = redact(str(error)) or type(error).__name__
    return SkillFailed(
        f"{shown}: {text}", error_type=kind, retryable=kind not in _FINAL, nothing_happened=nothing
    )


def _refused(response: httpx2.Response, body: bytes, shown: str) -> SkillFailed:
    """Return the failure for a status of 300 and above.

    A 4xx says that the request was refused, but for 408 (perhaps acted on) and 409 (perhaps
    done before). 5xx and redirects prove nothing.
    """
    status = response.status_code
    pause = retry_after(response.headers.get("retry-after")) if status in (429, 503) else None
    said = redact(body.decode("utf-8", "replace")).replace("\x00", " ").strip()  # before it is cut
    return SkillFailed(
        f"{shown} answered {status}" + (f": {said[:500]}" if said else ""),
        error_type=f"http-{status}",
        retryable=status >= 500 or status in (408, 409, 425, 429),
        retry_after=pause,
        counts=pause is None,
        nothing_happened=400 <= status < 500 and status not in (408, 409),
    )


def retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header, given as a number or a date; None if there is none."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - clock.now()).total_seconds()
        except (ValueError, TypeError):
            return None
    if seconds != seconds:  # NaN
        return None
    return min(max(seconds, 0.0), LONGEST_PAUSE)
