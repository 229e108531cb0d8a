"""The values that contract keys take: paths, durations, pauses, choices, numbers."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TypeVar

from agentskills.domain.data_path import check_path
from agentskills.domain.errors import BadInput
from agentskills.domain.skill import Backoff

Choice = TypeVar("Choice", bound=StrEnum)

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_LONGEST = 366 * 86400.0


class BadValue(ValueError):
    """A key has a value that it can't have; the message says what would do."""


def text_of(value: object) -> str:
    """Return a value as one text. Raises `BadValue` for lists and maps."""
    if not isinstance(value, str):
        raise BadValue("must be one text")
    return value.strip()


def paths_of(value: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths of a space-separated list: the sure ones, and those marked with `?`."""
    sure: list[str] = []
    maybe: list[str] = []
    for word in text_of(value).split():
        path = word.removesuffix("?")
        try:
            check_path(path)
        except BadInput as error:
            hint = "; put spaces between paths, not commas" if "," in word else ""
            raise BadValue(f"{error.detail}{hint}") from None
        if path in sure or path in maybe:
            raise BadValue(f"{path} is listed twice")
        (maybe if word.endswith("?") else sure).append(path)
    return tuple(sure), tuple(maybe)


def seconds_of(value: object) -> float:
    """Return a duration such as 500ms, 30s, 5m, 1h30m, 2d, or plain seconds, as seconds."""
    text = text_of(value)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        seconds = float(text)
    elif _DURATION.fullmatch(text):
        seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    else:
        raise BadValue(f"{text!r} is not a duration such as 30s, 5m or 24h")
    if not 0 < seconds <= _LONGEST:
        raise BadValue(f"{text} is not between 1ms and a year")
    return seconds


def backoff_of(value: object) -> Backoff:
    """Return the pauses of `exponential 2s..60s`, `2s..60s`, or `5s` for the same pause each time."""
    text = text_of(value)
    first, dots, most = re.sub(r"^(exponential|fixed)\s+", "", text).partition("..")
    try:
        backoff = Backoff(seconds_of(first), seconds_of(most if dots else first))
    except BadValue:
        raise BadValue(f"{text!r} is not a pause such as `exponential 2s..60s` or `5s`") from None
    if backoff.most < backoff.first:
        raise BadValue(f"{text!r} ends before it begins")
    return backoff


def number_of(value: object, least: int, most: int) -> int:
    """Return a whole number within bounds."""
    text = text_of(value)
    if not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
        raise BadValue(f"{text!r} is not a whole number from {least} to {most:,}")
    return int(text)


def yes_or_no(value: object) -> bool:
    """Return true or false."""
    text = text_of(value).lower()
    if text not in ("true", "false", "yes", "no"):
        raise BadValue(f"{text!r} is neither true nor false")
    return text in ("true", "yes")


def one_of(value: object, *words: str) -> str:
    """Return one of these words."""
    text = text_of(value)
    if text not in words:
        raise BadValue(f"{text!r} is none of {', '.join(words)}")
    return text


def choice_of(value: object, kind: type[Choice]) -> Choice:
    """Return a member of an enumeration."""
    return kind(one_of(value, *(member.value for member in kind)))


def reuse_of(value: object) -> str:
    """Return yes, no, or a duration as it was written."""
    text = text_of(value)
    if text in ("yes", "no"):
        return text
    if text in ("true", "false"):
        return "yes" if text == "true" else "no"
    try:
        seconds_of(text)
    except BadValue:
        raise BadValue(f"{text!r} is neither yes nor no nor a duration such as 24h") from None
    return text
