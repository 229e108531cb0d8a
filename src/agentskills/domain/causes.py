"""Why two aligned steps differ: the ingredients that differ, and the earlier steps it follows from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from agentskills.domain.data_path import ABSENT, parts
from agentskills.domain.differences import Differences, Place, differences
from agentskills.domain.fingerprint import skill_fingerprint
from agentskills.domain.ingredients import Facts, Trace, choice_of
from agentskills.domain.origins import Cause, Ingredient, Kind, Row, Seqs, input_of, said
from agentskills.domain.skill import ExecutorName
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step

LEFT, RIGHT = 0, 1
MOST_CORRECTED = 20
"""Values of one correction that are shown."""
_WORDS = {"stand_in": "stand-in"}


class Causes:
    """Finds the causes of rows; works the same with left and right swapped."""

    def __init__(self, left: Trace, right: Trace, rows: Sequence[Row], inputs: Differences) -> None:
        self.traces = (left, right)
        self.rows = rows
        self.inputs = inputs
        self.row_of = {
            (side, seq): row for row in rows for side, seq in enumerate(row.seqs) if seq is not None
        }
        self.order = {row: index for index, row in enumerate(rows)}
        self.found: dict[Row, Cause] = {}
        self.spreading = [row for row in rows if row.spreads]
        sides = (left.side, right.side)
        self.stopped_midway = [_midway(trace) for trace in self.traces]
        self.other_sop = sides[LEFT].sop_digest != sides[RIGHT].sop_digest
        self.sop = Ingredient(Kind.SOP, sides[LEFT].sop_digest, sides[RIGHT].sop_digest)

    def all(self) -> list[Cause]:
        """Return why each row differs, in order."""
        decisions = [row for row in self.rows if row.one.step.kind is StepKind.DECISION]
        for row in self.rows:
            if row.one.step.kind is not StepKind.DECISION:
                self.found[row] = self._carried_out(row)
        for row in decisions:
            self.found[row] = self._decision(row) if row.spreads else Cause()
        return [self.found[row] for row in self.rows]

    def _carried_out(self, row: Row) -> Cause:
        if row.left is None or row.right is None:
            return self._alone(row)
        return self._pair(row, row.left, row.right)

    # Skills and approvals on both sides

    def _pair(self, row: Row, left: Facts, right: Facts) -> Cause:
        if "given" in (left.why, right.why):
            return Cause((self._at(row, Kind.OVERRIDE, *_corrected(left, right)),) if row.spreads else ())
        origin = list(self._parts(row, left, right))
        follows: list[Row] = []
        for path in _shared_paths(left, right):
            found, before = self._read(row, path)
            origin += found
            follows += before
        if row.spreads and (self._taken_over(row) or not (origin or follows)):
            origin.append(self._unexplained(row, left, right))
        return self._cause(origin, follows)

    def _parts(self, row: Row, left: Facts, right: Facts) -> Iterator[Ingredient]:
        """Yield what differs of a step besides the values it read."""
        name = row.one.step.skill
        versions = left.step.skill_digest, right.step.skill_digest
        if None not in versions and versions[LEFT] != versions[RIGHT]:
            yield Ingredient(Kind.SKILL_VERSION, *versions, skill=name)
        if row.one.step.kind is StepKind.APPROVAL:
            return
        if self.other_sop and any(facts.skill and facts.skill.contract.reads_sop for facts in (left, right)):
            yield self.sop
        asked = ExecutorName.LLM in (_executor(left), _executor(right))
        if asked and left.model and right.model and left.model != right.model:
            yield Ingredient(Kind.MODEL, left.model, right.model)
        yield from _surroundings(left.step.surroundings or {}, right.step.surroundings or {})

    def _read(self, row: Row, path: str) -> tuple[list[Ingredient], list[Row]]:
        """Return why the value at `path` was another one: inputs, and steps that made it."""
        reads = [facts.reads.get(path) for facts in (row.left, row.right) if facts]
        if len({read.digest if read else None for read in reads}) == 1:
            return [], []
        sources = {(side, seq) for side, read in enumerate(reads) if read for seq in read.sources}
        made_by = [self.row_of[source] for source in sorted(sources) if source in self.row_of]
        before = [source for source in made_by if source.spreads]
        found = self._inputs_at(parts(path), made_by) if {(LEFT, 0), (RIGHT, 0)} & sources else []
        if not found and not before:
            if self.inputs.more:  # there are more differing inputs than were looked for
                return [Ingredient(Kind.INPUT, path=path, place=parts(path))], []
            before = self._decisions_of(row) or self._earlier(row)  # made by the same, ordered otherwise
        return found, before

    def _inputs_at(self, keys: tuple[str, ...], made_by: Sequence[Row]) -> list[Ingredient]:
        """Return the inputs that differ at, in or around a place, and have not been written over."""
        over = {
            parts(path)
            for row in made_by
            for facts in (row.left, row.right)
            if facts
            for path in facts.step.digests or ()
        }
        return [
            input_of(found)
            for found in self.inputs.items
            if _meet(found.place, keys) and not any(found.place[: len(place)] == place for place in over)
        ]

    def _taken_over(self, row: Row) -> bool:
        """Say whether a result was not made of what its run had, so that nothing else need explain it."""
        both = [facts for facts in (row.left, row.right) if facts]
        versions = {facts.step.skill_digest for facts in both}
        if len(versions) > 1 and any(facts.why == "receipt" for facts in both):
            return True  # a receipt says nothing of the version that acted
        return any(
            _is_foreign(facts, trace.side.sop_digest)
            for trace, facts in zip(self.traces, (row.left, row.right), strict=True)
            if facts
        )

    def _unexplained(self, row: Row, left: Facts, right: Facts) -> Ingredient:
        """Return what is left where all that a step was made of is the same, and its result is not."""
        if not (_ended(left) and _ended(right)):
            return self._not_reached()
        if left.why or right.why:
            return self._at(row, Kind.REUSED, _made(left), _made(right))
        if row.one.step.kind is StepKind.APPROVAL or _executor(row.one) is ExecutorName.HUMAN:
            return self._at(row, Kind.ANSWER, said(left), said(right))
        failed = any(facts.step.status is StepStatus.FAILED for facts in (left, right))
        by_chance = _executor(row.one) is ExecutorName.LLM and not failed
        return self._at(row, Kind.CHANCE if by_chance else Kind.OUTSIDE_WORLD, said(left), said(right))

    # Steps on one side only

    def _alone(self, row: Row) -> Cause:
        """A decision of its side ordered it; else the other run stopped within the same decision."""
        decided = self._decisions_of(row)
        if decided:
            return self._cause([], decided)
        own = row.one.step
        pairs = [(other, other.left, other.right) for other in self.rows if other.left and other.right]
        versions = [
            found
            for other, left, right in pairs
            if (row.left and left.step.decision == own.decision)
            or (row.right and right.step.decision == own.decision)
            if other.one.step.skill == own.skill
            for found in self._parts(other, left, right)
            if found.kind is Kind.SKILL_VERSION
        ]
        if versions:  # another version asks for another approval
            return self._cause(versions, [])
        stopped = [
            other
            for other, left, right in pairs
            if other.spreads and StepStatus.FAILED in (left.step.status, right.step.status)
            if _can_have_stopped(left.step if row.left else right.step, own)
        ]
        return self._cause([], stopped) if stopped else Cause((self._not_reached(),))

    def _decisions_of(self, row: Row) -> list[Row]:
        """Return the decisions that ordered a row's steps, where they differ."""
        found = []
        for side, facts in enumerate((row.left, row.right)):
            decided = self.row_of.get((side, facts.step.decision)) if facts else None
            if decided is not None and decided is not row and decided.spreads and decided not in found:
                found.append(decided)
        return found

    # Decisions

    def _decision(self, row: Row) -> Cause:
        origin = list(self._grounds(row))
        earlier = self._nearest([other for other in self._earlier(row) if self._matters(other)])
        if not origin and not earlier:
            origin.append(self._choice(row))
        return self._cause(origin, earlier)

    def _grounds(self, row: Row) -> Iterator[Ingredient]:
        """Yield what differs of all that a planner looks at, besides what earlier steps made."""
        left, right = (trace.side for trace in self.traces)
        presence_only = all(trace.presence_only for trace in self.traces)
        if self._not_there_yet(row):
            return
        if self.other_sop:
            yield self.sop
        if left.planner != right.planner:
            yield Ingredient(Kind.PLANNER_CHOICE, left.planner, right.planner, detail="another planner")
        if left.goal != right.goal:
            mine, other = (list(goal) if goal else None for goal in (left.goal, right.goal))
            yield Ingredient(Kind.PLANNER_CHOICE, mine, other, detail="asked for other skills")
        models = [facts.model if facts and not presence_only else None for facts in (row.left, row.right)]
        if None not in models and models[LEFT] != models[RIGHT]:
            yield Ingredient(Kind.MODEL, models[LEFT], models[RIGHT])
        chosen = {name for facts in (row.left, row.right) if facts for name in choice_of(facts.step)[1:]}
        for name in sorted(chosen & (left.catalog.keys() | right.catalog.keys())):
            versions = left.catalog.get(name), right.catalog.get(name)
            if left.catalog and right.catalog and versions[LEFT] != versions[RIGHT]:
                yield Ingredient(Kind.SKILL_VERSION, *versions, skill=name)
        for found in self.inputs.items:
            if not presence_only or ABSENT in (found.left, found.right):
                yield input_of(found)

    def _earlier(self, row: Row) -> list[Row]:
        """Return the rows that came before this one in either run and that later steps can tell apart."""
        return [other for other in self.spreading if _before(other.seqs, row.seqs)]

    def _nearest(self, rows: Sequence[Row]) -> list[Row]:
        """Leave out the rows that others among them follow from: they are told of there."""
        decisions = [row.seqs for row in rows if row.one.step.kind is StepKind.DECISION]
        last = [max((seqs[side] or 0 for seqs in decisions), default=0) for side in (LEFT, RIGHT)]
        steps = [row for row in rows if row.one.step.kind is not StepKind.DECISION]
        known = {seqs for row in steps for seqs in self.found[row].follows}
        return [row for row in rows if row.seqs not in known and not _before(row.seqs, (last[0], last[1]))]

    def _matters(self, earlier: Row) -> bool:
        """Say whether a planner can have seen that an earlier step came out otherwise."""
        if not all(trace.presence_only for trace in self.traces):
            return True
        if not (earlier.left and earlier.right) or earlier.one.step.kind is StepKind.DECISION:
            return True
        produced = [set(facts.step.digests or ()) for facts in (earlier.left, earlier.right)]
        statuses = {facts.step.status for facts in (earlier.left, earlier.right)}
        return produced[LEFT] != produced[RIGHT] or len(statuses) > 1

    def _choice(self, row: Row) -> Ingredient:
        """Return what is left where all that a planner looked at is the same, and its choice is not."""
        if self._not_there_yet(row):
            return self._not_reached()
        both = [facts for facts in (row.left, row.right) if facts]
        kind = Kind.PLANNER_CHOICE
        if any(facts.why for facts in both):
            kind = Kind.REUSED
        elif any(facts.step.status is StepStatus.FAILED for facts in both):
            kind = Kind.OUTSIDE_WORLD
        return self._at(row, kind, *(facts and said(facts) for facts in (row.left, row.right)))

    def _not_there_yet(self, row: Row) -> bool:
        """Say whether a decision is missing or open because its run stopped without deciding to."""
        sides = zip((row.left, row.right), self.stopped_midway, strict=True)
        return any(midway if facts is None else not _ended(facts) for facts, midway in sides)

    def _not_reached(self) -> Ingredient:
        left, right = (trace.side for trace in self.traces)
        return Ingredient(Kind.NOT_REACHED, left.status, right.status)

    @staticmethod
    def _at(row: Row, kind: Kind, left: Any, right: Any) -> Ingredient:
        """Return an ingredient that belongs to one step."""
        return Ingredient(kind, left, right, skill=row.one.step.skill, at=row.seqs)

    def _cause(self, origin: Sequence[Ingredient], follows: Sequence[Row]) -> Cause:
        once = {ingredient.key: ingredient for ingredient in origin}
        ordered = sorted(set(follows), key=lambda row: self.order[row])
        return Cause(tuple(once.values()), tuple(row.seqs for row in ordered))


