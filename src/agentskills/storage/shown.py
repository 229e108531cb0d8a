"""Values of initial_data that a list shows beside each run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agentskills.domain.data_path import parts
from agentskills.storage.database import Conn

MOST = 200
"""Characters of a value that are shown whole, as JSON."""

# A value stays in the database where it is long: initial_data may hold megabytes.
_SHOWN = """
    SELECT m.thread_id, p.path, length(v.value::text) > $4 AS is_long,
           CASE WHEN length(v.value::text) <= $4 THEN v.value END AS value,
           left(v.value #>> '{}', $4) AS beginning
    FROM run_metadata m
    CROSS JOIN unnest($2::text[], $3::text[]) AS p (path, keys)
    CROSS JOIN LATERAL (SELECT m.initial_data #> string_to_array(p.keys, '.') AS value) AS v
    WHERE m.thread_id = ANY ($1::text[]) AND v.value IS NOT NULL
      AND (right(p.path, 2) <> '[]' OR jsonb_typeof(v.value) = 'array')"""


async def values(conn: Conn, thread_ids: Sequence[str], paths: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what stands at these data paths of each run's initial_data, absent ones left out.

    A value of more than `MOST` characters becomes {"cut": its beginning}.
    """
    found: dict[str, dict[str, Any]] = {thread_id: {} for thread_id in thread_ids}
    if not paths:
        return found
    keys = [".".join(parts(path)) for path in paths]
    for row in await conn.fetch(_SHOWN, list(thread_ids), list(paths), keys, MOST):
        found[row["thread_id"]][row["path"]] = {"cut": row["beginning"]} if row["is_long"] else row["value"]
    return found
