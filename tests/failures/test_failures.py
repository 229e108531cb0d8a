"""Failures by kind: what counts, what is open, what dismissing does; on a real database."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agentskills.engine.notifier import Notifier
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.failures import dismiss, list_failures, restore
from agentskills.services.runs import count_runs, detail, list_runs
from agentskills.settings import Settings
from agentskills.storage.database import Pool
from agentskills.storage.failures import Chosen, FailureFilter
from agentskills.storage.run_filter import RunFilter

from .broken_world import KINDS, failures

pytestmark = pytest.mark.anyio
ADA = Actor(name="ada")
START = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def context(pool: Pool, tmp_path: Path) -> Context:
    return Context(pool, Settings(home=tmp_path), Notifier(pool))


async def save(
    pool: Pool,
    thread_id: str,
    *,
    parent: str | None = None,
    status: str = "failed",
    error: dict[str, Any] | None = None,
    effects: str = "once",
    minute: int = 0,
) -> None:
    """Write a run as it stands after it has ended; the table's own trigger sees it end."""
    at = START + timedelta(minutes=minute)
    request = {"effects": effects} if parent else None
    async with pool.acquire() as conn, conn.transaction():
        await conn.execute(
            """INSERT INTO run_metadata
                   (thread_id, sop, initial_data, created_at, parent_thread_id, request, lane)
               VALUES ($1, 'Refund it.', '{}', $2, $3, $4, 1)""",
            thread_id,
            at,
            parent,
            request,
        )
        await conn.execute(
            """UPDATE run_state SET status = $2, error = $3, finished_at = $4, wake_at = NULL
               WHERE thread_id = $1""",
            thread_id,
            status,
            error,
            at,
        )


def failed(skill: str = "fetch-order", message: str = "order 42 is gone") -> dict[str, Any]:
    return {"type": "skill-failed", "message": message, "skill": skill, "seq": 2}


async def groups(context: Context, **wanted: Any) -> list[dict[str, Any]]:
    return list((await list_failures(context, FailureFilter(**wanted), None, 50))["items"])


async def listed(context: Context, **wanted: Any) -> list[str]:
    found = await list_runs(context, RunFilter(**wanted), None, 500)
    return [item["thread_id"] for item in found["items"]]


async def test_300_failures_fall_into_their_4_groups(pool: Pool, context: Context) -> None:
    made = failures(300, seed=11)
    for number, (skill, error_type, message) in enumerate(made):
        error = {"type": error_type, "message": message, "skill": skill, "seq": 2}
        await save(pool, f"run-{number}", error=error, minute=number)
    found = await groups(context)
    assert {(g["skill"], g["error_type"]): g["count"] for g in found} == Counter(made_kind(m) for m in made)
    assert len(found) == len(KINDS) == 4
    for group in found:
        mine = [n for n, kind in enumerate(made) if made_kind(kind) == (group["skill"], group["error_type"])]
        assert group["sample"]["thread_id"] == f"run-{mine[-1]}"
        assert group["sample"]["message"] == made[mine[-1]][2]
        assert group["first_at"] == START + timedelta(minutes=mine[0])
        assert group["last_at"] == START + timedelta(minutes=mine[-1])
        same = {"failed_skill": group["skill"], "signature": group["signature"], "open": True}
        assert await listed(context, **same) == [f"run-{n}" for n in reversed(mine)]
        assert (await count_runs(context, RunFilter(**same)))["count"] == group["count"]
    assert [g["last_at"] for g in found] == sorted((g["last_at"] for g in found), reverse=True)


def made_kind(failure: tuple[str, str, str]) -> tuple[str, str]:
    return failure[0], failure[1]


