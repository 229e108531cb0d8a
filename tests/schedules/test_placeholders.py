"""Placeholders: names of a fixed list, in strings, and nothing that is carried out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.schedules.clockwork import Clockwork

from agentskills.domain.cron import zone_of
from agentskills.domain.errors import BadInput
from agentskills.domain.placeholders import NAMES, Occasion, check_names, filled

DUE = datetime(2026, 11, 25, 1, 30, tzinfo=UTC).astimezone(zone_of("Europe/Berlin"))
VALUES = Occasion("schedule_1", "Nightly", "Europe/Berlin", DUE, None, 7, "due").values()


def test_every_name_has_a_value() -> None:
    assert list(VALUES) == list(NAMES)
    assert VALUES == {
        "scheduled_at": "2026-11-25T01:30:00Z",
        "scheduled_at.local": "2026-11-25T02:30:00+01:00",
        "scheduled_at.date": "2026-11-25",
        "scheduled_at.time": "02:30",
        "scheduled_at.timestamp": 1795570200,
        "previous_at": None,
        "previous_at.local": None,
        "previous_at.date": None,
        "schedule.id": "schedule_1",
        "schedule.name": "Nightly",
        "schedule.time_zone": "Europe/Berlin",
        "firing.number": 7,
        "firing.why": "due",
    }


@pytest.mark.parametrize(
    ("given_", "becomes"),
    [
        ("{{ scheduled_at }}", "2026-11-25T01:30:00Z"),
        ("{{firing.number}}", 7),
        ("no. {{ firing.number }} of {{ schedule.name }}", "no. 7 of Nightly"),
        ("{{ previous_at }}", None),
        ("since {{ previous_at }}.", "since ."),
        (" {{ firing.number }}", " 7"),
        (
            {"{{ scheduled_at }}": ["{{ scheduled_at.date }}", 1, None]},
            {"{{ scheduled_at }}": ["2026-11-25", 1, None]},
        ),
        ("{ scheduled_at }", "{ scheduled_at }"),
        ("{{ scheduled_at", "{{ scheduled_at"),
        ("{{{ firing.number }}}", "{7}"),
        ("{% for %} ${x} {{ a{b} }}", "{% for %} ${x} {{ a{b} }}"),
    ],
)
def test_what_is_filled_in(given_: object, becomes: object) -> None:
    check_names(given_, "")
    assert filled(given_, VALUES) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "{{ now }}",
        "{{}}",
        "{{ scheduled_at.year }}",
        "{{ scheduled_at | upper }}",
        "{{ 7 * 7 }}",
        "x {{ env.HOME }}",
    ],
)
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(BadInput) as raised:
        check_names({"a": [0, {"b~/c": text}]}, "/start/initial_data")
    assert raised.value.pointer == "/start/initial_data/a/1/b~0~1c"


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_is_accepted_can_be_filled_in(value: object) -> None:
    try:
        check_names(value, "")
    except BadInput:
        return
    filled(value, VALUES)


def test_a_megabyte_of_braces_is_read_at_once() -> None:
    for text in ("{" * 1_000_000, "{{ " + " " * 1_000_000, "{{a" * 300_000):
        assert filled(text, VALUES) == text


@pytest.mark.anyio
async def test_a_run_knows_its_occasion(clockwork: Clockwork) -> None:
    starts = {
        "sop": "Say hello.",
        "run_name": "Hello of {{ scheduled_at.date }}",
        "metadata": {"why": "{{ firing.why }}"},
        "initial_data": {"from": "{{ previous_at }}", "to": "{{ scheduled_at }}", "n": "{{ firing.number }}"},
    }
    schedule = await clockwork.create(
        cron="30 0 * * *", time_zone="Asia/Tokyo", starts=starts, overlap="skip", name="Tokyo"
    )
    await clockwork.pass_time(hours=7)  # 15:30 in UTC
    await clockwork.pass_time(days=1)  # the run is not over
    [first, _] = await clockwork.firings(schedule)
    await clockwork.end(first["thread_id"])
    await clockwork.pass_time(days=1)
    runs = [one["thread_id"] for one in await clockwork.firings(schedule) if one["thread_id"]]
    assert [await clockwork.initial_data(run) for run in runs] == [
        {"from": None, "to": "2026-11-25T15:30:00Z", "n": 1},
        {"from": "2026-11-25T15:30:00Z", "to": "2026-11-27T15:30:00Z", "n": 2},  # nothing is left out
    ]
    row = await clockwork.place.pool.fetchrow(
        "SELECT run_name, metadata FROM run_metadata WHERE thread_id = $1", runs[1]
    )
    assert (row["run_name"], row["metadata"]) == ("Hello of 2026-11-28", {"why": "due"})


@pytest.mark.anyio
async def test_placeholders_in_what_a_rerun_changes(clockwork: Clockwork) -> None:
    run = await clockwork.place.start("hello", sop="Say hello.", data={"a": 1})
    await clockwork.end(run)
    schedule = await clockwork.create(
        every_seconds=60, reruns=run, rerun={"format": 1, "changes": {"b": "{{ scheduled_at.timestamp }}"}}
    )
    await clockwork.pass_time(seconds=60)
    [firing] = await clockwork.firings(schedule)
    assert await clockwork.initial_data(firing["thread_id"]) == {"a": 1, "b": 1795597260}
