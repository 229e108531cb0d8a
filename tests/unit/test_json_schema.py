"""JSON Schemas with exact numbers, and schemas that can't be applied."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agentskills.domain.json_schema import Breach, JsonSchema, SchemaUnusable

CENTS = {"properties": {"amount": {"type": "number", "multipleOf": Decimal("0.01")}}}


@pytest.mark.parametrize(
    "amount",
    [Decimal("12.34"), 10**40 + 1, Decimal("1" * 41 + ".01"), Decimal("1e100"), Decimal("1E+2")],
)
def test_numbers_of_any_length_are_judged(amount: Any) -> None:
    assert JsonSchema(CENTS).breach({"amount": amount}) is None


def test_a_breach_names_the_place_in_plain_digits() -> None:
    found = JsonSchema(CENTS).breach({"amount": Decimal("12.345")})
    assert found == Breach(("amount",), "12.345 is not a multiple of 0.01")
    most = {"items": {"maximum": Decimal("1E+2")}}
    assert JsonSchema(most).breach([1, 101]) == Breach(("1",), "101 is greater than the maximum of 100")


def test_a_whole_number_may_be_written_with_decimals() -> None:
    whole = {"type": "integer"}
    assert JsonSchema(whole).breach(Decimal("2.0")) is None
    assert JsonSchema(whole).breach(Decimal("2.5")) == Breach((), "2.5 is not of type 'integer'")
    assert JsonSchema(whole).breach(True) is not None


UNUSABLE: dict[str, dict[str, Any]] = {
    "nowhere": {"properties": {"a": {"$ref": "#/$defs/missing"}}},
    "elsewhere": {"properties": {"a": {"$ref": "http://127.0.0.1:9/schema.json"}}},
    "in a circle": {"$ref": "#"},
    "no pattern": {"properties": {"a": {"pattern": "("}}},
    "no type": {"type": "objekt"},
}


@pytest.mark.parametrize("schema", UNUSABLE.values(), ids=UNUSABLE)
def test_schemas_that_cannot_be_applied_are_found(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaUnusable):
        JsonSchema(schema).check()
    if "type" not in schema:
        with pytest.raises(SchemaUnusable):
            JsonSchema(schema).breach({"a": "x"})


def test_references_within_a_schema_are_followed() -> None:
    schema = {"$defs": {"name": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/name"}}}
    JsonSchema(schema).check()
    assert JsonSchema(schema).breach({"a": 1}) == Breach(("a",), "1 is not of type 'string'")
