"""Plays a family of runs with the real engine, and holds it against the oracle at every step."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.engine.workplace import FINAL, Workplace
from tests.property.rerun_oracle import (
    ENDS,
    HAPPENED,
    Did,
    Effects,
    Oracle,
    Told,
    keys_of,
    look,
    nested,
    overlap,
    put,
)
from tests.property.rerun_worlds import INPUTS, Row, Spec, Turn, World, another_version, contradicts, save

from agentskills.domain.errors import AgentSkillsError
from agentskills.domain.rerun import RerunRequest
from agentskills.domain.skill import Skill
from agentskills.settings import Settings
from agentskills.storage import catalogs, journal
from agentskills.storage.database import Pool

NEW = RerunRequest()
WITHIN = 20.0
"""Seconds a run may take."""


@dataclass
class Family:
    """The runs of one root, as the oracle knows them."""

    world: World
    number: int
    runs: list[Told] = field(default_factory=list)
    effects: Effects = field(default_factory=dict)
    versions: dict[str, list[Spec]] = field(default_factory=dict)  # by skill, the latest last
    consents: set[tuple[str, str]] = field(default_factory=set)  # (run, skill) that a person agreed to
    acts: list[tuple[str, str, str]] = field(default_factory=list)  # (run, skill, key) in order

    @property
    def latest(self) -> dict[str, Spec]:
        return {name: found[-1] for name, found in self.versions.items()}


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
        self.story = [f"skills: {_listed(world.skills)}", f"SOP: {world.sop}", f"data: {world.initial_data}"]
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
        """Wait for the end, answering whatever is asked: one question, and then again when the run is parked."""
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
        parent = _parent(family, turn)
        asked = self._request(family, parent, turn)
        self.story += [
            "",
            f"rerun of {parent.id}: {_shown(asked)}",
            f"  latest: {_listed(family.latest.values())}",
        ]
        before = await self._snapshot(parent.id)
        refusal = _refusal(parent, asked)
        try:
            plan = await self.place.plan(parent.id, asked)
        except AgentSkillsError as error:
            assert type(error).__name__ == refusal, f"plan refused with {error!r}, the oracle says {refusal}"
            await self._is_refused(parent, asked, refusal)
            return
        assert refusal is None, f"planned, where {refusal} was due"
        self.story += _planned(plan)
        agree = row["answer"] == "agree"
        initial, given = _edited(parent, asked)
        told = Told(
            f"f{family.number}_rerun_{len(family.runs)}",
            parent,
            asked,
            _catalog(family, parent, asked, self.skills),
            asked.sop or parent.sop,
            initial,
            given,
        )
        foreseen = self._foresee(family, told, agree=agree)
        self.story += [f"  foreseen: {told.status} {told.error or ''} {_went(told)}"]
        if row["token"] == "yes":
            asked = RerunRequest(**{**vars_of(asked), "plan_token": plan["plan_token"]})
        try:
            thread_id = await self.place.rerun(parent.id, asked)
        except AgentSkillsError as error:
            _refused_rightly(error, told, plan)
            assert await self._snapshot(parent.id) == before, "a refused rerun has changed its parent"
            return
        assert not _certainly_ends(told), f"it starts, though it must end with {told.error}"
        assert thread_id == told.id
        await self._drive(thread_id, agree=agree, family=family)
        await self._check(family, foreseen)
        await self._check_plan(told, plan)
        after = await self._snapshot(parent.id)
        assert after["counters"] != before["counters"]
        for what in ("run", "steps", "state"):
            assert after[what] == before[what], f"the parent's {what} was {before[what]}, now {after[what]}"
        self.carried_out.append(row)
        if row["results"] == "unchanged" and row["skills"] in ("", "latest"):
            await self._check_fresh(family, told)

    async def _is_refused(self, parent: Told, asked: RerunRequest, name: str | None) -> None:
        try:
            await self.place.rerun(parent.id, asked)
        except AgentSkillsError as error:
            assert type(error).__name__ == name
        else:
            raise AssertionError(f"a rerun was started whose plan was refused with {name}")

    def _request(self, family: Family, parent: Told, turn: Turn) -> RerunRequest:
        row = turn.fields
        fields: dict[str, Any] = {name: row[name] for name in ("plan", "results", "effects")}
        if row["from"] == "failure":
            fields["start"] = "failure"
        elif row["from"] == "step":
            seqs = [seq for seq, _ in parent.orders] + list(parent.steps)
            fields["start"] = sorted(seqs)[turn.target % len(seqs)] if seqs else 1
        if row["skills"] == "chosen":
            found = family.versions[sorted(family.versions)[turn.skill % len(family.versions)]]
            spec = found[turn.target % len(found)]
            fields["skills"] = {spec.name: self.skills[spec].digest}
        elif row["skills"]:
            fields["skills"] = row["skills"]
        if row["consent"] == "yes":
            fields["consent"] = tuple(s.name for s in family.world.skills if s.kind == "irreversible")
        if row["sop"]:
            goals = family.world.goals
            fields["sop"] = f"Now do {' and '.join(goals[: max(1, len(goals) - 1)])}."
        return RerunRequest(**fields, **_edit(family, parent, turn))

    # laws

    async def _check(self, family: Family, oracle: Oracle) -> None:
        """The run went as foreseen: its decisions, every step, its data and its end, and what it did outside."""
        told = oracle.told
        async with self.place.pool.acquire() as conn:
            steps = (await journal.load(conn, [told.id]))[told.id]
        state = await self.place.state(told.id)
        self.story += [f"{told.id}: {state['status']} {state['error'] or ''}", *map(_journaled, steps)]
        decided = [s.outputs for s in steps if s.kind == "decision" and s.status == "completed"]
        assert [_core(d) for d in decided] == [_core(d) for d in told.decisions], (
            f"decided {decided}, foreseen {told.decisions}"
        )
        actual = {step.seq: step for step in steps if step.kind != "decision"}
        for seq in sorted(actual.keys() | told.steps.keys()):
            assert seq in told.steps, f"step {seq} was not foreseen"
            self._check_step(oracle, told.steps[seq], actual.get(seq))
        end = (state["status"], (state["error"] or {}).get("type"), (state["error"] or {}).get("seq"))
        error = told.error
        if error == "skill":
            assert end[0] == "failed"
            assert end[1] not in ENDS
        else:
            assert end[:2] == (told.status, error), f"ended with {end}, foreseen {told.status} {error}"
        if told.at is not None:
            assert end[2] == told.at, f"ended at {end[2]}, foreseen {told.at}"
        assert await self.place.data(told.id) == _folded(told), f"the data should be {_folded(told)}"
        assert state["not_repeated"] == sum(did.how == "receipt" for did in told.steps.values())
        self.ways.update(f"{did.how} {did.status}" for did in told.steps.values())
        self.ways[f"run {told.status} {told.error or ''}"] += 1
        family.effects = oracle.effects
        family.runs.append(told)
        self._check_acts(family, oracle)

    def _check_step(self, oracle: Oracle, did: Did, step: Any) -> None:
        """A step went as foreseen; one beside a failure may have been left undone."""
        told = oracle.told
        if not did.sure and (step is None or (step.error or {}).get("type") == "run-ended"):
            del told.steps[did.seq]
            if step is not None and step.status == "in_doubt":
                told.steps[did.seq] = did
                assert did.status == "in_doubt"
                return
            if step is not None:
                did.how, did.status, did.error, did.outputs, did.acted = (
                    "executed",
                    "failed",
                    "run-ended",
                    {},
                    False,
                )
                told.steps[did.seq] = did
            for key, acts in oracle.effects.items():
                oracle.effects[key] = [a for a in acts if (a.run, a.seq) != (told.id, did.seq)]
            return
        assert step is not None, f"step {did.seq} ({did.spec.name}) is missing; foreseen {did.how}"
        source = step.reused_from or {}
        how = source.get("why") or "executed"
        foreseen = "executed" if did.how == "ended" else did.how
        assert how == foreseen, f"step {did.seq} ({did.spec.name}) was {how}, foreseen {did.how}"
        assert step.skill == did.spec.name
        assert str(step.status) == did.status, f"step {did.seq} is {step.status}, foreseen {did.status}"
        if did.status == "completed":
            produced = {path: look(step.outputs, path) for path in step.digests or {}}
            assert produced == did.outputs, f"step {did.seq} produced {produced}, foreseen {did.outputs}"
        if did.origin is not None:
            assert (source["thread_id"], source["seq"]) == did.origin, (
                f"step {did.seq}: not from {did.origin}"
            )
        assert sorted(source.get("stale", [])) == sorted(did.stale)
        if did.error not in (None, "skill"):
            assert step.error["type"] == did.error

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
            before = [act for act in family.acts if act[1:] == (name, key)]
            assert agreed or not before, f"{name} happened again for {key}, and nobody agreed"
            family.acts.append((told.id, name, key))

    async def _check_plan(self, told: Told, plan: dict[str, Any]) -> None:
        """What the plan said is what happened: what was open either way, and as expected if all came as last time."""
        parent = told.parent
        assert parent is not None
        as_last, truncated = True, told.status != "completed"
        planned: set[int] = set()
        for line in plan["steps"]:
            seq = line["seq"]
            certain = plan["open_from"] is None or seq < plan["open_from"]
            if not certain and not as_last:
                return
            if line["kind"] == "decision":
                continue
            planned.add(seq)
            did = told.steps.get(seq)
            if did is None:
                assert truncated, f"the plan has a step {seq} that never came"
                continue
            assert line["skill"] == did.spec.name, f"the plan has {line['skill']} at {seq}"
            went = "execute" if did.how in ("executed", "ended") else "reuse"
            foreign_doubt = line["outcome"] == "in_doubt" and did.how == "receipt"
            if line["action"] != "open" and not foreign_doubt:
                assert line["action"] == went, f"planned to {line['action']} step {seq}, and it was {did.how}"
            if line["expected"] != "open" and as_last and did.how != "ended" and not foreign_doubt:
                assert line["expected"] == went, (
                    f"expected to {line['expected']} step {seq}: it was {did.how}"
                )
            last = parent.of(did.spec.name)
            same = last is not None and last.status == "completed" and last.outputs == did.outputs
            if went == "execute" and not (same and did.status == "completed"):
                as_last = False
        if not truncated and plan["open_from"] is None:
            assert planned == set(told.steps), f"planned {sorted(planned)}, and {sorted(told.steps)} happened"
        if plan["ends"] is not None and told.error not in ("skill", "rejected", "in-doubt"):
            assert (plan["ends"]["type"], plan["ends"]["seq"]) == (told.error, told.at)

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


def vars_of(asked: RerunRequest) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in RerunRequest.__dataclass_fields__}


def _core(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in ("run", "finish", "give_up") if name in document}


def _folded(told: Told) -> dict[str, Any]:
    data = deepcopy(told.initial)
    for _, did in sorted(told.steps.items()):
        if did.status == "completed":
            for path, value in did.outputs.items():
                put(data, path, value)
    return data


def _parent(family: Family, turn: Turn) -> Told:
    row = turn.fields
    found = family.runs[1:] if row["of"] == "rerun" and len(family.runs) > 1 else family.runs[:1]
    if row["from"] == "failure":
        found = (
            [run for run in found if run.status == "failed"]
            or [run for run in family.runs if run.status == "failed"]
            or found
        )
    return found[turn.parent % len(found)]


def _edit(family: Family, parent: Told, turn: Turn) -> dict[str, Any]:
    how, value = turn.fields["edit"], None if turn.value == 4 else turn.value
    number = turn.target % len(INPUTS)
    path = INPUTS[number]
    if turn.seen:
        value = family.world.inputs[number]
    put_value: Any = [value] if path == "l[]" and value is not None else value
    if how == "changes":
        return {"changes": nested({path: put_value})}
    if how == "initial_data":
        data = deepcopy(family.world.initial_data)
        put(data, path, [0] if path == "l[]" and value is None else put_value)
        return {"initial_data": data}
    if how == "around":
        return {"changes": {"o": value}}
    if how == "correction":
        produced = sorted(
            {path for did in parent.steps.values() if did.status == "completed" for path in did.outputs}
        )
        path = produced[turn.target % len(produced)] if produced else "p0"
        return {"changes": nested({path: value})}
    return {}


def _leaves(changes: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    found = []
    for key, value in changes.items():
        if isinstance(value, dict) and value:
            found += _leaves(value, (*above, key))
        else:
            found.append((".".join((*above, key)), value))
    return found


def _last_writers(parent: Told) -> dict[str, Did]:
    return {
        path: did
        for _, did in sorted(parent.steps.items())
        if did.status == "completed"
        for path in did.outputs
    }


def _refusal(parent: Told, asked: RerunRequest) -> str | None:
    """The name of the error that refuses the request before anything is planned."""
    row = {
        "effects": asked.effects,
        "consent": "yes" if asked.consent else "no",
        "results": asked.results,
        "edit": "x" if asked.changes is not None or asked.initial_data is not None else "",
        "from": "start" if asked.start == "start" else "x",
        "skills": "chosen" if isinstance(asked.skills, dict) else asked.skills or "",
        "sop": asked.sop or "",
    }
    if contradicts(row) and (asked.effects != "none" or asked.consent or asked.results == "recorded"):
        return "ContradictingFields"
    if asked.start == "failure" and parent.status == "completed":
        return "NothingFailed"
    for path, value in _leaves(asked.changes or {}):
        for known in _last_writers(parent):
            if value is not None and overlap(known, path) and len(keys_of(known)) > len(keys_of(path)):
                return "BadInput"
    return None


def _edited(parent: Told, asked: RerunRequest) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What the rerun starts from, and which results of its parent are corrected."""
    given = deepcopy(parent.given)
    if asked.initial_data is not None:
        return deepcopy(asked.initial_data), given
    data, last = deepcopy(parent.initial), _last_writers(parent)
    patched: dict[str, dict[str, Any]] = {}
    for path, value in _leaves(asked.changes or {}):
        touched = {did.spec.name: did for known, did in last.items() if overlap(known, path)}
        for name, did in touched.items():
            outputs = patched.setdefault(name, dict(did.outputs))
            for known in list(outputs):
                if overlap(known, path):
                    del outputs[known]
                    if value is not None:
                        outputs[known] = value
        if not touched and value is not None:
            put(data, path, value)
        elif not touched:
            _remove(data, path)
    return data, given | patched


