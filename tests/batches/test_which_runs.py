"""Which runs a batch takes: nothing that was only tried out, and of a chain of failures the last."""

from __future__ import annotations

from typing import Any

import pytest
from tests.batches.bulk import Bulk
from tests.batches.test_batches import counts
from tests.engine.workplace import PERSON

from agentskills.domain.errors import AgentSkillsError, BadInput, TooLarge, VersionMissing
from agentskills.domain.rerun import RerunRequest
from agentskills.services.batch_plan import plan_batch
from agentskills.services.batch_start import BatchRequest, start_batch
from agentskills.services.lineage import closed_by
from agentskills.storage.run_filter import RunFilter

pytestmark = pytest.mark.anyio

FAILED = RunFilter(status=["failed"])


async def failed_again(bulk: Bulk, source: str, **asked: Any) -> str:
    """A rerun of a run that has failed as well."""
    async with bulk.place.worker():
        rerun = await bulk.place.rerun(source, RerunRequest(**asked))
        assert (await bulk.place.until(rerun))["status"] == "failed"
    return rerun


async def test_what_was_only_tried_out_is_not_carried_out_for_real(bulk: Bulk) -> None:
    [failed] = await bulk.runs(1)
    what_if = await failed_again(bulk, failed, effects="none")
    await bulk.mended()
    plan = await plan_batch(bulk.place.context, BatchRequest(filter=FAILED), PERSON)
    assert [one["source"] for one in plan["sample"]] == [failed]
    done = await bulk.carried(await bulk.start(filter=FAILED))
    assert [item["source"] for item in await bulk.items(done)] == [failed]
    assert done["filter"]["dry"] is False
    assert await bulk.reruns() == {failed: 2}

    plan = await plan_batch(bulk.place.context, BatchRequest(ids=(what_if,)), PERSON)
    [sampled] = plan["sample"]
    assert (sampled["outcome"], plan["refused"]) == ("refused", 1)
    done = await bulk.carried(await bulk.start(ids=(what_if,)))
    [item] = await bulk.items(done)
    assert (item["state"], item["reason"]) == ("refused", sampled["reason"])
    assert item["reason"] == f"only-tried-out: nothing went out in {what_if}, and in its rerun it would"
    assert await bulk.reruns() == {failed: 2}


async def test_what_was_only_tried_out_is_tried_out_again_or_asked_for(bulk: Bulk) -> None:
    [failed] = await bulk.runs(1)
    what_if = await failed_again(bulk, failed, effects="none")
    await bulk.mended()
    again = RerunRequest(start="failure", effects="none")
    assert counts(await bulk.carried(await bulk.start(ids=(what_if,), rerun=again))) == {
        "total": 1,
        "succeeded": 1,
    }
    asked = await bulk.carried(await bulk.start(filter=RunFilter(status=["failed"], dry=True)))
    assert [item["state"] for item in await bulk.items(asked)] == ["succeeded"]
    assert await bulk.reruns() == {failed: 1, what_if: 2}


async def test_of_a_chain_of_failures_only_the_last_is_rerun(bulk: Bulk) -> None:
    [failed, other] = await bulk.runs(2)
    second = await failed_again(bulk, failed)
    third = await failed_again(bulk, second)
    await failed_again(bulk, other, effects="none")  # reached nothing, so it is no try
    await bulk.mended()
    done = await bulk.carried(await bulk.start(filter=FAILED))
    assert {item["source"]: (item["state"], item["reason"]) for item in await bulk.items(done)} == {
        failed: ("skipped", f"rerun since: {second} failed as well"),
        other: ("succeeded", None),
        second: ("skipped", f"rerun since: {third} failed as well"),
        third: ("succeeded", None),
    }
    assert await bulk.reruns() == {failed: 1, second: 1, third: 1, other: 2}
    all_of_them = await bulk.carried(await bulk.start(ids=(failed, second), only_open=False))
    assert counts(all_of_them) == {"total": 2, "succeeded": 2}


async def test_a_rerun_that_somebody_stopped_or_deleted_leaves_a_failure_open(bulk: Bulk) -> None:
    [failed, other] = await bulk.runs(2)
    stopped, gone = await failed_again(bulk, failed), await failed_again(bulk, other)
    await bulk.place.pool.execute(
        "UPDATE run_state SET status = 'cancelled', error = NULL WHERE thread_id = $1", stopped
    )
    await bulk.place.pool.execute("DELETE FROM run_state WHERE thread_id = $1", gone)
    async with bulk.place.pool.acquire() as conn:
        assert await closed_by(conn, [failed, other]) == {}


async def test_one_large_family_hides_no_other(bulk: Bulk) -> None:
    [large, small] = await bulk.runs(2)
    pool = bulk.place.pool
    await pool.execute(
        """INSERT INTO run_metadata (thread_id, sop, parent_thread_id, root_thread_id, rerun_number)
           SELECT $1 || '_rerun_' || n, 'Work.', $1, $1, n FROM generate_series(1, 10050) AS n
           UNION ALL SELECT $2 || '_rerun_1', 'Work.', $2, $2, 1""",
        large,
        small,
    )
    await pool.execute(
        """UPDATE run_state s SET finished_at = now(), wake_at = NULL,
               status = CASE WHEN m.parent_thread_id = $1 THEN 'completed' ELSE 'cancelled' END
           FROM run_metadata m WHERE m.thread_id = s.thread_id AND m.parent_thread_id IS NOT NULL""",
        small,
    )
    async with pool.acquire() as conn:
        assert await closed_by(conn, [large, small]) == {small: f"fixed by {small}_rerun_1"}


async def test_the_audit_has_of_data_only_the_paths(bulk: Bulk) -> None:
    await bulk.failures(1, metadata={"team": "secret"})
    wanted = RunFilter(initial_data={"order": 0}, metadata={"team": "secret"}, status=["failed"])
    await bulk.start(filter=wanted)
    detail = await bulk.place.pool.fetchval("SELECT detail FROM audit WHERE action = 'batch-start'")
    told = detail["filter"]
    assert (told["initial_data"], told["metadata"], told["status"]) == (["order"], ["team"], ["failed"])


@pytest.mark.parametrize(
    ("asked", "kind", "pointer"),
    [
        ({"skills": {"work": "latest"}}, BadInput, "/rerun/skills/work"),
        ({"skills": {"*": "newest"}}, BadInput, "/rerun/skills/*"),
        ({"skills": {"work": "0" * 12}}, VersionMissing, "/rerun/skills/work"),
        ({"sop": " "}, BadInput, "/rerun/sop"),
        ({"metadata": {"a": "b" * 20_000}}, TooLarge, "/rerun/metadata"),
        ({"initial_data": {"a": "b" * 5_000_001}}, TooLarge, "/rerun/initial_data"),
        ({"changes": {"a": "b" * 5_000_001}}, TooLarge, "/rerun/changes"),
    ],
)
async def test_what_no_run_could_be_rerun_with_starts_nothing(
    bulk: Bulk, asked: dict[str, Any], kind: type[AgentSkillsError], pointer: str
) -> None:
    request = BatchRequest(ids=("run-1",), rerun=RerunRequest(**asked))
    for refuses in (start_batch, plan_batch):
        with pytest.raises(kind) as refused:
            await refuses(bulk.place.context, request, PERSON)
        assert refused.value.fields["errors"][0]["pointer"] == pointer
    assert await bulk.place.pool.fetchval("SELECT count(*) FROM batches") == 0
