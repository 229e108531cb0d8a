"""How answers are written: JSON with exact numbers, and problems (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from agentskills.domain.json_text import Json, json_bytes

PROBLEM = "application/problem+json"


class JsonAnswer(Response):
    """An answer in JSON; numbers are written with all their digits."""

    media_type = "application/json"

    def render(self, content: Json) -> bytes:
        """Return the bytes of the body."""
        return json_bytes(content)


def problem(
    status: int,
    type_: str,
    title: str,
    detail: str,
    *,
    instance: str | None = None,
    fields: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JsonAnswer:
    """Return a problem document as an answer."""
    document: dict[str, Any] = {"type": type_, "title": title, "status": status, "detail": detail}
    if instance is not None:
        document["instance"] = instance
    document.update(fields or {})
    return JsonAnswer(
        document, status_code=status, headers=dict(headers) if headers else None, media_type=PROBLEM
    )
