"""The audit of all calls that change something."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.openapi import problems
from agentskills.api.process import context_of
from agentskills.api.schemas.audit import AuditPage, AuditQuery
from agentskills.services.audit import list_audit
from agentskills.storage.audit import AuditFilter

router = APIRouter(tags=["audit"])


@router.get("/admin/audit", operation_id="listAudit", response_model=AuditPage, responses=problems(422))
async def get_audit(request: Request, query: Annotated[AuditQuery, Query()]) -> JsonAnswer:
    """Return who did what, when, on whose behalf and why, the newest first."""
    wanted = AuditFilter(
        thread_id=query.thread_id,
        action=query.action,
        actor=query.actor,
        after=query.after,
        before=query.before,
    )
    return JsonAnswer(await list_audit(context_of(request), wanted, query.cursor, query.limit))
