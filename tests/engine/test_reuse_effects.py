"""Effects in reruns: once, again with consent, or none; stand-ins, stale receipts, doubt."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.engine.logged import as_planned, whys
from tests.engine.mailed import DATA, effect_of, mail, mails, sent, write_text
from tests.engine.workplace import Workplace, inline

from agentskills.domain.errors import ContradictingFields
from agentskills.domain.rerun import RerunRequest

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(place: Workplace) -> Path:
    """Where the mails go: one line for each."""
    return place.settings.home / "mails"


async def test_once_what_has_happened_is_not_repeated_however_often_it_is_rerun(
    place: Workplace, file: Path
) -> None:
    mail(place.root, file)
    await place.load()
    async with place.worker():
        root = run = await sent(place)
        for request in (RerunRequest(), RerunRequest(plan="unchanged", results="unchanged")):
            plan = await place.plan(run, request)
            assert (effect_of(plan)["state"], effect_of(plan)["certain"]) == ("not_repeated", True)
            assert effect_of(plan)["receipt"]["thread_id"] == root
            again = await place.rerun(run, request)
            state = await place.until(again, "completed")
            as_planned(plan, await place.steps(again))
            assert whys(await place.steps(again)) == ["receipt"]
            assert state["not_repeated"] == 1
            run = again
    assert mails(file) == ["ann hello"]


async def test_a_receipt_is_stale_where_other_values_would_go_out_now(place: Workplace, file: Path) -> None:
    mail(place.root, file, requires="customer text copy?")
    await place.load()
    async with place.worker():
        run = await sent(place, DATA | {"copy": "bob"})
        asked = RerunRequest(changes={"text": "goodbye", "copy": None})
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        stale = (await place.steps(again))[0]
        same = await place.rerun(again, RerunRequest(changes={"text": "hello", "copy": "bob"}))
        await place.until(same, "completed")
    as_planned(plan, [stale])
    assert plan["steps"][1]["reused_from"]["stale"] == ["text", "copy"]
    assert stale.reused_from["stale"] == ["text", "copy"]
    assert stale.reason.endswith("; stale receipt: text, copy differ")
    assert "stale" not in (await place.steps(same))[0].reused_from
    assert mails(file) == ["ann hello"]


async def test_an_effect_that_never_happened_happens_in_a_rerun_as_in_any_run(
    place: Workplace, file: Path
) -> None:
    inline(place.root, "write-text", "raise ValueError('bug')", requires="tone", produces="text")
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await place.start("mail", data={"customer": "ann", "tone": "x"})
        await place.until(run, "failed")
        write_text(place.root)
        await place.load()
        for effects in ("once", "repeat"):
            asked = RerunRequest(start="failure", effects=effects)  # type: ignore[arg-type]
            plan = await place.plan(run, asked)
            expected = "may_happen" if effects == "once" else "needs_consent"
            assert effect_of(plan)["state"] == expected
            again = await place.rerun(run, asked)
            if effects == "once":
                await place.until(again, "completed")
            else:
                await place.until_waiting(again, "consent")
    assert mails(file) == ["ann Dear x"]


@pytest.mark.parametrize("results", ["new", "unchanged"])
async def test_a_repetition_waits_for_consent_and_each_consent_is_worth_one(
    place: Workplace, file: Path, results: Any
) -> None:
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await sent(place)
        asked = RerunRequest(effects="repeat", results=results)
        plan = await place.plan(run, asked)
        assert effect_of(plan)["state"] == "needs_consent"
        yes, no = [await place.rerun(run, asked) for _ in range(2)]
        wait = await place.until_waiting(yes, "consent")
        await place.until_waiting(no, "consent")
        assert wait["asks"]["earlier_receipt"]["thread_id"] == run
        assert wait["asks"]["shown"] == DATA
        assert len(mails(file)) == 1
        await place.approve(yes)
        await place.until(yes, "completed")
        await place.approve(no, decision="reject")
        assert (await place.until(no, "failed"))["error"]["type"] == "rejected"
        assert len(mails(file)) == 2
        later = await place.rerun(yes, RerunRequest())
        await place.until(later, "completed")
    assert len(mails(file)) == 2
    assert (await place.steps(later))[0].reused_from["thread_id"] == yes  # the latest repetition
    rows = await place.effects()
    assert [(row["repeat"], row["state"], row["thread_id"]) for row in rows] == [
        (0, "receipt", run),
        (1, "receipt", yes),
    ]
    assert rows[1]["agreed_by"]["name"] == "ada"


async def test_consent_can_be_given_with_the_request(place: Workplace, file: Path) -> None:
    mail(place.root, file)
    await place.load()
    async with place.worker():
        run = await sent(place)
        asked = RerunRequest(effects="repeat", consent=("mail",))
        plan = await place.plan(run, asked)
        assert effect_of(plan)["state"] == "happens_again"
        again = await place.rerun(run, asked)
        await place.until(again, "completed")
        other_key = RerunRequest(changes={"customer": "bob"}, consent=("mail",))
        assert effect_of(await place.plan(run, other_key))["state"] == "happens_again"
        bob = await place.rerun(run, other_key)
        await place.until(bob, "completed")
        unasked = await place.rerun(run, RerunRequest(consent=("mail",)))  # agreed to, but not asked for
        await place.until(unasked, "completed")
        with pytest.raises(ContradictingFields):
            await place.rerun(run, RerunRequest(effects="none", consent=("mail",)))
    as_planned(plan, await place.steps(again))
    assert mails(file) == ["ann hello", "ann hello", "bob hello"]
    agreed = [row["agreed_by"] for row in await place.effects()]
    assert agreed == [None, {"kind": "request", "thread_id": again}, {"kind": "request", "thread_id": bob}]


async def test_two_reruns_that_agree_at_once_repeat_it_once_each(place: Workplace, file: Path) -> None:
    mail(place.root, file, slow=0.3)
    await place.load()
    async with place.worker(), place.worker():
        run = await sent(place)
        asked = RerunRequest(effects="repeat", consent=("mail",))
        both = await asyncio.gather(*(place.rerun(run, asked) for _ in range(2)))
        for again in both:
            await place.until(again, "completed")
    rows = await place.effects()
    assert [(row["repeat"], row["state"]) for row in rows] == [(n, "receipt") for n in range(3)]
    assert {row["thread_id"] for row in rows[1:]} == set(both)
    assert len(mails(file)) == 3


async def test_a_doubt_is_never_repeated_not_even_with_consent(place: Workplace, file: Path) -> None:
    mail(place.root, file, act='raise RuntimeError("lost")')
    await place.load()
    async with place.worker():
        run = await place.start("mail", data=DATA)
        await place.until_waiting(run, "in_doubt")
        await place.approve(run, decision="stop")
        await place.until(run, "failed")
        requests = [
            RerunRequest(),
            RerunRequest(start="failure"),
            RerunRequest(results="unchanged"),
            RerunRequest(effects="repeat", consent=("mail",)),
        ]
        reruns = []
        for asked in requests:
            assert effect_of(await place.plan(run, asked))["state"] == "in_doubt"
            reruns.append(await place.rerun(run, asked))
        for again in reruns:
            assert (await place.until_waiting(again, "in_doubt"))["asks"]["thread_id"] == run
        await place.approve(reruns[0], decision="happened", data={"sent": "by hand"})  # one answer for all
        for again in reruns[:3]:
            await place.until(again, "completed")
            assert (await place.data(again))["sent"] == "by hand"
        async with asyncio.timeout(30):  # what was agreed to happens once the doubt is gone
            while (await place.until_waiting(reruns[3], "in_doubt"))["asks"]["thread_id"] == run:
                await asyncio.sleep(0.01)
    assert mails(file) == ["ann hello"] * 2
    assert [row["state"] for row in await place.effects()] == ["receipt", "doubt"]


async def test_global_effects_are_honoured_across_families_and_repeated_only_with_consent(
    place: Workplace, file: Path
) -> None:
    mail(place.root, file, effect_scope="global")
    await place.load()
    async with place.worker():
        run = await sent(place)
        other = await sent(place)
        assert whys(await place.steps(other)) == ["receipt"]
        asked = RerunRequest(effects="repeat")
        plan = await place.plan(other, asked)
        assert effect_of(plan)["receipt"]["thread_id"] == run
        again = await place.rerun(other, asked)
        await place.until_waiting(again, "consent")
        await place.approve(again)
        await place.until(again, "completed")
        # Another key, which a stranger has used: no repetition of this family, so nothing to agree to.
        await sent(place, DATA | {"customer": "bob"})
        bob = await place.rerun(other, RerunRequest(changes={"customer": "bob"}))
        await place.until(bob, "completed")
    assert whys(await place.steps(bob)) == ["receipt"]
    assert mails(file) == ["ann hello", "ann hello", "bob hello"]


async def test_an_effect_key_that_is_written_anew_needs_consent(place: Workplace, file: Path) -> None:
    """The key hangs on what is produced anew: the plan can't tell, and whoever runs it asks."""
    write_text(place.root)
    mail(place.root, file, effect_key="text")
    await place.load()
    async with place.worker():
        run = await place.start("write-text", "mail", data={"customer": "ann", "tone": "x"})
        await place.until(run, "completed")
        asked = RerunRequest(changes={"tone": "y"}, plan="unchanged", results="unchanged")
        plan = await place.plan(run, asked)
        again = await place.rerun(run, asked)
        wait = await place.until_waiting(again, "consent")
    lines = {line["skill"]: line for line in plan["steps"] if line["skill"]}
    assert lines["mail"]["action"] == "open"
    assert effect_of(plan)["certain"] is False
    assert wait["asks"]["effect"]["key"] == {"text": "Dear y"}
    assert mails(file) == ["ann Dear x"]


