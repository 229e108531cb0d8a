"""What openapi.json says beyond what FastAPI finds out: request bodies and problems."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from agentskills.api import behalf
from agentskills.api.answer import PROBLEM
from agentskills.api.schemas.shapes import Problem
from agentskills.api.schemas.steps import RunEvent
from agentskills.api.sessions import COOKIE

_REF = "#/components/schemas/{model}"
_asked: dict[str, type[BaseModel]] = {}
_also: tuple[type[BaseModel], ...] = (Problem, RunEvent)
"""Shapes that no operation names, but clients need."""
_WITHOUT_BEHALF = ("deliverCallback", "openSession", "closeSession")
"""Calls of services, and of those who sign in: each for itself."""


_UNREADABLE = {
    "description": "No HTTP that can be read, such as a URL of over 64 kB; said before any route is known",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


def takes(model: type[BaseModel], *, required: bool = False) -> dict[str, Any]:
    """Return the part of an operation that says which body it takes."""
    _asked[model.__name__] = model
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": schema}}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the problems that an operation may answer with, beside 503 and those of the guards."""
    return {status: {"model": Problem} for status in (*statuses, 401, 403, 503)}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of `app`, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _document(app)
    return app.openapi_schema


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    schemas = made["components"]["schemas"]
    _, definitions = models_json_schema(
        [(model, "validation") for model in _asked.values()] + [(model, "serialization") for model in _also],
        ref_template=_REF,
    )
    for name, schema in definitions.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for operations in made["paths"].values():
        for method, operation in operations.items():
            _say_problems(operation)
            if method == "get":
                operation["responses"].setdefault("400", _UNREADABLE)
            if method != "get" and operation["operationId"] not in _WITHOUT_BEHALF:
                operation.setdefault("parameters", []).append(behalf.PARAMETER)
    made["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer"},
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
    }
    made["security"] = [{}, {"key": []}, {"session": []}]
    return made


def _say_problems(operation: dict[str, Any]) -> None:
    """Give every answer from 400 on the media type and shape of a problem."""
    for status, answer in operation["responses"].items():
        if status.startswith(("4", "5")) and "Health" not in str(answer):
            answer["content"] = {PROBLEM: {"schema": {"$ref": _REF.format(model="Problem")}}}
