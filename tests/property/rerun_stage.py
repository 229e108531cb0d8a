"""Plays a family of runs with the real engine, and holds it against the oracle at every step."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Coroutine
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from tests.engine.workplace import FINAL, Workplace
from tests.property.rerun_checks import certainly_ends, check_plan, check_refusal, check_step
from tests.property.rerun_oracle import Oracle
from tests.property.rerun_records import ENDS, HAPPENED, Family, Told, folded, nested
from tests.property.rerun_requests import catalog_of, edited, parent_of, refusal_of, request_of
from tests.property.rerun_story import journaled, listed, planned, shown, went
from tests.property.rerun_worlds import Row, Spec, Turn, World, another_version, save

from agentskills.domain.errors import AgentSkillsError
from agentskills.domain.rerun import RerunRequest
from agentskills.domain.skill import Skill
from agentskills.settings import Settings
from agentskills.storage import catalogs, journal
from agentskills.storage.database import Pool

T = TypeVar("T")
NEW = RerunRequest()
WITHIN = 20.0
"""Seconds a run may take."""


class Stage:
    """One database and one worker for many examples."""

    def __init__(self, pool: Pool, url: str, settings: Settings) -> None:
        self.place = Workplace(pool, url, settings, Path(settings.skills))
        self.log = settings.home / "log"
        self.skills: dict[Spec, Skill] = {}
        self.rows: list[Row] = []  # of which each should be
        self.carried_out: list[Row] = []
        self.ways: Counter[str] = Counter()  # how often steps came about in each way
        self.families = 0
        self.story: list[str] = []

    # runs

    async def play(self, world: World, turns: list[Turn]) -> None:
        """Run it, rerun it, and check every law on the way."""
        self.families += 1
        self.log.write_text("")  # an example that failed may have left something
        family = Family(world, self.families)
        self.story = [f"skills: {listed(world.skills)}", f"SOP: {world.sop}", f"data: {world.initial_data}"]
        try:
            await self._play(family, turns)
        except AssertionError as error:
            raise AssertionError("\n".join([*self.story, "", f"!! {error}"])) from None

    async def _play(self, family: Family, turns: list[Turn]) -> None:
        world = family.world
        shutil.rmtree(self.place.root)
        self.place.root.mkdir()
        await self._load(family, list(world.skills))
        thread_id = f"f{family.number}"
        told = Told(thread_id, None, NEW, family.latest, world.sop, world.initial_data)
        answer = turns[0].fields["answer"] == "agree" if turns else True
        foreseen = self._foresee(family, told, agree=answer)
        await self.place.start(sop=world.sop, data=world.initial_data, thread_id=thread_id)
        await self._drive(thread_id, agree=answer, family=family)
        await self._check(family, foreseen)
        for turn in turns:
            await self._rerun(family, turn)

    def _foresee(self, family: Family, told: Told, *, agree: bool) -> Oracle:
        oracle = Oracle(told, family.runs, deepcopy(family.effects), self.skills, agree=agree)
        oracle.foresee()
        return oracle

    async def _load(self, family: Family, changed: list[Spec]) -> None:
        for spec in changed:
            save(self.place.root, spec, self.log)
            family.versions.setdefault(spec.name, []).append(spec)
        await self.place.load()
        async with self.place.pool.acquire() as conn:
            current = await catalogs.current_catalog(conn)
            assert current is not None
            loaded = await catalogs.load_catalog(conn, current)
        self.skills |= {spec: loaded[spec.name] for spec in changed}

    async def _drive(self, thread_id: str, *, agree: bool, family: Family) -> None:
        """Wait for the end; answer one question each time the run is parked."""
        answered = 0  # the owner, as a number, under which the last answer was given
        async with asyncio.timeout(WITHIN):
            while (state := await self.place.state(thread_id))["status"] not in FINAL:
                parked = state["status"] == "waiting" and state["owner"] is None
                if parked and state["epoch"] > answered:
                    waits = await self.place.waits(thread_id)
                    asked = [wait for wait in waits if wait["reason"] in ("consent", "in_doubt")]
                    if asked:
                        await self._answer(thread_id, asked[0], agree=agree, family=family)
                        answered = state["epoch"]
                await asyncio.sleep(0.002)

    async def _answer(self, thread_id: str, wait: dict[str, Any], *, agree: bool, family: Family) -> None:
        answer: dict[str, Any] = {"step": wait["seq"]}
        if wait["reason"] == "consent":
            answer["decision"] = "approve" if agree else "reject"
            if agree:
                family.consents.add((thread_id, wait["skill"]))
        else:
            answer["decision"] = "happened" if agree else "stop"
            if agree:
                answer["data"] = nested(dict.fromkeys(wait["expects"], HAPPENED))
        await self.place.approve(thread_id, **answer)

    # reruns

    async def _rerun(self, family: Family, turn: Turn) -> None:
        row = turn.fields
        if row["versions"] != "same":
            names = sorted(family.versions)
            spec = family.latest[names[turn.skill % len(names)]]
            await self._load(family, [another_version(spec, row["versions"], turn.value)])
        parent = parent_of(family, turn)
        asked = request_of(family, parent, turn, self.skills)
        self.story += [
            "",
            f"rerun of {parent.id}: {shown(asked)}",
            f"  latest: {listed(family.latest.values())}",
        ]
        before = await self._snapshot(parent.id)
        refusal = refusal_of(parent, asked)
        plan = await _attempt(self.place.plan(parent.id, asked))
        if isinstance(plan, AgentSkillsError):
            assert type(plan).__name__ == refusal, f"plan refused with {plan!r}, the oracle says {refusal}"
            refused = await _attempt(self.place.rerun(parent.id, asked))
            assert type(refused) is type(plan), f"the plan was refused, the rerun not so: {refused!r}"
            return
        assert refusal is None, f"planned, where {refusal} was due"
        self.story += planned(plan)
        agree = row["answer"] == "agree"
        initial, given = edited(parent, asked)
        told = Told(
            f"f{family.number}_rerun_{len(family.runs)}",
            parent,
            asked,
            catalog_of(family, parent, asked, self.skills),
            asked.sop or parent.sop,
            initial,
            given,
        )
        foreseen = self._foresee(family, told, agree=agree)
        self.story += [f"  foreseen: {told.status} {told.error or ''} {went(told)}"]
        if row["token"] == "yes":
            asked = replace(asked, plan_token=plan["plan_token"])
        thread_id = await _attempt(self.place.rerun(parent.id, asked))
        if isinstance(thread_id, AgentSkillsError):
            check_refusal(thread_id, told, plan)
            assert await self._snapshot(parent.id) == before, "a refused rerun has changed its parent"
            return
        assert not certainly_ends(told), f"it starts, though it must end with {told.error}"
        assert thread_id == told.id
        await self._drive(thread_id, agree=agree, family=family)
        await self._check(family, foreseen)
        check_plan(told, plan)
        after = await self._snapshot(parent.id)
        assert after["counters"] != before["counters"]
        for what in ("run", "steps", "state"):
            assert after[what] == before[what], f"the parent's {what} was {before[what]}, now {after[what]}"
        self.carried_out.append(row)
        if row["results"] == "unchanged" and row["skills"] in ("", "latest"):
            await self._check_fresh(family, told)

    # laws

    async def _check(self, family: Family, oracle: Oracle) -> None:
        """The run went as foreseen: its decisions, steps, data and end, and what it did outside."""
        told = oracle.told
        async with self.place.pool.acquire() as conn:
            steps = (await journal.load(conn, [told.id]))[told.id]
        state = await self.place.state(told.id)
        self.story += [f"{told.id}: {state['status']} {state['error'] or ''}", *map(journaled, steps)]
        decided = [s.outputs for s in steps if s.kind == "decision" and s.status == "completed"]
        assert [_core(d) for d in decided] == [_core(d) for d in told.decisions], (
            f"decided {decided}, foreseen {told.decisions}"
        )
        actual = {step.seq: step for step in steps if step.kind != "decision"}
        for seq in sorted(actual.keys() | told.steps.keys()):
            assert seq in told.steps, f"step {seq} was not foreseen"
            check_step(oracle, told.steps[seq], actual.get(seq))
        end = (state["status"], (state["error"] or {}).get("type"), (state["error"] or {}).get("seq"))
        error = told.error
        if error == "skill":
            assert end[0] == "failed"
            assert end[1] not in ENDS
        else:
            assert end[:2] == (told.status, error), f"ended with {end}, foreseen {told.status} {error}"
        if told.at is not None:
            assert end[2] == told.at, f"ended at {end[2]}, foreseen {told.at}"
        assert await self.place.data(told.id) == folded(told), f"the data should be {folded(told)}"
        assert state["not_repeated"] == sum(did.how == "receipt" for did in told.steps.values())
        self.ways.update(f"{did.how} {did.status}" for did in told.steps.values())
        self.ways[f"run {told.status} {told.error or ''}"] += 1
        family.effects = oracle.effects
        family.runs.append(told)
        self._check_acts(family, oracle)

    def _check_acts(self, family: Family, oracle: Oracle) -> None:
        """Nothing irreversible has happened twice but where somebody agreed."""
        told = oracle.told
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.write_text("")
        did = Counter(line.split()[0] for line in lines)
        foreseen = Counter(d.spec.name for d in told.steps.values() if d.acted)
        assert did == foreseen, f"carried out {dict(did)}, foreseen {dict(foreseen)}"
        for d in told.steps.values():
            if not d.acted or d.spec.kind != "irreversible":
                continue
            name, key = oracle.key_of(d)
            agreed = name in told.request.consent or (told.id, name) in family.consents
            before = [act for act in family.acts if act[1] == name]  # under this key or another one
            assert agreed or not before, f"{name} happened again for {key}, and nobody agreed"
            family.acts.append((told.id, name, key))

    async def _check_fresh(self, family: Family, told: Told) -> None:
        """Where nothing but skills had a say, a fresh run of the same gives the same."""
        odd = any(
            did.how not in ("executed", "reused")
            or (did.acted and did.outputs.get(did.spec.writes[0]) == HAPPENED)
            or did.spec.kind == "irreversible"
            for did in told.steps.values()
        )
        if odd or told.request.start != "start" or told.request.plan == "recorded" or told.given:
            return
        thread_id = await self.place.start(
            sop=told.sop, data=told.initial, thread_id=f"fresh-{family.number}-{len(family.runs)}"
        )
        await self._drive(thread_id, agree=True, family=family)
        state = await self.place.state(thread_id)
        self.log.write_text("")
        assert state["status"] == told.status
        if told.status == "completed":
            assert await self.place.data(thread_id) == told.data, "a fresh run gives something else"

    async def _snapshot(self, thread_id: str) -> dict[str, Any]:
        """A run as it is stored, its counters apart."""
        pool = self.place.pool
        row = dict(await pool.fetchrow("SELECT * FROM run_metadata WHERE thread_id = $1", thread_id))
        counters = [row.pop(name) for name in list(row) if name in ("rerun_count", "last_rerun_number")]
        steps = await pool.fetch(
            "SELECT r::text FROM run_steps r WHERE thread_id = $1 ORDER BY seq", thread_id
        )
        state = dict(await pool.fetchrow("SELECT * FROM run_state WHERE thread_id = $1", thread_id))
        counters += [state.pop(name) for name in list(state) if name.startswith("rerun")]
        return {"run": row, "steps": [step[0] for step in steps], "state": state, "counters": counters}


async def _attempt(asked: Coroutine[Any, Any, T]) -> T | AgentSkillsError:
    """Return what is answered, or the refusal."""
    try:
        return await asked
    except AgentSkillsError as refused:
        return refused


def _core(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("run", "finish", "give_up") if name in document}
