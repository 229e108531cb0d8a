"""What is taken of a skill's answer, and of what a person changed."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, read, written
from agentskills.domain.errors import SkillFailed
from agentskills.domain.json_text import parse_json
from agentskills.domain.skill import Contract
from agentskills.engine.approvals import edits_of
from agentskills.engine.outputs import MOST_BYTES, accepted_outputs

MAKES = Contract(produces=("order.total", "lines[]"), may_produce=("note",))
GOOD: dict[str, Any] = {"order": {"total": Decimal("1.10"), "id": 1}, "lines": [1], "extra": "x"}


def test_what_the_contract_does_not_name_is_left_out() -> None:
    kept, digests = accepted_outputs(MAKES, GOOD)
    assert kept == {"order": {"total": Decimal("1.10")}, "lines": [1]}
    assert digests == {"order.total": digest(Decimal("1.1")), "lines[]": digest([1])}
    assert GOOD["extra"] == "x"


def test_what_may_be_produced_is_taken_where_it_is_there() -> None:
    kept, digests = accepted_outputs(MAKES, GOOD | {"note": None})
    assert kept["note"] is None
    assert digests["note"] == digest(None)


@pytest.mark.parametrize(
    ("outputs", "message"),
    [
        (None, "NoneType, not an object"),
        ([], "list, not an object"),
        ("{}", "str, not an object"),
        ({}, "did not produce order.total"),
        (GOOD | {"order": 1}, "did not produce order.total"),
        (GOOD | {"lines": {"0": 1}}, r"did not produce lines\[\]"),
        (GOOD | {"lines": (1,)}, r"did not produce lines\[\]"),
        (GOOD | {"note": "\0"}, "/note.*NUL"),
        (GOOD | {"note": {"a": ["\ud800"]}}, "/note/a/0.*surrogate"),
        (GOOD | {"note": {"\ud800": 1}}, "surrogate"),
        (GOOD | {"lines": [math.nan]}, "NaN"),
        (GOOD | {"lines": [Decimal("Infinity")]}, "infinity"),
        (GOOD | {"note": 10**100}, "100 digits"),
        (GOOD | {"note": {1: 2}}, "not text"),
        (GOOD | {"note": {1, 2}}, "set is not a JSON value"),
        (GOOD | {"note": b"x"}, "bytes is not a JSON value"),
        (GOOD | {"note": "x" * MOST_BYTES}, "larger than 5 MB"),
        (GOOD | {"note": "ü" * (MOST_BYTES // 2)}, "larger than 5 MB"),
    ],
)
def test_what_cannot_be_taken_fails_the_step_for_good(outputs: Any, message: str) -> None:
    with pytest.raises(SkillFailed, match=message) as failed:
        accepted_outputs(MAKES, outputs)
    assert failed.value.error_type == "bad-output"
    assert not failed.value.retryable


def test_an_answer_that_holds_itself() -> None:
    endless: dict[str, Any] = {}
    endless["a"] = endless
    with pytest.raises(SkillFailed, match="nested deeper"):
        accepted_outputs(MAKES, GOOD | {"note": endless})


def test_just_small_enough() -> None:
    kept, _ = accepted_outputs(Contract(produces=("a",)), {"a": "x" * (MOST_BYTES - len('{"a":""}'))})
    assert len(kept["a"]) == MOST_BYTES - 8


SHOWN = parse_json('{"order": {"id": 1, "total": 1.10}, "lines": [1, 2], "note": null}')
PATHS = ("order.id", "order.total", "lines[]", "note", "absent")


@pytest.mark.parametrize(
    ("data", "edits"),
    [
        ({}, {}),
        ({"order": {"total": 2}}, {"order": {"total": 2}}),
        ({"order.total": 2}, {"order": {"total": 2}}),
        ({"order.total": Decimal("1.1"), "lines": [1, 2]}, {}),
        ({"order": {"total": Decimal("11e-1"), "id": Decimal("1.0")}}, {}),
        ({"order": {"id": True}}, {"order": {"id": True}}),
        ({"note": 0}, {"note": 0}),
        ({"order.total": None}, {"order": {"total": None}}),
        ({"lines": []}, {"lines": []}),
        ({"lines[]": [2, 1]}, {"lines": [2, 1]}),
        ({"lines[]": "no list", "lines": 1}, {}),
        ({"absent": None}, {"absent": None}),
        ({"unknown": 1, "order": {"unknown": 2}}, {}),
    ],
)
def test_only_what_differs_from_what_was_shown_is_an_edit(data: Any, edits: Any) -> None:
    found, digests = edits_of(data, SHOWN, PATHS)
    assert found == edits
    there = {path: read(edits, path) for path in PATHS}
    assert digests == {path: digest(value) for path, value in there.items() if value is not ABSENT}


names = st.sampled_from(["a", "a.b", "a.b.c", "a.d", "b", "b[]"])
some = st.sampled_from([0, 1, None, [], [1], {}, {"b": 1}, {"b": {"c": 2}}, {"d": 1}])


@given(st.permutations(["a", "a.b", "a.b.c", "a.d", "b", "b[]"]), st.dictionaries(names, some), some, some)
@settings(max_examples=200)
def test_digests_of_edits_are_those_of_what_is_written(
    paths: list[str], data: dict[str, Any], a: Any, b: Any
) -> None:
    edits, digests = edits_of(data, {"a": a, "b": b}, tuple(paths))
    assert digests == {path: digest(read(edits, path)) for path in digests}
    again: dict[str, Any] = {}
    for path in sorted(digests, key=lambda path: (len(path), path)):  # the order JSONB gives them back in
        again = written(again, path, read(edits, path))
    assert again == edits
