"""Thousands of runs that have ended, written straight into the database, for tests of the list."""

from __future__ import annotations

import psycopg

COUNT = 10_000

_RUNS = """
INSERT INTO run_metadata (thread_id, sop, sop_name, run_name, initial_data, metadata, created_at, planner,
                          requested_by)
SELECT %(name)s || lpad(n::text, 5, '0'), E'# Count stock\n\nCount.', 'count-stock',
       'Count ' || lpad(n::text, 5, '0'),
       jsonb_build_object('item', jsonb_build_object('id', 'item-' || n, 'lot', n)),
       jsonb_build_object('team', CASE WHEN n %% 3 = 0 THEN 'ops' ELSE 'sales' END),
       now() - interval '1 hour' - (%(count)s - n) * interval '1 minute', 'dataflow', '{"kind": "sql"}'
FROM generate_series(1, %(count)s) AS n
"""
_STATES = """
UPDATE run_state SET status = CASE WHEN thread_id LIKE '%%7' THEN 'failed' ELSE 'completed' END,
       error = CASE WHEN thread_id LIKE '%%7'
               THEN '{"type": "skill-failed", "message": "no shelf holds it"}'::jsonb END,
       started_at = created_at, finished_at = created_at + interval '4 seconds', version = 2
WHERE thread_id LIKE %(name)s || '%%'
"""
_FAILURES = """
SELECT note_failure(thread_id, error, finished_at, now()) FROM run_state
WHERE thread_id LIKE %(name)s || '%%' AND status = 'failed'
"""


def write_crowd(database_url: str, count: int = COUNT, name: str = "crowd-") -> None:
    """Write `count` runs, one a minute, the newest an hour old; each whose number ends in 7 has failed."""
    with psycopg.connect(database_url) as connection:
        for statement in (_RUNS, _STATES, _FAILURES):
            connection.execute(statement, {"count": count, "name": name})
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE run_metadata, run_state, failures")
