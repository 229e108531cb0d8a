"""Signing in with an API key, for the UI: the key is exchanged for a session's cookie."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.openapi import problems, takes
from agentskills.api.process import actor_of, context_of, keys_of
from agentskills.api.schemas.session import SessionRequest, SessionState
from agentskills.api.sessions import COOKIE, LASTS, Session
from agentskills.domain.errors import DatabaseGone, Unauthorized
from agentskills.services.session import signed_in, signed_out
from agentskills.settings import Settings

router = APIRouter(tags=["session"])


@router.get("/session", operation_id="getSession", response_model=SessionState, responses=problems())
async def get_session(request: Request) -> JsonAnswer:
    """Say whether this server asks for a key, and whether this client is signed in."""
    keys = keys_of(request)
    signed_in = not keys.needed or actor_of(request).kind == "api_key"
    return _answer(keys.needed, signed_in, keys.session(request.cookies.get(COOKIE, "")))


@router.post(
    "/session",
    operation_id="openSession",
    response_model=SessionState,
    responses=problems(400, 413, 422),
    openapi_extra=takes(SessionRequest, required=True),
)
async def open_session(
    request: Request, asked: Annotated[SessionRequest, Depends(body(SessionRequest))]
) -> JsonAnswer:
    """Sign in: the answer sets a cookie that stands for the key for twelve hours."""
    keys = keys_of(request)
    if not keys.needed:
        return _answer(False, True, None)
    opened = keys.open_session(asked.api_key.encode())
    if opened is None:
        raise Unauthorized("this is none of the server's API keys")
    cookie, session = opened
    await signed_in(context_of(request), session.actor)
    answer = _answer(True, True, session)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=_is_secure(context_of(request).settings),
    )
    return answer


@router.delete("/session", operation_id="closeSession", response_model=SessionState, responses=problems())
async def close_session(request: Request) -> JsonAnswer:
    """Sign out: the cookie is taken back."""
    needed = keys_of(request).needed
    actor = actor_of(request)
    if needed and actor.kind == "api_key":
        with suppress(DatabaseGone):  # whoever signs out is signed out, also when nobody can write it down
            await signed_out(context_of(request), actor)
    answer = _answer(needed, not needed, None)
    secure = _is_secure(context_of(request).settings)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=secure)
    return answer


def _answer(needed: bool, signed_in: bool, session: Session | None) -> JsonAnswer:
    expires = session.expires_at if session and signed_in else None
    document = {"login_needed": needed, "signed_in": signed_in, "expires_at": expires}
    return JsonAnswer(document, headers={"Cache-Control": "no-store"})


def _is_secure(settings: Settings) -> bool:
    return settings.base_url.lower().startswith("https:")
