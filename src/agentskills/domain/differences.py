"""Where two JSON values differ: places with both values, up to a number; numbers compare by exact value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import msgspec

from agentskills.domain.canonical import canonical_json
from agentskills.domain.data_path import ABSENT
from agentskills.domain.json_text import Json

Place: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes that lead to a value."""

_encode = msgspec.json.Encoder(decimal_format="number", order="sorted").encode


@dataclass(frozen=True, slots=True)
class Difference:
    """One place at which two values differ; `ABSENT` where a side has nothing there."""

    place: Place
    left: Any
    right: Any

    @property
    def path(self) -> str:
        """The place as text, such as `order.lines[2].price`."""
        text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in self.place)
        return text.removeprefix(".")

    @property
    def change(self) -> str:
        """What the right side did: `added`, `removed` or `changed`."""
        return "added" if self.left is ABSENT else "removed" if self.right is ABSENT else "changed"


@dataclass(frozen=True, slots=True)
class Differences:
    """Differences in the order of their places; `more` where the search stopped at its limit."""

    items: Sequence[Difference] = ()
    more: bool = False


def differences(
    left: Json, right: Json, *, most: int, place: Place = (), into_lists: bool = True
) -> Differences:
    """Return where two values differ, at most `most` places, below `place`.

    Objects are gone through by key, and lists of one length item by item where `into_lists` says
    so; a list that became longer or shorter differs as a whole.
    """
    found = list(islice(_walk(left, right, place, into_lists), most + 1))
    return Differences(found[:most], len(found) > most)


def _walk(left: Any, right: Any, place: Place, into_lists: bool) -> Iterator[Difference]:
    if left is right or (type(left) is type(right) and _encode(left) == _encode(right)):
        return
    if type(left) is dict and type(right) is dict:
        for key in sorted(left.keys() | right.keys()):
            yield from _beside(left.get(key, ABSENT), right.get(key, ABSENT), (*place, key), into_lists)
    elif into_lists and type(left) is list and type(right) is list and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from _walk(one, other, (*place, index), into_lists)
    elif canonical_json(left) != canonical_json(right):
        yield Difference(place, left, right)


def _beside(left: Any, right: Any, place: Place, into_lists: bool) -> Iterator[Difference]:
    if left is ABSENT or right is ABSENT:
        yield Difference(place, left, right)
    else:
        yield from _walk(left, right, place, into_lists)


def value_at(data: Json, place: Place) -> Any:
    """Return the value at a place, or `ABSENT`."""
    value = data
    for key in place:
        if isinstance(key, int):
            value = value[key] if type(value) is list and key < len(value) else ABSENT
        else:
            value = value.get(key, ABSENT) if type(value) is dict else ABSENT
    return value


def with_value(data: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """Return `data` with `value` at a place made of keys, or without the place where it is `ABSENT`."""
    key, *rest = place
    assert isinstance(key, str)
    copy = dict(data)
    if rest:
        inner = copy.get(key)
        copy[key] = with_value(inner if type(inner) is dict else {}, tuple(rest), value)
    elif value is ABSENT:
        copy.pop(key, None)
    else:
        copy[key] = value
    return copy
