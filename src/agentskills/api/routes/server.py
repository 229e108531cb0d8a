"""The server itself: health, set-up, metrics."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.schemas.server import Health, Server

router = APIRouter(tags=["server"])


@router.get(
    "/health",
    operation_id="getHealth",
    response_model=Health,
    responses={503: {"model": Health, "description": "the database is gone"}},
)
async def health(request: Request) -> JsonAnswer:
    """Say whether the server can do its work; 503 while the database is gone."""
    raise NotImplementedError


@router.get("/admin/server", operation_id="getServer", response_model=Server, responses=problems())
async def server(request: Request) -> JsonAnswer:
    """Say what this server is set up to do."""
    raise NotImplementedError


@router.get(
    "/metrics",
    operation_id="getMetrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}} | problems(),
)
async def metrics(request: Request) -> Response:
    """Return figures for Prometheus."""
    raise NotImplementedError
