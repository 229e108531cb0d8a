"""Cron expressions in a time zone: when they come due, also where clocks are put forward or back.

The five fields are read and walked by cronsim on a clock without a zone; what becomes of that on the
days on which clocks change is decided here. The rules are those of Debian's (Vixie) cron:

- An expression whose minute or hour begins with `*` follows real time: it is due in every minute whose
  local time matches. A local time that does not exist is never due, one that comes twice is due twice.
- Any other expression is at fixed times: each matching local time is due once. Where clocks jump over
  some of them, they are due together, once, in the first minute after the jump; a local time that comes
  twice is due the first time.
- Day of month and day of week: a day must match both if either begins with `*`, else one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from agentskills.domain.errors import BadInput

FIELDS = ("minute", "hour", "day-of-month", "month", "day-of-week")
LONGEST = 200
"""Characters of an expression."""

WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
"""Expressions with a name."""

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_LAST = datetime(9900, 1, 1, tzinfo=UTC)
_ANY_TIME = datetime(2026, 1, 1)  # a wall clock has no zone
_NOT_A_FIELD = {"Bad " + name: name for name in FIELDS}


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """Return the time zone called `name`, such as Europe/Berlin. Raises `BadInput`."""
    if name != "UTC" and name not in _zones():
        raise BadInput(
            f"there is no time zone {name!r}; it needs a name such as Europe/Berlin or UTC",
            pointer="/time_zone",
        )
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class Cron:
    """A cron expression in a time zone. Raises `BadInput` that says which field can't be read."""

    def __init__(self, expression: str, zone: ZoneInfo) -> None:
        self.expression = expression
        self.zone = zone
        self._fields = _checked(expression)
        minute, hour, *_ = self._fields.split()
        self._fixed = not (minute.startswith("*") or hour.startswith("*"))

    def next_after(self, after: datetime) -> datetime | None:
        """Return the first due time later than `after`, in UTC; None if there is none in 50 years."""
        after = after.astimezone(UTC)
        offset = self._offset(after)
        wall: datetime | None = (after + offset).replace(tzinfo=None)
        while wall is not None and after < _LAST:
            wall = self._next_on_the_wall(wall)
            if wall is None:
                return None
            due = wall.replace(tzinfo=UTC) - offset
            turn = self._turn(after, due, offset)
            if turn is None:
                if not (self._fixed and due.astimezone(self.zone).fold):
                    return due
                continue  # this local time has been there before
            before, offset = offset, self._offset(turn)
            if self._fixed and wall.replace(tzinfo=UTC) - offset < turn:
                return turn  # clocks jump over it
            after = turn - _MINUTE
            start = turn + (before if self._fixed else offset) - _MINUTE
            wall = start.replace(tzinfo=None)
        return None

    def walk(self, after: datetime) -> Iterator[datetime]:
        """Yield the due times later than `after`, in UTC, one after the other."""
        due = self.next_after(after)
        while due is not None:
            yield due
            due = self.next_after(due)

    def _next_on_the_wall(self, wall: datetime) -> datetime | None:
        """Return the next time that a clock without a zone shows and that matches."""
        try:
            return next(CronSim(self._fields, wall), None)
        except OverflowError:  # the end of the calendar
            return None

    def _offset(self, at: datetime) -> timedelta:
        offset = at.astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset

    def _turn(self, after: datetime, until: datetime, offset: timedelta) -> datetime | None:
        """Return when clocks first leave `offset`, if that is later than `after` and not than `until`."""
        known = after
        while known < until:
            step = min(known + _DAY, until)
            if self._offset(step) != offset:
                return self._first_change(known, step, offset)
            known = step
        return None

    def _first_change(self, known: datetime, changed: datetime, offset: timedelta) -> datetime:
        """Return the second in which clocks change, between a moment before and one after."""
        while changed - known > timedelta(seconds=1):
            middle = known + timedelta(seconds=int((changed - known).total_seconds()) // 2)
            if self._offset(middle) == offset:
                known = middle
            else:
                changed = middle
        return changed.replace(microsecond=0)


def _checked(expression: str) -> str:
    """Return the five fields of an expression that will come due some day. Raises `BadInput`."""

    def bad(detail: str) -> BadInput:
        return BadInput(detail, pointer="/cron")

    if len(expression) > LONGEST:
        raise bad(f"cron is longer than {LONGEST} characters")
    text = expression.strip()
    if text.startswith("@"):
        if text.lower() not in WORDS:
            raise bad(f"cron does not know {text!r}; it knows {', '.join(WORDS)}")
        return WORDS[text.lower()]
    fields = text.split()
    if len(fields) != len(FIELDS):
        raise bad(f"cron needs five fields ({' '.join(FIELDS)}), {text!r} has {len(fields)}")
    try:
        walk = CronSim(text, _ANY_TIME)
    except (CronSimError, AssertionError, ValueError, TypeError) as error:
        raise bad(_what_is_wrong(fields, error)) from None
    if next(walk, None) is None:
        raise bad(f"cron {text!r} never comes due: there is no such day")
    return text


def _what_is_wrong(fields: list[str], error: Exception) -> str:
    name = _NOT_A_FIELD.get(str(error))
    if name == "day-of-month" and _reads_alone(fields[2]):
        return f"cron {' '.join(fields)!r} never comes due: there is no such day"
    if name is None:
        return f"cron {' '.join(fields)!r} can't be read"
    return f"cron: the {name} {fields[FIELDS.index(name)]!r} can't be read"


def _reads_alone(day: str) -> bool:
    """Say whether a day of month can be read where every month is allowed."""
    try:
        CronSim(f"0 0 {day} * *", _ANY_TIME)
    except CronSimError:
        return False
    return True
