"""How things stand: health, set-up, figures."""

from __future__ import annotations

from typing import Any

from agentskills import __version__
from agentskills.domain.errors import DatabaseGone
from agentskills.services.context import Context
from agentskills.services.start import planner_of
from agentskills.storage import catalogs, figures
from agentskills.storage.figures import Figures


async def read(context: Context) -> Figures:
    """Return the figures of the installation."""
    async with context.reading() as conn:
        return await figures.read(conn)


async def health(context: Context) -> dict[str, Any]:
    """Say whether the server can do its work; degraded where the database is gone or no worker lives."""
    try:
        async with context.reading() as conn:
            workers = await figures.living_workers(conn)
    except DatabaseGone:
        return {"status": "degraded", "version": __version__, "database": "gone", "workers": 0}
    status = "ok" if workers else "degraded"
    return {"status": status, "version": __version__, "database": "ok", "workers": workers}


async def server(context: Context) -> dict[str, Any]:
    """Say what this server is set up to do."""
    settings = context.settings
    async with context.reading() as conn:
        workers = await figures.living_workers(conn)
        catalog = await catalogs.current_catalog(conn)
        skills = len(await catalogs.load_entries(conn, catalog)) if catalog else 0
    return {
        "version": __version__,
        "model": settings.model,
        "planner": planner_of(settings, None),
        "base_url": settings.base_url,
        "database": "external" if settings.database_url else "embedded",
        "skill_roots": [str(root) for root in settings.skill_roots],
        "skills": skills,
        "workers": workers,
        "auth": bool(settings.api_keys),
    }
