"""What is forgotten, and what stays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from agentskills.engine.notifier import Notifier
from agentskills.services.chores import tidy
from agentskills.services.context import Context
from agentskills.settings import Settings
from agentskills.storage import audit, retention
from agentskills.storage.audit import AuditFilter
from agentskills.storage.database import Pool

pytestmark = pytest.mark.anyio


@pytest.fixture
def context(pool: Pool) -> Callable[[int | None], Context]:
    return lambda keep_days: Context(pool, Settings(keep_days=keep_days), Notifier(pool))


async def finished(
    pool: Pool, thread_id: str, days: int, *, parent: str | None = None, status: str = "completed"
) -> None:
    """Record a run that was created and, if `status` is final, finished `days` ago."""
    ago = timedelta(days=days)
    number = int(thread_id.rpartition("_")[2]) if parent else 0
    await pool.execute(
        """INSERT INTO run_metadata (thread_id, sop, parent_thread_id, rerun_number, created_at)
           VALUES ($1, 'Do it.', $2, $3, now() - $4::interval)""",
        thread_id,
        parent,
        number,
        ago,
    )
    final = status in ("completed", "cancelled", "failed")
    await pool.execute(
        """UPDATE run_state SET status = $2, finished_at = CASE WHEN $3 THEN now() - $4::interval END,
                  error = CASE WHEN $2 = 'failed' THEN '{"type": "x", "message": "x"}'::jsonb END
           WHERE thread_id = $1""",
        thread_id,
        status,
        final,
        ago,
    )
    await pool.execute(
        """INSERT INTO run_steps (thread_id, seq, decision, kind, skill, status, started_at, finished_at,
                                  version)
           VALUES ($1, 1, 1, 'skill', 'pay', 'completed', now(), now(), 1)""",
        thread_id,
    )
    await pool.execute(
        """INSERT INTO effects (scope, skill, key_digest, key, state, thread_id, seq, output)
           VALUES ($1, 'pay', 'd', '{}', 'receipt', $1, 1, '{}')""",
        thread_id,
    )


async def runs(pool: Pool) -> set[str]:
    return {row["thread_id"] for row in await pool.fetch("SELECT thread_id FROM run_metadata")}


async def test_old_finished_runs_are_removed(pool: Pool, context: Callable[[int], Context]) -> None:
    for status in ("completed", "failed", "cancelled"):
        await finished(pool, f"old-{status}", 31, status=status)
        await finished(pool, f"new-{status}", 29, status=status)
    for status in ("recorded", "queued", "waiting"):
        await finished(pool, f"old-{status}", 31, status=status)
    await finished(pool, "long", 40)
    await pool.execute("UPDATE run_state SET finished_at = now() WHERE thread_id = 'long'")
    assert await tidy(context(30), batch=2) == 3
    kept = {f"new-{status}" for status in ("completed", "failed", "cancelled")} | {"long"}
    kept |= {f"old-{status}" for status in ("recorded", "queued", "waiting")}
    assert await runs(pool) == kept
    for table in ("run_state", "run_steps"):
        assert {row["thread_id"] for row in await pool.fetch(f"SELECT thread_id FROM {table}")} == kept
    assert await pool.fetchval("SELECT count(*) FROM effects") == 10  # what was done must not be done again
    assert await tidy(context(30)) == 0


@pytest.mark.parametrize("size", [1, 100])
async def test_a_run_stays_while_another_names_it(
    pool: Pool, context: Callable[[int], Context], size: int
) -> None:
    await finished(pool, "root", 50)
    await finished(pool, "root_rerun_1", 49, parent="root")
    await finished(pool, "root_rerun_2", 48, parent="root_rerun_1")
    await finished(pool, "root_rerun_3", 47, parent="root")
    await finished(pool, "root_rerun_4", 5, parent="root_rerun_2")
    assert await tidy(context(30), batch=size) == 1
    assert await runs(pool) == {"root", "root_rerun_1", "root_rerun_2", "root_rerun_4"}
    await pool.execute("UPDATE run_state SET finished_at = now() - interval '31 days'")
    await pool.execute("UPDATE run_metadata SET created_at = created_at - interval '31 days'")
    await pool.execute("UPDATE run_state SET created_at = created_at - interval '31 days'")
    assert await tidy(context(30), batch=size) == 4
    assert await runs(pool) == set()


async def test_nothing_is_removed_unless_it_is_asked_for(
    pool: Pool, context: Callable[[None], Context]
) -> None:
    await finished(pool, "ancient", 5000)
    assert await tidy(context(None)) == 0
    assert await runs(pool) == {"ancient"}


async def test_keys_are_forgotten_after_24_hours(pool: Pool, context: Callable[[None], Context]) -> None:
    for key, hours in (("old", 25), ("new", 23)):
        await pool.execute(
            """INSERT INTO idempotency_keys (key, body_digest, status, answer, created_at)
               VALUES ($1, 'd', 200, '{}', now() - $2::interval)""",
            key,
            timedelta(hours=hours),
        )
    await tidy(context(None))
    assert [row["key"] for row in await pool.fetch("SELECT key FROM idempotency_keys")] == ["new"]


async def test_one_process_at_a_time(pool: Pool, context: Callable[[int], Context]) -> None:
    await finished(pool, "old", 31)
    async with pool.acquire() as other, other.transaction():
        assert await retention.take_chores(other)
        assert await tidy(context(30)) == 0
    assert await tidy(context(30)) == 1


async def test_a_rerun_made_meanwhile_keeps_its_parent(pool: Pool, context: Callable[[int], Context]) -> None:
    await finished(pool, "busy", 31)
    async with pool.acquire() as rerun:
        transaction = rerun.transaction()
        await transaction.start()
        await rerun.execute("UPDATE run_metadata SET last_rerun_number = 1 WHERE thread_id = 'busy'")
        passing = asyncio.create_task(tidy(context(30)))
        while not await pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)
        await rerun.execute(
            "INSERT INTO run_metadata (thread_id, sop, parent_thread_id) VALUES ('busy_rerun_1', 'x', 'busy')"
        )
        await transaction.commit()
        assert await passing == 0
    assert await runs(pool) == {"busy", "busy_rerun_1"}


async def test_what_is_removed_stays_in_the_audit(pool: Pool, context: Callable[[int], Context]) -> None:
    await finished(pool, "old", 31)
    await pool.execute(
        """UPDATE run_metadata SET lane = 2,
               requested_by = '{"kind": "person", "on_behalf_of": "Anna", "reason": "monthly"}'"""
    )
    await finished(pool, "old_rerun_1", 31, parent="old")
    [started] = await entries(pool)
    assert (started.action, started.thread_id, started.reason) == ("start", "old", "monthly")
    assert await tidy(context(30)) == 2
    kept = await entries(pool)
    assert kept[-1] == replace(started, id=kept[-1].id)  # at its own time, by whom it was
    removed = {entry.thread_id: entry for entry in kept[:-1]}
    assert removed.keys() == {"old", "old_rerun_1"}
    for entry in removed.values():
        assert (entry.action, entry.actor) == ("remove", {"kind": "retention"})
        assert (entry.reason or "").startswith("finished before 20")


async def entries(pool: Pool) -> list[audit.Entry]:
    async with pool.acquire() as conn:
        return await audit.page(conn, AuditFilter(), after=None, limit=50)
