"""The On-Behalf-Of header: for whom somebody says to act."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from agentskills.domain.errors import BadInput

HEADER = "On-Behalf-Of"
MOST = 200
"""Characters."""

PARAMETER: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "for whom this is done, as the caller says: a label of up to 200 characters, in UTF-8. "
    "It is stored and shown as said, and gives no rights",
    "schema": {"type": "string", "minLength": 1, "maxLength": MOST, "title": HEADER},
}
"""How openapi.json describes it."""


def on_behalf_of(request: Request) -> str | None:
    """Return what the header says, or None without one. Raises `BadInput`."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    try:
        label = given.encode("latin-1").decode("utf-8").strip()
    except UnicodeDecodeError:
        raise BadInput(f"{HEADER} must be text in UTF-8", pointer=HEADER) from None
    if not label or not label.isprintable():
        raise BadInput(f"{HEADER} must be printable text", pointer=HEADER)
    if len(label) > MOST:
        raise BadInput(f"{HEADER} is longer than {MOST} characters", pointer=HEADER)
    return label
