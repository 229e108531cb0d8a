"""Data paths: what is one, and that skills of any name have a place to write to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentskills.domain.data_path import ABSENT, check_path, parts, read, written
from agentskills.domain.errors import BadInput
from agentskills.skills.contract import default_path

PATHS = [
    "order",
    "order.total",
    "lines[]",
    "a.b_c.d-e[]",
    "_x",
    "results.技能",
    "results.123",
    "größe.2",
    "2.x",
]
NO_PATHS = [
    ".",
    "..",
    "a.",
    ".a",
    "a..b",
    "[]",
    "a[].b",
    "a[]b",
    "a[0]",
    "a[][]",
    "a b",
    " a",
    "a ",
    "-a",
    "a.-b",
    "a,b",
    "a/b",
    "a:b",
    "a?",
    "$.a",
    "{a}",
    "a'",
    "a\\b",
    "a*",
    "a\tb",
    "a\xa0b",
    "a\u200bb",
    "a\x00",
    "a\n",
    "a.b\n",
    "",
]


@pytest.mark.parametrize("path", PATHS)
def test_parts_are_letters_and_digits_of_any_script(path: str) -> None:
    assert check_path(path) == path
    many: list[object] = []
    data = written({}, path, many)
    assert read(data, path) is many
    assert read({}, path) is ABSENT
    assert ".".join(parts(path)) == path.removesuffix("[]")


@pytest.mark.parametrize("text", NO_PATHS)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        check_path(text)


@given(st.text(min_size=1, max_size=20))
def test_the_default_output_of_any_skill_is_a_path(name: str) -> None:
    assert check_path(default_path(name)) == default_path(name)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("技能", "results.技能"),
        ("123", "results.123"),
        ("fetch-order", "results.fetch-order"),
        ("-x y", "results._x_y"),
    ],
)
def test_where_a_skill_writes_that_does_not_say_where(name: str, path: str) -> None:
    assert default_path(name) == path
