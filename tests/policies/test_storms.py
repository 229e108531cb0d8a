"""Many failures at once: each run gets its attempts, and a skill that stays broken stops the storm."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from tests.engine.workplace import PERSON, inline
from tests.policies.conftest import Office

from agentskills.services import policies

pytestmark = pytest.mark.anyio

SEED = 20261124
RUNS = 200
ATTEMPTS = 3

# The number of a call counts for the run it is for: every call is another attempt at the same work.
FLAKY = f"""import random
calls = globals().setdefault("calls", {{}})
name = inputs["name"]
calls[name] = calls.get(name, 0) + 1
if random.Random(f"{SEED}/{{name}}/{{calls[name]}}").random() < 0.6:
    raise RuntimeError("chance")
return {{"done": calls[name]}}"""


def expected() -> dict[str, int]:
    """How often each run is carried out in all: up to the first success, or until the policy gives up."""
    counts = {}
    for number in range(RUNS):
        name = f"job-{number}"
        attempt = 1
        while random.Random(f"{SEED}/{name}/{attempt}").random() < 0.6 and attempt <= ATTEMPTS:
            attempt += 1
        counts[name] = attempt
    return counts


async def test_random_failures_get_just_the_attempts_of_the_model(office: Office) -> None:
    place = office.place
    inline(place.root, "flaky", FLAKY, requires="name", produces="done")
    await place.load()
    policy = await office.policy(matches={"skill": "flaky"}, attempts=ATTEMPTS)
    await office.hear("run.failed_for_good")

    async def at_rest() -> bool:
        return not await place.pool.fetchval(
            """SELECT EXISTS (SELECT FROM run_state WHERE status NOT IN ('completed', 'failed'))
                   OR EXISTS (SELECT FROM failures WHERE looked_at IS NULL)"""
        )

    async with office.looking(3), place.worker(lease_seconds=60.0):  # nothing is carried out twice
        for number in range(RUNS):
            name = f"job-{number}"
            await place.start("flaky", data={"name": name}, thread_id=name)
        await office.until(at_rest)
    rows = await place.pool.fetch("SELECT root_thread_id, count(*) AS n FROM run_metadata GROUP BY 1")
    model = expected()
    assert {row["root_thread_id"]: row["n"] for row in rows} == model
    answers = Counter(row["answer"] for row in await office.answers(policy))
    lost = await place.pool.fetchval(
        """SELECT count(*) FROM (SELECT bool_or(status = 'completed') AS won FROM run_state
                                 GROUP BY root_thread_id) AS f WHERE NOT won"""
    )
    assert answers == {"rerun": sum(model.values()) - RUNS, "given_up": lost}
    assert len(await office.events()) == lost
    print(f"{RUNS} runs, {answers['rerun']} automatic reruns, {lost} given up")


async def test_a_skill_that_stays_broken_opens_its_breaker_and_the_storm_stops(office: Office) -> None:
    place = office.place
    mended = place.settings.home / "mended"
    inline(
        place.root,
        "broken",
        f'from pathlib import Path\nif not Path("{mended}").exists():\n    raise RuntimeError("down")\n'
        'return {"done": True}',
        produces="done",
    )
    await place.load()
    rule = {"failures": 5, "seconds": 600, "rest_seconds": 600}
    policy = await office.policy(matches={"skill": "broken"}, attempts=3, breaker=rule)

    async def looked_at_all() -> bool:
        return not await place.pool.fetchval(
            """SELECT EXISTS (SELECT FROM run_state WHERE status NOT IN ('completed', 'failed'))
                   OR EXISTS (SELECT FROM failures WHERE looked_at IS NULL)"""
        )

    async with office.looking(2), place.worker():
        for _ in range(40):
            await place.start("broken")
        await office.until(looked_at_all)
        assert len(await office.reruns()) == 4  # the fifth failure was one too many
        [breaker] = await office.breakers(policy)
        assert (breaker["skill"], breaker["state"], breaker["held_back"]) == ("broken", "open", 40)
        print(f"the storm stopped after 4 reruns; {breaker['held_back']} held back")

        # After the rest one is let through: it fails, so the skill rests again.
        await place.pool.execute("UPDATE breakers SET open_until = now()")

        async def probed() -> bool:
            return len(await office.reruns()) == 5 and await looked_at_all()

        await office.until(probed)
        [breaker] = await office.breakers(policy)
        assert (breaker["state"], breaker["held_back"]) == ("open", 41)

        # Once it is mended the next probe completes, and all that was held back follows.
        mended.touch()
        await place.pool.execute("UPDATE breakers SET open_until = now()")

        async def all_won() -> bool:
            rows = await place.pool.fetch(
                "SELECT bool_or(status = 'completed') AS won FROM run_state GROUP BY root_thread_id"
            )
            return all(row["won"] for row in rows)

        await office.until(all_won)
    [breaker] = await office.breakers(policy)
    assert breaker["state"] == "closed"
    assert len(await office.reruns()) == 5 + 40


async def test_a_person_closes_a_breaker(office: Office) -> None:
    rule = {"failures": 2, "seconds": 600, "rest_seconds": 600}
    policy = await office.policy(breaker=rule)
    for number in range(3):
        await office.fail(f"run-{number}")
    await office.look()
    assert [row["answer"] for row in await office.answers(policy)] == ["rerun", "held_back", "held_back"]
    closed = await policies.close_breaker(office.place.context, policy["id"], "any", "it is mended", PERSON)
    assert closed["breakers"][0]["state"] == "closed"
    await office.look()
    assert {row["answer"] for row in await office.answers(policy)} == {"rerun"}
    assert len(await office.reruns()) == 3
    for thread_id in await office.reruns():
        await office.end(thread_id)
    await office.look()
    assert len(await office.reruns()) == 4  # what fails from now on counts anew
