"""Who may talk to the server: API keys, or on loopback only this machine's own pages and programs."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from agentskills.api.errors import problem_of
from agentskills.api.sessions import COOKIE, Keys
from agentskills.domain.errors import AgentSkillsError, ForbiddenOrigin, Unauthorized
from agentskills.services.actor import Actor
from agentskills.settings import Settings

_SESSION = "/session"
_OPEN = ("/", "/ui", "/health", "/callback", "/openapi.json", "/docs", _SESSION)
"""Open to all that reach the server: a callback shows its own token, and who signs in has no session yet."""
_OPEN_BELOW = "/ui/"
_READ = (b"host", b"origin", b"sec-fetch-site", b"authorization", b"cookie")
_FOREIGN = "pages of other sites may not use this server"


class Guard:
    """Lets a request through, with who asks in `scope["asf.actor"]`, or answers with a problem.

    With keys each request needs one, or the session of somebody who has signed in with one: its
    cookie counts only for the server's own pages. Without, the server is bound to loopback, and
    `Host`, `Origin` and `Sec-Fetch-Site` must say that no foreign page stands behind the request.
    """

    def __init__(self, app: ASGIApp, settings: Settings, keys: Keys) -> None:
        self._app = app
        self._keys = keys
        public = urlsplit(settings.base_url)
        self._callback_hosts = {public.hostname} if settings.public_url else set()
        self._public = public.netloc.lower() if settings.public_url else None

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
            if name in _READ:
                headers[name] = value
        if self._keys.needed:
            return self._by_key(scope, headers)
        self._check_loopback(scope, headers)
        return Actor("person")

    def _by_key(self, scope: Scope, headers: dict[bytes, bytes]) -> Actor:
        path = scope["path"]
        if path == _SESSION:
            self._check_own_page(scope["method"], headers)
        actor = self._shown_key(headers) or self._signed_in(scope["method"], headers)
        if actor is not None:
            return actor
        if path in _OPEN or path.startswith(_OPEN_BELOW):
            return Actor("person")
        raise Unauthorized()

    def _shown_key(self, headers: dict[bytes, bytes]) -> Actor | None:
        kind, _, key = headers.get(b"authorization", b"").partition(b" ")
        return self._keys.holder(key) if kind.lower() == b"bearer" else None

    def _signed_in(self, method: str, headers: dict[bytes, bytes]) -> Actor | None:
        """Return who the cookie stands for; where a key is shown, the cookie does not count."""
        if b"cookie" not in headers or b"authorization" in headers:
            return None
        cookie = cookie_parser(headers[b"cookie"].decode("latin-1")).get(COOKIE)
        session = self._keys.session(cookie) if cookie else None
        if session is None:
            return None
        self._check_own_page(method, headers)
        return session.actor

    def _check_own_page(self, method: str, headers: dict[bytes, bytes]) -> None:
        """Raise `ForbiddenOrigin` where a page of another origin stands behind a request.

        Browsers send cookies also for pages of other ports and of neighbouring names.
        """
        if not self._is_own(headers.get(b"origin"), headers.get(b"host", b"")):
            raise ForbiddenOrigin(_FOREIGN)
        site = headers.get(b"sec-fetch-site", b"none")
        if site not in (b"same-origin", b"none") and method not in ("GET", "HEAD"):
            raise ForbiddenOrigin(_FOREIGN)

    def _is_own(self, origin: bytes | None, host: bytes) -> bool:
        if origin is None:
            return True
        page = origin.decode("latin-1").lower().partition("://")[2]
        if page and page in (host.decode("latin-1").lower(), self._public):
            return True
        return _is_loopback(_host_of(origin)) and _is_loopback(_host_of(b"//" + host))

    def _check_loopback(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        host = _host_of(b"//" + headers.get(b"host", b""))
        public_callback = scope["path"] == "/callback" and host in self._callback_hosts
        if not public_callback and not _is_loopback(host):
            raise ForbiddenOrigin("this server answers only to localhost, 127.0.0.1 and [::1]")
        origin = headers.get(b"origin")
        if origin is not None and not _is_loopback(_host_of(origin)):
            raise ForbiddenOrigin(_FOREIGN)
        site = headers.get(b"sec-fetch-site")
        if site == b"cross-site" and scope["method"] not in ("GET", "HEAD"):
            raise ForbiddenOrigin(_FOREIGN)


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
