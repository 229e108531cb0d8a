"""Reads what people type as options: JSON, files, `path=value`, times."""

from __future__ import annotations

import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from agentskills.domain.clock import now
from agentskills.domain.data_path import check_path, read, written
from agentskills.domain.errors import BadInput, NotJson
from agentskills.domain.json_text import Json, check_json, parse_json

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGE = re.compile(r"(\d{1,6})([smhdw])")


class JsonObjectType(click.ParamType[dict[str, Any]]):
    """A JSON object: inline, `@file`, or `@-` for standard input."""

    name = "json|@file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Return the object; numbers are exact."""
        if isinstance(value, dict):
            return value
        try:
            found = parse_json(_content(value))
        except BadInput as error:
            self.fail(error.detail, param, ctx)
        except OSError as error:
            self.fail(f"{value[1:]}: {error.strerror}", param, ctx)
        if not isinstance(found, dict):
            self.fail('must be a JSON object such as {"order": {"id": 17}}', param, ctx)
        return found


def _content(value: str) -> bytes | str:
    if value == "@-":
        return sys.stdin.buffer.read()
    return Path(value[1:]).expanduser().read_bytes() if value.startswith("@") else value


class AssignmentType(click.ParamType[tuple[str, Any]]):
    """`path=value`; the value is JSON with exact numbers where it parses, else text."""

    name = "path=value"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Any]:
        """Return the data path and the value."""
        if isinstance(value, tuple):
            return value
        path, equals, text = value.partition("=")
        if not equals:
            self.fail(f"{value!r} has no =; write order.id=18", param, ctx)
        try:
            return check_path(path.strip()), json_or_text(text)
        except BadInput as error:
            self.fail(error.detail, param, ctx)


class ContainedType(click.ParamType[dict[str, Any]]):
    """What data should contain: `path=value`, or a JSON object, inline or `@file`."""

    name = "path=value|json"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """Return the object; its keys may be data paths."""
        if isinstance(value, dict):
            return value
        if value.lstrip().startswith(("{", "@")):
            return JSON_OBJECT.convert(value, param, ctx)
        path, found = ASSIGNMENT.convert(value, param, ctx)
        return {path: found}


class MomentType(click.ParamType[datetime]):
    """A point in time: ISO 8601 (local time unless it says otherwise), or an age such as 90m, 24h, 7d.

    With `ahead` the same words say how long from now.
    """

    name = "time|age"

    def __init__(self, *, ahead: bool = False) -> None:
        self._ahead = ahead

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the time with its zone."""
        if isinstance(value, datetime):
            return value
        if age := _AGE.fullmatch(value):
            span = timedelta(**{_UNITS[age[2]]: int(age[1])})
            return now() + span if self._ahead else now() - span
        try:
            return datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError):
            what = "a time from now" if self._ahead else "an age"
            self.fail(
                f"{value!r} is neither a time such as 2026-11-20T09:30 nor {what} such as 24h", param, ctx
            )


JSON_OBJECT = JsonObjectType()
ASSIGNMENT = AssignmentType()
CONTAINED = ContainedType()
MOMENT = MomentType()
LATER = MomentType(ahead=True)


def json_or_text(text: str) -> Json:
    """Return the JSON value that `text` spells, else `text`: `18` is a number, `"18"` and `A-18` are text."""
    try:
        return parse_json(text)
    except NotJson:
        check_json(text)
        return text


def merge_patch_of(
    assignments: tuple[tuple[str, Any], ...], before: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the merge patch that carries out the assignments; of two for one place the later wins.

    `before` is what it will be applied to: an object that is set takes the place of the one that stands
    there, while a merge patch alone would keep keys that are not named.
    """
    patch: dict[str, Any] = {}
    for path, value in assignments:
        patch = written(patch, path, _replacing(read(before, path), value))
    return patch


def _replacing(old: Json, new: Json) -> Json:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    gone = {key: None for key in old if key not in new}
    return gone | {key: _replacing(old.get(key), value) for key, value in new.items()}


def with_assignments(data: dict[str, Any] | None, assignments: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """Return `data` with each assigned value in its place."""
    result = data or {}
    for path, value in assignments:
        result = written(result, path, value)
    return result
