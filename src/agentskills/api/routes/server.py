"""The server itself: health, set-up, metrics."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from agentskills.api.answer import JsonAnswer
from agentskills.api.metrics import CONTENT_TYPE
from agentskills.api.openapi import problems
from agentskills.api.process import context_of, metrics_of
from agentskills.api.schemas.server import Health, Server, SetUp
from agentskills.services import figures, set_up

router = APIRouter(tags=["server"])

_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get(
    "/health",
    operation_id="getHealth",
    response_model=Health,
    responses={503: {"model": Health, "description": "the database is gone"}},
)
async def health(request: Request) -> JsonAnswer:
    """Say whether the server can do its work; 503 while the database is gone."""
    document = await figures.health(context_of(request))
    return JsonAnswer(document, status_code=200 if document["database"] == "ok" else 503)


@router.get("/admin/server", operation_id="getServer", response_model=Server, responses=problems())
async def server(request: Request) -> JsonAnswer:
    """Say what this server is set up to do."""
    return JsonAnswer(await figures.server(context_of(request)))


@router.get(
    "/admin/server/settings", operation_id="getServerSettings", response_model=SetUp, responses=problems()
)
async def settings(request: Request) -> JsonAnswer:
    """Return the settings in force (no secret), the living workers, and how much of each limit is taken."""
    return JsonAnswer(await set_up.read(context_of(request)))


@router.get(
    "/metrics",
    operation_id="getMetrics",
    response_class=Response,
    responses=_TEXT | problems(),
)
async def metrics(request: Request) -> Response:
    """Return figures for Prometheus."""
    return Response(await metrics_of(request).text(context_of(request)), media_type=CONTENT_TYPE)
