"""One handler for everything that goes wrong: problem documents, without internals."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from agentskills.api.answer import JsonAnswer, problem
from agentskills.api.body import field_problems
from agentskills.domain.errors import AgentSkillsError, TooLarge
from agentskills.storage.database import translate_errors

_log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Make `app` answer errors with problems."""
    app.add_exception_handler(RequestValidationError, _wrong_parameters)
    app.add_exception_handler(HTTPException, _http)
    for kind in (AgentSkillsError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        app.add_exception_handler(kind, _ours)
    app.add_exception_handler(Exception, _unexpected)


def problem_of(error: AgentSkillsError, path: str | None) -> JsonAnswer:
    """Return an error of ours as an answer."""
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status == 503:
        headers["Retry-After"] = "1"
    if isinstance(error, TooLarge):
        headers["Connection"] = "close"  # what is left of the body is not read
    title = (
        (type(error).__doc__ or type(error).__name__).strip().splitlines()[0].partition(";")[0].rstrip(".")
    )
    return problem(
        error.status,
        error.type,
        title,
        error.detail,
        instance=path,
        fields=error.fields,
        headers=headers,
    )


async def _ours(request: Request, error: Exception) -> JsonAnswer:
    """Answer an error of ours, or one of the database that has a translation."""
    if not isinstance(error, AgentSkillsError):
        try:
            with translate_errors():
                raise error
        except AgentSkillsError as translated:
            error = translated
        except Exception:
            return await _unexpected(request, error)
    assert isinstance(error, AgentSkillsError)
    if error.status >= 500:
        _log.warning("request.failed", path=request.url.path, type=error.type, cause=repr(error.__cause__))
    return problem_of(error, request.url.path)


async def _wrong_parameters(request: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, RequestValidationError)
    found = field_problems(error.errors(), skip=1)
    for item in found:
        item["pointer"] = item["pointer"].removeprefix("/")  # a parameter has a name, not a pointer
    detail = f"{found[0]['pointer']}: {found[0]['message']}"
    fields: dict[str, Any] = {"errors": found}
    return problem(
        422, "bad-input", "The request is malformed", detail, instance=request.url.path, fields=fields
    )


async def _http(request: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "http-error")
    detail = {
        404: f"there is nothing at {request.url.path}",
        405: f"{request.method} is not possible here",
    }.get(error.status_code, str(error.detail))
    return problem(
        error.status_code, kind, title, detail, instance=request.url.path, headers=dict(error.headers or {})
    )


async def _unexpected(request: Request, error: Exception) -> JsonAnswer:
    _log.error("request.crashed", path=request.url.path, exc_info=error)
    return problem(
        500,
        "internal",
        "Something went wrong",
        "the server's log says more",
        instance=request.url.path,
    )
