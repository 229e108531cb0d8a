"""Backtests: start, list, report."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from agentskills.api.answer import JsonAnswer
from agentskills.api.body import body
from agentskills.api.once import IdempotencyKey, answer_of
from agentskills.api.openapi import problems, takes
from agentskills.api.params import Text
from agentskills.api.process import actor_of, context_of
from agentskills.api.routes.runs import filter_of
from agentskills.api.schemas import backtests as shapes
from agentskills.domain.batch import Budget
from agentskills.domain.errors import BadInput
from agentskills.services import backtests

router = APIRouter(tags=["backtests"])

BacktestId = Annotated[Text, Path(min_length=1, max_length=200, description="the backtest's id")]


@router.post(
    "/admin/backtests",
    operation_id="startBacktest",
    response_model=shapes.BacktestReport,
    responses=problems(400, 409, 413, 422),
    openapi_extra=takes(shapes.BacktestRequest, required=True),
)
async def start(
    request: Request,
    asked: Annotated[shapes.BacktestRequest, Depends(body(shapes.BacktestRequest))],
    idempotency_key: IdempotencyKey = None,
) -> JsonAnswer:
    """Replay past runs with other versions, procedure or model; nothing goes out. Answers at once."""
    context, actor, wanted = context_of(request), actor_of(request), _request(asked)
    return answer_of(await backtests.start_backtest(context, wanted, actor, key=idempotency_key))


@router.get(
    "/admin/backtests",
    operation_id="listBacktests",
    response_model=shapes.BacktestPage,
    responses=problems(422),
)
async def list_backtests(request: Request, query: Annotated[shapes.BacktestQuery, Query()]) -> JsonAnswer:
    """Return one page of backtests, the newest first."""
    context = context_of(request)
    return JsonAnswer(await backtests.list_backtests(context, query.status, query.cursor, query.limit))


@router.get(
    "/admin/backtests/{backtest_id}",
    operation_id="getBacktest",
    response_model=shapes.BacktestReport,
    responses=problems(404, 422),
)
async def get_backtest(request: Request, backtest_id: BacktestId) -> JsonAnswer:
    """Return a backtest with its report: what stays, what changed and why, what nobody can tell."""
    return JsonAnswer(await backtests.backtest(context_of(request), backtest_id))


@router.get(
    "/admin/backtests/{backtest_id}/items",
    operation_id="listBacktestItems",
    response_model=shapes.BacktestItemPage,
    responses=problems(404, 422),
)
async def list_items(
    request: Request, backtest_id: BacktestId, query: Annotated[shapes.BacktestItemQuery, Query()]
) -> JsonAnswer:
    """Return one page of a backtest's runs, each with its report."""
    context = context_of(request)
    return JsonAnswer(
        await backtests.list_items(context, backtest_id, query.verdict, query.cursor, query.limit)
    )


def _request(asked: shapes.BacktestRequest) -> backtests.BacktestRequest:
    """Return what a body asks a backtest to do; a wrong field of the filter is named where it stands."""
    try:
        wanted = None if asked.filter is None else filter_of(asked.filter)
    except BadInput as error:
        raise type(error)(error.detail, pointer=f"/filter/{error.pointer}") from None
    return backtests.BacktestRequest(
        ids=None if asked.ids is None else tuple(asked.ids),
        filter=wanted,
        most=asked.most,
        skills=asked.skills,
        sop=asked.sop,
        model=asked.model,
        name=asked.name,
        reason=asked.reason,
        concurrency=asked.concurrency,
        budget=Budget(**asked.budget.model_dump()) if asked.budget else Budget(),
    )
