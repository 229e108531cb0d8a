"""What the skills have been doing in the last hours: how often, how often without success, and now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agentskills.domain.clock import now
from agentskills.services.context import Context
from agentskills.storage import lists, skill_activity

BUCKETS = 24
"""Parts of the window."""


async def activity(
    context: Context, hours: int = 24, *, most: int = skill_activity.MOST_RUNS
) -> dict[str, Any]:
    """Return what each skill did in runs of the last `hours`; of more than `most` runs, in the newest.

    Raises `QueryTooSlow`.
    """
    until = now()
    since = until - timedelta(hours=hours)
    async with context.reading() as conn, lists.search_limits(conn):
        later = await skill_activity.window_start(conn, since, most)
        since = later or since
        width = (until - since) / BUCKETS
        found = await skill_activity.slices(conn, since, width)
        under_way = await skill_activity.running(conn)
    skills: dict[str, dict[str, Any]] = {name: _item(name, under_way) for name in under_way}
    for part in found:
        item = skills.setdefault(part.skill, _item(part.skill, under_way))
        bucket = item["buckets"][min(part.bucket, BUCKETS - 1)]
        for word in ("completed", "failed"):
            bucket[word] += getattr(part, word)
            item[word] += getattr(part, word)
    return {
        "from": since,
        "to": until,
        "bucket_seconds": width.total_seconds(),
        "capped": later is not None,
        "items": [skills[name] for name in sorted(skills)],
    }


def _item(name: str, under_way: dict[str, int]) -> dict[str, Any]:
    return {
        "name": name,
        "running": under_way.get(name, 0),
        "completed": 0,
        "failed": 0,
        "buckets": [{"completed": 0, "failed": 0} for _ in range(BUCKETS)],
    }
