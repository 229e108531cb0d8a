"""The rerun request: merge patches, the input of a rerun, ids and names."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from agentskills.domain.errors import BadInput
from agentskills.domain.rerun import RerunRequest, merge_patch, rerun_id, rerun_name


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_the_cases_of_rfc_7396_appendix_a(target: Any, patch: Any, result: Any) -> None:
    kept, asked = deepcopy(target), deepcopy(patch)
    assert merge_patch(target, patch) == result
    assert (target, patch) == (kept, asked)


PARENT = {"order": {"id": 12345678901234567890, "total": Decimal("1.10"), "note": None}, "lines": [1]}


def test_an_empty_request_takes_the_input_of_the_parent() -> None:
    assert RerunRequest().input_for(PARENT) == PARENT
    assert RerunRequest().document() == {"format": 1}


def test_changes_are_merged_and_the_rest_stays_exact() -> None:
    before = deepcopy(PARENT)
    changed = RerunRequest(changes={"order": {"total": 2, "note": None}, "lines": None}).input_for(PARENT)
    assert changed == {"order": {"id": 12345678901234567890, "total": 2}}
    assert before == PARENT
    untouched = RerunRequest(changes={}).input_for(PARENT)
    assert untouched == PARENT
    assert str(untouched["order"]["total"]) == "1.10"


@pytest.mark.parametrize("data", [{}, {"x": None}, {"order": 1}])
def test_a_whole_object_stands_in_the_place_of_the_old_one(data: dict[str, Any]) -> None:
    assert RerunRequest(initial_data=data).input_for(PARENT) == data


@pytest.mark.parametrize(("changes", "data"), [({}, {}), ({"a": 1}, {"a": 2})])
def test_not_both(changes: dict[str, Any], data: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="not both") as refused:
        RerunRequest(changes=changes, initial_data=data).check()
    assert refused.value.pointer == "/changes"


def test_the_document_holds_what_was_given_also_where_it_is_empty() -> None:
    asked = RerunRequest(changes={}, run_name="x", metadata={"a": None})
    assert asked.document() == {"format": 1, "changes": {}, "run_name": "x", "metadata": {"a": None}}
    names = {"changes", "initial_data", "sop", "run_name", "model", "metadata", "reason"}
    full = RerunRequest(**{name: {} for name in names})  # type: ignore[arg-type]
    assert set(full.document()) == names | {"format"}


def test_ids_stay_flat() -> None:
    assert rerun_id("order-42", 1) == "order-42_rerun_1"
    assert rerun_id("order-42", 12) == "order-42_rerun_12"


@pytest.mark.parametrize(
    ("name", "renamed"),
    [
        ("Refund", "Refund (Rerun #3)"),
        ("Refund (Rerun #2)", "Refund (Rerun #3)"),
        ("Refund (Rerun #12)", "Refund (Rerun #3)"),
        ("Refund (Rerun #2) again", "Refund (Rerun #2) again (Rerun #3)"),
        ("Refund (Rerun #x)", "Refund (Rerun #x) (Rerun #3)"),
        ("", " (Rerun #3)"),
    ],
)
def test_names_are_never_stacked(name: str, renamed: str) -> None:
    assert rerun_name(name, 3) == renamed
    assert rerun_name(rerun_name(name, 2), 3) == renamed
