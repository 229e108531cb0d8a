"""What is forgotten, and what stays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from agentskills.engine.notifier import Notifier
from agentskills.services import tidying
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.delete import delete
from agentskills.services.tidying import tidy
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


async def tombstones(pool: Pool) -> set[str]:
    rows = await pool.fetch("SELECT thread_id FROM run_metadata WHERE deleted_at IS NOT NULL")
    return {row["thread_id"] for row in rows}


@pytest.mark.parametrize("size", [1, 100])
async def test_old_runs_leave_tombstones_while_relatives_remain(
    pool: Pool, context: Callable[[int], Context], size: int
) -> None:
    await finished(pool, "root", 50)
    await finished(pool, "root_rerun_1", 49, parent="root")
    await finished(pool, "root_rerun_2", 48, parent="root_rerun_1")
    await finished(pool, "root_rerun_3", 47, parent="root")
    await finished(pool, "root_rerun_4", 5, parent="root_rerun_2")
    await finished(pool, "single", 50)
    assert await tidy(context(30), batch=size) == 5
    family = {"root", "root_rerun_1", "root_rerun_2", "root_rerun_3", "root_rerun_4"}
    assert await runs(pool) == family
    assert await tombstones(pool) == family - {"root_rerun_4"}
    await pool.execute("UPDATE run_state SET finished_at = now() - interval '31 days'")
    await pool.execute("UPDATE run_metadata SET created_at = created_at - interval '31 days'")
    await pool.execute("UPDATE run_state SET created_at = created_at - interval '31 days'")
    assert await tidy(context(30), batch=size) == 1
    assert await runs(pool) == set()
    assert await pool.fetchval("SELECT count(*) FROM effects") == 6


async def test_an_old_run_stays_while_a_rerun_of_it_is_under_way(
    pool: Pool, context: Callable[[int], Context]
) -> None:
    await finished(pool, "root", 50)
    await finished(pool, "root_rerun_1", 49, parent="root")
    await finished(pool, "root_rerun_2", 48, parent="root_rerun_1", status="waiting")
    assert await tidy(context(30)) == 0
    await pool.execute(
        """UPDATE run_state SET status = 'cancelled', finished_at = now() - interval '31 days'
           WHERE status = 'waiting'"""
    )
    assert await tidy(context(30)) == 3
    assert await runs(pool) == set()


async def test_families_that_people_deleted_are_forgotten_in_their_time(
    pool: Pool, context: Callable[[int | None], Context]
) -> None:
    for thread_id in ("one", "two"):
        await finished(pool, thread_id, 5)
        await delete(context(None), thread_id, None, Actor())
    await pool.execute(
        "UPDATE run_metadata SET deleted_at = now() - interval '31 days' WHERE thread_id = 'one'"
    )
    await tidy(context(None))
    assert await runs(pool) == {"one", "two"}
    await tidy(context(30))
    assert await runs(pool) == {"two"}


async def test_what_nothing_refers_to_is_removed(pool: Pool, context: Callable[[None], Context]) -> None:
    await finished(pool, "used", 1)
    await pool.execute("INSERT INTO payloads (digest, value) VALUES ('used', '1'), ('orphan', '1')")
    await pool.execute("UPDATE run_steps SET payload = 'used'")
    await pool.execute("INSERT INTO sop_texts (digest, sop) VALUES ('orphan', 'Nobody does this.')")
    await pool.execute("INSERT INTO effect_waiters SELECT id, unnest(ARRAY['used', 'gone']) FROM effects")
    await finished(pool, "deleted", 1)
    await delete(context(None), "deleted", None, Actor())
    await pool.execute(
        """INSERT INTO step_details (thread_id, seq, kind, content)
           VALUES ('deleted', 1, 'x', '1'), ('used', 1, 'x', '1')"""
    )
    await tidy(context(None))
    assert [row["thread_id"] for row in await pool.fetch("SELECT thread_id FROM step_details")] == ["used"]
    for table, column in (("payloads", "digest"), ("effect_waiters", "thread_id")):
        assert [row[column] for row in await pool.fetch(f"SELECT {column} FROM {table}")] == ["used"], table
    assert [row["sop"] for row in await pool.fetch("SELECT sop FROM sop_texts")] == ["Do it."]


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
        assert await retention.take_tidying(other)
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
            assert not passing.done(), passing
            await asyncio.sleep(0.01)
        await rerun.execute(
            """INSERT INTO run_metadata (thread_id, sop, parent_thread_id, lane)
               VALUES ('busy_rerun_1', 'x', 'busy', 2)"""
        )
        await transaction.commit()
        assert await passing == 0
    assert await runs(pool) == {"busy", "busy_rerun_1"}
    assert await tombstones(pool) == set()


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


async def test_old_deliveries_and_answers_about_runs_that_have_gone(
    pool: Pool, context: Callable[[int | None], Context], monkeypatch: pytest.MonkeyPatch
) -> None:
    await finished(pool, "old", 40)
    await finished(pool, "young", 3)
    await pool.execute(
        """INSERT INTO policies (id, name, rerun, attempts, backoff, breaker, requested_by)
           VALUES ('pol_1', 'x', '{}', 1, '{}', '{}', '{}')"""
    )
    await pool.execute(
        """INSERT INTO policy_answers (policy_id, failed, failed_at, answer, at)
           SELECT 'pol_1', name, now(), 'given_up', now() - interval '40 days'
           FROM unnest(ARRAY['old', 'young']) AS t(name)"""
    )
    await pool.execute(
        """INSERT INTO webhooks (id, url, events, secret, requested_by)
           VALUES ('hook_1', 'https://example.org/', '{}', 'whsec_', '{}')"""
    )
    await pool.execute(
        """INSERT INTO deliveries (webhook_id, message_id, type, data, at, state, due_at)
           SELECT 'hook_1', state || days, 'run.failed', '{}', now() - make_interval(days => days), state,
                  CASE WHEN state = 'pending' THEN now() END
           FROM unnest(ARRAY['pending', 'delivered', 'failed']) AS s(state),
                unnest(ARRAY[3, 40]) AS d(days)"""
    )

    async def kept() -> tuple[list[str], list[str]]:
        answers = await pool.fetch("SELECT failed FROM policy_answers ORDER BY failed")
        sent = await pool.fetch("SELECT message_id FROM deliveries ORDER BY message_id")
        return [row["failed"] for row in answers], [row["message_id"] for row in sent]

    before = await kept()
    await tidy(context(50))
    assert await kept() == before
    monkeypatch.setattr(tidying, "_ROWS", 1)
    await tidy(context(None))
    assert await kept() == (["old", "young"], ["delivered3", "failed3", "pending3", "pending40"])
    await tidy(context(30))
    assert (await kept())[0] == ["young"]
    await tidy(context(2))
    assert await kept() == ([], ["pending3", "pending40"])
