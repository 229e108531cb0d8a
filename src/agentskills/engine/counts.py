"""What a worker has done, counted for the metrics."""

from __future__ import annotations


class Counts:
    """Figures by name; they leave the process with each renewal of the lease."""

    def __init__(self) -> None:
        self._by_name: dict[str, float] = {}

    def add(self, name: str, by: float = 1) -> None:
        """Count something."""
        self._by_name[name] = self._by_name.get(name, 0) + by

    def most(self, name: str, value: float) -> None:
        """Keep the largest value seen."""
        if value > self._by_name.get(name, 0):
            self._by_name[name] = value

    def now(self) -> dict[str, float]:
        """Return the figures as they stand."""
        return dict(self._by_name)
