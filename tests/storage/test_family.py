"""The lineage of large families, and which run has fixed another, as the list and the detail say it."""

from __future__ import annotations

import pytest

from agentskills.domain.errors import RunNotFound
from agentskills.engine.notifier import Notifier
from agentskills.services import lineage as family
from agentskills.services.context import Context
from agentskills.services.lineage import lineage
from agentskills.settings import Settings
from agentskills.storage import lineage as stored
from agentskills.storage.database import Pool

pytestmark = pytest.mark.anyio

# Reruns 1 to 1,000 of `order`: every tenth is a rerun of the one before, every hundredth completes,
# number 50 completes without effects, number 7 has been deleted.
RERUNS = """
    INSERT INTO run_metadata (thread_id, sop, parent_thread_id, root_thread_id, rerun_number, created_at,
                              requested_by, request)
    SELECT 'order_rerun_' || n, 'Refund it.',
           CASE WHEN n % 10 = 0 THEN 'order_rerun_' || n - 1 ELSE 'order' END, 'order', n,
           now() + n * interval '1 second', jsonb_build_object('kind', 'person', 'name', 'ada', 'reason', 'try ' || n),
           CASE WHEN n = 50 THEN '{"format": 1, "effects": "none"}'::jsonb ELSE '{"format": 1, "from": "failure"}' END
    FROM generate_series(1, 1000) AS n"""
ENDS = """
    UPDATE run_state s SET finished_at = s.created_at + interval '1 second', status = e.status,
           not_repeated = CASE WHEN e.status = 'completed' THEN 1 ELSE 0 END,
           error = CASE WHEN e.status = 'failed' THEN '{"type": "skill-failed", "message": "no"}'::jsonb END
    FROM (SELECT m.thread_id, CASE WHEN rerun_number > 0 AND rerun_number % 100 = 0 OR rerun_number = 50
                                   THEN 'completed' ELSE 'failed' END AS status FROM run_metadata m) AS e
    WHERE e.thread_id = s.thread_id"""


@pytest.fixture
async def context(pool: Pool) -> Context:
    await pool.execute(
        "INSERT INTO run_metadata (thread_id, sop) VALUES ('order', 'Refund it.'), ('other', 'x')"
    )
    await pool.execute(RERUNS)
    await pool.execute(ENDS)
    await pool.execute("DELETE FROM run_state WHERE thread_id = 'order_rerun_7'")
    await pool.execute(
        "UPDATE run_metadata SET deleted_at = now(), sop = '' WHERE thread_id = 'order_rerun_7'"
    )
    return Context(pool, Settings(), Notifier(pool))


async def test_a_thousand_reruns_of_one_run(context: Context) -> None:
    found = await lineage(context, "order_rerun_400")
    assert (found["root_thread_id"], found["thread_id"], found["capped"]) == (
        "order",
        "order_rerun_400",
        False,
    )
    items = found["items"]
    assert [run["rerun_number"] for run in items] == list(range(1001))
    by_id = {run["thread_id"]: run for run in items}
    root, chained, gone = by_id["order"], by_id["order_rerun_400"], by_id["order_rerun_7"]
    assert root["parent_thread_id"] is None
    assert root["preset"] is None
    assert (root["status"], root["error_type"], root["fixed_by"]) == (
        "failed",
        "skill-failed",
        "order_rerun_100",
    )
    assert chained["parent_thread_id"] == "order_rerun_399"
    assert (chained["status"], chained["not_repeated"], chained["fixed_by"]) == ("completed", 1, None)
    assert (chained["preset"], chained["reason"]) == ("from-failure", "try 400")
    assert chained["requested_by"] == {"kind": "person", "name": "ada", "reason": "try 400"}
    assert chained["finished_at"] > chained["created_at"]
    assert (gone["status"], gone["run_name"], gone["finished_at"]) == (None, None, None)
    assert gone["deleted_at"] is not None
    assert by_id["order_rerun_50"]["preset"] == "what-if"
    assert by_id["order_rerun_49"]["fixed_by"] is None  # its rerun reached nothing outside
    fixed = {name: run["fixed_by"] for name, run in by_id.items() if run["fixed_by"]}
    assert fixed == {"order": "order_rerun_100"} | {
        f"order_rerun_{n - 1}": f"order_rerun_{n}" for n in range(100, 1001, 100)
    }


async def test_list_and_detail_say_the_same(context: Context) -> None:
    tree = {run["thread_id"]: run["fixed_by"] for run in (await lineage(context, "order"))["items"]}
    async with context.reading() as conn:
        for asked in (["order"], ["order_rerun_99", "order_rerun_50", "order_rerun_7"], [*tree]):
            found = await family.fixers_of(conn, asked)
            assert {name: found.get(name) for name in asked} == {name: tree[name] for name in asked}
        assert await family.fixers_of(conn, []) == {}


async def test_a_family_that_is_too_large_says_so(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(family, "MOST", 100)
    found = await lineage(context, "order")
    assert found["capped"] is True
    assert [run["rerun_number"] for run in found["items"]] == list(range(100))


async def test_a_family_whose_root_has_no_row(pool: Pool, context: Context) -> None:
    await pool.execute(
        "INSERT INTO run_metadata (thread_id, sop, parent_thread_id) VALUES ('b', 'x', 'lost')"
    )
    found = await lineage(context, "b")
    assert found["root_thread_id"] == "lost"
    assert [run["thread_id"] for run in found["items"]] == ["b"]
    with pytest.raises(RunNotFound):
        await lineage(context, "lost")


async def test_only_the_family_is_read(pool: Pool, context: Context) -> None:
    """Also where the planner knows nothing of families: by index, not by reading the whole table."""
    await pool.execute("ANALYZE run_metadata, run_state")
    async with context.reading() as conn:
        plan = [row[0] for row in await conn.fetch(f"EXPLAIN {stored._BELOW}", ["order_rerun_9"], 100)]
        assert not [line for line in plan if "Seq Scan on run_metadata" in line], "\n".join(plan)
