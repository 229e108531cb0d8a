"""Laws of comparing two runs, over random pairs of journals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from agentskills.domain.alignment import Sign, align
from agentskills.domain.canonical import digest
from agentskills.domain.comparison import Comparison, compare
from agentskills.domain.data_path import overlap, read, written
from agentskills.domain.differences import differences, value_at, with_value
from agentskills.domain.fold import Fold, fold
from agentskills.domain.ingredients import Side
from agentskills.domain.origins import Ingredient
from agentskills.domain.provenance import Provenance
from agentskills.domain.skill import Contract, ExecutorName, Skill
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step

NOW = datetime(2027, 1, 1, tzinfo=UTC)
PATHS = ["a", "a.b", "a.c", "d", "d.e", "f"]
values = st.sampled_from([0, 1, "x", None, {"b": 1}, {"b": 2, "c": 3}, [1, 2]])
stores = st.dictionaries(st.sampled_from(["a", "d", "f"]), values, max_size=3)


def version(number: int, name: str, reads: list[str], writes: list[str], **more: Any) -> Skill:
    contract = Contract(requires=tuple(reads), produces=tuple(writes), **more)
    return Skill(name, f"{name}{number}", "", contract)


@st.composite
def skill_sets(draw: st.DrawFn) -> dict[str, Skill]:
    """Two versions of each of three skills, by digest."""
    found = {}
    for name in "xyz":
        for number in (1, 2):
            reads = draw(st.lists(st.sampled_from(PATHS), max_size=2, unique=True))
            writes: list[str] = []
            for path in draw(st.lists(st.sampled_from(PATHS), max_size=2, unique=True)):
                if not any(overlap(path, other) for other in writes):
                    writes.append(path)
            executor = draw(st.sampled_from(list(ExecutorName)))
            everything, sop = draw(st.booleans()), draw(st.booleans())
            more = {"executor": executor, "reads_everything": everything, "reads_sop": sop}
            skill = version(number, name, reads, writes, **more)
            found[skill.digest] = skill
    return found


class Journal:
    """Writes the steps of one run, as the engine would."""

    def __init__(self, draw: st.DrawFn, skills: dict[str, Skill]) -> None:
        self.draw = draw
        self.skills = skills
        self.steps: list[Step] = []
        self.failed = False

    def decide(self, outputs: dict[str, Any]) -> int:
        seq = len(self.steps) + 1
        self.add(StepKind.DECISION, seq, StepStatus.COMPLETED, outputs=outputs)
        return seq

    def add(self, kind: StepKind, decision: int, status: StepStatus, **fields: Any) -> None:
        seq = len(self.steps) + 1
        self.steps.append(
            Step(seq=seq, decision=decision, kind=kind, status=status, version=seq, started_at=NOW, **fields)
        )

    def carry_out(self, decision: int, skill: Skill) -> None:
        where = self.draw(st.sampled_from(["", "", "before", "after"]))
        if where == "before":
            self.approve(decision, skill, skill.contract.reads)
        status = self.draw(
            st.sampled_from([StepStatus.COMPLETED] * 5 + [StepStatus.FAILED, StepStatus.STARTED])
        )
        done = status is StepStatus.COMPLETED
        outputs, digests = self.outputs(skill.contract.writes) if done else (None, None)
        why = self.draw(st.sampled_from([None, None, None, "reused", "kept", "receipt", "given"]))
        self.add(
            StepKind.SKILL,
            decision,
            status,
            skill=skill.name,
            skill_digest=skill.digest,
            outputs=outputs,
            digests=digests,
            error={"type": self.draw(st.sampled_from(["one", "two"]))}
            if status is StepStatus.FAILED
            else None,
            reused_from={"why": why, "thread_id": "r", "seq": 1} if why and done else None,
            surroundings={"model": self.draw(st.sampled_from(["m", "n"])), "host": "h"},
        )
        self.failed = self.failed or not done
        if where == "after" and done:
            self.approve(decision, skill, skill.contract.writes)

    def approve(self, decision: int, skill: Skill, paths: tuple[str, ...]) -> None:
        edited = [path for path in paths if self.draw(st.booleans())]
        outputs, digests = self.outputs(edited[:1])
        fields: dict[str, Any] = {"skill": skill.name, "skill_digest": skill.digest, "outputs": outputs}
        self.add(StepKind.APPROVAL, decision, StepStatus.COMPLETED, digests=digests, **fields)

    def outputs(self, paths: Any) -> tuple[dict[str, Any], dict[str, str]]:
        outputs: dict[str, Any] = {}
        for path in paths:
            outputs = written(outputs, path, self.draw(values))
        return outputs, {path: digest(read(outputs, path)) for path in paths}


@st.composite
def sides(draw: st.DrawFn, skills: dict[str, Skill], thread_id: str) -> Side:
    journal = Journal(draw, skills)
    versions = {name: skills[f"{name}{draw(st.sampled_from([1, 1, 2]))}"] for name in "xyz"}
    for _ in range(draw(st.integers(0, 4))):
        chosen: list[Skill] = []
        for name in draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=2, unique=True)):
            if not any(versions[name].contract.overlaps(other.contract) for other in chosen):
                chosen.append(versions[name])
        decision = journal.decide({"run": [skill.name for skill in chosen]})
        for skill in chosen:
            journal.carry_out(decision, skill)
        if journal.failed:
            break
    if not journal.failed and draw(st.booleans()):
        journal.decide(draw(st.sampled_from([{"finish": True}, {"give_up": "missing-paths"}])))
    status = draw(st.sampled_from(["completed", "failed", "running", "cancelled"]))
    return Side(
        thread_id=thread_id,
        status=status,
        initial_data=draw(stores),
        sop_digest=draw(st.sampled_from(["s", "s", "t"])),
        steps=journal.steps,
        planner=draw(st.sampled_from(["dataflow", "llm"])),
        model="m",
        catalog={name: skill.digest for name, skill in versions.items()},
    )


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Side, Side, dict[str, Skill]]:
    skills = draw(skill_sets())
    return draw(sides(skills, "left")), draw(sides(skills, "right")), skills


def rows(found: Comparison) -> dict[Any, Any]:
    return {step.row.seqs: step for step in found.steps}


@given(pairs())
@settings(max_examples=200, deadline=None)
def test_a_run_compared_with_itself_has_no_origin(pair: tuple[Side, Side, dict[str, Skill]]) -> None:
    side, _, skills = pair
    found = compare(side, side, skills)
    assert not found.differs
    assert {step.state for step in found.steps} <= {"same"}
    assert found.headline.startswith("No differences")


@given(pairs())
@settings(max_examples=300, deadline=None)
def test_every_step_is_there_once_and_in_the_order_of_the_left_run(
    pair: tuple[Side, Side, dict[str, Skill]],
) -> None:
    left, right, skills = pair
    found = compare(left, right, skills)
    assert [s.row.seqs[0] for s in found.steps if s.row.left] == [step.seq for step in left.steps]
    assert sorted(s.row.seqs[1] for s in found.steps if s.row.right) == [step.seq for step in right.steps]
    for step in found.steps:
        if step.row.left and step.row.right:
            one, other = step.row.left.step, step.row.right.step
            assert (one.kind, one.skill) == (other.kind, other.skill)


@given(pairs())
@settings(max_examples=500, deadline=None)
def test_every_difference_is_an_origin_or_follows_from_one(
    pair: tuple[Side, Side, dict[str, Skill]],
) -> None:
    found = compare(*pair)
    by_seqs = rows(found)
    grounded = {seqs for seqs, step in by_seqs.items() if step.cause.origin}
    while True:
        more = {s for s, step in by_seqs.items() if set(step.cause.follows) & grounded} - grounded
        if not more:
            break
        grounded |= more
    for seqs, step in by_seqs.items():
        assert (step.state == "same") == (seqs not in grounded), (seqs, step.state, step.cause)
        assert seqs not in step.cause.follows
        assert all(by_seqs[before].row.spreads for before in step.cause.follows)
        for ingredient in step.cause.origin:
            event(str(ingredient.kind))


@given(pairs())
@settings(max_examples=300, deadline=None)
def test_swapping_left_and_right_mirrors(pair: tuple[Side, Side, dict[str, Skill]]) -> None:
    left, right, skills = pair
    found, mirrored = compare(left, right, skills), compare(right, left, skills)
    one, other = rows(found), rows(mirrored)
    assert set(one) == {seqs[::-1] for seqs in other}
    names = {"only_left": "only_right", "only_right": "only_left"}
    for seqs, step in one.items():
        twin = other[seqs[::-1]]
        assert step.state == names.get(twin.state, twin.state)
        assert set(step.cause.follows) == {before[::-1] for before in twin.cause.follows}
        assert plain(step.cause.origin) == plain(map(swapped, twin.cause.origin))
    assert {d.path: (d.left, d.right) for d in found.data.items} == {
        d.path: (d.right, d.left) for d in mirrored.data.items
    }


def swapped(found: Ingredient) -> Ingredient:
    at = found.at[::-1] if found.at else None
    return Ingredient(
        found.kind, found.right, found.left, found.path, found.skill, found.detail, at, found.place
    )


def plain(found: Any) -> list[str]:
    return sorted(map(str, found))


@given(stores, stores)
def test_differences_applied_to_the_left_value_give_the_right_one(
    left: dict[str, Any], right: dict[str, Any]
) -> None:
    found = differences(left, right, most=100, into_lists=False)
    made = left
    for one in found.items:
        assert value_at(left, one.place) is one.left or value_at(left, one.place) == one.left
        made = with_value(made, one.place, one.right)
    assert digest(made) == digest(right)
    assert (found.items == []) == (digest(left) == digest(right))


@given(pairs())
@settings(max_examples=200, deadline=None)
def test_provenance_folds_as_the_fold_does(pair: tuple[Side, Side, dict[str, Skill]]) -> None:
    side = pair[0]
    folded, known = Fold(side.initial_data), Provenance(side.initial_data)
    for step in side.steps:
        folded.apply(step)
        known.apply(step)
        for path in PATHS:
            assert known.digest_of(path) == folded.digest_of(path)
            assert max(known.sources(path)) == folded.producer(path)
    assert known.data == fold(side.initial_data, side.steps)


signs = st.lists(st.builds(Sign, st.sampled_from("xyz"), st.sampled_from([1, 2])), max_size=8)


@given(signs, signs)
@settings(max_examples=300)
def test_alignment_keeps_order_and_finds_the_highest_score(left: list[Sign], right: list[Sign]) -> None:
    found = align(left, right)
    both = [(i, j) for i, j in found if i is not None and j is not None]
    assert sorted(i for i, _ in found if i is not None) == list(range(len(left)))
    assert sorted(j for _, j in found if j is not None) == list(range(len(right)))
    assert both == sorted(both, key=lambda pair: pair[1])
    assert sum(left[i].key == right[j].key for i, j in both) == len(both)
    # Occurrences decide only between equals, and are not looked at where runs begin and end alike.
    assert sum(30 if left[i] == right[j] else 10 for i, j in both) >= best(left, right) - 8


def best(left: list[Sign], right: list[Sign]) -> int:
    scores = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            scores[i][j] = max(scores[i + 1][j], scores[i][j + 1])
            if left[i].key == right[j].key:
                score = scores[i + 1][j + 1] + (30 if left[i] == right[j] else 10)
                scores[i][j] = max(scores[i][j], score)
    return scores[0][0]
