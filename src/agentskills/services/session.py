"""Signing in and out: what the audit says of them."""

from __future__ import annotations

from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.storage import audit


async def signed_in(context: Context, actor: Actor) -> None:
    """Record that the holder of a key has opened a session. Raises `DatabaseGone`."""
    async with context.writing() as conn:
        await audit.record(conn, actor.document(), "sign-in")


async def signed_out(context: Context, actor: Actor) -> None:
    """Record that a session was closed. Raises `DatabaseGone`."""
    async with context.writing() as conn:
        await audit.record(conn, actor.document(), "sign-out")