def _can_have_stopped(failed: Step, other: Step) -> bool:
    """Say whether a failed step can be why another one was not begun: it can't have read its result."""
    if failed.decision != other.decision:
        return failed.decision < other.decision
    return failed.skill != other.skill or failed.seq < other.seq


def _before(seqs: Seqs, others: Seqs) -> bool:
    """Say whether a row came before another in either run."""
    numbers = zip(seqs, others, strict=True)
    return any(mine is not None and other is not None and mine < other for mine, other in numbers)


def _meet(left: Place, right: Place) -> bool:
    """Say whether one place lies at or inside the other."""
    shared = min(len(left), len(right))
    return left[:shared] == right[:shared]


def _shared_paths(left: Facts, right: Facts) -> list[str]:
    """Return the paths to compare: of two versions only what both read; what else is read is theirs."""
    if left.step.skill_digest == right.step.skill_digest:
        return sorted(left.reads.keys() | right.reads.keys())
    return sorted(left.reads.keys() & right.reads.keys())


def _surroundings(left: dict[str, Any], right: dict[str, Any]) -> Iterator[Ingredient]:
    """Yield what differs of a host and the values of {env.X}, where both are known."""
    if left.get("host") and right.get("host") and left["host"] != right["host"]:
        yield Ingredient(Kind.MODEL, left["host"], right["host"], path="host")
    mine, other = left.get("env") or {}, right.get("env") or {}
    for name in sorted(mine.keys() & other.keys()):
        if mine[name] != other[name]:
            yield Ingredient(Kind.OUTSIDE_WORLD, mine[name], other[name], path=f"env.{name}")


