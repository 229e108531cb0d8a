"""Checks what a person filled in against the form that was shown."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, SchemaError

from agentskills.domain.data_path import written
from agentskills.domain.errors import BadInput


def nested(data: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a person gave as nested data; its keys may be data paths."""
    found: dict[str, Any] = {}
    for key, value in (data or {}).items():
        found = written(found, key, value)
    return found


def check_form(form: Any, data: dict[str, Any] | None) -> None:
    """Raise `BadInput` naming the first field of `data` that breaks `form`, a JSON Schema."""
    if not isinstance(form, dict) or not form:
        return
    try:
        found = sorted(
            Draft202012Validator(form).iter_errors(data or {}), key=lambda e: list(map(str, e.path))
        )
    except SchemaError:
        return  # the form is the skill's; lint tells about it, and the paths are checked anyway
    if found:
        place = "".join(
            f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in found[0].absolute_path
        )
        raise BadInput(found[0].message, pointer=f"/data{place}")