def _remove(data: dict[str, Any], path: str) -> None:
    *above, last = keys_of(path)
    for key in above:
        if not isinstance(data.get(key), dict):
            data[key] = {}
        data = data[key]
    data.pop(last, None)


def _catalog(family: Family, parent: Told, asked: RerunRequest, skills: dict[Spec, Skill]) -> dict[str, Spec]:
    if asked.skills == "pinned" or (asked.skills is None and asked.results == "recorded"):
        return dict(parent.catalog)
    found = family.latest
    if isinstance(asked.skills, dict):
        for name, digest in asked.skills.items():
            found[name] = next(spec for spec in family.versions[name] if skills[spec].digest == digest)
    return found


def _certainly_ends(told: Told) -> bool:
    """Whether it ends before anything is carried out, so that it has to be refused."""
    if told.error not in ENDS:
        return False
    return all(did.how != "executed" for did in told.steps.values())


def _refused_rightly(error: AgentSkillsError, told: Told, plan: dict[str, Any]) -> None:
    """A refusal is right if the run would end so, or if what ends it earlier can't be known beforehand."""
    kind = getattr(error, "type", "")
    assert kind in ENDS, f"refused with {error!r}"
    assert plan["ends"] is not None
    assert plan["ends"]["type"] == kind
    if told.error == kind and told.at == plan["ends"]["seq"]:
        return
    surprising = ("skill", "rejected", "in-doubt", "plan-diverged")
    carried_out = any(did.how == "executed" for did in told.steps.values())
    assert told.error in surprising and carried_out, (
        f"refused with {kind}, and it would end with {told.error}"
    )


def _listed(specs: Any) -> str:
    return "".join(f"\n  {spec}" for spec in specs)


def _shown(asked: RerunRequest) -> str:
    return str({name: value for name, value in asked.document().items() if name != "format"})


def _planned(plan: dict[str, Any]) -> list[str]:
    lines = [
        f"  plan {line['seq']:>3} {line['skill'] or 'decide':<8} {line['action']:<8} {line['expected']:<8} {line['reason']}"
        for line in plan["steps"]
    ]
    return [*lines, f"  plan ends: {plan['ends']}, open from {plan['open_from']}: {plan['open_because']}"]


def _went(told: Told) -> str:
    return ", ".join(f"{did.seq} {did.spec.name} {did.how} {did.status}" for did in told.steps.values())


def _journaled(step: Any) -> str:
    source = step.reused_from or {}
    where = (
        f"{source.get('why')} {source.get('thread_id', '')}/{source.get('seq', '')}"
        if source
        else "carried out"
    )
    return f"  {step.seq:>3} {step.skill or 'decide':<8} {step.status:<10} {where} {step.outputs} {step.error or ''} {step.reason}"
