"""A worker dies at each crash point of the chores of policies and webhooks; another one takes over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests.engine.test_crash_points import died
from tests.engine.workplace import PERSON, inline
from tests.policies.conftest import Office
from tests.stubs.http_service import HttpService, Reply

from agentskills.services import deliver, rerun_failed, webhooks

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("point", rerun_failed.POINTS)
async def test_dying_there_makes_one_rerun(office: Office, point: str) -> None:
    place = office.place
    inline(place.root, "broken", 'raise RuntimeError("down")', produces="done")
    await place.load()
    policy = await office.policy(attempts=1)
    await office.hear("run.failed_for_good")
    await office.fail("order-42", skill="broken")
    process = place.spawn(ASF_CRASH_AT=point)
    try:
        await died(process)
    finally:
        process.kill()
    await office.look()
    await office.look()
    assert await office.reruns() == ["order-42_rerun_1"]
    assert await office.answer(policy, "order-42") == ("rerun", "order-42_rerun_1")
    await office.end("order-42_rerun_1", skill="broken")
    await office.look()
    assert await office.reruns() == ["order-42_rerun_1"]
    assert len(await office.events()) == 1
    assert await place.pool.fetchval("SELECT count(*) FROM audit WHERE action = 'rerun'") == 1


@pytest.mark.parametrize(("point", "sent"), list(zip(deliver.POINTS, (1, 2, 1), strict=True)))
async def test_dying_there_delivers_at_least_once(office: Office, point: str, sent: int) -> None:
    place = office.place
    async with HttpService(lambda _: Reply(200)) as receiver:
        place.settings.private_hosts = receiver.private
        made = await webhooks.create(place.context, receiver.url, ["run.failed"], None, PERSON)
        await office.fail("order-42")
        process = place.spawn(ASF_CRASH_AT=point, ASF_PRIVATE_HOSTS=receiver.private)
        try:
            await died(process)
        finally:
            process.kill()
        await deliver.deliver(place.context)  # what was claimed stays so for a while
        assert len(receiver.seen) == sent - (point != "delivery.written")
        await place.pool.execute(
            "UPDATE deliveries SET due_at = due_at - $1::interval", timedelta(seconds=deliver.CLAIM)
        )
        await deliver.deliver(place.context)
        assert len(receiver.seen) == sent
        assert len({seen.headers["webhook-id"] for seen in receiver.seen}) == 1
        page = await webhooks.list_deliveries(place.context, made.answer["id"], [], None, 10)
        assert [one["state"] for one in page["items"]] == ["delivered"]
        assert len(page["items"][0]["tries"]) == 1


async def test_many_workers_deliver_each_event_once(office: Office) -> None:
    place = office.place
    async with HttpService(lambda _: Reply(200)) as receiver:
        place.settings.private_hosts = receiver.private
        for path in ("/a", "/b"):
            await webhooks.create(place.context, receiver.url + path, ["run.failed"], None, PERSON)
        for number in range(30):
            await office.fail(f"run-{number}")
        await asyncio.gather(*(deliver.deliver(place.context) for _ in range(4)))
        messages = [seen.headers["webhook-id"] for seen in receiver.seen]
        assert len(messages) == len(set(messages)) == 60
