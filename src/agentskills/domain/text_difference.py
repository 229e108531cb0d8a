"""The difference of two texts, as a unified diff with its counts."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from itertools import islice

CONTEXT = 3
"""Unchanged lines around a change."""
_NO_NEWLINE = "\n\\ No newline at end of file"


@dataclass(frozen=True, slots=True)
class TextDifference:
    """What is different, line by line."""

    added: int  # lines
    removed: int
    text: str  # the hunks of a unified diff, without the names of files; empty where nothing differs


def difference_of(left: str, right: str) -> TextDifference:
    """Return how `right` differs from `left`; a missing newline at the end is told as `diff` tells it."""
    unified = difflib.unified_diff(_lines(left), _lines(right), n=CONTEXT, lineterm="")
    hunks = list(islice(unified, 2, None))  # the first two lines name the files
    return TextDifference(
        added=sum(line.startswith("+") for line in hunks),
        removed=sum(line.startswith("-") for line in hunks),
        text="".join(f"{line}\n" for line in hunks),
    )


def _lines(text: str) -> list[str]:
    """Return lines without their ends; only \\n ends one, so that what looks the same is the same."""
    lines = text.split("\n")
    if lines[-1] == "":
        return lines[:-1]
    return [*lines[:-1], lines[-1] + _NO_NEWLINE]
