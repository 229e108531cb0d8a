"""Parameters of requests that several routes share."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

_SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")


def _storable(text: str) -> str:
    if _SURROGATE_OR_NUL.search(text):
        raise ValueError("holds a NUL character or a lone surrogate")
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""Text that the database can take."""

ThreadId = Annotated[Text, Path(min_length=1, max_length=250, description="the run's id")]
Name = Annotated[Text, Path(min_length=1, max_length=200)]
Digest = Annotated[Text, Path(min_length=1, max_length=64, description="of a skill version")]
Seq = Annotated[int, Path(ge=1, le=2**31 - 1, description="number of the step")]
