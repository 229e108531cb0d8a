"""Deleted runs: what goes, what stays as long as others need it, and what the tables refuse."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from agentskills.domain.correction import Correction, Place
from agentskills.domain.errors import NotFinished, RunDeleted, RunNotFound
from agentskills.domain.rerun import RerunRequest
from agentskills.engine.notifier import Notifier
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.delete import delete
from agentskills.services.lineage import lineage
from agentskills.services.rerun import rerun
from agentskills.services.tidying import tidy
from agentskills.settings import Settings
from agentskills.storage import check, runs, steps
from agentskills.storage.database import Pool

pytestmark = pytest.mark.anyio
ME = Actor(name="ada")
LARGE = {"text": "x" * 20_000}


@pytest.fixture
def context(pool: Pool) -> Context:
    return Context(pool, Settings(), Notifier(pool))


async def made(
    pool: Pool, thread_id: str, *, parent: str | None = None, status: str = "completed", sop: str = "Do it."
) -> None:
    """Write a run that has come to `status`, with a step of its own."""
    await pool.execute(
        """INSERT INTO run_metadata (thread_id, sop, initial_data, metadata, run_name, parent_thread_id,
                                     rerun_number, request, given)
           VALUES ($1, $2, '{"name": "Ada"}', '{"team": "a"}', 'For Ada', $3, $4, $5, $6)""",
        thread_id,
        sop,
        parent,
        int(thread_id.rpartition("_")[2]) if parent else 0,
        {"format": 1, "changes": {"name": "Ada"}, "from": 2} if parent else None,
        [Correction(Place("skill", "pay", 1), {"paid": True}, ("paid",), {"kind": "person"}).document()],
    )
    await pool.execute(
        """UPDATE run_state SET status = $2, finished_at = CASE WHEN $3 THEN now() END,
                  error = CASE WHEN $2 = 'failed' THEN '{"type": "x", "message": "x"}'::jsonb END
           WHERE thread_id = $1""",
        thread_id,
        status,
        status in ("completed", "failed", "cancelled"),
    )


async def step(
    pool: Pool,
    thread_id: str,
    seq: int,
    *,
    outputs: Any = None,
    payload: str | None = None,
    source: tuple[str, int] | None = None,
) -> None:
    """Write a completed step, carried out or pointing to the one that was."""
    if payload:
        await pool.execute(
            "INSERT INTO payloads (digest, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", payload, LARGE
        )
    await pool.execute(
        """INSERT INTO run_steps (thread_id, seq, decision, kind, skill, status, outputs, payload,
                                  reused_from, started_at, finished_at, version)
           VALUES ($1, $2, 1, 'skill', 's', 'completed', $3, $4, $5, now(), now(), 1)""",
        thread_id,
        seq,
        outputs,
        payload,
        {"why": "reused", "thread_id": source[0], "seq": source[1]} if source else None,
    )


async def kept_steps(pool: Pool, thread_id: str) -> list[int]:
    rows = await pool.fetch("SELECT seq FROM run_steps WHERE thread_id = $1 ORDER BY seq", thread_id)
    return [row["seq"] for row in rows]


async def test_what_a_run_held_goes_and_its_place_stays(pool: Pool, context: Context) -> None:
    await made(pool, "a", sop="Only a has this.", status="failed")
    await made(pool, "a_rerun_1", parent="a", sop="Others have this.")
    await made(pool, "b", sop="Others have this.")
    await step(pool, "a_rerun_1", 1, payload="mine")
    await step(pool, "a_rerun_1", 2, payload="shared")
    await step(pool, "b", 1, payload="shared")
    await pool.execute("INSERT INTO step_details (thread_id, seq, kind, content) VALUES ('a', 1, 'x', '1')")
    await pool.execute(
        "INSERT INTO waits (thread_id, seq, reason, state) VALUES ('a', 1, 'approval', 'closed')"
    )
    await pool.execute(
        """INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq, output)
           VALUES ('a', 'pay', 'd', '{}', 'receipt', 'a', 1, '{}')"""
    )
    await pool.execute("INSERT INTO effect_waiters SELECT id, 'a' FROM effects")
    await pool.execute("UPDATE run_metadata SET last_rerun_number = 7 WHERE thread_id = 'a'")
    for thread_id in ("a", "a_rerun_1"):
        await delete(context, thread_id, "asked to", ME)
    for table in ("waits", "step_details", "effect_waiters"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    assert [r["thread_id"] for r in await pool.fetch("SELECT thread_id FROM run_state")] == ["b"]
    assert [r["digest"] for r in await pool.fetch("SELECT digest FROM payloads")] == ["shared"]
    assert [r["sop"] for r in await pool.fetch("SELECT sop FROM sop_texts")] == ["Others have this."]
    assert await kept_steps(pool, "a_rerun_1") == []
    assert await pool.fetchval("SELECT state FROM effects") == "receipt"
    assert await pool.fetchval("SELECT last_rerun_number FROM run_metadata WHERE thread_id = 'a'") == 7
    row = await pool.fetchrow("SELECT * FROM run_metadata WHERE thread_id = 'a_rerun_1'")
    assert row is not None
    assert "Ada" not in str(dict(row))
    assert (row["sop"], row["initial_data"], row["metadata"], row["given"]) == ("", {}, {}, [])
    assert (row["parent_thread_id"], row["root_thread_id"], row["rerun_number"]) == ("a", "a", 1)
    assert row["request"] == {"format": 1, "from": 2}
    told = await pool.fetchrow("SELECT * FROM audit WHERE action = 'delete' AND thread_id = 'a'")
    assert told is not None
    assert (told["actor"]["name"], told["reason"], told["detail"]) == (
        "ada",
        "asked to",
        {"run_status": "failed"},
    )
    async with pool.acquire() as conn:
        assert [text for text, found in await check.find_faults(conn) if found] == []


async def test_results_that_others_point_to_stay_until_the_last_of_those_is_gone(
    pool: Pool, context: Context
) -> None:
    """Also where the run between them is gone, and where the root is (pitfall: deleted parents)."""
    await made(pool, "a")
    await made(pool, "a_rerun_1", parent="a")
    await made(pool, "a_rerun_2", parent="a_rerun_1")
    for seq in (1, 2, 3):
        await step(pool, "a", seq, payload=f"p{seq}")
    await step(pool, "a_rerun_1", 1, source=("a", 1))
    await step(pool, "a_rerun_1", 2, source=("a", 2))
    await step(pool, "a_rerun_2", 1, source=("a", 1))

    async def seen(thread_id: str, seq: int) -> Any:
        async with pool.acquire() as conn:
            [found] = await steps.at(conn, thread_id, [seq])
        return found.outputs

    await delete(context, "a", None, ME)
    assert await kept_steps(pool, "a") == [1, 2]
    assert await seen("a_rerun_1", 2) == LARGE
    await delete(context, "a_rerun_1", None, ME)
    assert await kept_steps(pool, "a") == [1]
    assert await kept_steps(pool, "a_rerun_1") == []
    assert await seen("a_rerun_2", 1) == LARGE  # found by its source, not by way of its parent
    assert [r["digest"] for r in await pool.fetch("SELECT digest FROM payloads")] == ["p1"]
    await delete(context, "a_rerun_2", None, ME)
    assert await pool.fetchval("SELECT count(*) FROM run_steps") == 0
    assert await pool.fetchval("SELECT count(*) FROM payloads") == 0
    family = await lineage(context, "a_rerun_2")
    assert [(run["thread_id"], run["parent_thread_id"], run["status"]) for run in family["items"]] == [
        ("a", None, None),
        ("a_rerun_1", "a", None),
        ("a_rerun_2", "a_rerun_1", None),
    ]


async def test_while_a_relative_is_under_way_results_stay_and_tidying_removes_them(
    pool: Pool, context: Context
) -> None:
    await made(pool, "a")
    await made(pool, "a_rerun_1", parent="a")
    await made(pool, "a_rerun_2", parent="a", status="waiting")
    await step(pool, "a_rerun_1", 1, outputs={"x": 1})
    await delete(context, "a_rerun_1", None, ME)
    await tidy(context)
    assert await kept_steps(pool, "a_rerun_1") == [1]
    await pool.execute(
        "UPDATE run_state SET status = 'cancelled', finished_at = now() WHERE status = 'waiting'"
    )
    await tidy(context)
    assert await kept_steps(pool, "a_rerun_1") == []


async def test_only_what_is_over_can_be_deleted(pool: Pool, context: Context) -> None:
    await made(pool, "a")
    await made(pool, "a_rerun_1", parent="a")
    await made(pool, "a_rerun_2", parent="a_rerun_1", status="waiting")
    await made(pool, "b", status="recorded")
    with pytest.raises(NotFinished, match="a_rerun_2 is waiting"):
        await delete(context, "a_rerun_2", None, ME)
    for needed in ("a", "a_rerun_1"):
        with pytest.raises(NotFinished, match="a_rerun_2 has been made from"):
            await delete(context, needed, None, ME)
    with pytest.raises(RunNotFound):
        await delete(context, "nobody", None, ME)
    assert (await delete(context, "b", None, ME))["status"] == "deleted"
    assert await pool.fetchval("SELECT count(*) FROM audit") == 1


async def test_deleting_twice_gives_the_same_answer(pool: Pool, context: Context) -> None:
    await made(pool, "a")
    first = await delete(context, "a", "once", ME)
    assert await delete(context, "a", "twice", ME) == first
    assert await pool.fetchval("SELECT count(*) FROM audit") == 1
    many = await asyncio.gather(*(delete(context, "a", None, ME) for _ in range(5)))
    assert many == [first] * 5


async def test_a_rerun_made_meanwhile_is_whole_or_refused(pool: Pool, context: Context) -> None:
    """Many at once: either the rerun is there with all its data, or the run is a tombstone without one."""
    for number in range(20):
        await made(pool, f"r{number}")
        results = await asyncio.gather(
            rerun(context, f"r{number}", RerunRequest(), ME),
            delete(context, f"r{number}", None, ME),
            return_exceptions=True,
        )
        refused = [r for r in results if isinstance(r, RunDeleted | NotFinished)]
        assert len(refused) == 1, results
        row = await pool.fetchrow("SELECT * FROM run_metadata WHERE thread_id = $1", f"r{number}_rerun_1")
        if isinstance(refused[0], RunDeleted):
            assert row is None
        else:
            assert row is not None
            assert row["initial_data"] == {"name": "Ada"}


async def test_a_rerun_that_has_read_its_parent_is_refused_once_that_is_deleted(
    pool: Pool, context: Context
) -> None:
    await made(pool, "a")
    async with pool.acquire() as deleting:
        transaction = deleting.transaction()
        await transaction.start()
        await deleting.execute("SELECT FROM run_metadata WHERE thread_id = 'a' FOR NO KEY UPDATE")
        asking = asyncio.create_task(rerun(context, "a", RerunRequest(), ME))
        while not await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert not asking.done(), asking
            await asyncio.sleep(0.01)
        await deleting.execute("DELETE FROM run_state WHERE thread_id = 'a'")
        await deleting.execute(
            """UPDATE run_metadata SET sop = '', initial_data = '{}', metadata = '{}', given = '[]',
                      deleted_at = now() WHERE thread_id = 'a'"""
        )
        await transaction.commit()
        with pytest.raises(RunDeleted, match="a has been deleted"):
            await asking
    assert await pool.fetchval("SELECT count(*) FROM run_metadata") == 1


async def test_numbers_stay_flat_below_deleted_runs(pool: Pool, context: Context) -> None:
    await made(pool, "a")
    first = await rerun(context, "a", RerunRequest(), ME)
    await pool.execute("UPDATE run_state SET status = 'completed', finished_at = now(), wake_at = NULL")
    await delete(context, "a", None, ME)
    second = await rerun(context, first.thread_id, RerunRequest(), ME)
    assert (second.thread_id, second.parent_thread_id) == ("a_rerun_2", "a_rerun_1")
    async with pool.acquire() as conn:
        row = await runs.get(conn, "a_rerun_2")
    assert row is not None
    assert (row.root_thread_id, row.initial_data) == ("a", {"name": "Ada"})


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE run_metadata SET deleted_at = now() WHERE thread_id = 'a'",
        "UPDATE run_metadata SET deleted_at = now(), sop = '' WHERE thread_id = 'a'",
        "UPDATE run_metadata SET sop = '', initial_data = '{}', metadata = '{}' WHERE thread_id = 'a'",
        "UPDATE run_metadata SET sop = 'again' WHERE thread_id = 'gone'",
        "INSERT INTO run_metadata (thread_id, sop) VALUES ('gone', 'again') "
        "ON CONFLICT (thread_id) DO UPDATE SET sop = excluded.sop",
        "INSERT INTO run_metadata (thread_id, sop, parent_thread_id) VALUES ('c', 'again', 'gone')",
    ],
)
async def test_the_tables_keep_tombstones_as_they_are(pool: Pool, context: Context, statement: str) -> None:
    await made(pool, "a")
    await made(pool, "gone")
    await delete(context, "gone", None, ME)
    with pytest.raises(asyncpg.PostgresError):
        await pool.execute(statement)


async def test_a_failure_in_between_leaves_the_run_as_it_was(pool: Pool, context: Context) -> None:
    await made(pool, "a")
    await step(pool, "a", 1, payload="p")
    await pool.execute(
        """CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
           CREATE TRIGGER fail BEFORE INSERT ON audit EXECUTE FUNCTION fail()"""
    )
    with pytest.raises(asyncpg.PostgresError):
        await delete(context, "a", None, ME)
    async with pool.acquire() as conn:
        run = await runs.get(conn, "a")
    assert run is not None
    assert run.initial_data == {"name": "Ada"}
    assert await kept_steps(pool, "a") == [1]


async def test_indexes_answer_what_deleting_asks(pool: Pool) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute("SET LOCAL enable_seqscan = off")
        for query, index in (
            ("SELECT FROM run_steps WHERE payload = 'p'", "run_steps_payload"),
            ("SELECT FROM effect_waiters WHERE thread_id = 'a'", "effect_waiters_run"),
            (
                """SELECT FROM run_steps u WHERE u.reused_from IS NOT NULL
                   AND u.reused_from ->> 'thread_id' = 'a' AND (u.reused_from ->> 'seq')::integer = 1""",
                "run_steps_source",
            ),
            (
                "SELECT FROM run_metadata WHERE root_thread_id = 'a' AND deleted_at IS NOT NULL",
                "run_metadata_deleted",
            ),
            (
                """SELECT FROM run_metadata WHERE root_thread_id = 'a' AND parent_thread_id IS NOT NULL
                   ORDER BY created_at, thread_id""",
                "run_metadata_root",
            ),
        ):
            plan = "\n".join(row[0] for row in await conn.fetch(f"EXPLAIN {query}"))
            assert index in plan, plan
