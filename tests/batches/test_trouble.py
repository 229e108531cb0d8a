"""Trouble with the database: what ends one item holds up nothing, and reruns that cross both go on."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from tests.batches.bulk import Bulk
from tests.batches.test_batches import counts
from tests.engine.workplace import PERSON

from agentskills.domain.rerun import RerunRequest
from agentskills.services.rerun import rerun_in
from agentskills.storage import runs

pytestmark = pytest.mark.anyio

# Nobody can rerun run-2.
NEVER = """
    CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no room in %', NEW.parent_thread_id; END $$;
    CREATE TRIGGER never BEFORE INSERT ON run_metadata FOR EACH ROW
    WHEN (NEW.parent_thread_id = 'run-2') EXECUTE FUNCTION never()"""


async def test_an_error_of_the_database_ends_one_item(bulk: Bulk) -> None:
    failed = await bulk.failures(3)
    await bulk.place.pool.execute(NEVER)
    batch = await bulk.start(ids=tuple(failed))
    assert counts(await bulk.carried(batch)) == {"total": 3, "succeeded": 2, "refused": 1}
    [item] = await bulk.items(batch, "refused")
    assert (item["source"], item["reason"]) == ("run-2", "internal: RaiseError('no room in run-2')")


async def test_a_batch_that_is_put_off_says_so_until_it_goes_on(bulk: Bulk) -> None:
    failed = await bulk.failures(1)
    batch = await bulk.start(ids=tuple(failed))
    document = await bulk.place.pool.fetchval("SELECT rerun FROM batches")
    await bulk.place.pool.execute("""UPDATE batches SET rerun = '{"format": 9, "how": "otherwise"}'""")
    await bulk.turn()
    found = await bulk.get(batch)
    assert (found["status"], counts(found)) == ("running", {"total": 1, "pending": 1})
    assert found["note"].startswith("put off: ")
    await bulk.place.pool.execute("UPDATE batches SET rerun = $1", document)
    await bulk.turn()
    assert (await bulk.get(batch))["note"] is None
    assert counts(await bulk.carried(batch)) == {"total": 1, "succeeded": 1}


async def test_a_rerun_by_hand_and_one_by_a_batch_may_cross(bulk: Bulk) -> None:
    """The one holds the run and comes to its root, as the other does, in whichever order they begin."""
    place = bulk.place
    [root] = await bulk.failures(1)
    async with place.worker():
        source = await place.rerun(root, RerunRequest())
        await place.until(source)
    made = []
    for _ in range(3):
        async with place.context.writing() as conn:
            await runs.hold(conn, [source])
            by_hand = asyncio.create_task(place.rerun(source, RerunRequest()))
            await _waits_for_a_lock(bulk)
            made.append((await rerun_in(conn, place.settings, source, RerunRequest(), PERSON)).thread_id)
        made.append(await by_hand)
    assert Counter(made) == Counter(f"{root}_rerun_{number}" for number in range(2, 8))


async def _waits_for_a_lock(bulk: Bulk) -> None:
    async with asyncio.timeout(10):
        while not await bulk.place.pool.fetchval(
            """SELECT EXISTS (SELECT FROM pg_stat_activity
                               WHERE wait_event_type = 'Lock' AND datname = current_database())"""
        ):
            await asyncio.sleep(0.01)
