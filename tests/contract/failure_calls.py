"""How the calls about failures, backtests and many answers are made, and which action the audit names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .conftest import Outside
from .talking import Answer, Api

Call = Callable[[Api, dict[str, str], Outside], Answer]


def failed(api: Api) -> dict[str, Any]:
    """A run that has failed, as it is chosen."""
    run = api.start("Use double.", {"number": None})
    assert api.ended(run)["status"] == "failed"
    return {"ids": [run]}


def dismissed(api: Api) -> dict[str, Any]:
    """A run whose failure was dismissed, as it is chosen."""
    chosen = failed(api)
    assert api.post("/admin/failures/dismiss", chosen).body["count"] == 1
    return chosen


def answered(api: Api, headers: dict[str, str], outside: Outside) -> Answer:
    run = api.start("Use echo-approved.", {"amount": 1})
    [wait] = api.waits(run, "approval")
    asked = {"answers": [{"thread_id": run, "step": wait["step"]}], "decision": "reject"}
    return api.post("/admin/answers", asked, **headers)


FAILURE_CALLS: dict[tuple[str, str], tuple[str, Call]] = {
    ("post", "/admin/failures/dismiss"): (
        "failure-dismiss",
        lambda api, h, _: api.post("/admin/failures/dismiss", failed(api), **h),
    ),
    ("post", "/admin/failures/restore"): (
        "failure-restore",
        lambda api, h, _: api.post("/admin/failures/restore", dismissed(api), **h),
    ),
    ("post", "/admin/answers"): ("approve", answered),
    ("post", "/admin/backtests"): (
        "backtest-start",
        lambda api, h, _: api.post("/admin/backtests", failed(api), **h),
    ),
}
