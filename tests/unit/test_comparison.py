"""Where two runs differ and why: one small pair of journals for each kind of origin."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agentskills.domain.attribution import brings, ingredients_to_try, results_that_differ, trial_request
from agentskills.domain.canonical import digest
from agentskills.domain.comparison import Comparison, compare
from agentskills.domain.data_path import read, written
from agentskills.domain.differences import differences
from agentskills.domain.fingerprint import skill_fingerprint
from agentskills.domain.ingredients import Side
from agentskills.domain.origins import Kind
from agentskills.domain.skill import Contract, ExecutorName, Skill
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def skill(name: str, reads: str, writes: str, number: int = 1, **more: Any) -> Skill:
    more.setdefault("executor", ExecutorName.PYTHON)
    contract = Contract(requires=tuple(reads.split()), produces=tuple(writes.split()), **more)
    return Skill(name, f"{name}-{number}", "", contract)


LOOK, SCORE, MAIL = (
    skill("look", "order.id", "order.total"),
    skill("score", "order.total", "score"),
    skill("mail", "score", "mail"),
)
BETTER = skill("score", "order.total", "score", 2)
LLM = skill("score", "order.total", "score", 3, executor=ExecutorName.LLM)
REST = skill("look", "order.id", "order.total", 3, executor=ExecutorName.REST)
READER = skill("score", "order.total", "score", 4, reads_sop=True)
FORM = skill("score", "order.total", "score", 5, executor=ExecutorName.HUMAN)
GREEDY = skill("sum", "", "sum", reads_everything=True)
SKILLS = {one.digest: one for one in (LOOK, SCORE, MAIL, BETTER, LLM, REST, READER, FORM, GREEDY)}


class Run:
    """A run that is written down step by step."""

    def __init__(self, thread_id: str = "left", **facts: Any) -> None:
        self.steps: list[Step] = []
        self.facts = {"thread_id": thread_id, "status": "completed", "sop_digest": "s", **facts}
        self.data = self.facts.pop("data", {"order": {"id": 7}})

    def decide(self, *names: str, **fields: Any) -> Run:
        outputs = {"run": list(names)} if names else {"finish": True}
        return self._add(StepKind.DECISION, len(self.steps) + 1, outputs=outputs, **fields)

    def did(self, carried_out: Skill, value: Any = None, **fields: Any) -> Run:
        decision = next(s.seq for s in reversed(self.steps) if s.kind is StepKind.DECISION)
        if "status" not in fields:
            outputs: dict[str, Any] = {}
            for path in carried_out.contract.writes:
                outputs = written(outputs, path, value)
            fields |= {"outputs": outputs}
            fields["digests"] = {path: digest(value) for path in carried_out.contract.writes}
        known = {"skill": carried_out.name, "skill_digest": carried_out.digest}
        return self._add(StepKind.SKILL, decision, **(known | fields))

    def approved(self, about: Skill, edits: dict[str, Any] | None = None) -> Run:
        outputs: dict[str, Any] = {}
        for path, value in (edits or {}).items():
            outputs = written(outputs, path, value)
        digests = {path: digest(read(outputs, path)) for path in edits or {}}
        decision = next(s.seq for s in reversed(self.steps) if s.kind is StepKind.DECISION)
        known = {"skill": about.name, "skill_digest": about.digest}
        return self._add(StepKind.APPROVAL, decision, outputs=outputs, digests=digests, **known)

    def _add(self, kind: StepKind, decision: int, **fields: Any) -> Run:
        seq = len(self.steps) + 1
        fields = {"status": StepStatus.COMPLETED, "started_at": NOW} | fields
        self.steps.append(Step(seq=seq, decision=decision, kind=kind, version=seq, **fields))
        return self

    @property
    def side(self) -> Side:
        return Side(initial_data=self.data, steps=self.steps, **self.facts)


def chain(
    thread_id: str = "left",
    values: tuple[Any, Any, Any] = (100, 5, "dear"),
    skills: tuple[Skill, Skill, Skill] = (LOOK, SCORE, MAIL),
    **facts: Any,
) -> Run:
    """look (2), score (4), mail (6), finish (7)."""
    run = Run(thread_id, **facts)
    for one, value in zip(skills, values, strict=True):
        run.decide(one.name).did(one, value)
    return run.decide()


def against(left: Run, right: Run) -> Comparison:
    return compare(left.side, right.side, SKILLS)


def causes(found: Comparison) -> dict[Any, Any]:
    """Of every row that differs: kinds of its origin, and the left numbers it follows from."""
    return {
        step.row.seqs: (
            [str(ingredient.kind) for ingredient in step.cause.origin],
            list(step.cause.follows),
        )
        for step in found.steps
        if step.state != "same"
    }


def other(**more: Any) -> Run:
    return chain("right", **more)


def test_an_input_is_found_and_the_rest_follows() -> None:
    found = against(chain(), other(data={"order": {"id": 8}}, values=(200, 9, "sorry")))
    assert causes(found) == {
        (2, 2): (["input"], []),
        (4, 4): ([], [(2, 2)]),
        (6, 6): ([], [(4, 4)]),
    }
    assert found.headline == "1 origin: input order.id; 2 steps follow"
    assert [(d.path, d.left, d.right) for d in found.data.items] == [
        ("mail", "dear", "sorry"),
        ("order.id", 7, 8),
        ("order.total", 100, 200),
        ("score", 5, 9),
    ]


def test_a_difference_that_ends_at_a_step_goes_no_further() -> None:
    found = against(chain(), other(data={"order": {"id": 8}}, values=(200, 5, "dear")))
    assert causes(found) == {(2, 2): (["input"], []), (4, 4): ([], [(2, 2)])}


def test_two_origins() -> None:
    right = other(data={"order": {"id": 8}}, values=(200, 9, "sorry"), skills=(LOOK, BETTER, MAIL))
    found = against(chain(), right)
    assert causes(found)[4, 4] == (["skill_version"], [(2, 2)])
    assert found.headline == "2 origins: input order.id, skill version of score; 1 step follows"
    [_, version] = found.origins
    assert (version.ingredient.left, version.ingredient.right) == ("score-1", "score-2")
    assert version.steps == ((4, 4),)


@pytest.mark.parametrize(
    ("mine", "others", "kind"),
    [
        ({"skills": (REST, SCORE, MAIL)}, {"skills": (REST, SCORE, MAIL)}, "outside_world"),
        ({}, {}, "outside_world"),
        ({"sop_digest": "s", "skills": (LOOK, SCORE, MAIL)}, {"sop_digest": "t"}, "outside_world"),
    ],
)
def test_the_outside_world(mine: dict[str, Any], others: dict[str, Any], kind: str) -> None:
    found = against(chain(**mine), other(**others, values=(101, 5, "dear")))
    assert causes(found) == {(2, 2): ([kind], []), (4, 4): ([], [(2, 2)])}


def test_chance_and_another_model() -> None:
    skills = (LOOK, LLM, MAIL)
    found = against(chain(skills=skills), other(skills=skills, values=(100, 6, "dear")))
    assert causes(found) == {(4, 4): (["chance"], []), (6, 6): ([], [(4, 4)])}
    found = against(chain(skills=skills, model="a"), other(skills=skills, model="b", values=(100, 6, "dear")))
    assert causes(found)[4, 4] == (["model"], [])
    assert found.origins[0].ingredient.right == "b"


def test_the_sop_where_a_skill_reads_it() -> None:
    skills = (LOOK, READER, MAIL)
    found = against(chain(skills=skills), other(skills=skills, sop_digest="t", values=(100, 6, "dear")))
    assert causes(found) == {(4, 4): (["sop"], []), (6, 6): ([], [(4, 4)])}
    assert against(chain(), other(sop_digest="t")).headline == "No step differs; SOP differs without effect"


def test_surroundings() -> None:
    left = Run().decide("look").did(REST, 1, surroundings={"env": {"URL": "a"}}).decide()
    right = Run("right").decide("look").did(REST, 2, surroundings={"env": {"URL": "b"}}).decide()
    [origin] = against(left, right).origins
    assert (origin.ingredient.kind, origin.ingredient.path) == (Kind.OUTSIDE_WORLD, "env.URL")


def test_a_correction_by_a_person() -> None:
    right = Run("right").decide("look").did(LOOK, 100).decide("score")
    right.did(SCORE, 8, reused_from={"why": "given", "by": {"kind": "person"}})
    right.decide("mail").did(MAIL, "dear").decide()
    found = against(chain(), right)
    assert causes(found) == {(4, 4): (["override"], []), (6, 6): ([], [(4, 4)])}
    assert found.headline == "1 origin: correction of score; 1 step follows"
    ingredient = found.origins[0].ingredient
    assert (ingredient.left, ingredient.right) == ({"score": 5}, {"score": 8})


def test_a_result_that_was_taken_over() -> None:
    right = Run("right").decide("look")
    right.did(LOOK, 300, reused_from={"why": "stand_in", "thread_id": None}).decide()
    found = against(Run().decide("look").did(LOOK, 100).decide(), right)
    assert causes(found) == {(2, 2): (["reused"], [])}
    ingredient = found.origins[0].ingredient
    assert (ingredient.left, ingredient.right) == ("carried out", "stand-in")


@pytest.mark.parametrize("why", ["kept", "stand_in", "recorded"])
def test_what_was_taken_over_but_made_of_the_same_is_no_origin_of_its_own(why: str) -> None:
    made_of = skill_fingerprint(LOOK.digest, [("order.id", digest(8))], None, None)
    for fingerprint, kinds in ((made_of, ["input"]), ("of others", ["input", "reused"])):
        right = Run("right", data={"order": {"id": 8}}).decide("look")
        right.did(LOOK, 300, fingerprint=fingerprint, reused_from={"why": why, "thread_id": "r"}).decide()
        assert causes(against(Run().decide("look").did(LOOK, 100).decide(), right)) == {(2, 2): (kinds, [])}


def test_a_receipt_is_an_origin_only_where_it_is_stale_or_another_version_may_have_acted() -> None:
    left = Run(data={"order": {"total": 1}}).decide("score").did(SCORE, 1).decide()
    for version, stale, kinds in (
        (SCORE, {}, ["input"]),
        (SCORE, {"stale": ["order.total"]}, ["input", "reused"]),
        (BETTER, {}, ["skill_version", "input", "reused"]),
    ):
        right = Run("right", data={"order": {"total": 2}}).decide("score")
        right.did(version, 2, reused_from={"why": "receipt", "thread_id": "r", "seq": 2} | stale).decide()
        assert causes(against(left, right)) == {(2, 2): (kinds, [])}


def test_answers_of_people() -> None:
    def run(name: str, edits: dict[str, Any], value: Any) -> Run:
        run = Run(name, data={"order": {"id": 7, "total": 5}}).decide("score")
        return run.approved(SCORE, edits).did(SCORE, value).decide()

    found = against(run("left", {}, 1), run("right", {"order.total": 9}, 2))
    assert causes(found) == {(2, 2): (["answer"], []), (3, 3): ([], [(2, 2)])}
    found = against(
        Run(data={"order": {"total": 5}}).decide("score").did(FORM, 1).decide(),
        Run("right", data={"order": {"total": 5}}).decide("score").did(FORM, 2).decide(),
    )
    assert causes(found) == {(2, 2): (["answer"], [])}


def test_another_choice_of_the_planner_and_what_it_led_to() -> None:
    left = chain(planner="llm")
    right = Run("right", planner="llm").decide("look").did(LOOK, 100).decide("mail").did(MAIL, "x").decide()
    found = against(left, right)
    assert causes(found) == {
        (3, None): (["planner_choice"], []),
        (4, None): ([], [(3, None)]),
        (6, 4): ([], [(4, None)]),
    }
    assert found.headline == "1 origin: planner's choice at step 3; 2 steps follow"


def test_skills_of_one_decision_are_aligned_in_any_order() -> None:
    left = Run().decide("look", "sum").did(LOOK, 1).did(GREEDY, 2).decide()
    right = Run("right").decide("sum", "look").did(GREEDY, 2).did(LOOK, 1).decide()
    found = against(left, right)
    assert causes(found) == {}
    assert [step.row.seqs for step in found.steps] == [(1, 1), (2, 3), (3, 2), (4, 4)]


def test_a_failed_step_and_what_never_came() -> None:
    right = Run("right", status="failed").decide("look")
    right.did(LOOK, status=StepStatus.FAILED, error={"type": "skill-failed"})
    found = against(chain(), right)
    assert causes(found)[2, 2] == (["outside_world"], [])
    assert causes(found)[3, None] == ([], [(2, 2)])
    assert causes(found)[4, None] == ([], [(3, None)])
    assert found.headline == "1 origin: outside world at look; 5 steps follow"


def test_an_unfinished_run_is_compared_as_far_as_it_is() -> None:
    right = Run("right", status="running").decide("look").did(LOOK, 100)
    found = against(chain(), right)
    assert found.headline == "No differences; right is running"
    assert {seqs: found for seqs, (found, _) in causes(found).items() if found} == {
        (3, None): ["not_reached"]
    }


def test_old_rows_say_no_model_and_no_version() -> None:
    left = Run().decide("score").did(LLM, 1, skill_digest=None, inputs={"order.total": 0}).decide()
    right = Run("right").decide("score").did(LLM, 1, surroundings={"model": "m"}).decide()
    assert causes(against(left, right)) == {}


def test_an_input_that_nobody_read() -> None:
    found = against(chain(), other(data={"order": {"id": 7}, "note": "x"}))
    assert causes(found) == {}
    assert found.headline == "No step differs; input note differs without effect"
    assert found.differs


def test_an_input_inside_what_is_read_is_named_exactly_and_not_where_it_was_written_over() -> None:
    left = Run(data={"order": {"id": 7, "total": 1, "note": "a"}})
    right = Run("right", data={"order": {"id": 7, "total": 2, "note": "b"}})
    for run in (left, right):
        run.decide("look").did(LOOK, 100).decide("sum").did(GREEDY, 1).decide()
    found = against(left, right)
    assert [o.ingredient.path for o in found.origins if o.steps] == ["order.note"]


def test_numbers_compare_by_value_and_true_is_no_number() -> None:
    left = {"a": 1, "b": Decimal("1.10"), "c": True, "d": [1, {"e": 2}], "f": [1]}
    right = {"a": Decimal("1.0"), "b": Decimal("1.1"), "c": 1, "d": [1, {"e": 3}], "f": [1, 2]}
    found = differences(left, right, most=10)
    assert [(one.path, one.change) for one in found.items] == [
        ("c", "changed"),
        ("d[1].e", "changed"),
        ("f", "changed"),
    ]
    assert differences(left, right, most=2).more


def test_each_ingredient_is_taken_by_itself() -> None:
    left = chain(data={"order": {"id": 7}, "gone": 1})
    right = other(
        data={"order": {"id": None}}, values=(200, 9, "sorry"), skills=(LOOK, BETTER, MAIL), sop_digest="t"
    )
    found = against(left, right)
    requests = {
        one.path or one.skill or str(one.kind): trial_request(found, one, "New SOP", None).document()
        for one in ingredients_to_try(found)
    }
    assert requests["order.id"]["initial_data"] == {"order": {"id": None}, "gone": 1}
    assert requests["gone"]["initial_data"] == {"order": {"id": 7}}
    assert requests["score"]["skills"] == {"score": "score-2", "*": "pinned"}
    assert requests["sop"]["sop"] == "New SOP"
    for document in requests.values():
        assert (document["effects"], document["results"], document["plan"]) == (
            "none",
            "unchanged",
            "unchanged",
        )
    assert requests["gone"]["skills"] == "pinned"


def test_what_a_trial_brings() -> None:
    found = against(chain(), other(data={"order": {"id": 8}}, values=(200, 9, "sorry")))
    wanted = results_that_differ(found)
    assert [one.path for one in wanted] == ["mail", "order.total", "score"]
    like_right = {"mail": "sorry", "order": {"total": 200}, "score": Decimal("9.0")}
    assert brings(like_right, wanted) == "all"
    assert brings(like_right | {"score": 5}, wanted) == "some"
    assert brings({"order": {"id": 8}}, wanted) == "none"
