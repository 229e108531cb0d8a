"""Something tried within a larger transaction: what is refused undoes nothing but itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from agentskills.domain.errors import AgentSkillsError
from agentskills.services.context import CROSSED
from agentskills.storage.database import Conn, translate_errors

_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Made(Generic[_Made]):
    """It was done."""

    result: _Made


@dataclass(frozen=True, slots=True)
class Refused:
    """It could not be done, and nothing of it is left."""

    error: Exception


async def attempted(conn: Conn, work: Callable[[], Awaitable[_Made]]) -> Made[_Made] | Refused:
    """Do `work` in a savepoint of the caller's transaction.

    Raises what passes by itself: errors of status 500 and above, and crossed transactions, after which
    the whole transaction is to be tried again.
    """
    try:
        with translate_errors():
            async with conn.transaction():
                return Made(await work())
    except CROSSED:
        raise
    except Exception as error:
        if passes(error):
            raise
        return Refused(error)


def passes(error: Exception) -> bool:
    """Say whether this is the database's trouble, which passes, not that of what was asked for."""
    return isinstance(error, AgentSkillsError) and error.status >= 500
