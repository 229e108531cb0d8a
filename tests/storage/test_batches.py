"""Items of batches: filled from a filter by keyset, counted by triggers, taken in order of their key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agentskills.domain.batch import Counts
from agentskills.storage import batch_items, batches
from agentskills.storage.batch_items import Outcome
from agentskills.storage.batches import NewBatch, filter_document, filter_from
from agentskills.storage.database import Pool
from agentskills.storage.run_filter import RunFilter

pytestmark = pytest.mark.anyio

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
_RUNS = """
    INSERT INTO run_metadata (thread_id, sop, initial_data, created_at)
    SELECT 'run-' || lpad(n::text, 3, '0'), 'Refund.', jsonb_build_object('customer', n % 3),
           $2::timestamptz + n / 4 * interval '1 s'
    FROM generate_series(1, $1) AS n"""


async def new_batch(conn: Any, **more: Any) -> str:
    fields = {"id": "batch", "name": "batch", "rerun": {}, "filled": True, "requested_by": {"kind": "person"}}
    await batches.insert(conn, NewBatch(**{**fields, "created_at": AT, **more}))
    return str(more.get("id", "batch"))


async def filled(conn: Any, wanted: RunFilter, *, newest_first: bool, limit: int) -> list[str]:
    """The sources of a batch, filled page by page while runs keep coming in."""
    batch_id = await new_batch(conn, id=f"batch-{newest_first}-{limit}")
    place, number = None, limit
    while number == limit:
        number, place = await batch_items.fill(
            conn, batch_id, wanted, after=place, newest_first=newest_first, order_by_key=None, limit=limit
        )
        await conn.execute(
            """INSERT INTO run_metadata (thread_id, sop, created_at)
               SELECT 'late-' || count(*), 'Refund.', $1 FROM run_metadata""",
            AT + timedelta(hours=1),
        )
    items = await batch_items.page(conn, batch_id, [], after=None, limit=1000)
    assert [item.position for item in items] == list(range(1, len(items) + 1))
    return [item.source for item in items]


@pytest.mark.parametrize("limit", [7, 10, 1000])
@pytest.mark.parametrize(
    "wanted", [RunFilter(status=["recorded"]), RunFilter(initial_data={"customer": 1}), RunFilter(name="run")]
)
async def test_pages_leave_nothing_out_and_take_nothing_twice(
    pool: Pool, limit: int, wanted: RunFilter
) -> None:
    frozen = RunFilter(
        **{name: getattr(wanted, name) for name in wanted.__struct_fields__}
        | {"created_before": AT + timedelta(minutes=30)}
    )
    async with pool.acquire() as conn:
        await conn.execute(_RUNS, 40, AT)  # four runs have the same time
        oldest = await filled(conn, frozen, newest_first=False, limit=limit)
        newest = await filled(conn, frozen, newest_first=True, limit=limit)
    numbers = [n for n in range(1, 41) if wanted.initial_data is None or n % 3 == 1]
    assert oldest == [f"run-{n:03}" for n in numbers]
    assert newest == oldest[::-1]


async def test_a_filter_is_stored_and_read_as_it_was() -> None:
    wanted = RunFilter(
        status=["failed"], sop_name="order-refund", metadata={"a": 1}, created_before=AT, root="run-1"
    )
    assert filter_from(filter_document(wanted)) == wanted
    assert filter_document(RunFilter()) == {}


async def test_counts_follow_the_items(pool: Pool) -> None:
    async with pool.acquire() as conn:
        batch_id = await new_batch(conn)
        await batch_items.insert_chosen(
            conn, batch_id, [f"run-{n}" for n in range(9)], order=None, order_by_key=None
        )
        settled = [Outcome("run-0", "running", "x"), Outcome("run-1", "skipped"), Outcome("run-2", "refused")]
        await batch_items.settle(conn, batch_id, settled, AT)
        await conn.execute(
            """UPDATE batch_items SET state = 'succeeded', tokens = 7, money = 0.5, unknown = true
               WHERE source = 'run-0'"""
        )
        await batch_items.settle(conn, batch_id, [Outcome("run-1", "running", "y")], AT)  # not pending
        await batch_items.cancel_pending(conn, batch_id, "no more", AT)
        tally = (await batches.tallies(conn, [batch_id]))[batch_id]
    assert tally.counts == Counts(succeeded=1, skipped=1, refused=1, cancelled=6)
    assert (tally.ended.tokens, str(tally.ended.money), tally.ended.unknown) == (7, "0.5", 1)


async def test_of_a_key_only_the_first_that_is_open_is_taken(pool: Pool) -> None:
    async with pool.acquire() as conn:
        await conn.execute(_RUNS, 7, AT)
        batch_id = await new_batch(conn)
        runs = [f"run-{n:03}" for n in range(1, 8)]
        await batch_items.insert_chosen(conn, batch_id, [*runs, "gone"], order=None, order_by_key="customer")
        assert await batch_items.take(conn, batch_id, 10) == ["run-001", "run-002", "run-003", "gone"]
        await batch_items.settle(conn, batch_id, [Outcome("run-001", "waiting", "x")], AT)
        assert await batch_items.take(conn, batch_id, 10) == ["run-002", "run-003", "gone"]
        await conn.execute("UPDATE batch_items SET state = 'failed' WHERE source = 'run-001'")
        assert await batch_items.take(conn, batch_id, 10) == ["run-002", "run-003", "run-004", "gone"]
        assert await batch_items.take(conn, batch_id, 1) == ["run-002"]


async def test_a_batch_that_somebody_has_is_not_taken(pool: Pool) -> None:
    async with pool.acquire() as one, pool.acquire() as other:
        await new_batch(one, id="first")
        await new_batch(one, id="second")
        async with one.transaction(), other.transaction():
            taken = {(await batches.take_due(conn, AT)).id for conn in (one, other)}  # type: ignore[union-attr]
            assert taken == {"first", "second"}
            assert await batches.take_due(one, AT - timedelta(seconds=1)) is None
