"""Puts the application together; no logic here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from agentskills import __version__
from agentskills.api import docs, errors, openapi, ui
from agentskills.api.guards import Guard
from agentskills.api.metrics import Measured, Metrics
from agentskills.api.process import running
from agentskills.api.routes import (
    answers,
    audit,
    backtests,
    batches,
    cases,
    compare,
    effects,
    failures,
    first_choice,
    inbox,
    lineage,
    plan,
    policies,
    runs,
    schedules,
    server,
    session,
    skills,
    start,
    webhooks,
)
from agentskills.api.sessions import Keys
from agentskills.settings import Settings
from agentskills.settings import settings as read_settings

DESCRIPTION = """Run standard operating procedures with agent skills, and rerun them.

Numbers are exact: read and write them digit for digit. Bodies are JSON under any content type; no body, an
empty body, `null` and `{}` mean the same. Errors are problem documents (RFC 9457) with a stable `type`.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application."""
    chosen = settings or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running(app, chosen):
            yield

    app = FastAPI(
        title="AgentSkills",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's pages load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.metrics = metrics = Metrics()
    for routes in (
        start,
        first_choice,
        plan,
        compare,
        runs,
        cases,
        lineage,
        answers,
        inbox,
        effects,
        failures,
        schedules,
        policies,
        webhooks,
        audit,
        batches,
        backtests,
        skills,
        session,
        server,
        ui,
        docs,
    ):
        app.include_router(routes.router)
    errors.install(app)
    app.state.keys = keys = Keys(chosen)
    app.add_middleware(Guard, settings=chosen, keys=keys)
    app.add_middleware(Measured, metrics=metrics)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app
