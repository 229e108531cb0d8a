"""Which values a person may change while approving."""

from __future__ import annotations

from typing import Any

import pytest

from agentskills.domain.errors import BadInput
from agentskills.services.edits import check_edits

PATHS = ["order.total", "order.buyer", "lines[]"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"order": {"total": 1}},
        {"order.total": 1, "order": {"buyer": {"name": "Ada"}}},
        {"lines": [1]},
        {"lines[]": []},
    ],
)
def test_what_is_shown_can_be_edited(data: dict[str, Any]) -> None:
    check_edits(PATHS, data)


@pytest.mark.parametrize(
    ("data", "pointer"),
    [
        ({"order": {"total": 1, "tax": 2}}, "/data/order/tax"),
        ({"order": 5}, "/data/order"),
        ({"order": {}}, "/data/order"),
        ({"order.tax": 1}, "/data/order.tax"),
        ({"order.buyer.name": "Ada"}, "/data/order.buyer.name"),
        ({"lines": "none"}, "/data/lines"),
        ({"lines[]": "none"}, "/data/lines[]"),
        ({"a/b~": 1}, "/data/a~1b~0"),
    ],
)
def test_all_else_is_refused_by_name(data: dict[str, Any], pointer: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_edits(PATHS, data)
    assert refused.value.pointer == pointer


def test_where_nothing_can_be_edited() -> None:
    with pytest.raises(BadInput, match="nothing can"):
        check_edits([], {"amount": 1})
