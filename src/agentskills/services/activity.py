"""When runs were created: a filter's runs in equal parts of a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from agentskills.domain.errors import BadInput
from agentskills.services.context import Context
from agentskills.storage import activity, lists
from agentskills.storage.run_filter import RunFilter

DAY = timedelta(days=1)


async def activity_of(
    context: Context, wanted: RunFilter, since: datetime | None, until: datetime | None, buckets: int
) -> dict[str, Any]:
    """Return how many runs were created in each of `buckets` parts of a time, by status.

    Raises `BadInput`, `QueryTooSlow`.
    """
    end = _in_utc(until) if until else datetime.now(UTC)
    start = _in_utc(since) if since else end - DAY
    if start >= end:
        raise BadInput("from must be before to", pointer="from")
    starts = [start + (end - start) * number / buckets for number in range(buckets)]
    async with context.reading() as conn, lists.search_limits(conn):
        found = await activity.count(conn, wanted, [*starts, end])
    return {
        "from": start,
        "to": end,
        "bucket_seconds": Decimal((end - start) // timedelta(microseconds=1)) / 1_000_000 / buckets,
        "buckets": [
            {"at": at, "by_status": by_status} for at, by_status in zip(starts, found.buckets, strict=True)
        ],
        "exact": found.exact,
    }


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
