"""What each filter of the list finds, against a plain reading of the same runs."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agentskills.domain.status import FOR_PEOPLE, RunStatus, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.notifier import Notifier
from agentskills.services.activity import activity_of
from agentskills.services.context import Context
from agentskills.services.runs import count_runs, list_runs
from agentskills.services.waiting import OPTIONS
from agentskills.settings import Settings
from agentskills.storage import activity, journal, lists
from agentskills.storage.database import Conn, Pool
from agentskills.storage.journal import Move, Write
from agentskills.storage.run_filter import RunFilter
from agentskills.storage.waits import NewWait

pytestmark = pytest.mark.anyio
START = datetime(2026, 11, 1, tzinfo=UTC)
RUNS, SEARCHES = 250, 150
SKILLS = {"fetch-order": ("aa" * 32, "ab" * 32), "send-mail": ("bb" * 32,), "once": ("cc" * 32,)}


@dataclass
class Run:
    """What a plain reading of a run needs to know."""

    thread_id: str
    minute: int
    status: str
    parent: Run | None
    dry: bool
    sop_name: str | None
    data: dict[str, Any]
    metadata: dict[str, Any]
    steps: list[tuple[str, str]]
    waits: list[str]
    dismissed: bool
    below: list[Run] = field(default_factory=list)
    deleted: bool = False

    @property
    def root(self) -> Run:
        return self.parent.root if self.parent else self

    @property
    def fixed(self) -> bool:
        """Whether a run below it did what it failed to do."""
        return any(
            (run.status == "completed" and not run.dry and not run.deleted) or run.fixed for run in self.below
        )

    @property
    def open(self) -> bool:
        return self.status == "failed" and not self.dry and not self.dismissed and not self.fixed

    @property
    def attention(self) -> bool:
        return self.open or (not self.dry and any(reason in FOR_PEOPLE for reason in self.waits))


def made(rng: random.Random) -> list[Run]:
    """Return runs of all kinds, originals and reruns of any depth."""
    runs: list[Run] = []
    for number in range(RUNS):
        parent = rng.choice(runs) if runs and rng.random() < 0.5 else None
        status = rng.choices(list(RunStatus), [1, 2, 2, 4, 6, 9, 2])[0].value
        under_way = status in ("running", "waiting")
        run = Run(
            thread_id=f"run-{number:03}",
            minute=number // 3,  # several at one moment
            status=status,
            parent=parent,
            dry=parent is not None and rng.random() < 0.3,
            sop_name=rng.choice([None, "refund", "claim"]),
            data={"order": {"id": number % 40}},
            metadata={"team": rng.choice("ab")},
            steps=[] if status in ("recorded", "queued") else some_steps(rng, number),
            waits=rng.sample(["approval", "retry", "in_doubt", "slot"], rng.randrange(3))
            if under_way
            else [],
            dismissed=status == "failed" and rng.random() < 0.2,
        )
        if parent:
            parent.below.append(run)
        runs.append(run)
    return runs


def some_steps(rng: random.Random, number: int) -> list[tuple[str, str]]:
    names = rng.choices(["fetch-order", "send-mail"], k=rng.randrange(4)) + ["once"] * (number % 100 == 50)
    return [(name, rng.choice(SKILLS[name])) for name in names]


async def save(pool: Pool, runs: list[Run], rng: random.Random) -> None:
    """Write them as they come to be: all start, then they end in any order, and some are deleted."""
    async with pool.acquire() as conn:
        for run in runs:
            await _start(conn, run)
        for run in rng.sample(runs, len(runs)):
            await _end(conn, run)
        completed = [run for run in runs if run.status == "completed" and run.parent]
        for run in rng.sample(completed, len(completed) // 4):
            run.deleted = True
            await conn.execute("DELETE FROM run_state WHERE thread_id = $1", run.thread_id)
        await conn.execute(
            """UPDATE failures SET dismissed_at = now(), dismissed_by = '{"kind": "person"}'
               WHERE thread_id = ANY ($1::text[])""",
            [run.thread_id for run in runs if run.dismissed],
        )


async def _start(conn: Conn, run: Run) -> None:
    await conn.execute(
        """INSERT INTO run_metadata (thread_id, sop, sop_name, initial_data, metadata, created_at, parent_thread_id,
               request, lane)
           VALUES ($1, 'Refund it.', $2, $3, $4, $5, $6, $7, $8)""",
        run.thread_id,
        run.sop_name,
        run.data,
        run.metadata,
        START + timedelta(minutes=run.minute),
        run.parent and run.parent.thread_id,
        {"effects": "none" if run.dry else "once"} if run.parent else None,
        None if run.status == "recorded" else 1,
    )
    if run.status not in ("recorded", "queued"):
        await conn.execute(
            "UPDATE run_state SET status = 'running', owner = gen_random_uuid(), epoch = 1 WHERE thread_id = $1",
            run.thread_id,
        )
        half = len(run.steps) // 2
        waits = [NewWait(seq=seq, reason=reason) for seq, reason in enumerate(run.waits, 1)]
        await journal.append(
            conn, [Write(thread_id=run.thread_id, epoch=1, version=1, steps=steps(run, 0, half), waits=waits)]
        )


def steps(run: Run, first: int, last: int) -> list[Step]:
    """Return some of the steps of a run."""
    return [
        Step(
            thread_id=run.thread_id,
            seq=seq,
            decision=1,
            kind=StepKind.SKILL,
            status=StepStatus.STARTED,
            version=1,
            started_at=START,
            skill=skill,
            skill_digest=digest,
        )
        for seq, (skill, digest) in enumerate(run.steps[first:last], first + 1)
    ]


async def _end(conn: Conn, run: Run) -> None:
    """Let the worker of a run write its other steps, and let go of it unless it is still running."""
    if run.status in ("recorded", "queued"):
        return
    error = (
        {"type": "skill-failed", "message": "no", "skill": "send-mail"} if run.status == "failed" else None
    )
    move = None if run.status == "running" else Move(status=RunStatus(run.status), error=error)
    others = steps(run, len(run.steps) // 2, len(run.steps))
    last = Write(thread_id=run.thread_id, epoch=1, version=2, steps=others, move=move, wake=move and 0)
    written, _ = await journal.append(conn, [last])
    assert written == {run.thread_id}


def some_filter(rng: random.Random, runs: list[Run]) -> RunFilter:
    """Return up to three conditions, each of them likely to find something."""
    some = rng.choice(runs)
    skill = rng.choice(["fetch-order", "send-mail", "once", "nobody-has-it"])
    version = rng.choice([*SKILLS.get(skill, ()), "ff" * 32])[: rng.choice([8, 20, 64])]
    choices: list[dict[str, Any]] = [
        {"attention": True},
        {"open": True},
        {"skill": skill},
        {"skill": skill, "skill_digest": version},
        {"folded": True},
        {"dry": rng.random() < 0.5},
        {"status": rng.sample(list(RunStatus), rng.randint(1, 3))},
        {"sop_name": rng.choice(["refund", "claim"])},
        {"metadata": some.metadata},
        {"initial_data": some.data},
        {"root": some.root.thread_id},
        {"created_before": START + timedelta(minutes=some.minute)},
        {"created_after": START + timedelta(minutes=some.minute)},
    ]
    wanted: dict[str, Any] = {}
    for chosen in rng.sample(choices, rng.randint(1, 3)):
        wanted |= chosen
    return RunFilter(**wanted)


def holds(run: Run, wanted: RunFilter) -> bool:
    """Say whether a run is one that the filter means, as plainly as that can be said."""
    created = START + timedelta(minutes=run.minute)
    return all(
        [
            not run.deleted,
            not wanted.status or run.status in wanted.status,
            not wanted.attention or run.attention,
            not wanted.open or run.open,
            not wanted.folded or run.parent is None,
            wanted.dry is None or run.dry == wanted.dry,
            wanted.sop_name in (None, run.sop_name),
            wanted.metadata in (None, run.metadata),
            wanted.initial_data in (None, run.data),
            wanted.root in (None, run.root.thread_id),
            wanted.created_before is None or created < wanted.created_before,
            wanted.created_after is None or created >= wanted.created_after,
            wanted.skill is None
            or any(
                skill == wanted.skill and digest.startswith(wanted.skill_digest or "")
                for skill, digest in run.steps
            ),
        ]
    )


async def ids(context: Context, wanted: RunFilter, limit: int) -> list[str]:
    """Return all runs of the list, page after page."""
    found: list[str] = []
    cursor = None
    while True:
        page = await list_runs(context, wanted, cursor, limit)
        found += [item["thread_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("seed", [1, 2])
async def test_filters_find_what_they_say(
    pool: Pool, tmp_path: Any, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if seed == 1:
        monkeypatch.setattr(lists, "FEW", -1)  # as where a million runs are walked through
    rng = random.Random(seed)
    runs = made(rng)
    await save(pool, runs, rng)
    context = Context(pool, Settings(home=tmp_path), Notifier(pool))
    found_something = 0
    for _ in range(SEARCHES):
        wanted = some_filter(rng, runs)
        mine = [run for run in reversed(runs) if holds(run, wanted)]
        found_something += bool(mine)
        names = sorted(((run.minute, run.thread_id) for run in mine), reverse=True)
        assert await ids(context, wanted, rng.choice([7, 500])) == [name for _, name in names], wanted
        await check_counts(context, runs, wanted)
        async with pool.acquire() as conn:
            some = [run.thread_id for run in rng.sample(runs, 50)]
            assert await lists.matching(conn, wanted, some) == {run.thread_id for run in mine} & set(some)
    assert found_something > SEARCHES / 2


async def check_counts(context: Context, runs: list[Run], wanted: RunFilter) -> None:
    """Compare the counts of the tabs and of the chart."""
    tabs = RunFilter(
        **{name: getattr(wanted, name) for name in RunFilter.__struct_fields__ if name != "status"}
    )
    beside_status = [run for run in runs if holds(run, tabs)]
    counted = await count_runs(context, wanted)
    by_status = Counter(run.status for run in beside_status)
    assert counted["by_status"] == {status: by_status[status] for status in RunStatus}, wanted
    assert counted["attention"] == sum(run.attention for run in beside_status), wanted
    mine = [run for run in runs if holds(run, wanted)]
    assert counted["count"] == len(mine)
    end = START + timedelta(minutes=RUNS)
    chart = await activity_of(context, wanted, START, end, 5)
    parts = [Counter[str]() for _ in range(5)]
    for run in mine:
        parts[run.minute * 5 // RUNS][run.status] += 1
    assert [bucket["by_status"] for bucket in chart["buckets"]] == parts, wanted


async def test_a_run_that_moves_on_is_counted_once(pool: Pool, tmp_path: Any) -> None:
    """The statuses are counted one after the other; what they see is one moment."""
    await pool.execute("INSERT INTO run_metadata (thread_id, sop) VALUES ('busy', 'Go on.')")
    context = Context(pool, Settings(home=tmp_path), Notifier(pool))

    async def move_on() -> None:
        while True:
            for status in ("running", "queued"):
                await pool.execute("UPDATE run_state SET status = $1", status)

    moving = asyncio.create_task(move_on())
    counted = [(await count_runs(context, RunFilter()))["count"] for _ in range(100)]
    moving.cancel()
    assert counted == [1] * 100


async def test_a_chart_that_takes_too_long_is_estimated(pool: Pool) -> None:
    """With no patience at all a sample is counted, which of few runs is all of them."""
    rng = random.Random(3)
    runs = made(rng)
    await save(pool, runs, rng)
    wanted = RunFilter(skill="send-mail")
    edges = [START, START + timedelta(minutes=RUNS)]
    async with pool.acquire() as conn:
        await conn.execute("ANALYZE run_state")
        async with lists.search_limits(conn):
            exact = await activity.count(conn, wanted, edges)
            await conn.execute("SET LOCAL statement_timeout = 5000")
            estimated = await activity.estimate(conn, wanted, edges)
    assert exact == activity.Activity(estimated, exact=True)
    assert sum(estimated[0].values()) == sum(holds(run, wanted) for run in runs)


def test_only_people_answer_what_needs_attention() -> None:
    assert set(FOR_PEOPLE) == set(OPTIONS)
