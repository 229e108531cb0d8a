"""What a rerun should do, worked out a second time from plain values: the oracle of the rerun laws.

It shares nothing with the engine but the planner without a model, which has laws of its own. It knows
what every skill answers, so that it foresees a whole run: what is taken over and from where, what is
carried out, what waits for a person, and how the run ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.planner.worlds import decide
from tests.property.rerun_records import (
    ENDS,
    HAPPENED,
    Act,
    Did,
    Effects,
    Told,
    look,
    nested,
    overlap,
    put,
    text,
)
from tests.property.rerun_worlds import ABSENT, Spec, sample_of, weigh

from agentskills.domain.decision import CarriedOut, PlanningView, decision_document
from agentskills.domain.skill import Skill
from agentskills.planner.dataflow import DataflowPlanner


class Oracle:
    """Foresees one run of a family."""

    def __init__(
        self, told: Told, family: list[Told], effects: Effects, skills: Mapping[Spec, Skill], *, agree: bool
    ) -> None:
        self.told = told
        self.family = family
        self.effects = effects  # is changed as the run goes on
        self.agree = agree
        self.planner = DataflowPlanner()
        self.catalog = {name: skills[spec] for name, spec in told.catalog.items()}
        self.data = deepcopy(told.initial)
        self.wrote: list[tuple[str, int]] = []  # (path, seq), in order
        self.seq = 1

    def foresee(self) -> Told:
        """Return the run as it should go."""
        told = self.told
        while not told.status:
            self._decide()
        told.data = self.data
        return told

    # decisions

    def _decide(self) -> None:
        told, number = self.told, len(self.told.orders)
        document = self._remembered(number)
        if isinstance(document, str):
            return self._end("failed", "plan-diverged", self.seq)
        told.decisions.append(document)
        if "finish" in document:
            return self._end("completed", None, None)
        if "give_up" in document:
            return self._end("failed", document["give_up"], self.seq)
        told.orders.append((self.seq, list(document["run"])))
        self._work_off(number, list(document["run"]))
        return None

    def _end(self, status: str, error: str | None, at: int | None) -> None:
        self.told.status, self.told.error, self.told.at = status, error, at

    def _remembered(self, number: int) -> dict[str, Any] | str:
        request, parent = self.told.request, self.told.parent
        if parent is not None and number < self._kept_orders():
            names = parent.orders[number][1]
            if any(self._lacks(name) for name in names if self._is_undone(name, number)):
                return "something is not there"
            return {"run": names}
        if parent is not None and request.plan == "recorded":
            if number >= len(parent.decisions):
                return "the recording ends"
            document = parent.decisions[number]
            if any(self._lacks(name) for name in document.get("run", ())):
                return "something is not there"
            return document
        done = [CarriedOut(did.spec.name, did.seq) for did in self.told.steps.values()]
        view = PlanningView(
            sop=self.told.sop,
            goal=None,
            catalog=self.catalog,
            catalog_digest="the only one",
            initial_data=self.told.initial,
            data=self.data,
            carried_out=[one for one in done if self.told.steps[one.seq].status == "completed"],
        )
        return decision_document(decide(view, self.planner).decision)

    def _lacks(self, name: str) -> bool:
        return any(look(self.data, path) == ABSENT for path in self.told.catalog[name].requires)

    def _is_undone(self, name: str, number: int) -> bool:
        """Whether a kept decision certainly has the skill carried out again."""
        parent, start = self.told.parent, self.told.request.start
        assert parent is not None
        before = parent.of(name)
        if name in self.told.given:
            return False
        if before is None or before.number != number or before.status != "completed":
            return True
        spec, stood_in = self.told.catalog[name], parent.request.effects == "none"
        if stood_in and spec.reaches_outside and self.told.request.effects != "none":
            return True
        if isinstance(start, int):
            return before.seq >= start
        produced = [path for path, producer in before.producers.items() if producer]
        return any(path in spec.requires and look(self.data, path) == ABSENT for path in produced)

    def _kept_orders(self) -> int:
        start, parent = self.told.request.start, self.told.parent
        assert parent is not None
        if start == "start":
            return 0
        return sum(start == "failure" or seq < start for seq, _ in parent.orders)

    # steps

    def _work_off(self, number: int, names: list[str]) -> None:
        """One decision: what is taken over, what is carried out side by side, what people answer."""
        dids = {self.seq + n + 1: self._begin(self.seq + n + 1, number, name) for n, name in enumerate(names)}
        over: dict[int, str] = {seq: self._outcome(did) for seq, did in dids.items()}
        ended = next((seq for seq, did in dids.items() if self._take_over(did, over[seq])), None)
        waits: list[int] = []
        for seq, did in dids.items() if ended is None else ():  # else nothing beside it is carried out
            if over[seq] == "execute":
                waits += [seq] if self._carry_out(did) else []
            elif over[seq] in ("consent", "in_doubt"):
                waits.append(seq)
        failed = ended is not None or any(did.status == "failed" for did in dids.values())
        while waits and not failed:
            seq = waits[0]
            if not self._answer(dids[seq], over):
                waits.pop(0)
            failed = dids[seq].status == "failed"
        for seq in waits:
            self._abandon(dids[seq], over[seq])
        if failed:
            first = ended or min(seq for seq, did in dids.items() if did.failed_by_itself)
            for seq, did in dids.items():
                did.sure = seq == first
        self.told.steps |= dids
        for seq, did in dids.items():
            if did.status == "completed":
                for path, value in did.outputs.items():
                    put(self.data, path, value)
                    self.wrote.append((path, seq))
        self.seq = max(dids) + 1
        if failed:
            self._fail(dids[first])

    def _fail(self, first: Did) -> None:
        error = first.error
        follows = self.told.parent is not None and self.told.request.plan == "recorded"
        if follows and first.how in ("executed", "") and error not in ENDS:
            error = "plan-diverged"
        self._end("failed", error, first.seq)

    def _begin(self, seq: int, number: int, name: str) -> Did:
        spec = self.told.catalog[name]
        reads = {path: look(self.data, path) for path in spec.reads}
        there = {path for path, value in reads.items() if value != ABSENT}
        producers = {path: self._producer(path) for path in there}
        made_of = text([reads, self.told.sop if spec.reads_sop else None])
        return Did(seq, number, spec, made_of, deepcopy(reads), producers, how="")

    def _producer(self, path: str) -> int:
        return max((seq for written, seq in self.wrote if overlap(written, path)), default=0)

    def key_of(self, did: Did) -> tuple[str, str]:
        paths = did.spec.requires if did.spec.key is None else did.spec.key
        inputs = nested({path: value for path, value in did.reads.items() if value != ABSENT})
        found = {path: look(inputs, path) for path in paths if look(inputs, path) != ABSENT}
        return did.spec.name, text(found)

    # the table

    def _outcome(self, did: Did) -> str:
        """What happens to a step: the table of docs/reruns.md, from the top."""
        told, spec = self.told, did.spec
        if told.parent is None:
            return "execute"
        request = told.request
        if spec.name in told.given:
            return "given"
        if self._kept(did) is not None:
            return "kept"
        if request.results == "recorded":
            return "recorded" if self._recorded(did) is not None else "not-recorded"
        if request.effects == "none" and spec.reaches_outside:
            return "stand_in" if spec.sample or self._stand_in(did) is not None else "effect-needed"
        irreversible = spec.kind == "irreversible"
        repeats = irreversible and request.effects == "repeat"
        state = self._effect_state(did) if irreversible else ""
        if state == "doubt":
            return "in_doubt"
        if state == "receipt" and not repeats:
            return "receipt"
        if request.results == "unchanged" and self._source(did) is not None and not repeats:
            return "reused"
        again = (repeats and state == "receipt") or (irreversible and self._other_receipt(did))
        return "consent" if again and spec.name not in request.consent else "execute"

    def _kept(self, did: Did) -> Did | None:
        parent, start = self.told.parent, self.told.request.start
        assert parent is not None
        if start == "start" or did.number >= self._kept_orders():
            return None
        before = parent.of(did.spec.name)
        if before is None or before.number != did.number or before.status != "completed":
            return None
        stood_in = parent.request is not None and parent.request.effects == "none"
        if stood_in and did.spec.reaches_outside and self.told.request.effects != "none":
            return None
        if start != "failure":
            return before if before.seq < start else None
        for path in {*did.reads, *before.reads}:
            seq = self._producer(path)
            if not seq and not before.producers.get(path):
                continue
            now, value = self.told.steps.get(seq), did.reads.get(path, look(self.data, path))
            if (now is not None and now.how == "executed") or value != before.reads.get(path, ABSENT):
                return None
        return before

    def _recorded(self, did: Did) -> Did | None:
        """Return the step of the parent that stood here, if it read the same."""
        assert self.told.parent is not None
        before = self.told.parent.of(did.spec.name)
        if before is None or before.status not in ("completed", "failed"):
            return None
        there = {path: value for path, value in did.reads.items() if value != ABSENT}
        then = {path: value for path, value in before.reads.items() if value != ABSENT}
        return before if there == then else None

    def _runs_that_count(self) -> list[Told]:
        return [run for run in self.family if run.request.effects != "none"]

    def _stand_in(self, did: Did) -> tuple[Told, Did] | None:
        for run in reversed(self._runs_that_count()):
            found = run.of(did.spec.name)
            if found is None or not found.own or not found.spec.reaches_outside:
                continue
            if self.key_of(found) == self.key_of(did):
                return run, found
        return None

    def _source(self, did: Did) -> tuple[Told, Did] | None:
        """Return the newest result that an ancestor got from the same version and the same values."""
        if did.spec.ages:
            return None
        for run in self.told.ancestors:
            found = run.of(did.spec.name)
            if found is None or not found.own or run.request.effects == "none":
                continue
            if (found.spec, found.made_of) == (did.spec, did.made_of):
                return run, found
        return None

    def _acts(self, did: Did) -> list[Act]:
        """All that is known of the effect, the latest first, but for what failed cleanly."""
        return [act for act in reversed(self.effects.get(self.key_of(did), [])) if act.state != "failed"]

    def _effect(self, did: Did) -> Act | None:
        acts = self._acts(did)
        if self.told.request.effects == "repeat":
            return acts[0] if acts else None
        return next((act for act in acts if act.state == "receipt"), acts[0] if acts else None)

    def _effect_state(self, did: Did) -> str:
        act = self._effect(did)
        return act.state if act else ""

    def _other_receipt(self, did: Did) -> bool:
        """Say whether the family has done this under another key, or may have."""
        return any(
            act.state in ("receipt", "doubt") and act.run != self.told.id
            for (skill, key), acts in self.effects.items()
            if skill == did.spec.name and key != self.key_of(did)[1]
            for act in acts
        )

    # what comes of it

    def _take_over(self, did: Did, outcome: str) -> bool:
        """Fill in a step that needs no carrying out; True if that fails the run."""
        told = self.told
        if outcome == "given":
            did.how, did.outputs = "given", deepcopy(told.given[did.spec.name])
            did.made_of = "given"
        elif outcome in ("kept", "recorded"):
            before = self._kept(did) if outcome == "kept" else self._recorded(did)
            assert before is not None
            assert told.parent is not None
            self._point(did, told.parent, before, outcome)
        elif outcome == "reused":
            found = self._source(did)
            assert found is not None
            self._point(did, *found, outcome)
        elif outcome == "stand_in":
            source = self._stand_in(did)
            if source is not None:
                self._point(did, *source, outcome)
            else:
                did.how, did.outputs = "stand_in", sample_of(did.spec)
        elif outcome == "receipt":
            act = self._effect(did)
            assert act is not None
            self._honour(did, act)
        elif outcome in ENDS:
            did.how, did.status, did.error = "ended", "failed", outcome
        return did.status == "failed"

    def _point(self, did: Did, run: Told, source: Did, how: str) -> None:
        did.how, did.outputs, did.status = how, deepcopy(source.outputs), source.status
        did.spec, did.made_of, did.error = source.spec, source.made_of, source.error
        did.origin = source.origin or (run.id, source.seq)

    def _honour(self, did: Did, act: Act) -> None:
        did.how, did.outputs, did.origin = "receipt", deepcopy(act.outputs), (act.run, act.seq)
        did.stale = [path for path in did.spec.reads if act.reads.get(path, ABSENT) != did.reads[path]]

    def _carry_out(self, did: Did) -> bool:
        """Carry a step out; True if nobody can tell what came of it."""
        spec = did.spec
        inputs = nested({path: value for path, value in did.reads.items() if value != ABSENT})
        total = weigh(inputs) + spec.plus
        fails = bool(spec.fails) and total % spec.fails == 0
        did.how, did.acted = "executed", not fails or spec.lost
        did.lacks = [path for path in spec.requires if did.reads[path] == ABSENT]
        if fails and not spec.lost:
            did.status, did.error = "failed", "skill"
        else:
            did.outputs = {
                path: total * (n + 2) % 97
                for n, path in enumerate(spec.writes)
                if path not in spec.may_produce or total % 2 == 0
            }
        if spec.kind == "irreversible":
            state = "doubt" if fails and spec.lost else "failed" if fails else "receipt"
            self._act(did, state)
            did.status = "in_doubt" if state == "doubt" else did.status
            return state == "doubt"
        return False

    def _act(self, did: Did, state: str) -> None:
        """Enter an effect: anew, as a repetition, or where one has failed."""
        rows = self.effects.setdefault(self.key_of(did), [])
        act = Act(state, self.told.id, did.seq, deepcopy(did.reads), deepcopy(did.outputs))
        if rows and rows[-1].state == "failed":
            rows[-1] = act
        else:
            rows.append(act)

    def _answer(self, did: Did, over: dict[int, str]) -> bool:
        """A person answers; True if the step waits for another answer."""
        if did.status == "in_doubt":  # its own doubt
            act = self.effects[self.key_of(did)][-1]
            if not self.agree:
                did.status, did.error = "failed", "in-doubt"
                return False
            act.state, act.outputs = "receipt", dict.fromkeys(did.spec.produces, HAPPENED)
            did.status, did.outputs = "completed", dict(act.outputs)
            return False
        if over[did.seq] == "in_doubt":  # that of another run
            if not self.agree:
                did.how, did.status, did.error = "executed", "failed", "in-doubt"
                return False
            act_there = self._effect(did)
            assert act_there is not None
            act_there.state, act_there.outputs = "receipt", dict.fromkeys(did.spec.produces, HAPPENED)
            over[did.seq] = self._outcome(did)
            if over[did.seq] in ("consent", "in_doubt"):
                return True
            if over[did.seq] == "execute":
                return self._carry_out(did)
            self._take_over(did, over[did.seq])
            return False
        if not self.agree:
            did.how, did.status, did.error = "executed", "failed", "rejected"
            return False
        return self._carry_out(did)

    def _abandon(self, did: Did, outcome: str) -> None:
        did.how = "executed"
        if did.status != "in_doubt":
            did.status, did.error = "failed", "run-ended"
