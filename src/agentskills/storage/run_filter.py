"""Which runs a search is for, and the conditions that say so in SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.domain.status import FOR_PEOPLE
from agentskills.storage import failures
from agentskills.storage.database import Conn
from agentskills.storage.query import Query
from agentskills.storage.runs import projection

JOINED = "run_state s JOIN run_metadata m ON m.thread_id = s.thread_id"
_FEW_SOPS = 500


class RunFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs; what is given must all hold."""

    status: Sequence[str] = ()
    name: str | None = None  # start of name or id
    q: str | None = None  # words in the SOP's text
    sop_name: str | None = None
    initial_data: dict[str, Any] | None = None  # contained in it
    metadata: dict[str, Any] | None = None
    created_after: datetime | None = None  # at or after
    created_before: datetime | None = None
    parent: str | None = None
    root: str | None = None
    failed_skill: str | None = None  # that failed; empty: none did
    signature: str | None = None  # of the failure
    dry: bool | None = None  # only reruns with effects: none, or only other runs
    open: bool = False  # failed, and neither fixed by a later run nor dismissed
    attention: bool = False  # open, or waiting for a person; nothing that was only tried out
    skill: str | None = None  # stands in a step: carried out, or taken over
    skill_digest: str | None = None  # that version of it; a beginning is enough
    folded: bool = False  # only the first of each family
    thread_ids: Sequence[str] = ()  # none of others


def source(wanted: RunFilter) -> str:
    """Return the tables that the conditions of a filter are about."""
    needs_metadata = leading(wanted) == "m" or wanted.dry is not None
    return JOINED if needs_metadata else "run_state s"


def leading(wanted: RunFilter) -> str:
    """Return the table whose indexes answer these filters, and so the one to sort by.

    That a run was not only tried out is true of nearly all, so no index helps to find them.
    """
    given = (wanted.name, wanted.q, wanted.sop_name, wanted.initial_data, wanted.metadata, wanted.parent)
    return "m" if any(given) or wanted.dry else "s"


async def conditions(conn: Conn, wanted: RunFilter, table: str) -> Query | None:
    """Return the conditions, or None where nothing can match."""
    query = Query()
    if wanted.status:
        statuses = list(wanted.status)
        if len(statuses) == 1:
            query.add("s.status = {}", statuses[0])
        else:
            query.add("s.status = ANY ({}::text[])", statuses)
    if wanted.created_after is not None:
        query.add(f"{table}.created_at >= {{}}", wanted.created_after)
    if wanted.created_before is not None:
        query.add(f"{table}.created_at < {{}}", wanted.created_before)
    if wanted.thread_ids:
        query.add(f"{table}.thread_id = ANY ({{}}::text[])", list(wanted.thread_ids))
    if wanted.root is not None:
        query.add("s.root_thread_id = {}", wanted.root)
    if wanted.parent is not None:
        query.add("m.parent_thread_id = {}", wanted.parent)
    if wanted.sop_name is not None:
        query.add("m.sop_name = {}", wanted.sop_name)
    if wanted.name:
        query.add(
            "(lower(m.run_name) LIKE {} OR m.thread_id LIKE {})",
            _prefix(wanted.name.lower()),
            _prefix(wanted.name),
        )
    _add_failure(query, wanted)
    _add_attention(query, wanted)
    _add_skill(query, wanted)
    if wanted.folded:
        query.add("s.thread_id = s.root_thread_id")
    if wanted.dry is not None:
        query.conditions.append(
            f"m.request ->> 'effects' IS {'NOT ' if wanted.dry else ''}DISTINCT FROM 'none'"
        )
    for column, letter, document in (
        ("initial_data", "d", wanted.initial_data),
        ("metadata", "m", wanted.metadata),
    ):
        if document:
            _add_containment(query, column, letter, document)
    if wanted.q and not await _add_text(conn, query, wanted.q):
        return None
    return query


def _add_failure(query: Query, wanted: RunFilter) -> None:
    """Search by how runs failed; only failed ones have that."""
    how = []
    if wanted.failed_skill is not None:
        how.append(f"f.skill = {query.parameter(wanted.failed_skill)}")
    if wanted.signature is not None:
        how.append(f"f.signature = {query.parameter(wanted.signature)}")
    if wanted.open:
        how.append("f.dismissed_at IS NULL")
    if not how:
        return
    query.conditions.append("s.status = 'failed'")
    query.conditions.append(f"s.thread_id IN (SELECT f.thread_id FROM failures f WHERE {' AND '.join(how)})")
    if wanted.open:
        query.conditions.append(failures.OPEN.format("s"))


_ATTENTION = f"""s.thread_id IN (
    SELECT f.thread_id FROM failures f WHERE f.dismissed_at IS NULL
    UNION ALL
    SELECT w.thread_id FROM waits w
    WHERE w.state = 'open' AND w.reason IN ({", ".join(f"'{reason}'" for reason in FOR_PEOPLE)}))"""
_TRIED_OUT = """EXISTS (SELECT FROM run_metadata d WHERE d.request ->> 'effects' = 'none'
                        AND d.created_at = s.created_at AND d.thread_id = s.thread_id)"""


def _add_attention(query: Query, wanted: RunFilter) -> None:
    """Search for what a person has to look at: failures have no rows for runs that were only tried out."""
    if wanted.attention:
        query.add(_ATTENTION)
        query.add(f"CASE s.status WHEN 'failed' THEN {failures.OPEN.format('s')} ELSE NOT {_TRIED_OUT} END")


def _add_skill(query: Query, wanted: RunFilter) -> None:
    """Search by the skills in the steps of runs."""
    if wanted.skill is None:
        return
    version = (
        f"r.skill_digest LIKE {query.parameter(_prefix(wanted.skill_digest))}"
        if wanted.skill_digest
        else "true"
    )
    query.add(
        f"s.thread_id IN (SELECT r.thread_id FROM run_steps r WHERE r.skill = {{}} AND {version})",
        wanted.skill,
    )


def _add_containment(query: Query, column: str, letter: str, document: dict[str, Any]) -> None:
    """Search the projection, and recheck on the row what the projection or its index leaves out."""
    projected = projection(document)
    if _has_scalar(projected):
        query.add("m.search @> {}::jsonb", {letter: projected})
    if projected != document or not _has_scalar(projected):
        query.add(f"m.{column} @> {{}}::jsonb", document)


def _has_scalar(value: dict[str, Any]) -> bool:
    return any(_has_scalar(item) if isinstance(item, dict) else True for item in value.values())


async def _add_text(conn: Conn, query: Query, text: str) -> bool:
    """Search SOP texts for words that begin so; False where no text has them all."""
    words = re.findall(r"\w+", text)
    if not words:
        return False
    wanted = " & ".join(f"'{word}':*" for word in words)
    digests = await conn.fetch(
        f"SELECT digest FROM sop_texts WHERE words @@ to_tsquery('simple', $1) LIMIT {_FEW_SOPS + 1}", wanted
    )
    if not digests:
        return False
    if len(digests) > _FEW_SOPS:
        query.add(
            "m.sop_digest IN (SELECT digest FROM sop_texts WHERE words @@ to_tsquery('simple', {}))", wanted
        )
    elif len(digests) == 1:
        query.add("m.sop_digest = {}", digests[0]["digest"])
    else:
        query.add("m.sop_digest = ANY ({}::text[])", [row["digest"] for row in digests])
    return True


def _prefix(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text) + "%"
