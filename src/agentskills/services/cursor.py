"""Page cursors: opaque to clients, the last row's sort key to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

import msgspec

from agentskills.domain.errors import BadInput


class Cursor:
    """Writes and reads cursors."""

    @staticmethod
    def write(*key: Any) -> str:
        """Return the cursor of a sort key."""
        return urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")

    @staticmethod
    def read(text: str | None, *kinds: type) -> Any:
        """Return the sort key of a cursor as a tuple, or None without one. Raises `BadInput`."""
        if text is None:
            return None
        try:
            decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4))
            key: tuple[Any, ...] = msgspec.convert(
                msgspec.json.decode(decoded), tuple.__class_getitem__(kinds), strict=False
            )
        except (ValueError, UnicodeError, RecursionError):
            raise BadInput("not a cursor of this list", pointer="cursor") from None
        if not all(_storable(part) for part in key):
            raise BadInput("not a cursor of this list", pointer="cursor")
        return key


def _storable(part: Any) -> bool:
    """Say whether the database can take a part of a cursor somebody may have made up."""
    if isinstance(part, datetime):
        return part.tzinfo is not None and 1 < part.year < 9999  # else it has no place in UTC
    if isinstance(part, str):
        return "\0" not in part
    return bool(-(2**31) < part < 2**31)