def _executor(facts: Facts) -> ExecutorName | None:
    return facts.skill.contract.executor if facts.skill else None


def _ended(facts: Facts) -> bool:
    return facts.step.ended or facts.step.status is StepStatus.IN_DOUBT


def _is_foreign(facts: Facts, sop_digest: str) -> bool:
    """Say whether a result was taken over that was made of something else than what the run had."""
    pointer, step, skill = facts.step.reused_from or {}, facts.step, facts.skill
    if facts.why == "receipt":
        return bool(pointer.get("stale"))
    if facts.why not in ("kept", "stand_in", "recorded"):
        return False
    if pointer.get("receipt") or skill is None or skill.contract.reads_everything:
        return True  # what it was made of can't be told
    reads = [(path, read.digest) for path, read in facts.reads.items()]
    sop = sop_digest if skill.contract.reads_sop else None
    return step.fingerprint != skill_fingerprint(skill.digest, reads, sop, step.surroundings)


def _corrected(left: Facts, right: Facts) -> tuple[Any, Any]:
    """Return the values that a correction changed, by path; how the results came about if none are known."""
    outputs = left.step.outputs, right.step.outputs
    found = differences(*outputs, most=MOST_CORRECTED, into_lists=False) if None not in outputs else None
    if found is None or not found.items:
        return _made(left), _made(right)
    return (
        {one.path: one.left for one in found.items if one.left is not ABSENT},
        {one.path: one.right for one in found.items if one.right is not ABSENT},
    )


def _made(facts: Facts) -> str:
    """Return how a result came about."""
    source = facts.step.reused_from
    if source is None:
        return "carried out"
    place = f" of {source['thread_id']}, step {source.get('seq')}" if source.get("thread_id") else ""
    return f"{_WORDS.get(source['why'], source['why'])}{place}"


def _midway(trace: Trace) -> bool:
    """Say whether a run stopped, or is, where its planner had not ended it."""
    decided = [facts for facts in trace.facts if facts.step.kind is StepKind.DECISION and _ended(facts)]
    return not decided or choice_of(decided[-1].step)[0] == "run"
