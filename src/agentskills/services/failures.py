"""Failed runs by kind: group them, dismiss those that nobody will mend, take that back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from agentskills.domain.clock import now
from agentskills.executors.secrets import keep_out_new, redact
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.idempotency import Answered, once
from agentskills.services.naming import name_of
from agentskills.storage import failures, lists
from agentskills.storage.database import Conn
from agentskills.storage.failures import Chosen, Failure, FailureFilter, Group, Window

PARTS = 28
"""Parts of the time over which groups say how often they came."""
_WEEK = timedelta(days=7)


async def list_failures(
    context: Context, wanted: FailureFilter, cursor: str | None, limit: int, *, most: int = failures.MOST
) -> dict[str, Any]:
    """Return one page of failures by kind, the newest first, and whether some were too old to count.

    Raises `QueryTooSlow`.
    """
    after = Cursor.read(cursor, datetime, str, str)
    window = _window(wanted)
    async with context.reading() as conn, lists.search_limits(conn):
        found = await failures.groups(conn, wanted, window, after=after, limit=limit + 1, most=most)
        capped = await failures.more_than(conn, wanted, most)
    more = len(found) > limit
    found = found[:limit]
    return {
        "items": [_document(group) for group in found],
        "over_time": {"from": window.begin, "to": window.begin + window.width * PARTS},
        "capped": capped,
        "next_cursor": Cursor.write(found[-1].last_at, found[-1].skill, found[-1].signature)
        if more
        else None,
    }


def _window(wanted: FailureFilter) -> Window:
    """Return the time that a filter asks for; without its beginning, the week before its end."""
    until = wanted.before or now()
    begin = wanted.after or until - _WEEK
    return Window(begin, max(until - begin, timedelta(seconds=PARTS)) / PARTS, PARTS)


def _document(group: Group) -> dict[str, Any]:
    return {
        "skill": group.skill,
        "error_type": group.error_type,
        "signature": group.signature,
        "count": group.count,
        "dismissed": group.dismissed,
        "first_at": group.first_at,
        "last_at": group.last_at,
        "sample": {
            "thread_id": group.thread_id,
            "run_name": name_of(group.run_name, group.sop),
            "message": redact((group.error or {}).get("message")),
        },
        "versions": group.versions,
        "over_time": group.over_time,
    }


async def failures_of(conn: Conn, failed: Sequence[str]) -> dict[str, Failure]:
    """Return what is known of these runs' failures, by run; nothing of those with `effects: none`."""
    return await failures.by_runs(conn, failed) if failed else {}


def dismissed(failure: Failure | None) -> dict[str, Any] | None:
    """Return who dismissed a failure, when and with which note; None where nobody did."""
    if failure is None or failure.dismissed_at is None:
        return None
    return {"at": failure.dismissed_at, "by": failure.dismissed_by, "note": failure.note}


async def dismiss(
    context: Context, chosen: Chosen, note: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """Note that nobody will mend these failures; what is fixed or dismissed already is left out.

    Policies leave them alone from then on. Raises `IdempotencyKeyReused`.
    """
    kept = _without_secrets(note)
    return await _change(
        context,
        ["failure-dismiss", *_asked(chosen), note],
        chosen,
        lambda conn: failures.dismiss(conn, chosen, actor.document(), kept, now()),
        key,
    )


async def restore(
    context: Context, chosen: Chosen, note: str | None, actor: Actor, *, key: str | None = None
) -> Answered:
    """Take back that these failures were dismissed. Raises `IdempotencyKeyReused`."""
    kept = _without_secrets(note)
    return await _change(
        context,
        ["failure-restores", *_asked(chosen), note],
        chosen,
        lambda conn: failures.restore(conn, chosen, actor.document(), kept),
        key,
    )


def _asked(chosen: Chosen) -> list[Any]:
    ids = None if chosen.ids is None else list(chosen.ids)
    return [ids, chosen.skill, chosen.signature]


def _without_secrets(note: str | None) -> str | None:
    keep_out_new()
    return cast("str | None", redact(note))


async def _change(
    context: Context,
    asked: list[Any],
    chosen: Chosen,
    change: Callable[[Conn], Awaitable[list[str]]],
    key: str | None,
) -> Answered:
    async def work(conn: Conn) -> dict[str, Any]:
        changed = set(await change(conn))
        left_out = [one for one in dict.fromkeys(chosen.ids or ()) if one not in changed]
        return {"count": len(changed), "left_out": left_out}

    return await once(context, key, asked, work)
