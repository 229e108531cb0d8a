"""What one process of the server holds, from its start to its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import structlog
from fastapi import FastAPI
from starlette.requests import Request

from agentskills.api.behalf import on_behalf_of
from agentskills.api.metrics import Metrics
from agentskills.api.sessions import Keys
from agentskills.engine.notifier import Notifier
from agentskills.executors.secrets import keep_out_all
from agentskills.models.build import model_keys
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.events import Moves
from agentskills.services.skills import load_skills, watch_skills
from agentskills.services.tidying import keep_tidy
from agentskills.settings import Settings
from agentskills.storage import installation
from agentskills.storage.database import MOVED, Listener, open_pool
from agentskills.storage.embedded import database_url

_log = structlog.get_logger(__name__)

POOL = 20
"""Connections of one process; requests beyond them wait for their turn."""


def context_of(request: Request) -> Context:
    """Return what use cases need."""
    return cast(Context, request.app.state.context)


def moves_of(request: Request) -> Moves:
    """Return what wakes the readers of runs."""
    return cast(Moves, request.app.state.moves)


def metrics_of(request: Request) -> Metrics:
    """Return the process's figures."""
    return cast(Metrics, request.app.state.metrics)


def keys_of(request: Request) -> Keys:
    """Return the keys and sessions that are good here."""
    return cast(Keys, request.app.state.keys)


def actor_of(request: Request) -> Actor:
    """Return who asks, as the guard found out, and for whom. Raises `BadInput`."""
    actor = cast(Actor, request.scope["asf.actor"])
    behalf = on_behalf_of(request)
    return actor if behalf is None else replace(actor, on_behalf_of=behalf)


@asynccontextmanager
async def running(app: FastAPI, settings: Settings) -> AsyncIterator[None]:
    """Open what the application needs, load the skills, and tidy up at the end."""
    keep_out_all(settings.secrets_dir, [*model_keys(settings), *settings.own_secrets])
    url = await asyncio.to_thread(database_url, settings)
    pool = await open_pool(url, max_size=POOL, name="asf api")
    notifier = Notifier(pool)
    moves = Moves()
    app.state.context = context = Context(pool, settings, notifier)
    app.state.moves = moves
    tasks: list[asyncio.Task[None]] = []
    try:
        async with context.reading() as conn:
            key = await installation.value(conn, "callback_key")
        cast(Keys, app.state.keys).secret = key.encode()
        await load_skills(pool, settings)
        notifier.start()
        listener = Listener(url, {MOVED: moves.heard}, moves.wake_all)
        tasks = [
            asyncio.create_task(_kept_going("listen", listener.run())),
            asyncio.create_task(_kept_going("watch", watch_skills(pool, settings))),
            asyncio.create_task(_kept_going("tidying", keep_tidy(context))),
        ]
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await notifier.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), 3)
        pool.terminate()


async def _kept_going(name: str, work: Coroutine[Any, Any, None]) -> None:
    """Log what ends a task that should go on for ever."""
    try:
        await work
    except Exception:
        _log.exception("task.ended", task=name)
