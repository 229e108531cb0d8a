"""The Idempotency-Key header, and answers that may have been given before."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header

from agentskills.api.answer import JsonAnswer
from agentskills.services.idempotency import Answered

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="the same key and body get the same answer again, for 24 hours; another body gets 409",
    ),
]


def answer_of(done: Answered) -> JsonAnswer:
    """Return the answer, marked where it was given before."""
    return JsonAnswer(done.answer, headers={"Idempotent-Replayed": "true"} if done.replayed else None)
