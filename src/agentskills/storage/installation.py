"""Values made once per installation."""

from __future__ import annotations

from agentskills.storage.database import Conn


async def value(conn: Conn, name: str) -> str:
    """Return a value of this installation, such as the key that callback tokens derive from."""
    found: str = await conn.fetchval("SELECT value FROM installation WHERE name = $1", name)
    return found
