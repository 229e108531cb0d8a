"""Small pieces of requests and answers that the client's parts share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias
from urllib.parse import quote

JsonObject: TypeAlias = dict[str, Any]
Pages: TypeAlias = Callable[[str, dict[str, Any]], AsyncIterator[JsonObject]]
"""Yields the items of a list, page after page, from its path and filters."""


def given(**fields: Any) -> JsonObject:
    """Return the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def part(text: str) -> str:
    """Return text as one part of a path."""
    return quote(text, safe="")


def as_object(answer: Any) -> JsonObject:
    """Return an answer that is a JSON object."""
    assert isinstance(answer, dict), f"expected a JSON object, got {type(answer).__name__}"
    return answer
