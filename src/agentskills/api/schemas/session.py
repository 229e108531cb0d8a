"""Signing in."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from agentskills.api.params import Text
from agentskills.api.schemas.shapes import Answer, Asked


class SessionRequest(Asked):
    """An API key to sign in with."""

    api_key: Text = Field(min_length=1, max_length=1000)


class SessionState(Answer):
    """Whether a client is let in."""

    login_needed: bool = Field(description="whether this server asks for an API key")
    signed_in: bool = Field(description="whether this client is let in, by its key or its session")
    expires_at: datetime | None = Field(description="when the session ends")
