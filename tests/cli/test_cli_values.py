"""What people type as options."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest

from agentskills.cli.values import (
    ASSIGNMENT,
    JSON_OBJECT,
    MOMENT,
    json_or_text,
    merge_patch_of,
    with_assignments,
)
from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import json_str
from agentskills.domain.rerun import merge_patch


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18", 18),
        ("12345678901234567890", 12345678901234567890),
        ("1.10", Decimal("1.10")),
        ("true", True),
        ("null", None),
        ('"18"', "18"),
        ('["a", 2]', ["a", 2]),
        ("A-18", "A-18"),
        ("007", "007"),
        ("NaN", "NaN"),
        ("", ""),
        ("a=b", "a=b"),
        ("São Paulo", "São Paulo"),
    ],
)
def test_a_value_is_json_where_it_parses(text: str, value: Any):
    found = json_or_text(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["1e131071", "9" * 101, "a\x00b"])
def test_a_value_that_cannot_be_kept_is_refused(text: str):
    with pytest.raises(BadInput):
        json_or_text(text)


def test_digits_survive_from_option_to_json():
    path, value = ASSIGNMENT.convert("invoice.amount=1.10", None, None)
    assert json_str(merge_patch_of(((path, value),))) == '{"invoice":{"amount":1.10}}'


def test_places_of_any_script() -> None:
    assert ASSIGNMENT.convert("results.技能.2=1.10", None, None) == ("results.技能.2", Decimal("1.10"))
    assert with_assignments({}, (("1a", 2),)) == {"1a": 2}


@pytest.mark.parametrize("text", ["order.id", "=1", "order..id=1", "-a=2", "a b=1", "a[0]=1"])
def test_assignments_that_name_no_place(text: str):
    with pytest.raises(click.BadParameter):
        ASSIGNMENT.convert(text, None, None)


def test_a_merge_patch_sets_just_what_was_named():
    patch = merge_patch_of((("order.id", 18), ("order.note", None), ("vip", True), ("order.id", 19)))
    assert patch == {"order": {"id": 19, "note": None}, "vip": True}
    before = {"order": {"id": 1, "note": "x", "lines": [1, 2]}, "kept": 1}
    assert merge_patch(before, patch) == {"order": {"id": 19, "lines": [1, 2]}, "kept": 1, "vip": True}


def test_an_object_that_is_set_takes_the_place_of_the_other():
    before = {"order": {"id": 1, "note": "x", "to": {"city": "Bern", "zip": "3011"}}, "kept": 1}
    assignments = (("order", {"id": 9, "to": {"city": "Basel"}, "new": {"a": 1}}), ("order.vip", True))
    after = merge_patch(before, merge_patch_of(assignments, before))
    assert after == {"order": {"id": 9, "to": {"city": "Basel"}, "new": {"a": 1}, "vip": True}, "kept": 1}
    assert merge_patch(before, merge_patch_of((("order", {}),), before)) == {"order": {}, "kept": 1}
    assert merge_patch(before, merge_patch_of((("kept", {"a": 1}),), before))["kept"] == {"a": 1}


def test_assignments_in_given_data_keep_null_and_what_is_beside():
    data = {"order": {"id": 1, "note": "x"}}
    assert with_assignments(data, (("order.note", None), ("a.b", 1))) == {
        "order": {"id": 1, "note": None},
        "a": {"b": 1},
    }
    assert data == {"order": {"id": 1, "note": "x"}}


def test_json_objects_inline_and_from_files(tmp_path: Path):
    file = tmp_path / "data.json"
    file.write_text('{"amount": 1.10}')
    assert JSON_OBJECT.convert(f"@{file}", None, None) == {"amount": Decimal("1.10")}
    assert JSON_OBJECT.convert('{"a": 1}', None, None) == {"a": 1}


@pytest.mark.parametrize("text", ["[1]", "1", "{", "@/nowhere/at/all", '{"a": 1e131071}'])
def test_what_is_no_json_object(text: str):
    with pytest.raises(click.BadParameter):
        JSON_OBJECT.convert(text, None, None)


def test_moments():
    before = datetime.now(UTC)
    moment = MOMENT.convert("24h", None, None)
    assert before <= moment + timedelta(hours=24) <= datetime.now(UTC)
    assert MOMENT.convert("2026-11-20T09:30+02:00", None, None) == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
    assert MOMENT.convert("2026-11-20", None, None).tzinfo is not None
    for wrong in ("yesterday", "24", "h", "2026-13-01"):
        with pytest.raises(click.BadParameter):
            MOMENT.convert(wrong, None, None)
