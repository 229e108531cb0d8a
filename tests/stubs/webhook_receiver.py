"""A receiver of webhooks that checks signatures by itself, from the words of Standard Webhooks 1.0.0."""

from __future__ import annotations

import hashlib
import time
from base64 import b64decode, b64encode

from tests.stubs.http_service import Seen

BLOCK = 64  # bytes, of SHA-256


def hmac_sha256(key: bytes, message: bytes) -> bytes:
    """RFC 2104, written out, so that nothing of what is tested tests itself."""
    key = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def signed_with(seen: Seen, secret: str) -> bool:
    """Say whether one of the signatures of a request is made with this secret, and not long ago."""
    assert secret.startswith("whsec_")
    key = b64decode(secret[6:])
    assert len(key) == 32
    stamp = seen.headers["webhook-timestamp"]
    assert abs(time.time() - int(stamp)) < 300
    message = f"{seen.headers['webhook-id']}.{stamp}.".encode() + seen.body
    expected = "v1," + b64encode(hmac_sha256(key, message)).decode()
    return expected in seen.headers["webhook-signature"].split(" ")
