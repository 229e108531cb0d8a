"""Request bodies: JSON under any content type, with exact numbers, within a size limit."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from agentskills.domain.errors import BadInput, TooLarge
from agentskills.domain.json_text import Json, parse_json

Model = TypeVar("Model", bound=BaseModel)

MAX_BODY = 6_000_000
"""Bytes a body may have: 5 MB of initial_data and what stands around it."""

_LARGE = 200_000
"""Bytes from which on a body is parsed in a thread, so that others need not wait for it."""


_WORDS = {
    "extra_forbidden": "unknown field",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "list_type": "must be a list",
}
"""Where pydantic speaks of Python's types."""


class InvalidBody(BadInput):
    """The body has wrong fields."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        first = errors[0]
        super().__init__(f"{first['pointer'] or 'body'}: {first['message']}", pointer=first["pointer"])
        self.fields["errors"] = errors


async def read_json(request: Request) -> Json:
    """Return the body's JSON value, or None where there is none.

    Raises `NotJson`, `BadInput`, or `TooLarge` as soon as more than `MAX_BODY` bytes have come.
    """
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise TooLarge(f"the body is larger than {MAX_BODY:,} bytes")
        parts.append(part)
    text = b"".join(parts)
    if not text.strip():
        return None
    if size > _LARGE:
        return await asyncio.to_thread(parse_json, text)
    return parse_json(text)


def checked(model: type[Model], value: Json) -> Model:
    """Return `value` as `model`; None and {} mean the same. Raises `InvalidBody`."""
    if value is None:
        value = {}
    if type(value) is not dict:
        raise BadInput("the body must be a JSON object")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidBody(field_problems(error.errors(include_url=False, include_context=False))) from None


def field_problems(errors: Any, skip: int = 0) -> list[dict[str, str]]:
    """Return pydantic's errors as pointers and messages; `skip` leading parts are left out."""
    found = []
    for error in errors[:20]:
        place = [str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"][skip:]]
        message = _WORDS.get(error["type"], error["msg"])
        found.append({"pointer": "".join(f"/{part}" for part in place), "message": message})
    return found


def body(model: type[Model]) -> Callable[[Request], Awaitable[Model]]:
    """Return a dependency that reads the request's body as `model`."""

    async def read(request: Request) -> Model:
        return checked(model, await read_json(request))

    return read
