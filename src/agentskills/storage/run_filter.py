"""Which runs a search is for, and the conditions that say so in SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from agentskills.domain.status import RunStatus
from agentskills.storage.database import Conn
from agentskills.storage.failures import OPEN
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
    skill_digest: str | None = None  # that version of it, by the first 8 digits
    folded: bool = False  # only the first of each family
    thread_ids: Sequence[str] = ()  # none of others


def leading(wanted: RunFilter) -> str:
    """Return the table by which to sort, and so whose indexes are walked where many runs match."""
    if len(wanted.status) == 1 or wanted.attention or wanted.open:
        return "s"
    given = (wanted.name, wanted.q, wanted.initial_data, wanted.metadata, wanted.parent, wanted.sop_name)
    return "m" if any(given) or wanted.dry else "s"


def is_joined(wanted: RunFilter) -> bool:
    """Say whether each run has to be looked up in both tables, whatever its status."""
    return any((wanted.name, wanted.q, wanted.initial_data, wanted.metadata, wanted.parent, wanted.dry))


def source(wanted: RunFilter) -> str:
    """Return the tables that the conditions of a filter are about."""
    return JOINED if leading(wanted) == "m" or is_joined(wanted) else "run_state s"


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
        query.add(f"{table}.sop_name = {{}}", wanted.sop_name)
    if wanted.name:
        query.add(
            "(lower(m.run_name) LIKE {} OR m.thread_id LIKE {})",
            _prefix(wanted.name.lower()),
            _prefix(wanted.name),
        )
    _add_failure(query, wanted)
    if wanted.attention:
        query.conditions.append(_ATTENTION)
    if wanted.skill is not None:
        await _add_skill(conn, query, wanted.skill, wanted.skill_digest or "", wanted.status)
    if wanted.folded:
        query.add("s.thread_id = s.root_thread_id")
    if wanted.dry is not None:
        query.conditions.append("m.request ->> 'effects' = 'none'" if wanted.dry else "NOT s.dry")
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
        query.conditions.append(OPEN.format("s"))


_ATTENTION = f"s.attention AND (s.status <> 'failed' OR {OPEN.format('s')})"


async def _add_skill(conn: Conn, query: Query, skill: str, version: str, statuses: Sequence[str]) -> None:
    """Search by the skills that runs have noted; one that a worker has notes them when it lets go.

    Where the status is known a key names both: that a skill is common says nothing about where it fails.
    """
    key = skill_key(skill, version)
    if not version and len(statuses) == 1 and statuses[0] in _NOTED:
        key = f"{skill}#{statuses[0]}"
    noted = f"s.skills @> {query.parameter([key])}::text[]"
    under_way = (
        await conn.fetch(_UNDER_WAY, skill, _prefix(version[:8]))
        if set(statuses) - _NOTED or not statuses
        else []
    )
    if under_way:
        ids = query.parameter([row["thread_id"] for row in under_way])
        noted = f"({noted} OR s.thread_id = ANY ({ids}::text[]))"
    query.conditions.append(noted)


def skill_key(skill: str, version: str | None) -> str:
    """Return how a run notes that it used a skill, or a version of it."""
    return f"{skill}@{version[:8]}" if version else skill


_NOTED = {RunStatus.WAITING, RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED}
_UNDER_WAY = """
    SELECT s.thread_id FROM run_state s
    WHERE s.status IN ('running', 'queued') AND s.epoch > 0
      AND EXISTS (SELECT FROM run_steps r
                  WHERE r.thread_id = s.thread_id AND r.skill = $1
                    AND coalesce(r.skill_digest, '') LIKE $2)"""


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
