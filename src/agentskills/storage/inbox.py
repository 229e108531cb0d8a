"""Waits over many runs: the inbox, how many there are, and in short for lists of runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from agentskills.storage.database import Conn
from agentskills.storage.query import Query
from agentskills.storage.waits import COLUMNS, Wait

CAP = 10_000
"""Where counting stops."""


class WaitFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which waits; what is given must all hold."""

    reasons: Sequence[str]
    skill: str | None = None
    q: str | None = None  # stands somewhere in the run's id or name, the skill, or what is asked
    thread_id: str | None = None
    answered: bool = False  # those that have an answer, instead of those that wait for one


class InboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A wait with its run and its step."""

    wait: Wait
    run_name: str | None
    sop: str  # its beginning
    skill_digest: str | None
    why: str | None  # the step was chosen
    answered_at: datetime | None


class WaitGroup(msgspec.Struct, frozen=True):
    """How many wait alike."""

    reason: str
    skill: str | None
    count: int


_FROM = "FROM waits w JOIN run_metadata m ON m.thread_id = w.thread_id"
_SAID = "concat_ws(' ', w.thread_id, m.run_name, w.skill, w.asks ->> 'subject', w.asks ->> 'shown')"


async def page(
    conn: Conn, wanted: WaitFilter, *, after: tuple[datetime, int] | None, limit: int
) -> list[InboxRow]:
    """Return open waits, the oldest first, or answered ones, the last answer first.

    `after` is the last row's time (since, or answered_at) and id. Call it within `search_limits`.
    """
    query = _conditions(wanted)
    column, than, order = ("answered_at", "<", "DESC") if wanted.answered else ("since", ">", "ASC")
    if after is not None:
        query.add(f"(w.{column}, w.id) {than} ({{}}, {{}}::bigint)", *after)
    most = query.parameter(limit)
    rows = await conn.fetch(
        f"""SELECT {", ".join(f"w.{name}" for name in COLUMNS)}, m.run_name, left(m.sop, 1000) AS sop,
                   s.skill_digest, s.reason AS why, w.answered_at
            {_FROM} LEFT JOIN run_steps s ON s.thread_id = w.thread_id AND s.seq = w.seq
            {query.where} ORDER BY w.{column} {order}, w.id {order} LIMIT {most}""",
        *query.arguments,
    )
    beside = ("run_name", "sop", "skill_digest", "why", "answered_at")
    return [
        InboxRow(wait=Wait(**{name: row[name] for name in COLUMNS}), **{name: row[name] for name in beside})
        for row in rows
    ]


async def groups(conn: Conn, wanted: WaitFilter) -> list[WaitGroup]:
    """Return how many waits there are by reason and skill; counting stops at `CAP` + 1 in all.

    Call it within `search_limits`.
    """
    query = _conditions(wanted)
    rows = await conn.fetch(
        f"""SELECT reason, skill, count(*) AS count
            FROM (SELECT w.reason, w.skill {_FROM} {query.where} LIMIT {CAP + 1}) AS found
            GROUP BY reason, skill ORDER BY count DESC, reason, skill""",
        *query.arguments,
    )
    return [WaitGroup(**row) for row in rows]


def _conditions(wanted: WaitFilter) -> Query:
    query = Query()
    query.add("w.state = {}", "answered" if wanted.answered else "open")
    query.add("w.reason = ANY ({}::text[])", list(wanted.reasons))
    if wanted.skill is not None:
        query.add("w.skill = {}", wanted.skill)
    if wanted.thread_id is not None:
        query.add("w.thread_id = {}", wanted.thread_id)
    if wanted.q is not None:
        query.add(f"position(lower({{}}) IN lower({_SAID})) > 0", wanted.q)
    return query


async def in_short(conn: Conn, thread_ids: Sequence[str]) -> dict[str, list[Wait]]:
    """Return what these runs wait for, with `asks` left empty, by run and in order of seq."""
    columns = ["'{}'::jsonb AS asks" if name == "asks" else name for name in COLUMNS]
    rows = await conn.fetch(
        f"""SELECT {", ".join(columns)} FROM waits
            WHERE thread_id = ANY ($1::text[]) AND state = 'open' ORDER BY thread_id, seq""",
        list(thread_ids),
    )
    found: dict[str, list[Wait]] = {}
    for row in rows:
        found.setdefault(row["thread_id"], []).append(Wait(**row))
    return found
