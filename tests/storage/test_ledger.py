"""The ledger's query: its indexes answer every filter, whatever has piled up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agentskills.storage import ledger, lists
from agentskills.storage.database import Pool
from agentskills.storage.ledger import EffectFilter

pytestmark = pytest.mark.anyio

MANY = 20_000
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def fill(conn: Any) -> None:
    """Many receipts, few doubts, every second step reused, and few receipts honoured."""
    await conn.execute(
        """INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq, inputs, output, updated_at)
           SELECT CASE WHEN n % 3 = 0 THEN '' ELSE 'run-' || n END,
                  CASE WHEN n = 7 THEN 'rare' ELSE 'skill-' || n % 10 END, n::text, '{}',
                  CASE WHEN n % 5000 = 1 THEN 'doubt' ELSE 'receipt' END, 'run-' || n, 2,
                  jsonb_build_object('order', jsonb_build_object('id', n), 'text', repeat('x', 300)),
                  CASE WHEN n % 5000 = 1 THEN NULL ELSE '{}'::jsonb END, $2::timestamptz - n * interval '1 minute'
           FROM generate_series(1, $1) AS n""",
        MANY,
        NOON,
    )
    await conn.execute(
        """INSERT INTO run_steps (thread_id, seq, decision, kind, skill, status, effect_id, reused_from, started_at,
                                  finished_at, version)
           SELECT 'again-' || n, 2, 1, 'skill', 'x', 'completed', CASE WHEN n % 1000 = 0 THEN n END,
                  CASE WHEN n % 2 = 0 THEN jsonb_build_object('thread_id', 'run-' || n, 'seq', 2, 'why',
                       CASE WHEN n % 1000 = 0 THEN 'receipt' ELSE 'reused' END) END, now(), now(), 1
           FROM generate_series(1, $1) AS n""",
        MANY,
    )
    await conn.execute("ANALYZE")


FILTERS = {
    "all": (EffectFilter(), 50),
    "in doubt": (EffectFilter(state=["doubt"]), 4),
    "open": (EffectFilter(state=["doubt", "intent"]), 4),
    "under way": (EffectFilter(state=["intent"]), 0),
    "done": (EffectFilter(state=["receipt"]), 50),
    "skill": (EffectFilter(skill="skill-3"), 50),
    "rare skill": (EffectFilter(skill="rare"), 1),
    "run": (EffectFilter(thread_id="run-99"), 1),
    "family": (EffectFilter(root="run-98"), 1),
    "scope": (EffectFilter(scope="run-98"), 1),
    "installation": (EffectFilter(scope=""), 50),
    "data": (EffectFilter(data={"order": {"id": 19_999}}), 1),
    "data that is nowhere": (EffectFilter(data={"order": {"id": -1}}), 0),
    "data that is everywhere": (EffectFilter(data={"text": "x" * 300}), 50),
    "long ago": (EffectFilter(before=NOON - timedelta(minutes=MANY - 10)), 10),
    "a minute": (EffectFilter(after=NOON - timedelta(minutes=9), before=NOON - timedelta(minutes=7)), 2),
    "not repeated": (EffectFilter(not_repeated=True), MANY // 1000),
}


async def test_indexes_answer_every_filter(pool: Pool) -> None:
    """On 20,000 effects a page reads a few hundred blocks, whatever the filter."""
    async with pool.acquire() as conn:
        await fill(conn)
        for name, (wanted, count) in FILTERS.items():
            read = await _blocks(conn)
            async with lists.search_limits(conn):
                found = await ledger.page(conn, wanted, after=None, limit=50)
                honoured = await ledger.honoured(conn, [row.id for row in found])
            cost = await _blocks(conn) - read
            assert len(found) == count, name
            assert all(one.total == 1 for one in honoured)
            assert 0 <= cost < 400, (name, cost)  # the tables have thousands


async def test_those_that_did_not_repeat_are_counted_and_the_newest_shown(pool: Pool) -> None:
    async with pool.acquire() as conn:
        await conn.execute(
            """INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq, output)
               VALUES ('a', 'x', 'd', '{}', 'receipt', 'a', 2, '{}')"""
        )
        effect_id = await conn.fetchval("SELECT id FROM effects")
        await conn.execute(
            """INSERT INTO run_steps (thread_id, seq, decision, kind, skill, status, effect_id, reused_from,
                                      started_at, finished_at, version)
               SELECT 'a_rerun_' || n, 2, 1, 'skill', 'x', 'completed', $1,
                      '{"thread_id": "a", "seq": 2, "why": "receipt"}', $2::timestamptz, $2::timestamptz + n * interval '1 minute', 1
               FROM generate_series(1, 1000) AS n""",
            effect_id,
            NOON,
        )
        found = await ledger.honoured(conn, [effect_id], 3)
    assert [(one.thread_id, one.total) for one in found] == [
        ("a_rerun_1000", 1000),
        ("a_rerun_999", 1000),
        ("a_rerun_998", 1000),
    ]


async def _blocks(conn: Any) -> int:
    """Blocks this session has touched in the tables of the ledger."""
    await conn.execute("SELECT pg_stat_force_next_flush()")
    return int(
        await conn.fetchval(
            """SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)
               FROM pg_statio_user_tables WHERE relname IN ('effects', 'run_steps', 'waits', 'run_metadata')"""
        )
    )
