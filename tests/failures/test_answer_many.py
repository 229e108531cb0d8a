"""One answer for many: doubts and approvals, each taken or refused by itself, never too many at once."""

from __future__ import annotations

import pytest
from tests.engine.workplace import PERSON, Workplace, inline

from agentskills.services import answer_many as selection
from agentskills.services.answer_many import Chosen, answer_many

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
        first = await answer_many(place.context, Chosen(reason="approval"), "approve", None, PERSON)
        assert (first["answered"], first["more"]) == (2, True)
        second = await answer_many(place.context, Chosen(reason="approval"), "approve", None, PERSON)
        assert (second["answered"], second["more"]) == (1, False)
        assert [(await place.until(run))["status"] for run in runs] == ["completed"] * 3
