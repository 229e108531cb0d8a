"""What a policy does about one failed run, case by case."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from tests.engine.workplace import PERSON, inline
from tests.policies.conftest import Office

import agentskills
from agentskills.domain.clock import now
from agentskills.domain.failure_types import MAY, NEVER, may_qualify
from agentskills.domain.rerun import RerunRequest
from agentskills.services import policies

pytestmark = pytest.mark.anyio

SOURCE = Path(agentskills.__file__).parent


def test_every_error_type_has_its_place_in_the_table() -> None:
    """Whatever the program ends a step or a run with is in the table, and nothing twice."""
    found = set()
    for layer in ("engine", "executors", "models", "planner", "services"):
        for file in (SOURCE / layer).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            found |= set(re.findall(r'error_type="([a-z-]+)"', text))
            found |= set(re.findall(r'error = \{"type": "([a-z-]+)"', text))
            found |= set(re.findall(r'GiveUp\([^)]*?"([a-z]+-[a-z]+)"', text))
            found |= set(re.findall(r'\(exceptions\.\w+, "([a-z-]+)"', text))
            found |= set(re.findall(r'\(httpx2\.\w+, "([a-z-]+)"', text))
    assert len(found) > 30
    assert found <= MAY | NEVER.keys()
    assert not MAY & NEVER.keys()


@pytest.mark.parametrize(
    "kind", [*NEVER, "http-400", "http-401", "http-404", "http-302", "http-5", "made-up"]
)
async def test_some_failures_are_always_left_alone(office: Office, kind: str) -> None:
    policy = await office.policy()
    await office.hear("run.failed_for_good")
    await office.fail("order-42", kind)
    await office.look()
    assert await office.answers(policy) == []
    assert await office.reruns() == []
    assert await office.events() == []
    assert not may_qualify(kind)


@pytest.mark.parametrize("kind", sorted([*MAY, "http-500", "http-503"]))
async def test_others_are_rerun(office: Office, kind: str) -> None:
    policy = await office.policy()
    await office.fail("order-42", kind)
    await office.look()
    assert await office.answer(policy, "order-42") == ("rerun", "order-42_rerun_1")


async def test_a_business_reason_is_no_failure_to_try_again(office: Office) -> None:
    policy = await office.policy()
    await office.fail("order-42", "skill-error", final=True)
    await office.look()
    assert await office.answers(policy) == []


async def test_what_a_skill_refuses_is_not_tried_again_and_what_it_breaks_on_is(office: Office) -> None:
    place = office.place
    code = "class {0}(Exception): pass\nraise {0}('no such order')"
    inline(place.root, "refuses", code.format("SkillFailed"), produces="a")
    inline(place.root, "breaks", code.format("Unexpected"), produces="b")
    await place.load()
    policy = await office.policy(attempts=1)
    async with place.worker():
        refused, broken = await place.start("refuses"), await place.start("breaks")
        assert (await place.until(refused))["error"]["final"] is True
        assert "final" not in (await place.until(broken))["error"]
    await office.look()
    assert [row["failed"] for row in await office.answers(policy)] == [broken]


async def test_the_rerun_says_who_why_and_when(office: Office) -> None:
    policy = await office.policy(
        backoff={"first_seconds": 100, "factor": 3, "most_seconds": 500, "jitter": 0}, attempts=9
    )
    await office.fail("order-42")
    pauses = []
    for number in range(1, 5):
        await office.look()
        row = await office.place.pool.fetchrow(
            """SELECT m.*, s.lane, s.wake_at, a.at FROM run_metadata m JOIN run_state s USING (thread_id)
               JOIN policy_answers a ON a.thread_id = m.thread_id WHERE m.thread_id = $1""",
            f"order-42_rerun_{number}",
        )
        pauses.append((row["wake_at"] - row["at"]).total_seconds())
        await office.end(f"order-42_rerun_{number}")
    assert pauses == [100, 300, 500, 500]
    assert row["requested_by"]["kind"] == "policy"
    assert row["requested_by"]["name"] == policy["id"]
    assert row["requested_by"]["reason"] == "attempt 4 of 9 after timeout in any"
    assert row["parent_thread_id"] == "order-42_rerun_3"
    assert row["lane"] == 0
    assert {name: row["request"][name] for name in ("from", "results")} == {
        "from": "failure",
        "results": "unchanged",
    }


async def test_jitter_spreads_and_can_be_worked_out_again(office: Office) -> None:
    backoff = {"first_seconds": 1000, "factor": 1, "most_seconds": 1000, "jitter": 0.5}
    policy = await office.policy(backoff=backoff)
    for number in range(20):
        await office.fail(f"run-{number}")
    await office.look()
    rows = await office.place.pool.fetch(
        """SELECT a.failed, extract(epoch FROM m.not_before - a.at)::float8 AS pause
           FROM policy_answers a JOIN run_metadata m ON m.thread_id = a.thread_id"""
    )
    pauses = {row["failed"]: row["pause"] for row in rows}
    assert all(500 <= pause <= 1500 for pause in pauses.values())
    assert max(pauses.values()) - min(pauses.values()) > 300
    async with office.place.pool.acquire() as conn:
        from agentskills.storage import policies as rows_of

        stored = await rows_of.get(conn, policy["id"])
    assert stored is not None
    for failed, pause in pauses.items():
        assert stored.pause(failed, 1) == pytest.approx(pause, abs=1e-5)


async def test_it_gives_up_when_the_attempts_are_used_up_and_says_so_once(office: Office) -> None:
    policy = await office.policy(attempts=2)
    await office.hear("run.failed", "run.failed_for_good")
    await office.fail("order-42")
    for number in (1, 2):
        await office.look()
        await office.end(f"order-42_rerun_{number}")
    await office.look()
    await office.look()
    assert [row["answer"] for row in await office.answers(policy)] == ["rerun", "rerun", "given_up"]
    events = await office.events()
    assert [event["type"] for event in events].count("run.failed") == 3
    [last] = [event for event in events if event["type"] == "run.failed_for_good"]
    assert last["thread_id"] == "order-42_rerun_2"
    assert last["root_thread_id"] == "order-42"
    assert (last["policy_id"], last["attempts"]) == (policy["id"], 2)
    assert "message" not in last["error"]


async def test_it_gives_up_when_a_later_failure_does_not_qualify(office: Office) -> None:
    policy = await office.policy()
    await office.hear("run.failed_for_good")
    await office.fail("order-42")
    await office.look()
    await office.end("order-42_rerun_1", "rejected")
    await office.look()
    assert await office.answer(policy, "order-42_rerun_1") == ("given_up", None)
    assert len(await office.events()) == 1


async def test_reruns_that_people_asked_for_are_theirs(office: Office) -> None:
    policy = await office.policy()
    await office.fail("order-42", "rejected")
    again = await office.place.rerun("order-42", RerunRequest())
    await office.end(again)
    await office.look()
    assert await office.answers(policy) == []
    await policies.edit(office.place.context, policy["id"], {"manual_too": True}, None, PERSON)
    another = await office.place.rerun("order-42", RerunRequest())
    await office.end(another)
    await office.look()
    assert (await office.answer(policy, another))[0] == "rerun"


async def test_manual_reruns_use_up_no_attempt(office: Office) -> None:
    policy = await office.policy(attempts=1, manual_too=True)
    await office.fail("order-42")
    await office.look()
    await office.end("order-42_rerun_1")
    await office.look()
    assert (await office.answer(policy, "order-42_rerun_1"))[0] == "given_up"
    again = await office.place.rerun("order-42_rerun_1", RerunRequest())
    await office.end(again)
    await office.look()
    assert (await office.answer(policy, again))[0] == "rerun"


async def test_dry_runs_and_dismissed_failures_are_left_alone(office: Office) -> None:
    policy = await office.policy(manual_too=True)
    await office.fail("dry", "rejected")
    again = await office.place.rerun("dry", RerunRequest(effects="none"))
    await office.end(again)
    await office.fail("dismissed")
    await office.place.pool.execute(
        "UPDATE failures SET dismissed_at = now(), dismissed_by = '{}' WHERE thread_id = 'dismissed'"
    )
    await office.look()
    assert await office.answers(policy) == []


async def test_the_oldest_policy_that_reruns_wins(office: Office) -> None:
    narrow = await office.policy(error_types=["http-503"])
    first = await office.policy(attempts=1)
    second = await office.policy(attempts=1)
    await office.hear("run.failed_for_good")
    await office.fail("order-42")
    await office.look()
    assert await office.answers(narrow) == []
    assert (await office.answer(first, "order-42"))[0] == "rerun"
    [left] = await office.answers(second)
    assert (left["answer"], left["reason"]) == ("left", f"the policy {first['id']} reruns it")
    # When the first has used up its attempts it is the second's turn; then neither begins anew.
    for number in (1, 2):
        await office.end(f"order-42_rerun_{number}")
        await office.look()
    assert (await office.answer(first, "order-42_rerun_1"))[0] == "given_up"
    assert (await office.answer(second, "order-42_rerun_1"))[0] == "rerun"
    assert (await office.answer(first, "order-42_rerun_2"))[0] == "given_up"
    assert (await office.answer(second, "order-42_rerun_2"))[0] == "given_up"
    assert len(await office.reruns()) == 2
    assert len(await office.events()) == 1


async def test_what_it_matches(office: Office) -> None:
    policy = await office.policy(matches={"metadata": {"team": "returns", "tags": ["a"]}, "skill": "pay"})
    for name, metadata, skill in (
        ("matches", {"team": "returns", "tags": ["b", "a"], "more": 1}, "pay"),
        ("other-team", {"team": "sales", "tags": ["a"]}, "pay"),
        ("other-skill", {"team": "returns", "tags": ["a"]}, "book"),
    ):
        await office.place.pool.execute(
            "INSERT INTO run_metadata (thread_id, sop, lane, metadata) VALUES ($1, 'Use any.', 2, $2)",
            name,
            metadata,
        )
        await office.end(name, skill=skill)
    await office.look()
    assert [row["failed"] for row in await office.answers(policy)] == ["matches"]


async def test_a_family_has_a_cap(office: Office) -> None:
    policy = await office.policy(attempts=50, family_cap=2)
    await office.fail("order-42")
    for number in (1, 2):
        await office.look()
        await office.end(f"order-42_rerun_{number}")
    await office.look()
    last = (await office.answers(policy))[-1]
    assert (last["answer"], last["reason"]) == ("given_up", "its family has had 2 automatic reruns")


async def test_beyond_the_cap_of_a_window_runs_wait_for_their_turn(office: Office) -> None:
    policy = await office.policy(window_cap={"reruns": 3, "seconds": 3600})
    for number in range(5):
        await office.fail(f"run-{number}")
    await office.look()
    answers = await office.answers(policy)
    assert [row["answer"] for row in answers] == ["rerun"] * 3 + ["held_back"] * 2
    assert answers[-1]["again_at"] == answers[0]["at"] + timedelta(seconds=3600)
    await office.place.pool.execute(
        """UPDATE policy_answers SET at = at - interval '2 hours',
               again_at = again_at - interval '2 hours'"""
    )
    await office.look()
    assert len(await office.reruns()) == 5


async def test_what_was_held_back_and_is_rerun_by_a_person_is_left(office: Office) -> None:
    policy = await office.policy(window_cap={"reruns": 1, "seconds": 3600})
    for name in ("one", "two", "three"):
        await office.fail(name)
    await office.look()
    await office.place.rerun("two", RerunRequest())
    await office.place.rerun("three", RerunRequest(effects="none"))  # only a look, which mends nothing
    await office.place.pool.execute("UPDATE policy_answers SET again_at = now() WHERE answer = 'held_back'")
    await office.look()
    assert (await office.answer(policy, "two"))[0] == "left"
    assert (await office.answer(policy, "three"))[0] == "held_back"  # the window is full
    assert len(await office.reruns()) == 3


async def test_a_policy_that_is_off_looks_at_nothing_and_catches_up_on_nothing(office: Office) -> None:
    policy = await office.policy(enabled=False)
    await office.fail("order-42")
    await office.look()
    await policies.switch(office.place.context, policy["id"], True, None, PERSON)
    await office.look()
    assert await office.answers(policy) == []
    assert await office.place.pool.fetchval("SELECT looked_at FROM failures") <= now()


async def test_a_rerun_that_can_not_be_made_is_refused_and_holds_up_no_other(office: Office) -> None:
    broken = await office.policy(matches={"skill": "a"})
    gone = await office.policy(matches={"skill": "b"})
    well = await office.policy(matches={"skill": "c"})
    await office.hear("run.failed_for_good")
    await office.place.pool.execute(
        "UPDATE policies SET rerun = '{\"unknown\": 1}' WHERE id = $1", broken["id"]
    )
    await office.place.pool.execute(  # as nobody can ask for any more
        "UPDATE policies SET rerun = $2 WHERE id = $1", gone["id"], {"format": 1, "skills": {"*": "0" * 64}}
    )
    for skill in "abc":
        await office.fail(f"run-{skill}", skill=skill)
    await office.look()
    [first], [second], [third] = [await office.answers(one) for one in (broken, gone, well)]
    assert (first["answer"], first["reason"]) == ("refused", "internal: TypeError")
    assert second["answer"] == "refused"
    assert second["reason"].partition(":")[0] in ("version-missing", "skill-not-found", "bad-input")
    assert third["answer"] == "rerun"
    assert [event["thread_id"] for event in await office.events()] == ["run-a", "run-b"]