async def test_pages_of_groups(pool: Pool, context: Context) -> None:
    for number in range(7):
        await save(pool, f"run-{number}", error=failed(f"skill-{'abcdefg'[number]}"), minute=number // 2)
    seen, cursor = [], None
    while True:
        page = await list_failures(context, FailureFilter(), cursor, 2)
        seen += [group["skill"] for group in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"skill-{letter}" for letter in "gfedcba"]


async def test_what_is_fixed_or_went_nowhere_does_not_count(pool: Pool, context: Context) -> None:
    for root in ("fixed", "dry-fixed", "failed-again", "fixed-later", "beside"):
        await save(pool, root, error=failed())
    await save(pool, "fixed-1", parent="fixed", status="completed", minute=1)
    await save(pool, "dry-fixed-1", parent="dry-fixed", status="completed", effects="none", minute=1)
    await save(pool, "dry-fixed-2", parent="dry-fixed", error=failed(), effects="none", minute=1)
    await save(pool, "failed-again-1", parent="failed-again", error=failed(), minute=1)
    await save(pool, "fixed-later-1", parent="fixed-later", error=failed(), minute=1)
    await save(pool, "fixed-later-2", parent="fixed-later-1", status="completed", minute=2)
    await save(pool, "beside-1", parent="beside", error=failed(), minute=1)
    await save(pool, "beside-2", parent="beside", status="completed", minute=2)
    is_open = {"dry-fixed", "failed-again", "failed-again-1", "beside-1"}
    [group] = await groups(context)
    assert group["count"] == len(is_open)
    assert set(await listed(context, open=True)) == is_open
    counted = await count_runs(context, RunFilter(open=True))
    assert counted["count"] == counted["by_status"]["failed"] == len(is_open)
    counted = await count_runs(context, RunFilter(open=True, status=["completed"]))
    assert (counted["count"], counted["capped"]) == (0, False)
    for item in (await list_runs(context, RunFilter(status=["failed"]), None, 50))["items"]:
        assert (item["fixed_by"] is None and not item["dry"]) == (item["thread_id"] in is_open), item


async def test_a_deleted_fix_fixes_no_more(pool: Pool, context: Context) -> None:
    await save(pool, "a", error=failed())
    await save(pool, "b", parent="a", status="completed", minute=1)
    assert await groups(context) == []
    await pool.execute("DELETE FROM run_state WHERE thread_id = 'b'")
    assert [group["count"] for group in await groups(context)] == [1]


async def test_filters_of_groups(pool: Pool, context: Context) -> None:
    await save(pool, "early", error=failed("a"))
    await save(pool, "late", error=failed("b"), minute=10)
    await save(pool, "no-skill", error={"type": "steps-exceeded", "message": "more than 50 steps"}, minute=20)
    border = START + timedelta(minutes=10)
    assert [g["skill"] for g in await groups(context)] == ["", "b", "a"]
    assert [g["skill"] for g in await groups(context, after=border)] == ["", "b"]
    assert [g["skill"] for g in await groups(context, before=border)] == ["a"]
    assert [g["skill"] for g in await groups(context, skill="b")] == ["b"]
    assert [g["signature"] for g in await groups(context, skill="")] == ["steps-exceeded: more than # steps"]
    assert await listed(context, failed_skill="") == ["no-skill"]


async def test_only_the_newest_are_grouped_and_it_is_said(pool: Pool, context: Context) -> None:
    for number in range(6):
        await save(pool, f"run-{number}", error=failed(), minute=number)
    capped = await list_failures(context, FailureFilter(), None, 50, most=4)
    assert ([g["count"] for g in capped["items"]], capped["capped"]) == ([4], True)
    whole = await list_failures(context, FailureFilter(), None, 50, most=6)
    assert ([g["count"] for g in whole["items"]], whole["capped"]) == ([6], False)


async def test_dismissing_and_taking_back(pool: Pool, context: Context) -> None:
    for number in range(4):
        await save(pool, f"run-{number}", error=failed(), minute=number)
    await save(pool, "fix", parent="run-3", status="completed", minute=9)
    await save(pool, "other", error=failed("send-mail"), minute=9)
    chosen = Chosen(ids=["run-0", "run-3", "fix", "nobody", "run-0"])
    done = await dismiss(context, chosen, "shop has closed", ADA)
    assert done.answer == {"count": 1, "left_out": ["run-3", "fix", "nobody"]}
    shown = await detail(context, "run-0")
    assert shown["dismissed"]["by"] == {"kind": "person", "name": "ada"}
    assert shown["dismissed"]["note"] == "shop has closed"
    assert shown["signature"] == "skill-failed: order # is gone"
    items = (await list_runs(context, RunFilter(status=["failed"]), None, 50))["items"]
    assert [i["thread_id"] for i in items if i["dismissed"]] == ["run-0"]
    same = {"skill": "fetch-order", "signature": "skill-failed: order # is gone"}
    [group] = await groups(context, **same)
    assert (group["count"], group["dismissed"]) == (2, 0)
    [group] = await groups(context, **same, dismissed=True)
    assert (group["count"], group["dismissed"]) == (3, 1)
    assert await listed(context, open=True) == ["other", "run-2", "run-1"]

    assert (await dismiss(context, Chosen(**same), None, ADA)).answer == {"count": 2, "left_out": []}
    assert await listed(context, open=True) == ["other"]
    assert (await restore(context, Chosen(**same), "opened again", ADA)).answer["count"] == 3
    assert await listed(context, open=True) == ["other", "run-2", "run-1", "run-0"]
    assert (await detail(context, "run-0"))["dismissed"] is None
    rows = await pool.fetch("SELECT action, reason, actor FROM audit WHERE thread_id = 'run-0' ORDER BY id")
    assert [(row["action"], row["reason"]) for row in rows] == [
        ("failure-dismiss", "shop has closed"),
        ("failure-restore", "opened again"),
    ]


async def test_policies_have_looked_at_what_is_dismissed(pool: Pool, context: Context) -> None:
    await save(pool, "a", error=failed())
    await save(pool, "b", error=failed())
    await dismiss(context, Chosen(ids=["a"]), None, ADA)
    await restore(context, Chosen(ids=["a"]), None, ADA)
    unseen = await pool.fetch("SELECT thread_id FROM failures WHERE looked_at IS NULL")
    assert [row["thread_id"] for row in unseen] == ["b"]


async def test_a_repeated_request_is_answered_as_before(pool: Pool, context: Context) -> None:
    await save(pool, "a", error=failed())
    first = await dismiss(context, Chosen(ids=["a"]), "no", ADA, key="k1")
    again = await dismiss(context, Chosen(ids=["a"]), "no", ADA, key="k1")
    assert (first.answer, again.answer, again.replayed) == ({"count": 1, "left_out": []},) * 2 + (True,)
