"""The drawings in docs/concepts.md show exactly the moves that domain/status.py allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from agentskills.domain.status import EFFECT_MOVES, RUN_MOVES, STEP_MOVES, WaitReason

CONCEPTS = Path(__file__).resolve().parents[2] / "docs" / "concepts.md"


def section(heading: str) -> str:
    text = CONCEPTS.read_text(encoding="utf-8")
    return text.split(f"## {heading}\n")[1].split("\n## ")[0]


def drawn(heading: str) -> set[tuple[str, str]]:
    edges = set(re.findall(r"^    (\S+) --> (\S+)$", section(heading), re.MULTILINE))
    return {(left, right) for left, right in edges if left != "[*]"}


@pytest.mark.parametrize(
    ("heading", "moves"),
    [("States of a run", RUN_MOVES), ("States of a step", STEP_MOVES), ("States of an effect", EFFECT_MOVES)],
)
def test_drawing_shows_the_legal_moves(heading: str, moves: Mapping[StrEnum, frozenset[StrEnum]]) -> None:
    legal = {(str(left), str(right)) for left, rights in moves.items() for right in rights}
    final = {(str(left), "[*]") for left, rights in moves.items() if not rights}
    assert drawn(heading) == legal | final


def test_every_reason_for_waiting_is_explained() -> None:
    named = re.findall(r"^\| `(\w+)` \|", section("Why a run waits"), re.MULTILINE)
    assert named == [str(reason) for reason in WaitReason]
