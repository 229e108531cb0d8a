"""Puts the application together; no logic here."""

from __future__ import annotations

from fastapi import FastAPI

from agentskills import __version__
from agentskills.api import openapi
from agentskills.api.routes import answers, runs, server, skills, start

DESCRIPTION = """Run standard operating procedures with agent skills, and rerun them.

Numbers are exact: read and write them digit for digit. Bodies are JSON under any content type; no body, an
empty body, `null` and `{}` mean the same. Errors are problem documents (RFC 9457) with a stable `type`.
"""


def create_app() -> FastAPI:
    """Return the application."""
    app = FastAPI(title="AgentSkills", version=__version__, description=DESCRIPTION, redoc_url=None)
    for routes in (start, runs, answers, skills, server):
        app.include_router(routes.router)
    app.openapi = lambda: openapi.document(app)  # type: ignore[method-assign]
    return app
