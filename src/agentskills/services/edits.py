"""Checks which values a person changes while approving: only what may be edited."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from agentskills.domain.data_path import parts
from agentskills.domain.errors import BadInput


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
        raise BadInput(f"{'.'.join(place)} can't be edited here; {known} can", pointer=_pointer(place))
    for key, item in value.items():
        _check(allowed, (*place, key), item)


def _check_kind(value: Any, is_list: bool, name: str, place: tuple[str, ...]) -> None:
    if is_list and not isinstance(value, list):
        raise BadInput(f"{name} must be a list", pointer=_pointer(place))


def _pointer(place: tuple[str, ...]) -> str:
    return "/data" + "".join(f"/{key.replace('~', '~0').replace('/', '~1')}" for key in place)
