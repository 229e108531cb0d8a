"""Checks what a person filled in against the form that was shown."""

from __future__ import annotations

from typing import Any

from agentskills.domain.data_path import written
from agentskills.domain.errors import BadInput
from agentskills.domain.json_schema import JsonSchema, SchemaUnusable
from agentskills.domain.json_text import pointer_to


def nested(data: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a person gave as nested data; its keys may be data paths."""
    found: dict[str, Any] = {}
    for key, value in (data or {}).items():
        found = written(found, key, value)
    return found


def check_form(form: dict[str, Any], data: dict[str, Any]) -> None:
    """Raise `BadInput` naming the first field of `data` that breaks `form`, a JSON Schema."""
    try:
        breach = JsonSchema(form).breach(data)
    except SchemaUnusable as problem:
        raise BadInput(f"the skill's form can't be applied: {problem}", pointer="/data") from None
    if breach is not None:
        raise BadInput(breach.message, pointer=pointer_to("data", *breach.place))
