"""One answer for many: doubts and approvals, each taken or refused by itself, never too many at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.domain.errors import DatabaseGone
from agentskills.services import answer_many as selection
from agentskills.services.answer_many import Chosen, answer_many
from agentskills.storage.database import open_pool

pytestmark = pytest.mark.anyio


async def test_doubts_of_one_skill(place: Workplace) -> None:
    for name in ("pay", "mail"):
        code = 'raise ConnectionError("the line was cut")'
        inline(
            place.root,
            name,
            code,
            requires="id",
            produces=f"{name}.sent",
            effects="irreversible",
            effect_key="id",
        )
    await place.load()
    async with place.worker():
        runs = [await place.start(name, data={"id": n}) for n, name in enumerate(["pay", "mail", "pay"])]
        for run in runs:
            await place.until_waiting(run, "in_doubt")
        told = await answer_many(
            place.context, Chosen(reason="in_doubt", skill="pay"), "happened", None, PERSON
        )
        assert [(i["outcome"], i["problem"]["type"]) for i in told["items"]] == [("refused", "bad-input")] * 2
        told = await answer_many(place.context, Chosen(reason="in_doubt", skill="pay"), "stop", "cut", PERSON)
        assert [(item["thread_id"], item["outcome"]) for item in told["items"]] == [
            (runs[0], "answered"),
            (runs[2], "answered"),
        ]
        assert [(await place.until(run))["status"] for run in (runs[0], runs[2])] == ["failed", "failed"]
        await place.until_waiting(runs[1], "in_doubt")


async def test_no_more_than_the_limit_and_it_is_said(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST", 2)
    inline(
        place.root, "echo", 'return {"seen": inputs["a"]}', requires="a", produces="seen", approval="before"
    )
    await place.load()
    async with place.worker():
        runs = [await place.start("echo", data={"a": n}) for n in range(3)]
        for run in runs:
            await place.until_waiting(run, "approval")
        chosen = Chosen(reason="approval", until=datetime.now(UTC))
        first = await answer_many(place.context, chosen, "approve", None, PERSON)
        assert (first["answered"], first["more"]) == (2, True)
        second = await answer_many(place.context, chosen, "approve", None, PERSON)
        assert (second["answered"], second["more"]) == (1, False)
        assert [(await place.until(run))["status"] for run in runs] == ["completed"] * 3


async def test_what_begins_to_wait_after_the_look_is_left_alone(place: Workplace) -> None:
    inline(
        place.root, "echo", 'return {"seen": inputs["a"]}', requires="a", produces="seen", approval="before"
    )
    await place.load()
    async with place.worker():
        old = await place.start("echo", data={"a": 1})
        await place.until_waiting(old, "approval")
        looked = await place.pool.fetchval("SELECT since FROM waits")
        new = await place.start("echo", data={"a": 2})
        await place.until_waiting(new, "approval")
        chosen = Chosen(reason="approval", until=looked)
        done = await answer_many(place.context, chosen, "approve", None, PERSON)
        assert [item["thread_id"] for item in done["items"]] == [old]
        await place.until(old, "completed")
        assert (await place.state(new))["status"] == "waiting"


async def test_a_database_that_is_gone_is_no_refusal(place: Workplace, database_url: str) -> None:
    pool = await open_pool(database_url)
    await pool.close()
    with pytest.raises(DatabaseGone):
        await answer_many(
            replace(place.context, pool=pool), Chosen(listed=[("any", 1, None)]), "approve", None, PERSON
        )
