"""Ids and names of runs."""

from __future__ import annotations

import pytest

from agentskills.services.naming import MAX_NAME, new_id, title_of


@pytest.mark.parametrize(
    ("sop", "title"),
    [
        ("# Refund order 42\n\nCheck it.", "Refund order 42"),
        ("\n\n  ## **Refund** `now` ##\n", "Refund now"),
        ("---\n> - Quoted\n", "Quoted"),
        ("Plain text", "Plain text"),
        ("***\n---", "Untitled"),
        ("x" * 300, "x" * (MAX_NAME - 1) + "…"),
    ],
)
def test_title_of_an_sop(sop: str, title: str) -> None:
    assert title_of(sop) == title


def test_new_ids_are_version_7_uuids() -> None:
    digits = "0123456789abcdefghjkmnpqrstvwxyz"
    value = 0
    for digit in new_id().removeprefix("run_"):
        value = value * 32 + digits.index(digit)
    assert value < 2**128
    assert value >> 76 & 0xF == 7
    assert value >> 62 & 0b11 == 0b10
