"""Pauses that grow, with jitter that anybody can work out again."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Growing:
    """A pause that grows with each attempt."""

    first_seconds: float
    factor: float
    most_seconds: float
    jitter: float  # share of the pause, from 0 to 1, by which it may be shorter or longer

    def pause(self, attempt: int, *seed: object) -> float:
        """Return the seconds before an attempt, counted from 1."""
        try:
            pause = self.first_seconds * self.factor ** (attempt - 1)
        except OverflowError:
            pause = self.most_seconds
        return jittered(min(pause, self.most_seconds), self.jitter, *seed, attempt)


def jittered(seconds: float, jitter: float, *seed: object) -> float:
    """Return `seconds`, shorter or longer by up to the share `jitter`; the same seed gives the same."""
    text = "\0".join(str(part) for part in seed)
    share = int.from_bytes(sha256(text.encode()).digest()[:8]) / 2**64  # from 0 to 1
    return seconds * (1 + jitter * (2 * share - 1))
