"""Read and write JSON with exact numbers: integers and decimals, never binary floats.

Invoice numbers of 20 digits and amounts like 1.10 must survive every edge, so JSON numbers
become `int` or `Decimal`, and are written digit for digit.
"""

from __future__ import annotations

import json
import re
from decimal import Context, Decimal
from math import isfinite
from typing import Any, TypeAlias

import msgspec

from agentskills.domain.errors import BadInput, NotJson

Json: TypeAlias = Any
"""None, bool, str, int, Decimal, list or dict of these; floats only on their way in from skills."""

MAX_DEPTH = 64
MAX_DIGITS = 100
MAX_EXPONENT = 100
_HUGE = 10**MAX_DIGITS
_BEYOND = Decimal(f"1e{10 * MAX_EXPONENT}")
_QUIET = Context(traps=[])  # gives NaN for exponents that Decimal can't hold

_decode = msgspec.json.Decoder(float_hook=Decimal).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode


def parse_json(text: bytes | str) -> Json:
    """Return the JSON value of `text`, numbers exact.

    Raises `NotJson` when it is not JSON, `BadInput` when it breaks a limit of `check_json`.
    """
    try:
        value = _decode(text)
    except RecursionError:
        raise BadInput(f"nested deeper than {MAX_DEPTH} levels") from None
    except (msgspec.DecodeError, UnicodeError, ValueError, ArithmeticError) as error:
        _refuse_by_name(text)
        raise NotJson(f"not valid JSON: {error}") from None
    check_json(value)
    return value


def _refuse_by_name(text: bytes | str) -> None:
    """Raise `BadInput` naming the field where `text` is JSON but holds what the decoder stops at.

    Those are lone surrogates, and numbers too large for Python's int or Decimal. It is slower, and
    only needed for texts that are refused anyhow.
    """
    try:
        text = text.decode() if isinstance(text, bytes) else text
        value = json.loads(text, parse_int=_any_number, parse_float=_any_number, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return
    check_json(value)


def _any_number(text: str) -> Decimal:
    number = Decimal(text, _QUIET)
    return _BEYOND if number.is_nan() else number


def _no_number(text: str) -> Json:
    raise ValueError(f"{text} is not JSON")


def parse_stored(text: bytes | str) -> Json:
    """Return the JSON value of a text that was checked before it was stored."""
    return _decode(text)


def json_bytes(value: Json) -> bytes:
    """Return compact JSON in UTF-8; numbers are written with all their digits."""
    return _encode(value)


def json_str(value: Json) -> str:
    """Return compact JSON as text, as Postgres takes it."""
    return _encode(value).decode()


def json_in_tags(value: Json) -> str:
    """Return compact JSON that can stand between tags in a prompt: no text in it can end one."""
    return json_str(value).replace("</", "<\\/")


_SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")


def check_json(value: Json, pointer: str = "", depth: int = 0) -> None:
    """Raise `BadInput` naming the field where `value` can't be kept exactly.

    Refused: NUL characters and lone surrogates, NaN and infinities, numbers of more than 100
    digits or an exponent beyond ±100, more than 64 levels, keys that are not text, and
    anything JSON has no word for.
    """
    if value is None or value is True or value is False:
        return
    kind = type(value)
    if kind is str:
        if _SURROGATE_OR_NUL.search(value):
            raise BadInput("text holds a NUL character or a lone surrogate", pointer=pointer)
    elif kind is int:
        if not -_HUGE < value < _HUGE:
            raise BadInput(f"a number has more than {MAX_DIGITS} digits", pointer=pointer)
    elif kind is Decimal:
        _check_decimal(value, pointer)
    elif kind is float:
        if not isfinite(value):
            raise BadInput("NaN and infinity are not JSON", pointer=pointer)
        if value and not 1e-100 <= abs(value) <= 1e100:
            raise BadInput(f"a number has an exponent beyond ±{MAX_EXPONENT}", pointer=pointer)
    elif kind is dict:
        if depth >= MAX_DEPTH:
            raise BadInput(f"nested deeper than {MAX_DEPTH} levels", pointer=pointer)
        for key, item in value.items():
            if type(key) is not str:
                raise BadInput(f"the key {key!r} is not text", pointer=pointer)
            if _SURROGATE_OR_NUL.search(key):
                raise BadInput("a key holds a NUL character or a lone surrogate", pointer=pointer)
            check_json(item, f"{pointer}/{_escape(key)}", depth + 1)
    elif kind is list or kind is tuple:
        if depth >= MAX_DEPTH:
            raise BadInput(f"nested deeper than {MAX_DEPTH} levels", pointer=pointer)
        for index, item in enumerate(value):
            check_json(item, f"{pointer}/{index}", depth + 1)
    else:
        raise BadInput(f"{kind.__name__} is not a JSON value", pointer=pointer)


def _check_decimal(value: Decimal, pointer: str) -> None:
    if not value.is_finite():
        raise BadInput("NaN and infinity are not JSON", pointer=pointer)
    _, digits, exponent = value.as_tuple()
    if len(digits) > MAX_DIGITS:
        raise BadInput(f"a number has more than {MAX_DIGITS} digits", pointer=pointer)
    assert isinstance(exponent, int)  # finite, so it is a number
    if abs(value.adjusted()) > MAX_EXPONENT or abs(exponent) > 2 * MAX_EXPONENT:
        raise BadInput(f"a number has an exponent beyond ±{MAX_EXPONENT}", pointer=pointer)


def pointer_to(*keys: str) -> str:
    """Return the JSON pointer (RFC 6901) to the place that these keys lead to."""
    return "".join(f"/{_escape(key)}" for key in keys)


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
