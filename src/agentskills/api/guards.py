"""Who may talk to the server: API keys, or on loopback only this machine's own pages and programs."""

from __future__ import annotations

import hmac
import ipaddress
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from agentskills.api.errors import problem_of
from agentskills.domain.errors import AgentSkillsError, ForbiddenOrigin, Unauthorized
from agentskills.services.actor import Actor
from agentskills.settings import Settings

_OPEN = ("/health", "/callback", "/openapi.json")
"""Open to all that reach the server: a callback shows its own token."""
_OPEN_BELOW = ("/ui/", "/docs")


class Guard:
    """Lets a request through, with who asks in `scope["asf.actor"]`, or answers with a problem.

    With keys each request needs one. Without, the server is bound to loopback, and `Host`,
    `Origin` and `Sec-Fetch-Site` must say that no foreign page stands behind the request.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        keys = settings.api_keys.get_secret_value() if settings.api_keys else ""
        self._keys = [_hashed(key.strip()) for key in keys.split(",") if key.strip()]
        public = urlsplit(settings.base_url).hostname
        self._callback_hosts = {public} if settings.public_url else set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            try:
                scope["asf.actor"] = self._admitted(scope)
            except AgentSkillsError as error:
                await problem_of(error, scope["path"])(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _admitted(self, scope: Scope) -> Actor:
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in (b"host", b"origin", b"sec-fetch-site", b"authorization"):
                headers[name] = value
        if self._keys:
            return self._by_key(scope, headers)
        self._check_loopback(scope, headers)
        return Actor("person")

    def _by_key(self, scope: Scope, headers: dict[bytes, bytes]) -> Actor:
        kind, _, key = headers.get(b"authorization", b"").partition(b" ")
        if kind.lower() == b"bearer":
            given = sha256(key.strip()).digest()
            for known in self._keys:
                if hmac.compare_digest(given, known):
                    return Actor("api_key", known.hex()[:8])
        path = scope["path"]
        if path == "/" or path in _OPEN or path.startswith(_OPEN_BELOW):
            return Actor("person")
        raise Unauthorized()

    def _check_loopback(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        host = _host_of(b"//" + headers.get(b"host", b""))
        public_callback = scope["path"] == "/callback" and host in self._callback_hosts
        if not public_callback and not _is_loopback(host):
            raise ForbiddenOrigin("this server answers only to localhost, 127.0.0.1 and [::1]")
        origin = headers.get(b"origin")
        if origin is not None and not _is_loopback(_host_of(origin)):
            raise ForbiddenOrigin("pages of other sites may not use this server")
        site = headers.get(b"sec-fetch-site")
        if site == b"cross-site" and scope["method"] not in ("GET", "HEAD"):
            raise ForbiddenOrigin("pages of other sites may not use this server")


def _hashed(key: str) -> bytes:
    return sha256(key.encode()).digest()


def _host_of(address: bytes) -> str | None:
    try:
        return urlsplit(address.decode("ascii")).hostname
    except (ValueError, UnicodeDecodeError):
        return None


def _is_loopback(host: str | None) -> bool:
    if host is None:
        return False
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host) in (_V4, _V6)
    except ValueError:
        return False


_V4 = ipaddress.ip_address("127.0.0.1")
_V6 = ipaddress.ip_address("::1")
