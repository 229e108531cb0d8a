"""What skills hand over, made plain JSON: exact numbers, own copies, a bounded size.

Skill processes import this module too, so it imports nothing heavy.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

MAX_BYTES = 5 * 1024 * 1024
"""Largest output of a skill, as JSON in UTF-8."""


def plain(value: Any) -> Any:
    """Return a deep copy in plain JSON types; floats become the decimals they are written as.

    Subclasses (a StrEnum, a defaultdict) become what they are kinds of, tuples become lists.
    Anything else is left as it is, for `check_json` to refuse by name.
    """
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool or kind is Decimal:
        return value
    if kind is dict:
        return {key: plain(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [plain(item) for item in value]
    if kind is float:
        return Decimal(repr(value))
    return _plain_subclass(value)


def _plain_subclass(value: Any) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return Decimal(float.__repr__(value))
    if isinstance(value, dict):
        return {plain(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
