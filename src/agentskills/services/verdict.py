"""Judge a kept run that was gone through again: what differs, and which skill or decision it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from agentskills.domain.canonical import digest
from agentskills.domain.case import Case
from agentskills.domain.data_path import ABSENT, read
from agentskills.domain.errors import EffectNeeded
from agentskills.domain.fold import Fold
from agentskills.domain.status import RunStatus, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.domain.verdict import Change, Outcome, Verdict
from agentskills.engine.offline import OFFLINE
from agentskills.engine.recording import Recording

_HOW = {"stand_in": "its recording stood in", "given": "its result is set"}
_HAD_FAILED = "it failed when the case was kept"
_ASKS_OUTSIDE = (OFFLINE, EffectNeeded.type)


@dataclass(frozen=True, slots=True)
class Ended:
    """How going through a case again came to its end, or to where it stays."""

    steps: Sequence[Step]
    status: str
    error: Mapping[str, Any] | None = None
    waits: Sequence[Mapping[str, Any]] = ()  # for people, who are not there


def judge(case: Case, kept: Sequence[Step], ended: Ended, versions: Mapping[str, str]) -> Verdict:
    """Return what a case says; `versions` are the digests of the skills as they are now, by name."""
    return _Judge(case, kept, ended, versions).verdict()


class _Judge:
    """A case, its recording, and what was found now."""

    def __init__(self, case: Case, kept: Sequence[Step], ended: Ended, versions: Mapping[str, str]) -> None:
        self.case = case
        self.ended = ended
        self.versions = versions
        self.before = Recording("", "", case.initial_data, kept)
        self.now = Recording("", "", case.initial_data, ended.steps)
        self.kept = _folded(case, kept)
        self.fold = _folded(case, ended.steps)

    def verdict(self) -> Verdict:
        """Return the outcome with its reasons."""
        changes = tuple(self._changes())
        notes = tuple(self._notes())
        if self._ends_as_before():
            outcome = Outcome.CHANGED if changes else Outcome.PASSED
            return Verdict(outcome, (), changes, notes)
        if self._asks_outside():
            outcome = Outcome.CHANGED if changes else Outcome.CANT_TELL
            return Verdict(outcome, (self._what_is_asked(),), changes, notes)
        completes = self.ended.status == RunStatus.COMPLETED or self.case.ended.status == "failed"
        outcome = Outcome.CHANGED if completes else Outcome.FAILED
        return Verdict(outcome, (self._how_it_ended(), *self._what_failed()), changes, notes)

    # How it ended

    def _ends_as_before(self) -> bool:
        then, today = self.case.ended, self.ended
        if then.status == "completed" or today.status != RunStatus.FAILED:
            return then.status == today.status or self._rejected_as_before()
        assert then.error is not None
        error = today.error or {}
        return (then.error.get("type"), then.error.get("skill")) == (error.get("type"), error.get("skill"))

    def _rejected_as_before(self) -> bool:
        """Say whether it waits for the very approval that was refused when it was kept."""
        for wait in self.ended.waits:
            step = self.now.by_seq.get(wait["seq"])
            place = self.now.places.get(wait["seq"]) if step else None
            before = self.before.by_place.get(place) if place else None
            if before is None or before.status is not StepStatus.FAILED:
                continue
            shown = {kept.seq: kept.shown for kept in self.case.journal}[before.seq]
            if shown is not None and shown == wait["shown"]:
                return True
        return False

    def _asks_outside(self) -> bool:
        return bool(self.ended.waits) or (self.ended.error or {}).get("type") in _ASKS_OUTSIDE

    def _what_is_asked(self) -> str:
        for wait in self.ended.waits:
            what = f"{wait['skill']} waits for a person" if wait["skill"] else "it waits for a person"
            return _sentence(what, self._why_of(self.now.by_seq.get(wait["seq"])))
        error = self.ended.error or {}
        step = self.now.by_seq.get(error.get("seq") or 0)
        if step is not None and step.kind is StepKind.DECISION:
            return _sentence(str(error.get("message")), self._why_decided_anew())
        return _sentence(str(error.get("message")), self._why_of(step))

    def _how_it_ended(self) -> str:
        then, today = self.case.ended, self.ended
        if today.status == RunStatus.COMPLETED:
            assert then.error is not None
            said = f"it completes; when it was kept it failed: {_error(then.error)}"
            return _sentence(said, self._why_completed())
        if today.status != RunStatus.FAILED:
            return f"it is still {today.status}"
        return f"it fails: {_error(today.error or {})}"

    def _why_completed(self) -> list[str]:
        """Return what made the step come through that had failed when the case was kept."""
        failed = [step for step in self.before.steps if step.status is StepStatus.FAILED]
        found: dict[str, None] = {}
        for before in failed:
            step = self.now.by_place.get(self.before.places[before.seq]) if before.skill else None
            found.update(dict.fromkeys(self._why_of(step) if step else self._why_decided_otherwise()))
        return [why for why in found if why != _HAD_FAILED]

    def _what_failed(self) -> list[str]:
        step = self.now.by_seq.get((self.ended.error or {}).get("seq") or 0)
        if step is None:
            return []
        return self._why_decided_otherwise() if step.kind is StepKind.DECISION else self._why_of(step)

    # What differs, and why

    def _changes(self) -> Iterable[Change]:
        whole = self._ends_as_before()
        for expected in self.case.expected:
            value = read(self.fold.data, expected.path)
            if value is ABSENT and not whole:
                continue  # it has not come as far
            if value is not ABSENT and digest(value) == expected.wanted:
                continue
            before = ABSENT if expected.value is msgspec.UNSET else expected.value
            yield Change(expected.path, before, value, tuple(self._why(expected.path)))

    def _why(self, path: str) -> list[str]:
        """Return what a changed value comes from."""
        if self.fold.digest_of(path) == self.kept.digest_of(path):
            return ["the run had this value, too: another one is expected by hand"]
        found: dict[str, None] = {}
        producer = self.fold.producer(path)
        if producer:
            self._search(producer, found, set())
        else:
            found.update(dict.fromkeys(self._why_not_produced(path)))
        return list(found) or ["the same skills on the same values gave another result"]

    def _why_not_produced(self, path: str) -> list[str]:
        step = self.before.by_seq.get(self.kept.producer(path))
        if step is None or step.skill is None:
            return []
        if step.skill not in self.versions:
            return [f"{step.skill} is no longer there"]
        place = self.before.places[step.seq]
        if place in self.now.by_place:
            return self._changed_version(step) or [f"{step.skill} no longer produces it"]
        return [f"{step.skill} was not run", *self._why_decided_otherwise()]

    def _search(self, seq: int, found: dict[str, None], seen: set[int]) -> None:
        """Follow the values that differ up to what they come from."""
        step = self.now.by_seq.get(seq)
        if step is None or seq in seen:
            return
        seen.add(seq)
        before = self._counterpart(step)
        if before is None:
            found.update(dict.fromkeys([f"{step.skill} ran in addition", *self._why_decided_otherwise()]))
            return
        if step.digests == before.digests:
            return
        changed = self._changed_version(before, step)
        found.update(dict.fromkeys(changed))
        known = len(found)
        for path in self._differing_inputs(step, before):
            self._search((step.inputs or {})[path], found, seen)
        if not changed and len(found) == known and step.reused_from is None:
            found[f"{step.skill} gave another result on the same values"] = None

    def _differing_inputs(self, step: Step, before: Step) -> list[str]:
        then, today = self.before.reads.get(before.seq, {}), self.now.reads.get(step.seq, {})
        return [path for path in step.inputs or () if then.get(path) != today.get(path)]

    def _changed_version(self, before: Step, step: Step | None = None) -> list[str]:
        """Return that the skill of a step is another version than when the run was kept, if it is."""
        digest_now = step.skill_digest if step is not None else self.versions.get(before.skill or "")
        if digest_now == before.skill_digest or digest_now is None or before.skill_digest is None:
            return []
        return [f"skill {before.skill} changed ({before.skill_digest[:12]} → {digest_now[:12]})"]

    def _counterpart(self, step: Step) -> Step | None:
        return self.before.by_place.get(self.now.places[step.seq]) if step.seq in self.now.places else None

    def _why_of(self, step: Step | None) -> list[str]:
        """Return why a step is not answered by its recording."""
        if step is None:
            return []
        before = self._counterpart(step)
        if before is None:
            return ["it was not run when the case was kept", *self._why_decided_otherwise()]
        found = dict.fromkeys(self._changed_version(before, step))
        for path in self._differing_inputs(step, before):
            found[f"{path} differs"] = None
            self._search((step.inputs or {})[path], found, set())
        if not found and before.status is StepStatus.FAILED:
            found[_HAD_FAILED] = None
        return list(found)

    def _why_decided_anew(self) -> list[str]:
        """Return why a decision of a model is not answered by its recording."""
        data = self._differing_data()
        changed = [
            f"skill {name} changed" for name, was in self.case.versions.items() if self._is_other(name, was)
        ]
        return [*data, *changed] or ["the skills it could choose from are others or described otherwise"]

    def _differing_data(self) -> list[str]:
        found: dict[str, None] = {}
        for step in self.now.steps:
            before = self._counterpart(step)
            if before is not None and step.digests != before.digests:
                self._search(step.seq, found, set())
        return list(found)

    def _is_other(self, name: str, was: str) -> bool:
        return self.versions.get(name, was) != was

    def _why_decided_otherwise(self) -> list[str]:
        """Return the first decision that is another one now."""
        then = [_decided(step) for step in self.before.decisions]
        today = [_decided(step) for step in self.now.decisions]
        for number, decided in enumerate(today):
            if number >= len(then):
                return [f"the planner went on: {decided}"]
            if decided != then[number]:
                return [f"the planner decided otherwise: {decided}, not {then[number]}"]
        return []

    def _notes(self) -> Iterable[str]:
        """Yield what has changed and was not put to the test, because nothing was carried out."""
        found: dict[str, None] = {}
        for step in self.now.steps:
            why, before = (step.reused_from or {}).get("why"), self._counterpart(step)
            if why not in _HOW or before is None or step.kind is not StepKind.SKILL:
                continue
            changed = self._changed_version(before)
            if why == "stand_in" and (differing := self._differing_inputs(step, before)):
                changed.append(f"{step.skill} would read another {', '.join(differing)}")
            found.update(dict.fromkeys(f"{what}; not put to the test, {_HOW[why]}" for what in changed))
        yield from found
        if self.case.redacted:
            yield "secrets were struck out when it was kept: what reads them can come out otherwise"


def _folded(case: Case, steps: Iterable[Step]) -> Fold:
    fold = Fold(case.initial_data)
    for step in steps:
        fold.apply(step)
    return fold


def _decided(step: Step) -> str:
    document = step.outputs or {}
    if "run" in document:
        return f"run {', '.join(document['run'])}"
    return "finish" if "finish" in document else "give up"


def _error(error: Mapping[str, Any]) -> str:
    skill = f"{error['skill']}: " if error.get("skill") else ""
    return f"{skill}{error.get('message')} ({error.get('type')})"


def _sentence(what: str, why: Sequence[str]) -> str:
    return f"{what}: {'; '.join(why)}" if why else what
