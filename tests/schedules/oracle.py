"""When cron comes due, by looking at every minute: slow, and written without the program's code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}
LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


class Oracle:
    """One expression: minute, hour, day of month, month, day of week."""

    def __init__(self, expression: str) -> None:
        self.texts = expression.lower().split()
        names: tuple[dict[str, int], ...] = ({}, {}, {}, MONTHS, DAYS)
        self.sets = [
            members(text, low, high, named)
            for text, (low, high), named in zip(self.texts, LIMITS, names, strict=True)
        ]
        self.real_time = self.texts[0][0] == "*" or self.texts[1][0] == "*"

    def matches(self, wall: datetime) -> bool:
        minutes, hours, days, months, weekdays = self.sets
        by_day = wall.day in days
        by_weekday = (wall.weekday() + 1) % 7 in weekdays or (wall.weekday() == 6 and 7 in weekdays)
        either = self.texts[2][0] != "*" and self.texts[4][0] != "*"
        day = (by_day or by_weekday) if either else (by_day and by_weekday)
        return wall.minute in minutes and wall.hour in hours and wall.month in months and day

    def is_due(self, shown: Shown) -> bool:
        if self.real_time:
            return self.matches(shown.wall)
        if shown.again:
            return False
        return self.matches(shown.wall) or any(map(self.matches, shown.jumped))


@dataclass(frozen=True, slots=True)
class Shown:
    """What clocks show in one minute."""

    minute: datetime  # in UTC
    wall: datetime
    again: bool  # they have shown it before
    jumped: list[datetime]  # what they would have shown, had they not been put forward in this minute


def watched(zone: str, start: datetime, end: datetime) -> Iterator[Shown]:
    """Look at the clocks of a zone each minute from `start` on and before `end`."""
    here = ZoneInfo(zone)
    minute = start
    expected = (start - MINUTE).astimezone(here).replace(tzinfo=None) + MINUTE
    while minute < end:
        shown = minute.astimezone(here)
        wall = shown.replace(tzinfo=None)
        jumped = []
        while expected < wall:
            jumped.append(expected)
            expected += MINUTE
        yield Shown(minute, wall, bool(shown.fold), jumped)
        expected = wall + MINUTE
        minute += MINUTE


def due_times(expressions: Sequence[str], zone: str, start: datetime, end: datetime) -> list[list[datetime]]:
    """For each expression every due time from `start` on and before `end`."""
    oracles = [Oracle(expression) for expression in expressions]
    found: list[list[datetime]] = [[] for _ in oracles]
    for shown in watched(zone, start, end):
        for oracle, due in zip(oracles, found, strict=True):
            if oracle.is_due(shown):
                due.append(shown.minute)
    return found


def members(text: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    """The numbers that one field stands for."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = low, high
        elif "-" in span:
            first, last = (number(end, names) for end in span.split("-"))
        else:
            first = number(span, names)
            last = high if step else first
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def number(text: str, names: dict[str, int]) -> int:
    return names[text] if text in names else int(text)


def turns(zone: str, start: datetime, end: datetime) -> list[datetime]:
    """The minutes, in UTC, from which on clocks show another offset."""
    here = ZoneInfo(zone)
    found, minute = [], start.astimezone(UTC)
    offset = minute.astimezone(here).utcoffset()
    while minute < end:
        minute += MINUTE
        if (now := minute.astimezone(here).utcoffset()) != offset:
            found.append(minute)
            offset = now
    return found
