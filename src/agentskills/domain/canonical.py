"""Canonical JSON and its digest: two values that are equal as JSON give the same bytes.

Keys are sorted by code point, numbers compare by exact decimal value (`1`, `1.0` and `1e0`
are one number). The idea is RFC 8785 (JCS), but with exact decimals in place of doubles.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

import msgspec

from agentskills.domain.json_text import Json

_encode = msgspec.json.Encoder(decimal_format="number", order="sorted").encode


def canonical_json(value: Json) -> bytes:
    """Return the canonical bytes of a JSON value."""
    return _encode(_plain(value))


def digest(value: Json) -> str:
    """Return the SHA-256 of the canonical JSON as 64 hexadecimal digits."""
    return sha256(_encode(_plain(value))).hexdigest()


def _plain(value: Json) -> Json:
    """Return `value` with every number in its one normal form."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return value
    if kind is Decimal:
        return _number(value)
    if kind is float:
        return _number(Decimal(repr(value)))
    if kind is dict:
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]


def _number(value: Decimal) -> int | Decimal:
    integral = value.to_integral_value()
    if integral == value:
        return int(integral)
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    while digits[-1] == 0:
        digits, exponent = digits[:-1], exponent + 1
    return Decimal((sign, digits, exponent))
