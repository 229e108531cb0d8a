"""What should never be found in a database that workers look after."""

from __future__ import annotations

from agentskills.storage.database import Conn, translate_errors

LATE = 60
"""Seconds after which a run that is due should have been taken."""

_FAULTS: tuple[tuple[str, str], ...] = (
    (
        f"runs due for over {LATE} s that no worker has taken",
        f"""SELECT count(*) FROM run_state
            WHERE owner IS NULL AND wake_at < now() - interval '{LATE} seconds'""",
    ),
    (
        f"runs owned by a worker that has been silent for over {LATE} s",
        f"""SELECT count(*) FROM run_state s WHERE s.owner IS NOT NULL AND NOT EXISTS (
                SELECT FROM workers w
                WHERE w.id = s.owner AND w.lease_until > clock_timestamp() - interval '{LATE} seconds')""",
    ),
    (
        "runs without a row in run_state",
        """SELECT count(*) FROM run_metadata m
           WHERE m.deleted_at IS NULL
             AND NOT EXISTS (SELECT FROM run_state s WHERE s.thread_id = m.thread_id)""",
    ),
    (
        "steps whose result is kept by a step that is missing",
        """SELECT count(*) FROM run_steps t
           WHERE t.reused_from ->> 'why' <> 'receipt' AND t.outputs IS NULL AND t.payload IS NULL
             AND NOT EXISTS (SELECT FROM run_steps o WHERE o.thread_id = t.reused_from ->> 'thread_id'
                             AND o.seq = (t.reused_from ->> 'seq')::integer)""",
    ),
    (
        "waiting runs that wait for nothing",
        """SELECT count(*) FROM run_state s WHERE s.status = 'waiting' AND s.wake_at IS NULL AND NOT EXISTS (
               SELECT FROM waits w WHERE w.thread_id = s.thread_id AND w.state = 'open')""",
    ),
    (
        "finished runs with steps that have not ended",
        """SELECT count(DISTINCT t.thread_id) FROM run_steps t JOIN run_state s USING (thread_id)
           WHERE s.status IN ('completed', 'failed', 'cancelled') AND t.status IN ('started', 'waiting')""",
    ),
    (
        "runs whose catalogue is missing",
        """SELECT count(*) FROM run_metadata m WHERE m.catalog IS NOT NULL
           AND NOT EXISTS (SELECT FROM catalogs c WHERE c.digest = m.catalog)""",
    ),
    (
        "steps whose skill version is missing",
        """SELECT count(*) FROM run_steps t WHERE t.skill_digest IS NOT NULL
           AND NOT EXISTS (SELECT FROM skill_versions v WHERE v.digest = t.skill_digest)""",
    ),
    (
        "payloads that nothing refers to",
        """SELECT count(*) FROM payloads p
           WHERE NOT EXISTS (SELECT FROM run_steps t WHERE t.payload = p.digest)""",
    ),
)


async def find_faults(conn: Conn) -> list[tuple[str, int]]:
    """Return each kind of fault with how many there are."""
    with translate_errors():
        return [(text, await conn.fetchval(query)) for text, query in _FAULTS]
