"""Look back before a step of a rerun: what the family holds of it, and what therefore happens to it.

Whoever advances a run and whoever only plans one ask `look_back`, so that a plan tells what will happen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from agentskills.domain.clock import now
from agentskills.domain.correction import Correction, Place
from agentskills.domain.effect import GLOBAL
from agentskills.domain.reuse import Case, Outcome, reaches_outside, what_happens, what_may_happen
from agentskills.domain.skill import Approval
from agentskills.domain.status import EffectState, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.course import Course
from agentskills.engine.family import Family
from agentskills.engine.ingredients import Ingredients
from agentskills.engine.units import Unit
from agentskills.skills.values import seconds_of
from agentskills.storage.effects import Effect


@dataclass(slots=True)
class Finds:
    """What the family holds of one step, as far as it was looked for."""

    case: Case
    open_case: Case  # the same, with None for what hangs on values that are not known yet
    correction: Correction | None = None
    kept: Step | None = None
    recorded: Step | None = None
    source: Step | None = None  # carried out by an ancestor on the same values, whatever its age
    stand_in: Step | None = None
    effect: Effect | None = None  # the receipt or doubt of this very key
    other: Effect | None = None  # the latest receipt under another key
    own: Effect | None = None  # what this very step has announced

    @property
    def outcome(self) -> Outcome:
        """What happens, with the values as they stand."""
        return what_happens(self.case)

    @property
    def possible(self) -> frozenset[Outcome]:
        """All that may happen, whatever the unknown values turn out to be."""
        return what_may_happen(self.open_case)


class Look(Ingredients):
    """A step of a rerun about to be taken up, and where its counterpart stands in the recording."""

    def __init__(self, course: Course, family: Family, unit: Unit) -> None:
        super().__init__(course, unit)
        self.family = family

    @property
    def place(self) -> Place:
        """Which time in this run the skill, or its approval, is at work."""
        return Place(str(self.unit.kind), self.unit.skill, self.course.times[self.unit.skill] + 1)

    @cached_property
    def counterpart(self) -> Step | None:
        """The step of the recording at the same place."""
        recording = self.family.recording
        return recording.by_place.get(self.place) if recording else None

    @property
    def number(self) -> int:
        """The number of the decision that ordered it, from 0."""
        return self.course.decided[self.unit.decision]

    def unknown(self, paths: tuple[str, ...]) -> bool:
        """Say whether any of these values is only guessed."""
        course = self.course
        if not course.unknown:
            return False
        if (self.approval is not None and self.seq - 1 in course.unknown) or self._approves_a_guess():
            return True
        if self.contract.reads_everything:
            return True
        return any(course.is_unknown(path) for path in paths)

    def _approves_a_guess(self) -> bool:
        return self.approves_a_result and self.unit.seq - 1 in self.course.unknown

    @property
    def approves_a_result(self) -> bool:
        """Whether it is the approval after a skill, which stands right before it."""
        return not self.is_skill and self.unit.when is Approval.AFTER


async def look_back(
    course: Course, family: Family, unit: Unit, *, agreed: bool = False
) -> tuple[Look, Finds]:
    """Return what the family holds of a step, and with it what happens to the step.

    `agreed`: a person has agreed that its effect happens again.
    """
    look = Look(course, family, unit)
    request = family.request
    case = Case(
        results=request.results,
        effects=request.effects,
        reaches_outside=look.is_skill and reaches_outside(look.contract),
        irreversible=look.is_skill and look.contract.irreversible,
        agreed=agreed or unit.skill in request.consent,
    )
    found = Finds(case, case)
    found.correction = _correction(look)
    before = _before_the_start(look)
    found.kept = before if before is not None and _is_kept(look, before) else None
    if found.correction is not None:
        return look, _settled(found, given=True)
    if before is not None and _keeping_is_open(look, before):
        found.case = replace(found.case, kept=found.kept is not None)
        found.open_case = replace(found.open_case, kept=None)
    elif found.kept is not None:
        return look, _settled(found, kept=True)
    if request.results == "recorded":
        found.recorded = _recorded(look)
        return look, _settled(found, recorded=found.recorded is not None)
    if request.effects == "none" and case.reaches_outside:
        await _find_stand_in(look, found)
        return look, found
    if case.irreversible:
        await _find_effect(look, found)
    if request.results == "unchanged":
        _find_source(look, found)
        if found.source is not None and found.outcome is Outcome.REUSED:
            found.source = await family.whole(found.source)
    return look, found


def _settled(found: Finds, **facts: bool) -> Finds:
    """Return the finds with facts that hang on no value."""
    found.case = replace(found.case, **facts)  # type: ignore[arg-type]
    found.open_case = replace(found.open_case, **facts)  # type: ignore[arg-type]
    return found


def _before_the_start(look: Look) -> Step | None:
    """Return the recorded step that stands here, if it was completed and may be taken as it is."""
    recording, start = look.family.recording, look.family.request.start
    if recording is None or start == "start" or look.number >= look.family.kept_decisions:
        return None
    step = _stands(look, look.unit.kind)
    if step is None:
        return None
    only_stood_in = recording.is_dry and look.is_skill and reaches_outside(look.contract)
    return None if only_stood_in and look.family.request.effects != "none" else step


def _stands(look: Look, kind: StepKind) -> Step | None:
    """Return the completed step before the start that the same decision ordered of this skill."""
    recording, start = look.family.recording, look.family.request.start
    assert recording is not None
    step = recording.at(look.number, look.unit.skill, kind)
    if step is None or step.status is not StepStatus.COMPLETED:
        return None
    return step if start == "failure" or step.seq < start else None  # type: ignore[operator]


def _is_kept(look: Look, step: Step) -> bool:
    """Say whether a recorded step is taken as it is: after a failure, if nothing it read is produced anew.

    An approval is, if just that was approved, or if its skill is not carried out again anyway.
    """
    if look.is_skill:
        return _reads_the_same(look, step)
    if look.approves_a_result and _is_anew(look.course, look.unit.seq - 1):
        return False
    if step.fingerprint == look.fingerprint:
        return True
    skill = _stands(look, StepKind.SKILL)
    return skill is not None and _reads_the_same(look, skill)


def _reads_the_same(look: Look, step: Step) -> bool:
    """Say whether nothing that a recorded step read, or would read now, is produced anew; or nobody asks."""
    if look.family.request.start != "failure":
        return True
    assert look.family.recording is not None
    course = look.course
    if look.contract.reads_everything:
        anew = any(_is_anew(course, seq) or _is_given(course, seq) for seq in course.steps)
        return step.fingerprint == look.fingerprint or not anew
    recorded, producers = look.family.recording.reads.get(step.seq, {}), step.inputs or {}
    for path in {*look.contract.reads, *producers}:
        now, then = look.sources.get(path, course.fold.producer(path)), producers.get(path, 0)
        value = look.reads[path] if path in look.reads else course.fold.digest_of(path)
        if (now or then) and (_is_anew(course, now) or value != recorded.get(path)):
            return False
    return True


def _is_given(course: Course, seq: int) -> bool:
    return (course.steps[seq].reused_from or {}).get("why") == "given"


def _correction(look: Look) -> Correction | None:
    """Return what a person has set for this step; of an approval only where just that is approved."""
    correction = look.family.given.get(look.place)
    if correction is None or look.is_skill or correction.fingerprint == look.fingerprint:
        return correction
    return None


def _keeping_is_open(look: Look, step: Step) -> bool:
    """Say whether it hangs on values that are only guessed if a recorded step is kept: of a plan."""
    if look.family.request.start != "failure":
        return False
    if look.contract.reads_everything:
        return bool(look.course.unknown) and not look.course.anew
    read = {look.sources.get(path, 0) for path, producer in (step.inputs or {}).items() if producer}
    if look.approves_a_result:
        read.add(look.unit.seq - 1)
    return not read & look.course.anew and look.unknown(tuple(step.inputs or ()))


def _is_anew(course: Course, seq: int) -> bool:
    """Say whether a step of this course was carried out, not taken over."""
    step = course.steps.get(seq)
    return step is not None and step.kind is not StepKind.DECISION and step.reused_from is None


def _recorded(look: Look) -> Step | None:
    """Return the recorded step of the same version on the same values: at the same place, or at any."""
    recording = look.family.recording
    if recording is None:
        return None
    same = [step for step in recording.steps if _is_recording_of(look, step)]
    return next(
        (step for step in same if recording.places[step.seq] == look.place), same[0] if same else None
    )


def _is_recording_of(look: Look, step: Step) -> bool:
    assert look.family.recording is not None
    if (step.kind, step.skill) != (look.unit.kind, look.unit.skill):
        return False
    if step.status not in (StepStatus.COMPLETED, StepStatus.FAILED):
        return False
    if step.fingerprint == look.fingerprint:
        return True
    if not look.is_skill:  # an answer of a person stands for what was shown; older ones don't say what it was
        return step.fingerprint is None and look.family.recording.places[step.seq] == look.place
    there = {path: value for path, value in look.reads.items() if value is not None}
    # What the run took over itself, an older version may have produced: it is in its recording all the same.
    same_version = step.skill_digest == look.skill.digest or step.reused_from is not None
    return same_version and look.family.recording.reads.get(step.seq) == there


async def _find_stand_in(look: Look, found: Finds) -> None:
    """Look for what can stand in for a step that would reach outside."""
    found.stand_in = await look.family.stand_in(look.skill.name, look.identity.key_digest)
    sure = look.contract.sample is not None
    found.case = replace(found.case, stand_in=sure or found.stand_in is not None)
    unknown = look.unknown(_key_paths(look)) and not sure
    found.open_case = replace(found.open_case, stand_in=None if unknown else found.case.stand_in)


async def _find_effect(look: Look, found: Finds) -> None:
    """Look for what became of the effect, and of others of the same skill."""
    me = (look.course.thread_id, look.unit.seq)
    rows = await look.family.repetitions(look.identity)
    found.own = next((row for row in rows if (row.thread_id, row.seq) == me), None)
    rows = [row for row in rows if row is not found.own]
    happened = [row for row in rows if row.state != EffectState.FAILED]  # or may have, or is about to
    considered = happened[:1] if look.family.request.effects == "repeat" else happened
    for state in (EffectState.RECEIPT, EffectState.DOUBT):
        found.effect = found.effect or next((row for row in considered if row.state == state), None)
    found.other = None if found.effect else await look.family.other_receipt(look.identity)
    facts: dict[str, object] = {
        "effect": "none" if found.effect is None else str(found.effect.state),
        "other_receipt": found.other is not None,
        "agreed": found.case.agreed or (found.own is not None and found.own.agreed_by is not None),
    }
    found.case = replace(found.case, **facts)  # type: ignore[arg-type]
    anywhere = found.effect or found.other or look.identity.scope == GLOBAL
    if look.unknown(_key_paths(look)) and anywhere:
        facts |= {"effect": None, "other_receipt": None}
    found.open_case = replace(found.open_case, **facts)  # type: ignore[arg-type]


def _key_paths(look: Look) -> tuple[str, ...]:
    contract = look.contract
    return contract.requires if contract.effect_key is None else contract.effect_key


def _find_source(look: Look, found: Finds) -> None:
    """Look for a result that an ancestor got from the same."""
    found.source = look.family.sources.get(look.fingerprint)
    reusable = found.source is not None and is_fresh(look, found.source)
    found.case = replace(found.case, reusable=reusable)
    unknown = look.unknown(look.contract.reads) and _may_be_found(look)
    found.open_case = replace(found.open_case, reusable=None if unknown else reusable)


def _may_be_found(look: Look) -> bool:
    """Say whether some ancestor has carried out this version, on whatever values."""
    return any(
        (step.kind, step.skill_digest, step.surroundings)
        == (look.unit.kind, look.skill.digest, look.surroundings if look.is_skill else None)
        and is_fresh(look, step)
        for step in look.family.sources.values()
    )


def is_fresh(look: Look, source: Step) -> bool:
    """Say whether a result is not older than `asf.reuse` allows; an answer of a person does not age."""
    limit = look.contract.reuse
    if not look.is_skill or limit == "yes":
        return True
    if limit == "no" or source.finished_at is None:
        return False
    return (now() - source.finished_at).total_seconds() <= seconds_of(limit)
