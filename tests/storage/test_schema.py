"""The tables by themselves: what people type into psql works, what may not be is refused, indexes serve."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from agentskills.storage.database import Connection, connect

pytestmark = pytest.mark.anyio


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Connection]:
    connection = await connect(database_url)
    yield connection
    await connection.close()


async def save(db: Connection, thread_id: str, **columns: Any) -> None:
    columns = {"thread_id": thread_id, "sop": "Do it.", "initial_data": {}, **columns}
    places = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
    await db.execute(f"INSERT INTO run_metadata ({', '.join(columns)}) VALUES ({places})", *columns.values())


async def state(db: Connection, thread_id: str) -> asyncpg.Record:
    row = await db.fetchrow("SELECT * FROM run_state WHERE thread_id = $1", thread_id)
    assert row is not None
    return row


# --- what contract.md says about SQL ---------------------------------------------------------


async def test_the_table_has_what_was_asked_for(db: Connection) -> None:
    rows = await db.fetch(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_name = 'run_metadata'"
    )
    kinds = {row["column_name"]: (row["data_type"], row["is_nullable"]) for row in rows}
    assert kinds["thread_id"] == ("text", "NO")
    assert kinds["sop"][0] == "text"
    assert kinds["initial_data"][0] == "jsonb"
    assert kinds["created_at"][0] == "timestamp with time zone"
    assert kinds["parent_thread_id"] == ("text", "YES")
    assert kinds["rerun_count"][0] == "integer"
    assert kinds["metadata"][0] == "jsonb"
    indexes = {row["indexname"]: row["indexdef"] for row in await db.fetch("SELECT * FROM pg_indexes")}
    assert "UNIQUE" in indexes["idx_run_metadata_thread_id"]
    assert {"idx_run_metadata_parent", "idx_run_metadata_created_at"} <= set(indexes)


async def test_a_bare_insert_records_a_run(db: Connection) -> None:
    await db.execute(
        "INSERT INTO run_metadata (thread_id, sop, initial_data) "
        """VALUES ('order-42', 'Refund the order.', '{"order": 42}')"""
    )
    row = await db.fetchrow("SELECT * FROM run_metadata WHERE thread_id = 'order-42'")
    assert row is not None
    assert row["initial_data"] == {"order": 42}
    assert row["metadata"] == {}
    assert (row["rerun_count"], row["rerun_number"], row["parent_thread_id"]) == (0, 0, None)
    assert row["root_thread_id"] == "order-42"
    assert row["created_at"] is not None
    moving = await state(db, "order-42")
    assert (moving["status"], moving["wake_at"], moving["owner"]) == ("recorded", None, None)
    assert (moving["root_thread_id"], moving["created_at"]) == ("order-42", row["created_at"])
    assert await db.fetchval("SELECT sop FROM sop_texts") == "Refund the order."


@pytest.mark.parametrize("value", ["1e131071", "1e101", "-1e-101", "1" * 101, "[" * 65 + "]" * 65])
async def test_a_bare_insert_keeps_the_limits_of_the_api(db: Connection, value: str) -> None:
    insert = "INSERT INTO run_metadata (thread_id, sop, initial_data, metadata) VALUES ('x', 's', $1, $2)"
    for column in ("initial_data", "metadata"):
        data = [f'{{"a": [{value}]}}' if name == column else "{}" for name in ("initial_data", "metadata")]
        with pytest.raises(asyncpg.CheckViolationError, match="run x: JSON may hold"):
            await db.execute(insert.replace("$1", f"'{data[0]}'").replace("$2", f"'{data[1]}'"))
    good = f'{{"a": [1e100, 1e-100, -{"9" * 100}, 0e-300, 1.10], "b": {"[" * 60}{"]" * 60}}}'
    await db.execute(insert.replace("$1", f"'{good}'").replace("$2", "'{}'"))
    with pytest.raises(asyncpg.CheckViolationError):
        await db.execute(f"UPDATE run_metadata SET metadata = '{{\"a\": [{value}]}}'")
    assert await db.fetchval("SELECT metadata FROM run_metadata") == {}


async def test_an_insert_with_parent_and_count(db: Connection) -> None:
    await db.execute(
        "INSERT INTO run_metadata (thread_id, sop, initial_data) VALUES ('a', 's', '{}');"
        "INSERT INTO run_metadata (thread_id, sop, initial_data, parent_thread_id, rerun_count) "
        "VALUES ('b', 's', '{}', 'a', 3), ('c', 's', '{}', 'unknown', 0);"
        "INSERT INTO run_metadata (thread_id, sop, initial_data, parent_thread_id) VALUES ('d', 's', '{}', 'b')"
    )
    roots = dict(await db.fetch("SELECT thread_id, root_thread_id FROM run_metadata"))
    assert roots == {"a": "a", "b": "a", "c": "unknown", "d": "a"}


async def test_an_upsert_changes_a_recorded_run_and_no_other(db: Connection) -> None:
    upsert = """INSERT INTO run_metadata (thread_id, sop, initial_data) VALUES ('a', $1, $2)
        ON CONFLICT (thread_id) DO UPDATE SET sop = EXCLUDED.sop, initial_data = EXCLUDED.initial_data"""
    await db.execute(upsert, "first", {"n": 1})
    await db.execute(upsert, "second", {"n": 2})
    row = await db.fetchrow("SELECT * FROM run_metadata")
    assert row is not None
    assert (row["sop"], row["initial_data"], row["search"]["d"]) == ("second", {"n": 2}, {"n": 2})
    assert row["sop_digest"] == await db.fetchval("SELECT digest FROM sop_texts WHERE sop = 'second'")
    assert (await state(db, "a"))["status"] == "recorded"
    await db.execute("UPDATE run_state SET status = 'queued'")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="has been started"):
        await db.execute(upsert, "third", {"n": 2})
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="has been started"):
        await db.execute(upsert, "second", {"n": 3})
    await db.execute(upsert, "second", {"n": 2})  # the same again is no change
    await db.execute("UPDATE run_metadata SET rerun_count = rerun_count + 1, metadata = '{\"x\": 1}'")
    assert await db.fetchval("SELECT search -> 'm' FROM run_metadata") == {"x": 1}


async def test_a_lane_makes_a_run_due(db: Connection) -> None:
    await save(db, "now", lane=2)
    await save(db, "batch", lane=1)
    assert [(await state(db, name))["lane"] for name in ("now", "batch")] == [2, 1]
    assert (await state(db, "now"))["status"] == "queued"
    assert await db.fetchval("SELECT wake_at <= now() FROM run_state WHERE thread_id = 'now'")
    await db.execute(
        "INSERT INTO run_metadata (thread_id, sop, lane, not_before) VALUES ('later', 's', 2, now() + interval '1 hour')"
    )
    assert await db.fetchval(
        "SELECT wake_at > now() + interval '50 min' FROM run_state WHERE thread_id = 'later'"
    )


async def test_numbers_are_kept_digit_for_digit(db: Connection) -> None:
    await db.execute(
        "INSERT INTO run_metadata (thread_id, sop, initial_data) "
        """VALUES ('a', 's', '{"invoice": 12345678901234567890, "amount": 1.10}')"""
    )
    data = await db.fetchval("SELECT initial_data FROM run_metadata")
    assert (str(data["invoice"]), str(data["amount"])) == ("12345678901234567890", "1.10")


async def test_the_search_projection_keeps_scalars_and_short_strings(db: Connection) -> None:
    await save(
        db,
        "a",
        initial_data={
            "n": 1,
            "long": "x" * 201,
            "short": "x" * 200,
            "list": [1],
            "l2": {"l3": {"l4": {"deep": 1, "l5": {"gone": 1}}}},
        },
        metadata={"team": "blue", "none": None},
    )
    assert await db.fetchval("SELECT search FROM run_metadata") == {
        "d": {"n": 1, "short": "x" * 200, "l2": {"l3": {"l4": {"deep": 1, "l5": {}}}}},
        "m": {"team": "blue", "none": None},
    }


# --- invariants ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO run_metadata (sop) VALUES ('s')",
        "INSERT INTO run_metadata (thread_id, sop) VALUES ('', 's')",
        "INSERT INTO run_metadata (thread_id, sop, initial_data) VALUES ('b', 's', '[]')",
        "INSERT INTO run_metadata (thread_id, sop, metadata) VALUES ('b', 's', '1')",
        "INSERT INTO run_metadata (thread_id, sop) VALUES ('a', 'again')",
        "UPDATE run_metadata SET rerun_count = -1",
        "UPDATE run_state SET status = 'strange'",
        "UPDATE run_state SET owner = gen_random_uuid()",  # owned, but not running
        "UPDATE run_state SET status = 'completed'",  # without finished_at
        "UPDATE run_state SET status = 'failed', finished_at = now()",  # without error
        "UPDATE run_state SET status = 'queued', error = '{}'",
        "INSERT INTO run_state (thread_id, status, created_at, root_thread_id) VALUES ('x', 'queued', now(), 'x')",
        "INSERT INTO waits (thread_id, seq, reason) VALUES ('a', 1, 'boredom')",
        "INSERT INTO waits (thread_id, seq, reason, state) VALUES ('a', 1, 'time', 'answered')",
        "INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq) "
        "VALUES ('', 's', 'k', '1', 'receipt', 'a', 1)",  # a receipt without output
    ],
)
async def test_what_may_not_be_is_refused(db: Connection, statement: str) -> None:
    await save(db, "a")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await db.execute(statement)


async def test_two_reruns_never_share_a_number(db: Connection) -> None:
    await save(db, "a")
    await save(db, "a_rerun_1", parent_thread_id="a", rerun_number=1)
    with pytest.raises(asyncpg.UniqueViolationError):
        await save(db, "other", parent_thread_id="a", rerun_number=1)


STEP = """INSERT INTO run_steps (thread_id, seq, decision, kind, skill, status, started_at, finished_at, error, version)
    VALUES ('a', 1, 1, 'skill', 's', $1, now(), CASE WHEN $1 IN ('completed', 'failed') THEN now() END,
            CASE WHEN $1 = 'failed' THEN '{}'::jsonb END, 1)"""
MOVE = """UPDATE run_steps SET status = $1, finished_at = CASE WHEN $1 IN ('completed', 'failed') THEN now() END,
    error = CASE WHEN $1 = 'failed' THEN '{}'::jsonb END"""
STEP_MOVES = {
    "started": {"waiting", "in_doubt", "completed", "failed"},
    "waiting": {"started", "in_doubt", "completed", "failed"},
    "in_doubt": {"completed", "failed"},
    "completed": set(),
    "failed": set(),
}


@pytest.mark.parametrize("old", STEP_MOVES)
@pytest.mark.parametrize("new", STEP_MOVES)
async def test_a_step_ends_once(db: Connection, old: str, new: str) -> None:
    await save(db, "a")
    await db.execute(STEP, old)
    if new == old or new in STEP_MOVES[old]:
        await db.execute(MOVE, new)
    else:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="can't become"):
            await db.execute(MOVE, new)


EFFECT_MOVES = {
    "intent": {"receipt", "failed", "doubt"},
    "doubt": {"receipt", "failed"},
    "failed": {"intent"},
    "receipt": set(),
}


@pytest.mark.parametrize("old", EFFECT_MOVES)
@pytest.mark.parametrize("new", EFFECT_MOVES)
async def test_an_effect_moves_as_drawn(db: Connection, old: str, new: str) -> None:
    await db.execute(
        """INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq, output)
           VALUES ('r', 's', 'k', '1', $1, 'a', 1, CASE WHEN $1 = 'receipt' THEN '{}'::jsonb END)""",
        old,
    )
    move = "UPDATE effects SET state = $1, output = CASE WHEN $1 = 'receipt' THEN '{}'::jsonb END"
    if new == old or new in EFFECT_MOVES[old]:
        await db.execute(move, new)
    else:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="can't become"):
            await db.execute(move, new)


async def test_one_effect_per_identity(db: Connection) -> None:
    insert = """INSERT INTO effects (scope, skill, key_digest, key, repeat, state, thread_id, seq)
        VALUES ('r', 's', 'k', '1', $1, 'intent', 'a', 1)"""
    await db.execute(insert, 0)
    await db.execute(insert, 1)
    with pytest.raises(asyncpg.UniqueViolationError):
        await db.execute(insert, 0)


async def test_a_step_waits_once_at_a_time(db: Connection) -> None:
    await save(db, "a")
    insert = "INSERT INTO waits (thread_id, seq, reason) VALUES ('a', 1, 'approval')"
    await db.execute(insert)
    with pytest.raises(asyncpg.UniqueViolationError):
        await db.execute(insert)
    await db.execute("UPDATE waits SET state = 'closed'")
    await db.execute(insert)


# --- indexes -------------------------------------------------------------------------------


async def fill(db: Connection) -> None:
    await db.execute(
        """INSERT INTO run_metadata (thread_id, sop, initial_data, parent_thread_id, created_at, lane, run_name)
           SELECT 'run-' || n, 'sop ' || n % 50, jsonb_build_object('order', n),
                  CASE WHEN n % 3 = 0 THEN 'run-' || n - 1 END, now() - n * interval '1 minute',
                  CASE WHEN n % 4 = 0 THEN 2 END, 'Order ' || n
           FROM generate_series(1, 20000) n"""
    )
    await db.execute("ANALYZE")


async def plan(db: Connection, query: str) -> str:
    return "\n".join(row[0] for row in await db.fetch(f"EXPLAIN {query}"))


INDEXES = [
    ("idx_run_metadata_thread_id", "SELECT * FROM run_metadata WHERE thread_id = 'run-7'"),
    ("idx_run_metadata_parent", "SELECT * FROM run_metadata WHERE parent_thread_id = 'run-8'"),
    (
        "idx_run_metadata_created_at",
        "SELECT * FROM run_metadata ORDER BY created_at DESC, thread_id DESC LIMIT 50",
    ),
    (
        "idx_run_metadata_created_at",
        "SELECT * FROM run_metadata WHERE created_at > now() - interval '9 minutes'",
    ),
    ("idx_run_metadata_search", """SELECT * FROM run_metadata WHERE search @> '{"d": {"order": 77}}'"""),
    ("idx_run_metadata_name", "SELECT * FROM run_metadata WHERE lower(run_name) LIKE 'order 77%'"),
    ("idx_sop_texts_words", "SELECT * FROM sop_texts WHERE words @@ to_tsquery('simple', '7')"),
    (
        "run_state_due",
        "SELECT * FROM run_state WHERE owner IS NULL AND wake_at IS NOT NULL AND lane = 2 AND wake_at <= now() "
        "ORDER BY wake_at LIMIT 10",
    ),
    (
        "run_state_status",
        "SELECT * FROM run_state WHERE status = 'queued' ORDER BY created_at DESC, thread_id DESC LIMIT 50",
    ),
    ("run_state_created", "SELECT * FROM run_state ORDER BY created_at DESC, thread_id DESC LIMIT 50"),
    ("run_state_root", "SELECT * FROM run_state WHERE root_thread_id = 'run-1'"),
]


async def test_each_index_is_used(db: Connection) -> None:
    await fill(db)
    unused = {}
    for index, query in INDEXES:
        # Fifty texts: without this, reading them all is right.
        await db.execute(f"SET enable_seqscan = {'off' if index == 'idx_sop_texts_words' else 'on'}")
        if index not in (found := await plan(db, query)):
            unused[index] = found
    assert unused == {}
