"""Canonical JSON: its very bytes, which digests that are stored for years rest on."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from agentskills.domain.canonical import canonical_json, digest
from agentskills.domain.json_text import parse_json

LONG = "1234567890" * 6


@pytest.mark.parametrize(
    ("texts", "canonical"),
    [
        (["1", "1.0", "1e0", "10e-1", "1.00000000000000000000000000000000000", "0.1E+1"], "1"),
        (["0", "-0", "0.0", "-0.0", "0E+5", "0e-100", "-0E+5"], "0"),
        (["-1", "-1.0"], "-1"),
        (["0.1", "0.10", "1e-1", "100e-3"], "0.1"),
        (["1e30", "1" + "0" * 30, "1000.0e27"], "1" + "0" * 30),
        (["1e100"], "1" + "0" * 100),
        ([LONG, LONG + ".000"], LONG),
        ([LONG + ".5", LONG + ".50"], LONG + ".5"),
        (["0." + LONG[:-1] + "1"], "0." + LONG[:-1] + "1"),
        (["1e-7", "0.0000001"], "1E-7"),
        (["true"], "true"),
        (["null"], "null"),
        ([r'"\u00fc\/"', '"ü/"'], '"ü/"'),
        (['{"b": 1, "a": {"d": 2.0, "c": []}}', '{"a":{"c":[],"d":2},"b":1}'], '{"a":{"c":[],"d":2},"b":1}'),
        (["[2, 1, 2.0]"], "[2,1,2]"),
    ],
)
def test_all_spellings_give_the_same_bytes(texts: list[str], canonical: str) -> None:
    for text in texts:
        assert canonical_json(parse_json(text)) == canonical.encode()
        assert digest(parse_json(text)) == sha256(canonical.encode()).hexdigest()


def test_keys_are_sorted_by_code_point() -> None:
    keys = [
        "",
        "A",
        "B",
        "Z",
        "_",
        "a",
        "aa",
        "ab",
        "b",
        "é",
        "\ud7ff",
        "\ue000",
        "\uffff",
        "\U00010000",
        "😀",
    ]
    assert keys == sorted(keys)
    mixed = {key: index for index, key in enumerate(reversed(keys))}
    assert list(parse_json(canonical_json(mixed))) == keys
    assert list(parse_json(canonical_json({"x": [mixed]}))["x"][0]) == keys


@pytest.mark.parametrize(
    ("value", "written"), [(0.1, "0.1"), (1e22, "1" + "0" * 22), (-0.0, "0"), (1e-7, "1E-7"), (2.5, "2.5")]
)
def test_floats_count_as_what_is_written_for_them(value: float, written: str) -> None:
    assert canonical_json(value) == written.encode()


def test_things_that_look_alike_are_told_apart() -> None:
    alike: list[Any] = [None, False, True, 0, 1, "", "0", "1", "null", [], {}, [None], {"": None}, [0], [[]]]
    assert len({digest(value) for value in alike}) == len(alike)
    assert digest(Decimal(LONG + ".5")) != digest(Decimal(LONG + ".4"))
    assert digest(int(LONG)) != digest(int(LONG) + 1)


def test_the_value_itself_is_left_as_it_is() -> None:
    value = {"b": [Decimal("1.0")], "a": Decimal("0E+5")}
    canonical_json(value)
    assert str(value) == "{'b': [Decimal('1.0')], 'a': Decimal('0E+5')}"
