"""JSON values, the many ways to spell each, and when two of them are the same: an oracle of its own."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

digits = st.text("0123456789", min_size=1, max_size=45)
exponents = st.one_of(
    st.just(""), st.integers(-50, 50).map(lambda n: f"e{n}"), st.just("E+3"), st.just("e-00")
)


@st.composite
def number_texts(draw: st.DrawFn) -> str:
    """Numbers as JSON spells them, mostly with more digits than floats or decimal contexts hold."""
    whole = draw(digits).lstrip("0") or "0"
    fraction = draw(st.one_of(st.just(""), digits.map(lambda d: f".{d}")))
    return draw(st.sampled_from(["", "-"])) + whole + fraction + draw(exponents)


def number(text: str) -> int | Decimal:
    """Return what our parser makes of a number, by other means."""
    return Decimal(text) if set(text) & set(".eE") else int(text)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
few_numbers = st.sampled_from(["0", "-0", "0.0", "0E+5", "1", "1.0", "1e0", "10", "1E1", "0.1", "0.10", "-1"])
scalars: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([None, True, False, "", "1", "a", "null"]),
    few_numbers.map(number),
    number_texts().map(number),
    texts,
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from("ab"), texts), inner, max_size=3),
    ),
    max_leaves=8,
)
objects: st.SearchStrategy[dict[str, Any]] = st.dictionaries(texts, values, max_size=4)


@st.composite
def spellings(draw: st.DrawFn, value: Any) -> str:
    """One of the texts that say `value`: keys in any order, numbers in any notation, spaces."""
    space = draw(st.sampled_from(["", " ", "\n\t"]))
    if isinstance(value, dict):
        keys = draw(st.permutations(list(value)))
        inside = [f"{json.dumps(key)}{space}:{draw(spellings(value[key]))}" for key in keys]
        return "{" + space + f",{space}".join(inside) + "}"
    if isinstance(value, list):
        return "[" + f"{space},".join(draw(spellings(item)) for item in value) + space + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=draw(st.booleans()))
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return draw(_number_spellings(value))


@st.composite
def _number_spellings(draw: st.DrawFn, value: int | Decimal) -> str:
    sign, figures, exponent = Decimal(value).as_tuple()
    assert isinstance(exponent, int)
    zeros = draw(st.integers(0, 3)) if value else 0
    text = ("".join(map(str, figures)).lstrip("0") or "0") + "0" * zeros
    exponent -= zeros
    shift = draw(st.integers(0, len(text) - 1))
    if shift:
        text, exponent = f"{text[:-shift]}.{text[-shift:]}", exponent + shift
    minus = "-" if sign or (set(text) <= set("0.") and draw(st.booleans())) else ""
    mark = draw(st.sampled_from(["e", "E"])) if exponent else draw(st.sampled_from(["", "e0", "E-0"]))
    return minus + text + (f"{mark}{exponent}" if exponent else mark)


def same(left: Any, right: Any) -> bool:
    """Say whether two values are equal as JSON; numbers by exact value, `true` is no number."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if _is_number(left) and _is_number(right):
        return Fraction(left) == Fraction(right)
    return type(left) is type(right) and not _is_number(left) and bool(left == right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
