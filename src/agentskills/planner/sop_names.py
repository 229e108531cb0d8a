"""Which skills the text of an SOP names."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"[^\W_]+|[^\w\s-]+")
"""A word or a run of punctuation; hyphens, underscores and spaces only stand between."""


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text.casefold()))


class SopNames:
    """Finds skill names in SOPs: whole words, with case and `-`, `_` and space all the same.

    Where a name stands inside a longer one that is named there (`order` in "fetch order", when
    there is a skill `fetch-order`), only the longer one counts.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_words: dict[tuple[str, ...], list[str]] = {}
        for name in sorted(names):
            self._by_words.setdefault(_tokens(name), []).append(name)
        self._by_words.pop((), None)
        lengths: dict[str, set[int]] = {}
        for words in self._by_words:
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, sop: str) -> tuple[str, ...]:
        """Return the names in the order of their first mention, each once."""
        tokens = _tokens(sop)
        found: dict[str, None] = {}
        covered = 0  # how far the names found so far reach
        for start, token in enumerate(tokens):
            for length in self._lengths.get(token, ()):
                names = self._by_words.get(tokens[start : start + length])
                if names:
                    if start + length > covered:
                        found.update(dict.fromkeys(names))
                        covered = start + length
                    break
        return tuple(found)
