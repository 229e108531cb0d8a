"""Page cursors: what was written is read, and one that somebody made up is refused."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentskills.domain.errors import BadInput
from agentskills.services.cursor import Cursor
from agentskills.services.naming import ROUTE_WORDS, check_id, new_id

stored_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)), stored_text)
def test_a_cursor_gives_its_key_back(at: datetime, text: str) -> None:
    cursor = Cursor.write(at, text)
    assert Cursor.read(cursor, datetime, str) == (at, text)
    assert re.fullmatch("[A-Za-z0-9_-]+", cursor)


@given(st.integers(-(2**31) + 1, 2**31 - 1))
def test_a_cursor_of_a_number(number: int) -> None:
    assert Cursor.read(Cursor.write(number), int) == (number,)


def test_no_cursor_is_no_key() -> None:
    assert Cursor.read(None, int) is None


def made_up(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "%%%",
        "ü",
        made_up("[]"),
        made_up("{}"),
        made_up("[1]"),
        made_up('["2026-01-01T00:00:00Z"]'),
        made_up('["2026-01-01T00:00:00Z", "a", 1]'),
        made_up('["2026-01-01T00:00:00", "a"]'),
        made_up('["9999-12-31T23:59:59-12:00", "a"]'),
        made_up('["0001-01-01T00:00:00+12:00", "a"]'),
        made_up('["yesterday", "a"]'),
        made_up('["2026-01-01T00:00:00Z", "\\u0000"]'),
        made_up('["2026-01-01T00:00:00Z", "\\ud800"]'),
        made_up('["2026-01-01T00:00:00Z", null]'),
        made_up("[" * 5000),
    ],
)
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        Cursor.read(text, datetime, str)


@pytest.mark.parametrize("number", ["2147483648", "-2147483648", "1e30", "1.5", '"x"', "9" * 400])
def test_numbers_the_database_cannot_take(number: str) -> None:
    with pytest.raises(BadInput, match="not a cursor"):
        Cursor.read(made_up(f"[{number}]"), int)


@given(st.text(max_size=40) | st.binary(max_size=30).map(lambda b: urlsafe_b64encode(b).decode()))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    try:
        key = Cursor.read(text, datetime, int)
    except BadInput:
        return
    assert [type(part) for part in key] == [datetime, int]


@pytest.mark.parametrize("word", sorted(ROUTE_WORDS))
def test_ids_that_would_hide_a_route(word: str) -> None:
    for text in (word, word.upper()):
        with pytest.raises(BadInput) as refused:
            check_id(text)
        assert refused.value.pointer == "/thread_id"
    assert check_id(word + "-1") == word + "-1"


@pytest.mark.parametrize(
    "text", ["", ".", "..", "-a", "_a", "a/b", "a b", "a\n", "ä", "a" * 201, "a%2f", "a\0"]
)
def test_what_is_no_id(text: str) -> None:
    with pytest.raises(BadInput):
        check_id(text)


@pytest.mark.parametrize("text", ["a", "7", "a" * 200, "order-42", "a.b_c:d@e-f", "order-42_rerun_1"])
def test_what_is_an_id(text: str) -> None:
    assert check_id(text) == text


def test_new_ids_are_ids_and_sort_by_time() -> None:
    made = [new_id() for _ in range(2_000)]
    assert len(set(made)) == len(made)
    assert all(check_id(one) == one and len(one) == 30 for one in made)
    times = [one[:14] for one in made]  # run_ and the 50 bits that hold the milliseconds
    assert times == sorted(times)
