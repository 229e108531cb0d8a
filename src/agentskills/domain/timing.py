"""When a schedule comes due: by cron, by interval, or once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, takewhile

from agentskills.domain.cron import Cron, zone_of
from agentskills.domain.errors import BadInput

LONGEST_INTERVAL = 366 * 24 * 3600
"""Seconds."""

HORIZON = timedelta(days=50 * 366)
"""How far times by cron are told ahead: to find one takes the longer, the rarer they are."""

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Timing:
    """Just one of `cron`, `every_seconds` and `once_at`."""

    cron: str | None = None  # five fields, or @daily and the like
    every_seconds: int | None = None
    once_at: datetime | None = None
    time_zone: str = "UTC"  # in which cron is read, and local times are shown
    anchor: datetime | None = None  # intervals count from here: anchor + n × every_seconds

    def check(self) -> None:
        """Raise `BadInput` for what never can come due, naming the field as the API calls it."""
        given = [self.cron is not None, self.every_seconds is not None, self.once_at is not None]
        if sum(given) != 1:
            which = "just one of cron, every_seconds and at"
            pointer = ("/cron", "/every_seconds", "/at")[given.index(True)] if any(given) else "/cron"
            raise BadInput(f"give {which}", pointer=pointer)
        zone = zone_of(self.time_zone)
        if self.cron is not None:
            Cron(self.cron, zone)
        if self.every_seconds is not None and not 1 <= self.every_seconds <= LONGEST_INTERVAL:
            raise BadInput(
                f"every_seconds must be from 1 to {LONGEST_INTERVAL:,}, which is a year",
                pointer="/every_seconds",
            )

    def next_after(self, after: datetime) -> datetime | None:
        """Return the first due time later than `after`, in UTC, or None."""
        if self.cron is not None:
            return _cron(self.cron, self.time_zone).next_after(after)
        if self.every_seconds is not None:
            return self._next_interval(after, self.every_seconds)
        assert self.once_at is not None
        return self.once_at.astimezone(UTC) if self.once_at > after else None

    def _next_interval(self, after: datetime, seconds: int) -> datetime:
        assert self.anchor is not None, "an interval without an anchor"
        every = timedelta(seconds=seconds)
        if after < self.anchor:
            return self.anchor.astimezone(UTC)
        return self.anchor.astimezone(UTC) + ((after - self.anchor) // every + 1) * every

    def walk(self, after: datetime) -> Iterator[datetime]:
        """Yield the due times later than `after`, in UTC, in order."""
        due = self.next_after(after)
        while due is not None:
            yield due
            due = self.next_after(due)

    def ahead(self, after: datetime, count: int) -> list[datetime]:
        """Return the next `count` due times later than `after`, in UTC; by cron those within `HORIZON`.

        May take a tenth of a second: call it in a thread.
        """
        times = self.walk(after)
        if self.cron is not None:
            times = takewhile(lambda due: due <= after + HORIZON, times)
        return list(islice(times, count))

    def between(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """Yield the due times from `start` on and before `end`, in UTC, in order."""
        return takewhile(lambda due: due < end, self.walk(start - _INSTANT))

    def local(self, due: datetime) -> datetime:
        """Return a time as clocks in the schedule's zone show it."""
        return due.astimezone(zone_of(self.time_zone))

    def words(self) -> str:
        """Return the rule as people say it."""
        if self.cron is not None:
            return f"cron {self.cron} in {self.time_zone}"
        if self.every_seconds is not None:
            return f"every {self.every_seconds} s"
        assert self.once_at is not None
        return f"once at {self.once_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


@lru_cache(maxsize=1024)
def _cron(expression: str, time_zone: str) -> Cron:
    return Cron(expression, zone_of(time_zone))
