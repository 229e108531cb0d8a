"""Templates keep JSON types, encode what goes into URLs and never take a host from data."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.executors.template import Values, filled, filled_text, filled_url

INPUTS: dict[str, Any] = {
    "order": {"id": "A/1 ?x", "total": Decimal("1.10"), "big": 12345678901234567890, "lines": [{"n": 1}]},
    "dots": "..",
    "empty": "",
    "nothing": None,
    "host": "evil.example",
}
VALUES = Values(INPUTS, optional=("note", "order.note"), extra={"idempotency_key": "abc"})


def test_one_placeholder_keeps_its_type() -> None:
    template = {
        "total": "{order.total}",
        "big": "{order.big}",
        "lines": "{order.lines}",
        "list": "{order.lines[]}",
        "nothing": "{nothing}",
        "fixed": [1, True, "x"],
    }
    assert filled(template, VALUES) == {
        "total": Decimal("1.10"),
        "big": 12345678901234567890,
        "lines": [{"n": 1}],
        "list": [{"n": 1}],
        "nothing": None,
        "fixed": [1, True, "x"],
    }


def test_inside_a_text_values_are_text() -> None:
    text = filled_text("{order.total} of {order.big}: {order.lines} {nothing}.{idempotency_key}", VALUES)
    assert text == '1.10 of 12345678901234567890: [{"n":1}] .abc'


def test_what_is_optional_and_absent_is_left_out() -> None:
    assert filled({"a": "{note}", "b": ["{order.note}", 1], "c": "-{note}-"}, VALUES) == {"b": [1], "c": "--"}


def test_what_is_no_input_is_refused() -> None:
    with pytest.raises(SkillFailed, match=r"\{order.idd\} is not among the inputs") as raised:
        filled({"a": "{order.idd}"}, VALUES)
    assert raised.value.nothing_happened


def test_other_braces_are_text() -> None:
    assert filled_text('{"a": 1} {} { order.id } {1}', VALUES) == '{"a": 1} {} { order.id } {1}'


def test_data_in_a_value_is_not_a_template() -> None:
    assert filled("{text}", Values({"text": "{secret.shop}"})) == "{secret.shop}"


def test_urls_are_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "http://shop:8080/api")
    url = filled_url("{env.SHOP_URL}/orders/{order.id}?q={order.id}&e={empty}", VALUES)
    assert url == "http://shop:8080/api/orders/A%2F1%20%3Fx?q=A%2F1%20%3Fx&e="


@pytest.mark.parametrize(
    "template",
    [
        "http://{host}/x",
        "{host}",
        "https://shop.{host}/",
        "http://shop{order.total}/x",
        "http://shop:{order.total}/x",
        "{nothing}http://shop/",
        "http://{secret.shop}/",
        "ftp://shop/x",
        "//shop/x",
        "http://user@shop/x",
        "http://shop\\@evil/x",
    ],
)
def test_the_host_is_never_data(template: str) -> None:
    with pytest.raises(SkillFailed) as raised:
        filled_url(template, VALUES)
    assert raised.value.error_type == "bad-request"
    assert raised.value.nothing_happened


def test_the_host_can_not_be_ended_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", "http://shop")
    with pytest.raises(SkillFailed, match="where the host of the URL is"):
        filled_url("{env.SHOP_URL}{order.id}", VALUES)


@pytest.mark.parametrize("name", ["dots", "empty", "nothing"])
def test_data_can_not_change_the_path(name: str) -> None:
    with pytest.raises(SkillFailed, match="would change the path"):
        filled_url(f"http://shop/orders/{{{name}}}", VALUES)


def test_names_begin_with_a_letter_of_any_script_and_bare_numbers_stay_text() -> None:
    values = Values({"größe": 5, "results": {"技能": {"ok": True}, "123": "x"}})
    assert filled(["{größe}", "{results.技能.ok}", "{results.123}"], values) == [5, True, "x"]
    assert filled_text(r"\d{3} {größe}", values) == r"\d{3} 5"
