"""Keeps the numbers of a model's answer exact, where its provider's library reads them as floats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import msgspec

from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import parse_json

_bodies: ContextVar[list[bytes] | None] = ContextVar("bodies", default=None)


@contextmanager
def bodies_kept() -> Iterator[list[bytes]]:
    """Collect the JSON bodies that providers answer with meanwhile, the newest last."""
    bodies: list[bytes] = []
    token = _bodies.set(bodies)
    try:
        yield bodies
    finally:
        _bodies.reset(token)


async def keep_body(response: Any) -> None:
    """Collect the body of a response; a hook of the HTTP client. What is streamed is left alone."""
    bodies = _bodies.get()
    if bodies is not None and "application/json" in response.headers.get("content-type", ""):
        bodies.append(await response.aread())


def exact_answer(messages: Sequence[Any], output: dict[str, Any], bodies: Sequence[bytes]) -> dict[str, Any]:
    """Return the arguments of the newest answer as the model wrote them.

    OpenAI's arguments come as text, Anthropic's as part of the body. Where neither is known, the
    floats of `output` become the shortest decimals that mean them. Raises `BadInput` for numbers
    or texts that can't be kept.
    """
    for candidate in (*_texts(messages), *_inputs(bodies)):
        if isinstance(candidate, dict) and candidate.keys() == output.keys():
            return candidate
    value = parse_json(msgspec.json.encode(output))
    assert isinstance(value, dict)
    return value


def _texts(messages: Sequence[Any]) -> Iterator[Any]:
    from pydantic_ai.messages import ModelResponse, ToolCallPart

    newest = next((each for each in reversed(messages) if isinstance(each, ModelResponse)), None)
    for part in newest.parts if newest else ():
        if isinstance(part, ToolCallPart) and isinstance(part.args, str):
            yield parse_json(part.args)


def _inputs(bodies: Sequence[bytes]) -> Iterator[Any]:
    if not bodies:
        return
    try:
        body = parse_json(bodies[-1])
    except BadInput:
        return
    content = body.get("content") if isinstance(body, dict) else None
    for part in content if isinstance(content, list) else ():
        if isinstance(part, dict) and part.get("type") == "tool_use":
            yield part.get("input")
