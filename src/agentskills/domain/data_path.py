"""Data paths like `order.total` or `lines[]`: read, write, and compare places in a data_store."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import Json

_PATH = re.compile(r"\w[\w-]*(\.\w[\w-]*)*(\[\])?")  # \w: letters and digits of any script, and _


class Absent:
    """Marks a path that leads nowhere; absent is not null."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT = Absent()


def check_path(path: str) -> str:
    """Return `path` if it follows the grammar `a.b_c` or `items[]`; raise `BadInput` if not."""
    if not _PATH.fullmatch(path):
        raise BadInput(f"{path!r} is not a data path such as order.total or lines[]")
    return path


@lru_cache(maxsize=4096)
def parts(path: str) -> tuple[str, ...]:
    """Return the keys of a path, the trailing `[]` left out."""
    return tuple(path.removesuffix("[]").split("."))


def read(data: Json, path: str) -> Any:
    """Return the value at `path`, or `ABSENT`; `items[]` counts as absent unless it is a list."""
    value = data
    for key in parts(path):
        if type(value) is not dict or key not in value:
            return ABSENT
        value = value[key]
    if path.endswith("[]") and not isinstance(value, list):
        return ABSENT
    return value


def written(data: dict[str, Any], path: str, value: Json) -> dict[str, Any]:
    """Return `data` with `value` at `path`; shares everything else, changes nothing in place.

    What stood at the path is replaced whole; a parent that is no object becomes one.
    """
    return _written(data, parts(path), value)


def _written(data: Any, keys: tuple[str, ...], value: Json) -> dict[str, Any]:
    copy = dict(data) if type(data) is dict else {}
    if len(keys) == 1:
        copy[keys[0]] = value
    else:
        copy[keys[0]] = _written(copy.get(keys[0]), keys[1:], value)
    return copy


def without(data: dict[str, Any], path: str) -> dict[str, Any]:
    """Return `data` without what stands at `path` and without objects that held nothing else."""
    if read(data, path) is ABSENT:
        return data
    return _without(data, parts(path))


def _without(data: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    copy = dict(data)
    inner = copy.pop(keys[0])
    if len(keys) > 1 and (rest := _without(inner, keys[1:])):
        copy[keys[0]] = rest
    return copy


@lru_cache(maxsize=16384)
def overlap(left: str, right: str) -> bool:
    """Say whether two paths are equal or one lies inside the other."""
    a, b = parts(left), parts(right)
    shared = min(len(a), len(b))
    return a[:shared] == b[:shared]


@lru_cache(maxsize=16384)
def around(path: str) -> tuple[str, ...]:
    """Return every way to write the places that hold `path`, itself included, the outermost first."""
    keys = parts(path)
    places = [".".join(keys[:length]) for length in range(1, len(keys) + 1)]
    return tuple(written for place in places for written in (place, place + "[]"))


def leaves(data: dict[str, Any], prefix: str = "") -> dict[str, Json]:
    """Return every value that is not an object, by its path; an empty object counts as a leaf."""
    found: dict[str, Json] = {}
    for key, value in data.items():
        path = f"{prefix}{key}"
        if type(value) is dict and value:
            found.update(leaves(value, path + "."))
        else:
            found[path] = value
    return found
