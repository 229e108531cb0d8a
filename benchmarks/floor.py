"""The floor: the rows that five-step runs leave behind, by plain asyncpg and nothing else.

Two connections write in batches of 200 rows: a claim, a row of the journal per statement and run, and
the end. The tables have the columns of the real ones, but only primary keys: no other index, no check,
no trigger, no reference. With an effect, its intent and its receipt are written too. What an engine
adds (the fence, planning, fingerprints, carrying out) is what its distance from this figure pays for.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import asyncpg

from chain import LENGTH, Chain

BATCH = 200
WRITERS = 2
JOURNAL_ROWS = 2 * LENGTH + 1  # a decision before each skill, and the one to finish

TABLES = """
DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
CREATE TABLE floor.run_metadata (LIKE public.run_metadata INCLUDING DEFAULTS);
CREATE TABLE floor.run_state (LIKE public.run_state INCLUDING DEFAULTS, PRIMARY KEY (thread_id))
    WITH (fillfactor = 70);
CREATE TABLE floor.run_steps (LIKE public.run_steps, PRIMARY KEY (thread_id, seq));
CREATE TABLE floor.effects (LIKE public.effects INCLUDING DEFAULTS, PRIMARY KEY (id));
"""
ENTER = """
WITH r AS (SELECT 't' || i AS id FROM generate_series($1::integer, $2::integer - 1) i),
m AS (INSERT INTO floor.run_metadata (id, thread_id, sop, initial_data, created_at, rerun_count, metadata,
          root_thread_id, rerun_number, last_rerun_number, planner, catalog, limits, requested_by, lane,
          format, sop_digest, search)
      SELECT 0, r.id, $3, $4::jsonb, now(), 0, '{}', r.id, 0, 0, 'dataflow', repeat('c', 64), '{}',
          '{"kind": "api"}', 2, 1, repeat('d', 64), '{"d": {"request": {"number": 1}}, "m": {}}' FROM r)
INSERT INTO floor.run_state (thread_id, status, epoch, wake, wake_at, lane, version, stalls,
    cancel_requested, root_thread_id, created_at, owned_ms, tokens, money, money_unknown, not_repeated,
    format)
SELECT r.id, 'queued', 0, 0, now(), 2, 1, 0, false, r.id, now(), 0, 0, 0, false, 0, 1 FROM r
"""
CLAIM = """
UPDATE floor.run_state SET status = 'running', epoch = epoch + 1, owner = $2, started_at = now()
WHERE thread_id = ANY($1::text[])
"""
STEPS = """
INSERT INTO floor.run_steps (thread_id, seq, decision, kind, skill, skill_digest, status, reason, inputs,
    outputs, digests, fingerprint, attempt, started_at, finished_at, version)
SELECT t.thread_id, $2, $3, $4, $5, $6, 'completed', $7, i, o, d, f, 1, now(), now(), $2
FROM unnest($1::text[], $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::text[]) t(thread_id, i, o, d, f)
"""
INTENT = """
INSERT INTO floor.effects (id, scope, skill, key_digest, key, repeat, state, thread_id, seq, worker, inputs,
    created_at, updated_at)
SELECT i, 't' || i, $3, repeat('k', 64), $4::jsonb, 0, 'intent', 't' || i, 10, $5, $4::jsonb, now(), now()
FROM generate_series($1::integer, $2::integer - 1) i
"""
RECEIPT = """
UPDATE floor.effects SET state = 'receipt', output = $3::jsonb, worker = null, updated_at = now(),
    settled_by = '{"kind": "worker"}'
WHERE id >= $1::bigint AND id < $2::bigint
"""
END = """
UPDATE floor.run_state
SET status = 'completed', owner = NULL, wake_at = NULL, finished_at = now(), version = 12
WHERE thread_id = ANY($1::text[])
"""


@dataclass(frozen=True, slots=True)
class Row:
    """What one row of the journal holds beside its keys."""

    kind: str
    skill: str | None
    digest: str | None
    reason: str | None
    inputs: str
    outputs: str
    digests: str | None
    fingerprint: str | None


def journal(chain: Chain) -> list[Row]:
    """Return the rows of one run of the chain, in order of seq."""
    rows: list[Row] = []
    for place, skill in enumerate(chain.skills, start=1):
        source = "request.number" if place == 1 else f"{chain.name}.v{place - 1}"
        decision = f'{{"run": ["{skill}"], "reason": "{chain.goal} needs it"}}'
        rows.append(Row("decision", None, None, f"{chain.goal} needs it", "{}", decision, None, None))
        outputs = f'{{"{chain.name}": {{"v{place}": {place}}}}}'
        digests = f'{{"{chain.name}.v{place}": "{"e" * 64}"}}'
        rows.append(
            Row(
                "skill",
                skill,
                "a" * 64,
                "ready",
                f'{{"{source}": {2 * place - 2}}}',
                outputs,
                digests,
                "f" * 64,
            )
        )
    rows.append(
        Row("decision", None, None, "the goal is met", "{}", '{"finish": "the goal is met"}', None, None)
    )
    assert len(rows) == JOURNAL_ROWS
    return rows


async def runs_per_s(url: str, chain: Chain, runs: int) -> float:
    """Write the rows of `runs` runs into a migrated database and return runs per second."""
    runs -= runs % (BATCH * WRITERS)
    connections = [await asyncpg.connect(url) for _ in range(WRITERS)]
    try:
        await connections[0].execute(TABLES)
        await connections[0].execute(ENTER, 0, runs, chain.sop, '{"request": {"number": 1}}')
        await connections[0].execute("ANALYZE floor.run_state")
        await connections[0].execute("CHECKPOINT")
        began = time.perf_counter()
        await asyncio.gather(
            *(_write(connection, chain, place * BATCH, runs) for place, connection in enumerate(connections))
        )
        took = time.perf_counter() - began
        assert await connections[0].fetchval("SELECT count(*) FROM floor.run_steps") == runs * JOURNAL_ROWS
        await connections[0].execute("DROP SCHEMA floor CASCADE")
        return runs / took
    finally:
        for connection in connections:
            await connection.close()


async def _write(connection: asyncpg.Connection, chain: Chain, first: int, runs: int) -> None:
    worker = await connection.fetchval("SELECT gen_random_uuid()")
    rows = journal(chain)
    for start in range(first, runs, BATCH * WRITERS):
        stop = start + BATCH
        ids = [f"t{number}" for number in range(start, stop)]
        await connection.execute(CLAIM, ids, worker)
        for seq, row in enumerate(rows, start=1):
            effect = chain.irreversible and seq == JOURNAL_ROWS - 1
            if effect:
                await connection.execute(INTENT, start, stop, chain.goal, '{"effectful.v4": 5}', worker)
            await connection.execute(
                STEPS,
                ids,
                seq,
                seq - (row.kind == "skill"),
                row.kind,
                row.skill,
                row.digest,
                row.reason,
                [row.inputs] * BATCH,
                [row.outputs] * BATCH,
                [row.digests] * BATCH,
                [row.fingerprint] * BATCH,
            )
            if effect:
                await connection.execute(RECEIPT, start, stop, row.outputs)
        await connection.execute(END, ids)
