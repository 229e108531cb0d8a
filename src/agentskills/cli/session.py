"""What every command that talks to a server shares: the connection, errors as exit codes, ids by prefix."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from agentskills.domain.errors import AgentSkillsError, BadInput, RunDeleted, RunNotFound

if TYPE_CHECKING:
    from agentskills.client import AgentSkills

RUN_FAILED, USAGE, NOT_FOUND, CONFLICT, NO_ANSWER, INTERRUPTED = 1, 2, 3, 4, 5, 130
_EXIT_CODES = {400: USAGE, 413: USAGE, 422: USAGE, 404: NOT_FOUND, 410: NOT_FOUND, 409: CONFLICT}

Command: TypeAlias = Callable[..., Coroutine[Any, Any, int | None]]
"""An async function that takes the client first, then what click hands over by name."""


def online(command: Command) -> Callable[..., None]:
    """Make an async function of a client and options into a command; what it returns is the exit code."""

    @functools.wraps(command)
    def run(**options: Any) -> None:
        try:
            code = asyncio.run(_with_client(command, options))
        except AgentSkillsError as error:
            tell(f"Error: {error.detail}{_place(error)}")
            if error.type == "unreachable":
                tell("Is it running? `asf serve` starts it; ASF_API_URL names another one.")
            code = exit_code(error)
        except KeyboardInterrupt:
            code = INTERRUPTED
        click.get_current_context().exit(code or 0)

    return run


async def _with_client(command: Command, options: dict[str, Any]) -> int | None:
    from agentskills.client import AgentSkills

    async with AgentSkills() as client:
        return await command(client, **options)


def _place(error: AgentSkillsError) -> str:
    """Return which field of the request is wrong, where the sentence does not say it."""
    pointer = error.pointer if isinstance(error, BadInput) else ""
    return f" (at {pointer})" if pointer and pointer not in error.detail else ""


def exit_code(error: AgentSkillsError) -> int:
    """Return the exit code that stands for an error."""
    return _EXIT_CODES.get(getattr(error, "http_status", error.status), NO_ANSWER)


def tell(message: str) -> None:
    """Print a line for people, beside what the command answers (standard error)."""
    click.echo(message, err=True)


async def full_id(client: AgentSkills, given: str) -> str:
    """Return the id that `given` names: an id, also of a deleted run, or the beginning of just one.

    Raises `RunNotFound`, or `BadInput` when several ids begin so.
    """
    try:
        return str((await client.metadata(given))["thread_id"])
    except RunDeleted:
        return given
    except RunNotFound:
        found = []
        async for run in client.runs(name=given, page_size=50):
            if run["thread_id"].startswith(given):
                found.append(run["thread_id"])
            if len(found) > 5:
                break
        if not found:
            raise
    if len(found) > 1:
        raise BadInput(f"several runs begin with {given}: {', '.join(found[:5])}{', …' * (len(found) > 5)}")
    return str(found[0])
