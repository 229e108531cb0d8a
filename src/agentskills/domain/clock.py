"""The one place that says what time it is."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, with its zone (UTC)."""
    return datetime.now(UTC)
