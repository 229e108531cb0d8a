"""Alignment of two sequences of steps: which step of one run stands for which step of the other.

Order is kept on both sides. Pairs have the same key (kind and skill); those made of the same
come first, then those that are the same occurrence of their skill.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Pair: TypeAlias = tuple[int | None, int | None]
"""Positions in the two sequences; None where a side has nothing."""

SAME_IDENTITY, SAME_KEY, SAME_OCCURRENCE = 30, 10, 1
MOST_CELLS = 400_000
"""Comparisons that an alignment may cost; steps of longer runs are paired only near the diagonal."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What a step is known by."""

    key: Hashable  # steps pair only where this is equal
    identity: Hashable  # equal where both were made of the same


def align(left: Sequence[Sign], right: Sequence[Sign]) -> list[Pair]:
    """Return pairs of positions that cover both sequences; swapped sequences give swapped pairs."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    middle = _between(_Numbered(left, start, end), _Numbered(right, start, end))
    pairs: list[Pair] = [(i, i) for i in range(start)]
    pairs += [(None if i is None else i + start, None if j is None else j + start) for i, j in middle]
    pairs += [(len(left) - k, len(right) - k) for k in range(end, 0, -1)]
    return pairs


class _Numbered:
    """A part of a sequence, with the occurrence of each key."""

    def __init__(self, signs: Sequence[Sign], start: int, end: int) -> None:
        counts: Counter[Hashable] = Counter()
        self.items: list[tuple[Hashable, Hashable, int]] = []
        for sign in signs[: len(signs) - end]:
            counts[sign.key] += 1
            self.items.append((sign.key, sign.identity, counts[sign.key]))
        del self.items[:start]

    def __len__(self) -> int:
        return len(self.items)

    @property
    def order(self) -> tuple[int, str]:
        """By which one of two sequences is taken as the first, so that a swap mirrors the outcome."""
        return len(self.items), repr(self.items)


def _between(left: _Numbered, right: _Numbered) -> list[Pair]:
    if not left or not right:
        return [(i, None) for i in range(len(left))] + [(None, j) for j in range(len(right))]
    if right.order < left.order:
        return [(i, j) for j, i in _best(right, left)]
    return _best(left, right)


_SKIP_FIRST, _SKIP_SECOND, _PAIR = 0, 1, 2


def _best(first: _Numbered, second: _Numbered) -> list[Pair]:
    """Return the pairs of the highest score: dynamic programming within a band around the diagonal."""
    n, m = len(first), len(second)
    reach = max(m, 1) if n * m <= MOST_CELLS else max(MOST_CELLS // (2 * n), abs(n - m) + 1, 8)
    below = [0] * (m + 1)
    moves: list[bytearray] = []
    for i in range(n - 1, -1, -1):
        key, identity, occurrence = first.items[i]
        scores = [0] * (m + 1)
        row = bytearray(m + 1)
        centre = i * m // n
        lowest, highest = max(0, centre - reach), min(m, centre + reach)
        if highest < m:
            scores[highest] = below[highest]
        for j in range(highest - 1, -1, -1):
            if j < lowest:
                break
            best, move = below[j], _SKIP_FIRST
            if scores[j + 1] > best:
                best, move = scores[j + 1], _SKIP_SECOND
            other_key, other_identity, other_occurrence = second.items[j]
            if key == other_key:
                score = below[j + 1] + (SAME_IDENTITY if identity == other_identity else SAME_KEY)
                score += SAME_OCCURRENCE if occurrence == other_occurrence else 0
                if score >= best:
                    best, move = score, _PAIR
            scores[j], row[j] = best, move
        for j in range(lowest - 1, -1, -1):  # outside of the band steps of the second side are passed over
            scores[j], row[j] = scores[lowest], _SKIP_SECOND
        below = scores
        moves.append(row)
    moves.reverse()
    return _path(moves, n, m)


def _path(moves: Sequence[bytearray], n: int, m: int) -> list[Pair]:
    pairs: list[Pair] = []
    i = j = 0
    while i < n and j < m:
        move = moves[i][j]
        pairs.append((None if move == _SKIP_SECOND else i, None if move == _SKIP_FIRST else j))
        i += move != _SKIP_SECOND
        j += move != _SKIP_FIRST
    return pairs + [(k, None) for k in range(i, n)] + [(None, k) for k in range(j, m)]
