"""What a batch decides without a database: budget, gate, share of failures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agentskills.domain.batch import (
    FIRST,
    Budget,
    Counts,
    Gate,
    Spent,
    fails_too_often,
    gate_from,
)
from agentskills.domain.data_path import ABSENT


def test_a_budget_is_exhausted_when_it_is_reached() -> None:
    budget = Budget(tokens=100, money=Decimal("0.30"))
    assert budget.exhausted(Spent(99, Decimal("0.29"))) is None
    assert budget.exhausted(Spent(100)) == "budget: 100 of 100 tokens are spent"
    assert budget.exhausted(Spent(0, Decimal("0.3"))) == "budget: 0.3 of 0.30 US dollars are spent"
    assert "2 reruns without a known price" in str(budget.exhausted(Spent(0, Decimal(0), 2)))
    assert Budget(tokens=100).exhausted(Spent(0, Decimal(999), 2)) is None
    assert Budget().exhausted(Spent(10**9, Decimal(10**9), 9)) is None


@pytest.mark.parametrize(
    ("budget", "ended", "judged", "running", "enough"),
    [
        (Budget(), Spent(500), 5, 0, None),
        (Budget(tokens=1000), Spent(0), 0, 0, FIRST),  # nothing is known of what one costs
        (Budget(money=Decimal(1)), Spent(0), 0, 3, FIRST - 3),
        (Budget(money=Decimal(1)), Spent(0), 0, FIRST + 1, 0),
        (Budget(tokens=1000), Spent(0), 1, 0, None),  # it cost nothing
        (Budget(tokens=1000), Spent(500), 5, 0, 5),
        (Budget(tokens=1000), Spent(500), 5, 3, 2),
        (Budget(tokens=1000), Spent(500), 5, 9, 0),
        (Budget(tokens=1000), Spent(990), 9, 0, 1),  # that it is spent shows when it is
        (Budget(tokens=1000, money=Decimal(3)), Spent(500, Decimal(2)), 5, 0, 2),
    ],
)
def test_no_more_start_than_a_budget_is_good_for(
    budget: Budget, ended: Spent, judged: int, running: int, enough: int | None
) -> None:
    assert budget.enough_for(ended, judged, running) == enough


def test_limits_are_changed_one_by_one() -> None:
    budget = Budget(tokens=1, money=Decimal(2)).changed({"tokens": None})
    assert budget == Budget(money=Decimal(2))
    assert budget.document() == {"money": Decimal(2)}


@pytest.mark.parametrize(
    ("gate", "objection"),
    [
        (Gate("a.b", Decimal("1.0")), None),  # 1 and 1.0 are one number
        (Gate("a.b", "1"), 'a.b is 1 in place of "1"'),
        (Gate("a.c", None), None),
        (Gate("a.d", None), "a.d is missing"),  # absent is not null
        (Gate("a.d", exists=False), None),
        (Gate("a.c"), None),
        (Gate("a.c", exists=False), "a.c is there"),
        (Gate("list[]"), None),
        (Gate("a[]"), "a[] is missing"),
        (Gate("list", [1]), "list is [1,2] in place of [1]"),
    ],
)
def test_a_gate_judges_what_stands_at_its_path(gate: Gate, objection: str | None) -> None:
    data: dict[str, Any] = {"a": {"b": 1, "c": None}, "list": [1, 2]}
    assert gate.objection(data) == objection
    assert gate_from(gate.document()) == gate


def test_null_is_a_value_that_a_gate_may_ask_for() -> None:
    assert Gate("a", None).document() == {"path": "a", "equals": None}
    assert Gate("a").equals is ABSENT


@pytest.mark.parametrize(
    ("succeeded", "failed", "pending", "most", "stops"),
    [
        (0, 9, 5, "0.5", False),  # too few to tell
        (5, 5, 5, "0.5", False),
        (4, 6, 5, "0.5", True),
        (0, 2, 0, "0.5", True),  # no more will come
        (99, 1, 5, "0", True),
        (0, 1, 5, "0", True),  # of a share of 0 one is enough
        (9, 0, 5, "0", False),
        (0, 99, 5, None, False),
    ],
)
def test_the_share_of_failures(
    succeeded: int, failed: int, pending: int, most: str | None, stops: bool
) -> None:
    counts = Counts(pending=pending, succeeded=succeeded, failed=failed)
    share = None if most is None else Decimal(most)
    assert bool(fails_too_often(counts, share, 0, 0)) == stops


def test_the_share_is_counted_from_where_the_batch_was_resumed() -> None:
    counts = Counts(pending=5, succeeded=14, failed=10)
    said = fails_too_often(counts, Decimal("0.125"), 0, 0)
    assert said == "stopped by itself: 10 of 24 failed, more than 12.5 %"
    assert fails_too_often(counts, Decimal("0.125"), 10, 9) is None
    assert counts.total == 29
