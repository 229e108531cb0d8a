"""The list's query: its projection, its plans, and its time limit."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentskills.domain.errors import QueryTooSlow
from agentskills.services.actor import Actor
from agentskills.storage import lists, runs
from agentskills.storage.database import Pool, translate_errors
from agentskills.storage.run_filter import RunFilter
from agentskills.storage.runs import NewRun, projection

pytestmark = pytest.mark.anyio


def new_run(thread_id: str, **more: Any) -> NewRun:
    fields: dict[str, Any] = {
        "thread_id": thread_id,
        "sop": "Use double.",
        "initial_data": {},
        "run_name": "Name",
        "requested_by": Actor().document(),
        "lane": None,
    }
    return NewRun(**fields | more)


async def test_the_projection_is_the_one_the_trigger_makes(pool: Pool) -> None:
    documents: list[dict[str, Any]] = [
        {},
        {"a": None, "b": True, "c": Decimal("1.10"), "d": 10**25, "e": ""},
        {"long": "x" * 201, "short": "x" * 200, "wide": "ü" * 200, "list": [1], "empty": {}},
        {"1": {"2": {"3": {"4": {"5": {"6": 1}}, "s": "x", "l": []}}}},
    ]
    async with pool.acquire() as conn:
        for number, document in enumerate(documents):
            ours = new_run(f"ours-{number}", initial_data=document, metadata=document)
            assert await runs.insert(conn, ours)
            await conn.execute(
                "INSERT INTO run_metadata (thread_id, sop, initial_data, metadata) VALUES ($1, 'x', $2, $2)",
                f"sql-{number}",
                document,
            )
        rows = await conn.fetch("SELECT thread_id, search FROM run_metadata")
    found = {row["thread_id"]: row["search"] for row in rows}
    for number in range(len(documents)):
        assert found[f"ours-{number}"] == found[f"sql-{number}"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=4))
def test_projecting_twice_changes_nothing(document: dict[str, Any]) -> None:
    once = projection(document)
    assert projection(once) == once


async def test_an_empty_object_in_a_filter_has_to_be_there(pool: Pool) -> None:
    there: dict[str, dict[str, Any]] = {
        "none": {},
        "empty": {"order": {}},
        "full": {"order": {"id": 1}},
        "deep": {"order": {"lines": {"first": {}}}},
        "list": {"order": [{}]},
    }
    async with pool.acquire() as conn:
        for thread_id, document in there.items():
            assert await runs.insert(conn, new_run(thread_id, initial_data=document, metadata=document))

        async def found(document: dict[str, Any]) -> set[str]:
            same = []
            for wanted in (RunFilter(initial_data=document), RunFilter(metadata=document)):
                async with lists.search_limits(conn):
                    rows = await lists.page(conn, wanted, after=None, limit=50)
                same.append({row.thread_id for row in rows})
            assert same[0] == same[1]
            return same[0]

        assert await found({"nope": {}}) == set()
        assert await found({"order": {}}) == {"empty", "full", "deep"}
        assert await found({"order": {"lines": {}}}) == {"deep"}
        assert await found({"order": {"id": 1, "lines": {}}}) == set()


async def test_many_at_once_are_what_one_by_one_would_be(pool: Pool) -> None:
    fields: dict[str, Any] = {
        "initial_data": {"n": Decimal("1.10"), "big": 10**25},
        "metadata": {"a": 1},
        "skills": ["x", 'y "z"'],
        "limits": {"steps": 5},
        "request": {"format": 1},
        "lane": 1,
        "not_before": datetime(2030, 1, 1, tzinfo=UTC),
    }
    async with pool.acquire() as conn:
        assert await runs.insert(conn, new_run("one", **fields))
        many = [new_run("one", **fields), new_run("two", **fields), new_run("plain")]
        assert await runs.insert_many(conn, many) == {"two", "plain"}
        one, two = await runs.get(conn, "one"), await runs.get(conn, "two")
    assert one is not None
    assert two is not None
    own = {"thread_id", "root_thread_id", "created_at"}
    same = [name for name in one.__struct_fields__ if name not in own]
    assert [getattr(one, name) for name in same] == [getattr(two, name) for name in same]


async def test_a_family_whose_root_has_no_row_is_numbered(pool: Pool) -> None:
    async with pool.acquire() as conn, conn.transaction():
        assert await runs.take_rerun_number(conn, "nobody") is None
        await conn.execute(
            """INSERT INTO run_metadata (thread_id, sop, parent_thread_id, rerun_number)
               VALUES ('x', 'x', 'nobody', 4)"""
        )
        assert await runs.take_orphan_number(conn, "nobody", 0) == 5
        assert await runs.take_orphan_number(conn, "nobody", 7) == 8


async def test_a_search_that_takes_too_long_says_so(pool: Pool) -> None:
    async with pool.acquire() as conn:
        with pytest.raises(QueryTooSlow), translate_errors():
            async with lists.search_limits(conn, seconds=0.05):
                await conn.execute("SELECT pg_sleep(5)")
        assert await conn.fetchval("SHOW statement_timeout") == "0"  # the limit ends with the list
        assert await conn.fetchval("SHOW plan_cache_mode") == "auto"


async def test_indexes_answer_the_list(pool: Pool) -> None:
    """On 20,000 runs a page reads a few hundred buffers, whatever the filter."""
    async with pool.acquire() as conn:
        await conn.execute(
            """INSERT INTO run_metadata (thread_id, sop, initial_data, run_name, created_at, metadata)
               SELECT 'run-' || n, 'Procedure ' || n % 50, jsonb_build_object('order', n), 'Order ' || n,
                      now() - n * interval '1 second', '{"team": "a"}'
               FROM generate_series(1, 20000) AS n"""
        )
        await conn.execute("ANALYZE")
        for wanted in (
            RunFilter(),
            RunFilter(status=("recorded",)),
            RunFilter(status=("failed", "waiting")),
            RunFilter(root="run-7"),
            RunFilter(parent="run-7"),
            RunFilter(name="order 1999"),
            RunFilter(initial_data={"order": 777}),
            RunFilter(metadata={"team": "a"}),
            RunFilter(q="procedure 7"),
        ):
            read = await _blocks(conn)
            async with lists.search_limits(conn):
                found = await lists.page(conn, wanted, after=None, limit=50)
            cost = await _blocks(conn) - read
            assert len(found) <= 50
            assert 0 < cost < 500, (wanted, cost)  # the table and its state have thousands


async def _blocks(conn: Any) -> int:
    """Blocks this session has touched in tables of runs."""
    await conn.execute("SELECT pg_stat_force_next_flush()")
    return int(
        await conn.fetchval(
            """SELECT sum(heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)
               FROM pg_statio_user_tables WHERE relname IN ('run_metadata', 'run_state')"""
        )
    )
