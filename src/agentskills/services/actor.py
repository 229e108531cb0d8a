"""Who asks for something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at this machine, or the holder of an API key."""

    kind: str = "person"  # person, api_key, callback, server, retention, schedule, policy, batch
    name: str | None = None
    on_behalf_of: str | None = None  # as the caller says; nobody has checked it

    def document(self, reason: str | None = None) -> dict[str, Any]:
        """Return the actor as it is stored."""
        given = {
            "kind": self.kind,
            "name": self.name,
            "on_behalf_of": self.on_behalf_of,
            "reason": reason,
        }
        return {key: value for key, value in given.items() if value is not None}