async def test_a_repetition_that_failed_is_no_consent_for_the_next_one(place: Workplace, file: Path) -> None:
    closed = place.settings.home / "closed"
    act = (
        f"import os\nif os.path.exists({str(closed)!r}):\n"
        "    class EffectNotDone(Exception):\n        pass\n    raise EffectNotDone('closed')"
    )
    mail(place.root, file, before=act)
    await place.load()
    async with place.worker():
        run = await sent(place)
        closed.touch()
        tried = await place.rerun(run, RerunRequest(effects="repeat", consent=("mail",)))
        await place.until(tried, "failed")
        closed.unlink()
        asked = RerunRequest(effects="repeat")
        assert effect_of(await place.plan(run, asked))["state"] == "needs_consent"
        again = await place.rerun(run, asked)
        wait = await place.until_waiting(again, "consent")
        assert wait["asks"]["earlier_receipt"]["thread_id"] == run
        assert mails(file) == ["ann hello"]
        await place.approve(again)
        await place.until(again, "completed")
    assert mails(file) == ["ann hello"] * 2
    assert [(row["repeat"], row["state"]) for row in await place.effects()] == [
        (0, "receipt"),
        (1, "receipt"),
    ]


async def test_a_doubt_that_turns_out_to_have_happened_is_repeated_only_with_consent(
    place: Workplace, file: Path
) -> None:
    mail(place.root, file, act='raise RuntimeError("lost")')
    await place.load()
    async with place.worker():
        run = await place.start("mail", data=DATA)
        await place.until_waiting(run, "in_doubt")
        await place.approve(run, decision="stop")
        await place.until(run, "failed")
        again = await place.rerun(run, RerunRequest(effects="repeat"))
        await place.until_waiting(again, "in_doubt")
        await place.approve(again, decision="happened", data={"sent": "by hand"})
        wait = await place.until_waiting(again, "consent")
        assert wait["asks"]["earlier_receipt"]["output"] == {"sent": "by hand"}
    assert mails(file) == ["ann hello"]


async def test_whoever_waits_for_another_run_that_does_it_then_needs_consent(
    place: Workplace, file: Path
) -> None:
    """Neither found that it had happened when it was looked up; one of them has done it since."""
    inline(place.root, "mail", "raise ValueError('bug')", requires="customer text", produces="sent")
    await place.load()
    async with place.worker(), place.worker():
        run = await place.start("mail", data=DATA)
        await place.until(run, "failed")
        mail(place.root, file, slow=0.5)
        await place.load()
        asked = RerunRequest(effects="repeat")
        both = await asyncio.gather(*(place.rerun(run, asked) for _ in range(2)))
        waiting: set[str] = set()
        async with asyncio.timeout(30):
            while not waiting:
                waiting = {
                    one for one in both if any(w["reason"] == "consent" for w in await place.waits(one))
                }
                await asyncio.sleep(0.01)
        (other,) = set(both) - waiting
        await place.until(other, "completed")
    assert mails(file) == ["ann hello"]
