"""Parameters of requests that several routes share."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import Path
from pydantic import AfterValidator

from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import parse_json

_SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")


def _storable(text: str) -> str:
    if _SURROGATE_OR_NUL.search(text):
        raise ValueError("holds a NUL character or a lone surrogate")
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""Text that the database can take."""

ThreadId = Annotated[Text, Path(min_length=1, max_length=250, description="the run's id")]
Name = Annotated[Text, Path(min_length=1, max_length=200)]
Digest = Annotated[
    Text,
    Path(
        min_length=1, max_length=64, description="of a skill version, or its beginning from 8 characters on"
    ),
]
Seq = Annotated[int, Path(ge=1, le=2**31 - 1, description="number of the step")]


def json_object(text: str | None, name: str) -> dict[str, Any] | None:
    """Return the JSON object that a parameter holds."""
    if text is None or not text.strip():
        return None
    try:
        value = parse_json(text)
    except BadInput as error:
        raise BadInput(f"{name}: {error.detail}", pointer=name) from None
    if type(value) is not dict:
        raise BadInput(f'{name} must be a JSON object such as {{"order": {{"id": 42}}}}', pointer=name)
    return value
