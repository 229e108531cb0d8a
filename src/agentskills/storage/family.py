"""What a rerun can find in its family: results of its ancestors, recordings of its relatives."""

from __future__ import annotations

from agentskills.domain.step import Step
from agentskills.storage.database import Conn
from agentskills.storage.steps import SELECT_SMALL, SELECT_STEPS, step_of

# Only what was carried out is a source, or answered by a person; what runs found out without
# reaching outside is none. The newest of equal ones is taken.
_SOURCES = f"""
    WITH RECURSIVE ancestors AS (
        SELECT m.thread_id, m.parent_thread_id, m.request, 1 AS depth
        FROM run_metadata m WHERE m.thread_id = $1
        UNION ALL
        SELECT m.thread_id, m.parent_thread_id, m.request, a.depth + 1
        FROM ancestors a JOIN run_metadata m ON m.thread_id = a.parent_thread_id WHERE a.depth < 10000),
    sources AS (
        SELECT DISTINCT ON (s.fingerprint) s.thread_id, s.seq
        FROM ancestors a JOIN run_steps s ON s.thread_id = a.thread_id
        WHERE a.request ->> 'effects' IS DISTINCT FROM 'none' AND s.status = 'completed'
          AND s.reused_from IS NULL AND s.fingerprint IS NOT NULL
        ORDER BY s.fingerprint, s.finished_at DESC)
    {SELECT_SMALL} JOIN sources USING (thread_id, seq)"""


async def sources(conn: Conn, parent: str) -> dict[str, Step]:
    """Return the results that a rerun of `parent` may reuse, by fingerprint: its own and its ancestors'.

    Large outputs are left where they are.
    """
    rows = await conn.fetch(_SOURCES, parent)
    return {step.fingerprint: step for row in rows if (step := step_of(row)).fingerprint}


async def recording(conn: Conn, root: str, skill: str, effect_key: str) -> Step | None:
    """Return the newest result of a skill under an effect key in the whole family, or None."""
    row = await conn.fetchrow(
        f"""{SELECT_STEPS} JOIN run_metadata m USING (thread_id)
            WHERE m.root_thread_id = $1 AND m.request ->> 'effects' IS DISTINCT FROM 'none'
              AND r.skill = $2 AND r.effect_key = $3 AND r.kind = 'skill' AND r.status = 'completed'
              AND r.reused_from IS NULL
            ORDER BY r.finished_at DESC LIMIT 1""",
        root,
        skill,
        effect_key,
    )
    return step_of(row) if row else None
