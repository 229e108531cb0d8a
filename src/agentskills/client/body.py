"""Small pieces of requests and answers that the client's parts share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote

JsonObject: TypeAlias = dict[str, Any]


def given(**fields: Any) -> JsonObject:
    """Return the fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}


def quoted(text: str) -> str:
    """Return text as one part of a path."""
    return quote(text, safe="")


def as_object(answer: Any) -> JsonObject:
    """Return an answer that is a JSON object."""
    assert isinstance(answer, dict), f"expected a JSON object, got {type(answer).__name__}"
    return answer


def as_items(answer: Any) -> list[JsonObject]:
    """Return the items of an answer that is a whole list."""
    return list(as_object(answer)["items"])


def as_time(value: datetime | str | None) -> str | None:
    """Return a time as JSON holds it."""
    return value.isoformat() if isinstance(value, datetime) else value
