"""GET /admin/waits: what runs wait for, what was answered, and how much of it there is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.process import context_of
from agentskills.api.schemas.waits import WaitCount, WaitPage, WaitQuery, WaitSearch
from agentskills.services import inbox
from agentskills.storage.inbox import WaitFilter

router = APIRouter(tags=["answers"])


@router.get("/admin/waits", operation_id="listWaits", response_model=WaitPage, responses=problems(422))
async def list_waits(request: Request, query: Annotated[WaitQuery, Query()]) -> JsonAnswer:
    """Return what runs wait for, the oldest first; without `reason` only what people can answer."""
    found = await inbox.list_waits(context_of(request), _filter(query), query.cursor, query.limit)
    return JsonAnswer(found)


@router.get(
    "/admin/waits/count", operation_id="countWaits", response_model=WaitCount, responses=problems(422)
)
async def count_waits(request: Request, query: Annotated[WaitSearch, Query()]) -> JsonAnswer:
    """Return how many waits a filter finds, by reason and skill; counting stops at 10,000."""
    return JsonAnswer(await inbox.count_waits(context_of(request), _filter(query)))


def _filter(asked: WaitSearch) -> WaitFilter:
    return WaitFilter(
        reasons=[str(reason) for reason in asked.reason],
        skill=asked.skill,
        q=asked.q,
        thread_id=asked.thread_id,
        answered=asked.state == "answered",
    )
