"""What a contract says about itself and beside others, and the pauses between attempts."""

from __future__ import annotations

import pytest

from agentskills.domain.skill import Backoff, Contract, Effects


@pytest.mark.parametrize(
    ("backoff", "pauses"),
    [
        (Backoff(), [1, 2, 4, 8, 16, 32, 60, 60]),
        (Backoff(first=0.5, most=3), [0.5, 1, 2, 3, 3]),
        (Backoff(first=5, most=2), [2, 2]),
        (Backoff(first=0, most=60), [0, 0, 0]),
    ],
)
def test_pauses_double_up_to_the_most(backoff: Backoff, pauses: list[float]) -> None:
    assert [backoff.pause(attempt) for attempt in range(1, len(pauses) + 1)] == pauses
    assert backoff.pause(1_000_000) <= backoff.most


@pytest.mark.parametrize(
    ("left", "right", "overlap"),
    [
        (Contract(produces=("a",)), Contract(produces=("a",)), True),
        (Contract(produces=("a",)), Contract(may_produce=("a.b",)), True),
        (Contract(may_produce=("a[]",)), Contract(produces=("a",)), True),
        (Contract(produces=("a.b",)), Contract(produces=("a.c", "b")), False),
        (Contract(produces=("a",)), Contract(produces=("ab",)), False),
        (Contract(produces=("a",)), Contract(requires=("a",)), False),
        (Contract(), Contract(produces=("a",)), False),
    ],
)
def test_overlaps(left: Contract, right: Contract, overlap: bool) -> None:
    assert left.overlaps(right) == right.overlaps(left) == overlap


def test_reads_and_writes_keep_their_order() -> None:
    contract = Contract(requires=("b", "a"), optional=("c",), produces=("z", "y"), may_produce=("x",))
    assert contract.reads == ("b", "a", "c")
    assert contract.writes == ("z", "y", "x")


@pytest.mark.parametrize("effects", Effects)
def test_only_irreversible_is_irreversible(effects: Effects) -> None:
    assert Contract(effects=effects).irreversible == (effects == "irreversible")
