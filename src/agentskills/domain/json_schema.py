"""JSON Schemas of forms and outputs: applied with exact numbers, never fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from functools import lru_cache
from typing import Any

from agentskills.domain.json_text import MAX_EXPONENT, Json

LONGEST = 500
"""Characters of a message that are kept; it may quote a whole document."""

# The quotient of two numbers that JSON may hold here, and then some, so that `multipleOf` is exact.
_WIDE = Context(prec=10 * MAX_EXPONENT)
_DECIMAL = re.compile(r"Decimal\('([^']+)'\)")


class SchemaUnusable(Exception):
    """This schema can't be applied; the message says why."""


@dataclass(frozen=True, slots=True)
class Breach:
    """The first place where a value breaks a schema."""

    place: tuple[str, ...]  # keys and list positions on the way there
    message: str


class JsonSchema:
    """A schema that values are held against."""

    def __init__(self, schema: dict[str, Any]) -> None:
        from jsonschema.validators import validator_for  # takes 60 ms to import, and few need it
        from referencing.jsonschema import EMPTY_REGISTRY

        self._schema = schema
        self._kind = _exact(validator_for(schema, default=validator_for({})))
        self._validator = self._kind(schema, registry=EMPTY_REGISTRY)

    def breach(self, value: Json) -> Breach | None:
        """Return where `value` breaks the schema, or None. Raises `SchemaUnusable`."""
        try:
            with localcontext(_WIDE):
                error = next(self._validator.iter_errors(value), None)
        except Exception as trouble:  # the library's, for a $ref, a pattern or a loop that leads nowhere
            raise SchemaUnusable(_said(str(trouble) or type(trouble).__name__)) from trouble
        if error is None:
            return None
        return Breach(tuple(str(part) for part in error.absolute_path), _said(error.message))

    def check(self) -> None:
        """Raise `SchemaUnusable` where no value could be held against the schema."""
        from jsonschema import SchemaError

        try:
            self._kind.check_schema(self._schema)
            for reference, resolver in _references(self._schema, self._validator):
                resolver.lookup(reference)
        except SchemaError as error:
            where = "/".join(str(part) for part in error.absolute_path)
            raise SchemaUnusable(_said(error.message) + (f" at {where}" if where else "")) from None
        except Exception as error:
            raise SchemaUnusable(_said(str(error))) from None
        self.breach({})  # finds references that go round in circles


def _references(schema: dict[str, Any], validator: Any) -> Iterator[tuple[str, Any]]:
    """Yield every reference in a schema, with what resolves it where it stands."""
    from referencing.jsonschema import DRAFT202012, EMPTY_REGISTRY, specification_with

    kind = specification_with(validator.META_SCHEMA["$schema"], default=DRAFT202012)
    root = kind.create_resource(schema)
    todo = [(root, EMPTY_REGISTRY.resolver_with_root(root))]
    while todo:
        resource, resolver = todo.pop()
        if isinstance(resource.contents, dict):
            for word in ("$ref", "$dynamicRef"):
                if isinstance(reference := resource.contents.get(word), str):
                    yield reference, resolver
        todo += [(inner, resolver.in_subresource(inner)) for inner in resource.subresources()]


@lru_cache(maxsize=8)
def _exact(kind: Any) -> Any:
    """Return a draft's validator for which 2.0 is a whole number, as the drafts say, also as Decimal."""
    from jsonschema import validators

    extend: Any = validators.extend  # has no types
    return extend(kind, type_checker=kind.TYPE_CHECKER.redefine("integer", _is_whole))


def _is_whole(_: Any, value: Json) -> bool:
    if type(value) is Decimal:
        return value.is_finite() and value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


def _said(message: str) -> str:
    """Return a message of the library with numbers as people write them."""
    return _DECIMAL.sub(lambda found: f"{Decimal(found[1]):f}", message[: 2 * LONGEST])[:LONGEST]
