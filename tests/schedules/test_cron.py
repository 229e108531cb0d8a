"""Cron against an oracle that looks at every minute, over two years and five changes of clocks a zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.schedules.oracle import DAYS, MONTHS, due_times, turns

from agentskills.domain.cron import WORDS, Cron, zone_of
from agentskills.domain.errors import BadInput
from agentskills.domain.timing import Timing

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
CHANGES = {
    "Europe/Berlin": ["03-29 01:00", "10-25 01:00", "03-28 01:00", "10-31 01:00"],
    "America/New_York": ["03-08 07:00", "11-01 06:00", "03-14 07:00", "11-07 06:00"],
    "Australia/Lord_Howe": ["04-04 15:00", "10-03 15:30", "04-03 15:00", "10-02 15:30"],
}
EXPRESSIONS = (
    "*/15 * * * *",  # real time
    "30 2 * * *",  # falls into the gap in Berlin and New York
    "15 2 * * *",  # and on Lord Howe, where it is half an hour
    "45 1 * * *",  # comes twice in New York and on Lord Howe
    "0 */2 * * *",
    "10,40 1-3 * * sun",
    "5 0 1,15 * fri",  # day of month or day of week
    "0 12 31 */2 *",
)


@lru_cache
def cron(expression: str, zone: str) -> Cron:
    return Cron(expression, zone_of(zone))


def due(expression: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    return list(Timing(cron=expression, time_zone=zone).between(start, end))


@pytest.mark.parametrize("zone", ZONES)
def test_clocks_change_in_these_two_years_where_the_calendar_says(zone: str) -> None:
    assert [f"{turn:%m-%d %H:%M}" for turn in turns(zone, START, END)] == CHANGES[zone]


@pytest.mark.parametrize("zone", ZONES)
def test_two_years_are_as_the_oracle_says(zone: str) -> None:
    for expression, expected in zip(EXPRESSIONS, due_times(EXPRESSIONS, zone, START, END), strict=True):
        assert len(expected) > 5
        assert due(expression, zone, START, END) == expected, expression


@pytest.mark.parametrize("zone", ZONES)
def test_from_every_minute_around_a_change_the_next_time_is_the_same(zone: str) -> None:
    """Whoever asks in the middle of it, by the second, gets what was to come anyhow."""
    for change in turns(zone, START, datetime(2027, 1, 1, tzinfo=UTC)):
        start, end = change - timedelta(hours=3), change + timedelta(days=2)
        expressions = ("30 2 * * *", "15 2 * * *", "45 1 * * *", "*/20 1-2 * * *", "0 2,3 * * *")
        for expression, expected in zip(expressions, due_times(expressions, zone, start, end), strict=True):
            for half_minute in range(12 * 60):
                after = start + timedelta(seconds=30 * half_minute)
                assert cron(expression, zone).next_after(after) == next(t for t in expected if t > after)


def numbers(low: int, high: int, names: dict[str, int] | None = None) -> st.SearchStrategy[str]:
    """One field: stars, numbers, names, ranges, steps and lists of these."""
    words = [name for name, number in (names or {}).items() if low <= number <= high]
    one = st.integers(low, high).map(str)
    if words:
        one |= st.sampled_from(words) | st.sampled_from(words).map(str.upper)
    span = st.lists(st.integers(low, high), min_size=2, max_size=2).map(
        lambda ends: f"{min(ends)}-{max(ends)}"
    )
    step = st.integers(1, high).map(str)
    stepped = st.tuples(
        st.just("*")
        | st.lists(st.integers(low, high), min_size=2, max_size=2, unique=True).map(
            lambda ends: f"{min(ends)}-{max(ends)}"
        ),
        step,
    ).map("/".join)
    return st.just("*") | one | st.lists(one | span | stepped, min_size=1, max_size=3).map(",".join)


EXPRESSION = st.tuples(
    numbers(0, 59), numbers(0, 23), numbers(1, 31), numbers(1, 12, MONTHS), numbers(0, 6, DAYS)
).map(" ".join)
DENSE = st.tuples(numbers(0, 59), numbers(0, 3), st.just("*"), st.just("*"), numbers(0, 6, DAYS)).map(
    " ".join
)


@settings(deadline=None, max_examples=150)
@given(EXPRESSION | DENSE, st.sampled_from((*ZONES, "Asia/Beirut", "UTC")), st.integers(0, 3))
@example("*/15 3 * * *", "Australia/Lord_Howe", 1)
@example("0 0 * * *", "Asia/Beirut", 0)
def test_any_expression_is_due_as_the_oracle_says(expression: str, zone: str, which: int) -> None:
    around = clock_changes(zone)[which] if zone != "UTC" else datetime(2027, 2, 27, tzinfo=UTC)
    start, end = around - timedelta(days=1), around + timedelta(days=2)
    [expected] = due_times([expression], zone, start, end)
    try:
        found = due(expression, zone, start, end)
    except BadInput as error:
        assert "never comes due" in error.detail  # noqa: PT017  # an outcome like the other
        found = []
    assert found == expected


@lru_cache
def clock_changes(zone: str) -> list[datetime]:
    return turns(zone, START, END)


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=40) | st.text(alphabet="0123456789*/,-# LWmonfrijan@\t", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = Cron(text, zone_of("Europe/Berlin"))
    except BadInput as error:
        assert error.pointer == "/cron"  # noqa: PT017  # an outcome like the other
    else:
        assert found.next_after(START) is not None


def test_words_are_short_for_expressions() -> None:
    for word, expression in WORDS.items():
        assert cron(word, "Europe/Berlin").next_after(START) == cron(expression, "Europe/Berlin").next_after(
            START
        )


def test_rare_days_are_found() -> None:
    assert cron("0 0 29 2 *", "UTC").next_after(START) == datetime(2028, 2, 29, tzinfo=UTC)
    assert cron("0 0 * 2 mon#5", "UTC").next_after(START) == datetime(2044, 2, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("61 * * * *", "the minute '61' can't be read"),
        ("* 24 * * *", "the hour '24'"),
        ("* * 0 * *", "the day-of-month '0'"),
        ("* * * 13 *", "the month '13'"),
        ("* * * * fryday", "the day-of-week 'fryday'"),
        ("*/0 * * * *", "the minute '*/0'"),
        ("* 5-2 * * *", "the hour '5-2'"),
        ("0 0 30 2 *", "never comes due"),
        ("0 0 31 4,6 *", "never comes due"),
        ("* * * *", "needs five fields"),
        ("0 * * * * *", "needs five fields"),
        ("", "needs five fields"),
        ("@reboot", "does not know '@reboot'"),
        ("*" * 300, "longer than 200"),
    ],
)
def test_what_is_wrong_is_said(expression: str, said: str) -> None:
    with pytest.raises(BadInput, match=said.replace("*", r"\*")) as raised:
        Cron(expression, zone_of("UTC"))
    assert raised.value.pointer == "/cron"


@pytest.mark.parametrize("name", ["Mars/Olympus", "europe/berlin", "", "../etc/passwd", "Europe", "CEST"])
def test_unknown_zones_are_refused(name: str) -> None:
    with pytest.raises(BadInput) as raised:
        zone_of(name)
    assert raised.value.pointer == "/time_zone"
