"""Laws of reading, writing and hashing JSON."""

from __future__ import annotations

import decimal
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.property.json_values import number_texts, objects, same, spellings, values

from agentskills.domain.canonical import canonical_json, digest
from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import json_str, parse_json, parse_stored
from agentskills.storage.database import Pool


@given(number_texts())
def test_numbers_are_read_exactly(text: str) -> None:
    value = parse_json(text)
    assert Fraction(value) == Fraction(text)
    assert Fraction(json_str(value)) == Fraction(text)
    if "e" not in text and "E" not in text and text != "-0":
        assert json_str(value) == text


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    again = parse_json(json_str(value))
    assert same(again, value)
    assert json_str(again) == json_str(value)
    assert json.loads(json_str(value), parse_float=Decimal) == value


@given(values.flatmap(lambda value: st.tuples(st.just(value), spellings(value))))
@settings(max_examples=200)
def test_however_it_is_spelled_the_digest_is_the_same(spelled: tuple[Any, str]) -> None:
    value, text = spelled
    again = parse_json(text)
    assert same(value, again)
    assert canonical_json(again) == canonical_json(value)
    assert digest(again) == digest(value)


@given(values, values)
@settings(max_examples=200)
def test_values_are_equal_if_and_only_if_their_digests_are(left: Any, right: Any) -> None:
    assert (digest(left) == digest(right)) == same(left, right)


@given(number_texts(), number_texts(), st.integers(-60, 60))
@settings(max_examples=150)
def test_close_numbers_are_told_apart(text: str, other: str, place: int) -> None:
    value = parse_json(text)
    for change in (Fraction(0), Fraction(10) ** place, Fraction(other)):
        changed = Fraction(value) + change
        near = _decimal(changed)
        assume(near is not None)
        assert (digest(near) == digest(value)) == (changed == Fraction(value))


def _decimal(value: Fraction) -> Decimal | None:
    """Return a fraction whose denominator divides a power of ten as a decimal, exactly."""
    scaled = value * 10**250
    return Decimal(f"{scaled.numerator}e-250") if scaled.denominator == 1 else None


@given(values)
def test_canonical_json_is_json_of_the_same_value_and_stays_as_it_is(value: Any) -> None:
    again = parse_stored(canonical_json(value))
    assert same(again, value)
    assert canonical_json(again) == canonical_json(value)


@given(values, st.integers(1, 9))
def test_the_decimal_context_has_no_say(value: Any, precision: int) -> None:
    expected = canonical_json(value)
    rough = decimal.Context(prec=precision, Emax=3, Emin=-3, traps=[decimal.Inexact, decimal.Overflow])
    with decimal.localcontext(rough):
        assert canonical_json(value) == expected
        assert json_str(parse_json(json_str(value))) == json_str(value)


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: x == 0 or 1e-100 <= abs(x) <= 1e100))
def test_a_float_from_a_skill_has_the_digest_of_what_is_written_for_it(value: float) -> None:
    assert digest({"a": value}) == digest(parse_json(json_str({"a": value})))


@given(st.text(st.sampled_from('{}[]",:0123456789.eE+-\\ud8ntrf \0ü'), max_size=30) | st.binary(max_size=30))
@settings(max_examples=500)
def test_any_text_is_json_or_refused(text: str | bytes) -> None:
    try:
        value = parse_json(text)
    except BadInput:
        return
    assert json.loads(text, parse_float=Decimal) == value


@pytest.mark.anyio
@given(st.lists(objects, min_size=10, max_size=40))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_database_keeps_values_and_their_digests(pool: Pool, kept: list[dict[str, Any]]) -> None:
    stored = await pool.fetch("SELECT value FROM unnest($1::jsonb[]) AS value", kept)
    for before, after in zip(kept, [row["value"] for row in stored], strict=True):
        assert same(before, after)
        assert digest(before) == digest(after)
