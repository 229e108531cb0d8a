"""Times at the ends of the calendar are refused, by field, wherever a time is taken."""

from __future__ import annotations

from typing import Any

import pytest

from .talking import Api, is_problem

FAR = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59-10:00",
]
NEW_YORK = {"cron": "0 0 * * *", "time_zone": "America/New_York"}
HELLO: dict[str, Any] = {"name": "Hello", "start": {"sop": "Say hello.", "initial_data": {}}}


@pytest.mark.parametrize("time", FAR)
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/admin/schedules/preview", NEW_YORK, "after"),
        ("/admin/schedules/preview", {}, "at"),
        ("/admin/schedules", HELLO, "at"),
        ("/admin/schedules", HELLO | {"every_seconds": 3600}, "anchor"),
        ("/admin/schedules/any/backfill", {"to": "2020-01-01T00:00:00Z"}, "from"),
        ("/admin/schedules/any/backfill", {"from": "2020-01-01T00:00:00Z"}, "to"),
        ("/rerun/any", {}, "not_before"),
    ],
)
def test_in_a_body(api: Api, path: str, body: dict[str, Any], field: str, time: str) -> None:
    answer = api.post(path, body | {field: time})
    assert is_problem(answer, 422, "bad-input", f"/{field}")
    assert "1970 to 9000" in str(answer.body["errors"])


@pytest.mark.parametrize("time", FAR)
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/admin/failures", "after"),
        ("/admin/failures", "before"),
        ("/admin/audit", "after"),
        ("/admin/effects", "before"),
        ("/admin/runs", "created_after"),
    ],
)
def test_in_a_query(api: Api, path: str, name: str, time: str) -> None:
    assert is_problem(api.get(path, **{name: time}), 422, "bad-input", name)


@pytest.mark.parametrize("time", FAR)
def test_in_the_filter_of_a_batch(api: Api, time: str) -> None:
    body = {"filter": {"created_after": time}, "dry_run": True}
    assert is_problem(api.post("/admin/batches", body), 422, "bad-input", "/filter/created_after")


def test_the_first_and_the_last_that_are_taken(api: Api) -> None:
    for time, first in [("1970-01-01T00:00:00Z", "1970"), ("9000-12-31T23:59:59Z", "9001")]:
        body = NEW_YORK | {"after": time, "count": 1}
        [found] = api.post("/admin/schedules/preview", body).body["times"]
        assert found["at"].startswith(first)
        assert api.get("/admin/failures", after=time).status == 200
