"""The conditions of a search, gathered with their arguments."""

from __future__ import annotations

from typing import Any


class Query:
    """Conditions and their arguments, as they are gathered."""

    def __init__(self) -> None:
        self.conditions: list[str] = []
        self.arguments: list[Any] = []

    def add(self, condition: str, *values: Any) -> None:
        """Add a condition; each `{}` in it becomes the parameter of one value."""
        self.conditions.append(condition.format(*(self.parameter(value) for value in values)))

    def parameter(self, value: Any) -> str:
        """Add an argument and return the parameter that stands for it."""
        self.arguments.append(value)
        return f"${len(self.arguments)}"

    @property
    def where(self) -> str:
        """The WHERE clause."""
        return "WHERE " + " AND ".join(self.conditions) if self.conditions else ""
