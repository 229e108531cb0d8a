"""API keys, and the sessions that a browser gets for one: a signed cookie that scripts can't read."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from agentskills.domain.clock import now
from agentskills.services.actor import Actor
from agentskills.settings import Settings

COOKIE = "asf_session"
LASTS = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """Who has signed in, and until when."""

    actor: Actor
    expires_at: datetime


class Keys:
    """The keys of ASF_API_KEYS; nothing of them is kept but their digests.

    A session's cookie is `key.expiry.random.signature`. What signs it derives from the key and from
    `secret`, a value of the installation, so every process knows a session that another one has
    given, it ends when its key is taken out of ASF_API_KEYS, and nobody can guess a key from it.
    """

    def __init__(self, settings: Settings) -> None:
        given = settings.api_keys.get_secret_value() if settings.api_keys else ""
        self._digests = [sha256(key.strip().encode()).digest() for key in given.split(",") if key.strip()]
        self.secret: bytes | None = None  # known once the database is there

    @property
    def needed(self) -> bool:
        """Whether clients must show a key or a session."""
        return bool(self._digests)

    def holder(self, key: bytes) -> Actor | None:
        """Return who holds this key, or None where it is none of ours."""
        known = self._known(key)
        return _actor(known) if known else None

    def open_session(self, key: bytes, lasts: timedelta = LASTS) -> tuple[str, Session] | None:
        """Return the cookie of a new session and the session, or None for a wrong key."""
        known = self._known(key)
        if known is None:
            return None
        expires = int((now() + lasts).timestamp())
        signed = f"{_name(known)}.{expires}.{secrets.token_urlsafe(12)}"
        cookie = f"{signed}.{self._signature(known, signed)}"
        return cookie, Session(_actor(known), datetime.fromtimestamp(expires, UTC))

    def session(self, cookie: str) -> Session | None:
        """Return the session that a cookie stands for, or None: forged, expired, or its key is gone."""
        signed, _, signature = cookie.rpartition(".")
        for known in self._digests:
            expected = self._signature(known, signed)
            if hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
                expires = datetime.fromtimestamp(int(signed.split(".")[1]), UTC)
                return Session(_actor(known), expires) if expires > now() else None
        return None

    def _known(self, key: bytes) -> bytes | None:
        given = sha256(key.strip()).digest()
        for known in self._digests:
            if hmac.compare_digest(given, known):
                return known
        return None

    def _signature(self, known: bytes, signed: str) -> str:
        assert self.secret is not None, "requests come after the start"
        key = hmac.digest(self.secret, b"asf session " + known, "sha256")
        return hmac.digest(key, signed.encode(errors="replace"), "sha256").hex()


def _name(known: bytes) -> str:
    """Return how a key is named in records."""
    return known.hex()[:8]


def _actor(known: bytes) -> Actor:
    return Actor("api_key", _name(known))
