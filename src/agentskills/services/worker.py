"""A worker process: it carries runs, and does the chores of the installation beside them."""

from __future__ import annotations

import gc

import uvloop

from agentskills.engine.worker import Worker, serve
from agentskills.services.chores import doing_chores
from agentskills.settings import Settings
from agentskills.storage.embedded import database_url


def main(settings: Settings) -> int:
    """Work until SIGTERM or SIGINT; return the exit code."""
    # Many short-lived objects and few cycles: look for those less often, and never among the modules.
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    uvloop.run(_work(settings, database_url(settings)))
    return 0


async def _work(settings: Settings, url: str) -> None:
    async with doing_chores(settings, url):
        await serve(Worker(settings, url))
