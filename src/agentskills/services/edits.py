"""Checks what a person gives while approving: fields of the form, and edits of what is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from agentskills.domain.data_path import parts
from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import pointer_to
from agentskills.services.forms import check_form, nested


def check_approval(asks: Mapping[str, Any], data: dict[str, Any]) -> None:
    """Raise `BadInput` naming the first value of `data` that can't be taken.

    What the form names is held against the form, everything else has to be an edit. A form that
    does not list its fields, such as `oneOf`, judges all.
    """
    form = asks.get("form")
    if form:
        fields = form.get("properties", {parts(key)[0] for key in data})
        filled_in = {key: value for key, value in data.items() if parts(key)[0] in fields}
        check_form(form, nested(filled_in))
        data = {key: value for key, value in data.items() if key not in filled_in}
    check_edits(asks.get("paths", ()), data)


def check_edits(paths: Collection[str], data: dict[str, Any]) -> None:
    """Raise `BadInput` naming the first value of `data` that stands at none of `paths`.

    `data` is nested, or has paths as keys; at a path that ends in `[]` a list must stand.
    """
    allowed = {parts(path): path.endswith("[]") for path in paths}
    for key, value in data.items():
        if key in paths:
            _check_kind(value, key.endswith("[]"), key, (key,))
        else:
            _check(allowed, (key,), value)


def _check(allowed: dict[tuple[str, ...], bool], place: tuple[str, ...], value: Any) -> None:
    if place in allowed:
        _check_kind(value, allowed[place], ".".join(place), place)
        return
    around = any(path[: len(place)] == place for path in allowed)
    if not around or not isinstance(value, dict) or not value:
        known = ", ".join(sorted(".".join(path) for path in allowed)) or "nothing"
        raise BadInput(
            f"{'.'.join(place)} can't be edited here; {known} can", pointer=pointer_to("data", *place)
        )
    for key, item in value.items():
        _check(allowed, (*place, key), item)


def _check_kind(value: Any, is_list: bool, name: str, place: tuple[str, ...]) -> None:
    if is_list and not isinstance(value, list):
        raise BadInput(f"{name} must be a list", pointer=pointer_to("data", *place))
