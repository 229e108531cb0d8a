"""How each call that changes a schedule is made, and which action the audit then names."""

from __future__ import annotations

from typing import Any

from .talking import Answer, Api

SCHEDULE: dict[str, Any] = {"name": "Daily", "cron": "@daily", "start": {"sop": "Use double."}}
PATH = "/admin/schedules/{schedule_id}"
WINDOW = {"from": "2026-03-01T00:00:00Z", "to": "2026-03-03T00:00:00Z"}


def made(api: Api, **more: Any) -> str:
    """The path of a new schedule."""
    return f"/admin/schedules/{api.post('/admin/schedules', SCHEDULE | more).body['id']}"


def sent(api: Api, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
    return api._answer(api.http.request(method, path, json=body, headers=headers))


SCHEDULE_CALLS: dict[tuple[str, str], Any] = {
    ("post", "/admin/schedules"): (
        "schedule-create",
        lambda api, h, _: api.post("/admin/schedules", SCHEDULE, **h),
    ),
    ("patch", PATH): (
        "schedule-change",
        lambda api, h, _: sent(api, "PATCH", made(api), {"name": "Nightly"}, h),
    ),
    ("delete", PATH): (
        "schedule-delete",
        lambda api, h, _: sent(api, "DELETE", made(api), {"reason": "why"}, h),
    ),
    ("post", f"{PATH}/pause"): (
        "schedule-pause",
        lambda api, h, _: api.post(f"{made(api)}/pause", {"note": "why"}, **h),
    ),
    ("post", f"{PATH}/resume"): (
        "schedule-resume",
        lambda api, h, _: api.post(f"{made(api, paused=True)}/resume", {"reason": "why"}, **h),
    ),
    ("post", f"{PATH}/run-now"): (
        "schedule-run-now",
        lambda api, h, _: api.post(f"{made(api)}/run-now", {"reason": "why"}, **h),
    ),
    ("post", f"{PATH}/backfill"): (
        "schedule-backfill",
        lambda api, h, _: api.post(f"{made(api, paused=True)}/backfill", WINDOW, **h),
    ),
}
