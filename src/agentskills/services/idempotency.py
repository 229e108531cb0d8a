"""Idempotency-Key: the same key and body get the same answer, another body is refused."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.errors import BadInput, IdempotencyKeyReused
from agentskills.services.context import Context
from agentskills.storage import idempotency
from agentskills.storage.database import Conn


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a request, and whether it was given before, to an earlier one with its key."""

    answer: dict[str, Any]
    replayed: bool = False


async def once(
    context: Context,
    key: str | None,
    asked: Any,
    work: Callable[[Conn], Awaitable[dict[str, Any]]],
) -> Answered:
    """Return the answer of `work`, which is done in one transaction and once per key.

    `asked` is everything the answer depends on. The key, the work and its answer are written
    together: a failure leaves the key free. Raises `IdempotencyKeyReused`.
    """
    if key is None:
        return Answered(await context.in_transaction(work))
    if not key.isprintable() or not key.strip():
        raise BadInput("Idempotency-Key must be printable text", pointer="Idempotency-Key")
    body = digest(asked)

    async def work_once(conn: Conn) -> Answered:
        kept = await idempotency.take(conn, key, body)
        if kept is None:
            answer = await work(conn)
            await idempotency.keep(conn, key, 200, answer)
            return Answered(answer)
        if kept.body_digest != body:
            raise IdempotencyKeyReused(f"the Idempotency-Key {key!r} was used with another body")
        return Answered(kept.answer, replayed=True)

    return await context.in_transaction(work_once)
