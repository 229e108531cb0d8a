"""The planner without a model: goals, suppliers, readiness, ends."""

from __future__ import annotations

import pytest

from agentskills.domain.decision import Finish, GiveUp, PlanningView, Run
from agentskills.domain.skill import ExecutorName
from agentskills.planner.dataflow import DataflowPlanner

from .worlds import bare, catalog, decide, irreversible, live, skill

ORDER = catalog(
    skill("fetch-order", "order.id", "order.lines[] order.total"),
    skill("check-policy", "order.total", "refund.amount refund.ok? refund.over_limit?"),
    skill("release", "refund.over_limit", "refund.ok"),
    irreversible("pay-refund", "refund.ok refund.amount", "payment.id"),
    irreversible("notify-customer", "payment.id", "mail.id"),
    skill("write-poem", "order.id", "poem"),
)
START = {"order": {"id": "A-1"}}


def test_a_named_goal_brings_its_suppliers_and_nothing_else() -> None:
    story = live(ORDER, START, "Pay refund and notify_customer.", absent=lambda p: p == "refund.over_limit")
    assert story.rounds == [("fetch-order",), ("check-policy",), ("pay-refund",), ("notify-customer",)]
    assert story.end == Finish(
        "All that the SOP names has been carried out: pay-refund and notify-customer.", ("write-poem",)
    )


def test_a_supplier_that_can_still_run_is_waited_for() -> None:
    story = live(ORDER, START, "Pay refund.")  # both check-policy and release produce refund.ok
    assert story.order == ["fetch-order", "check-policy", "release", "pay-refund"]


def test_reasons_say_what_is_there_what_comes_and_who_needs_it() -> None:
    story = live(ORDER, START, "Pay refund.", absent=lambda path: path == "refund.over_limit")
    first, last = story.decisions[0], story.decisions[2]
    assert isinstance(first, Run)
    assert isinstance(last, Run)
    assert first.reasons == {"fetch-order": "order.id is there; needed by check-policy"}
    assert first.reason == first.reasons["fetch-order"]
    assert last.reasons["pay-refund"] == ("refund.ok and refund.amount are there; named in the SOP")


def test_listed_skills_are_the_goal_whatever_the_sop_names() -> None:
    sop = "Pay refund and notify customer."
    story = live(ORDER, START, sop, goal=["check-policy", "fetch-order"])
    assert story.order == ["fetch-order", "check-policy"]
    assert isinstance(story.end, Finish)
    assert (
        story.end.reason == "All that the request lists has been carried out: check-policy and fetch-order."
    )
    assert story.end.not_asked_for == ("pay-refund", "release", "write-poem")


def test_listed_skills_never_bring_in_another() -> None:
    alone = live(ORDER, START, "Pay refund.", goal=["check-policy"])
    assert alone.rounds == []
    assert alone.end == GiveUp(
        "check-policy can't run: order.total is missing, "
        "fetch-order could produce it but is not listed in the request.",
        "missing-paths",
        ("order.total",),
    )
    enough = {"refund": {"ok": True, "amount": 5}}  # then the payment needs nobody else
    assert live(ORDER, START | enough, "Fetch order.", goal=["pay-refund"]).order == ["pay-refund"]


def test_a_listed_skill_that_lacks_something_names_all_who_could_have_produced_it() -> None:
    story = live(ORDER, START, goal=["fetch-order", "pay-refund"])
    assert story.rounds == []  # nothing is begun that can't be brought to its end
    assert story.end == GiveUp(
        "pay-refund can't run: "
        "refund.ok is missing, check-policy could produce it but is not listed in the request and needs "
        "order.total, release could produce it but is not listed in the request and needs "
        "refund.over_limit; "
        "refund.amount is missing, check-policy could produce it but is not listed in the request and needs "
        "order.total.",
        "missing-paths",
        ("refund.ok", "refund.amount"),
    )


def test_what_a_listed_supplier_lacks_is_told_too() -> None:
    end = live(ORDER, START, goal=["check-policy", "pay-refund"]).end
    assert isinstance(end, GiveUp)
    assert end.missing == ("order.total", "refund.ok", "refund.amount")
    assert "refund.amount is missing, check-policy could produce it but needs order.total; " in end.reason
    assert "fetch-order could produce it but is not listed in the request" in end.reason


def test_what_initial_data_holds_needs_no_supplier_but_a_goal_runs_all_the_same() -> None:
    start = {"order": {"id": "A-1", "total": 5}}
    assert live(ORDER, start, goal=["check-policy"]).order == ["check-policy"]
    story = live(ORDER, start, goal=["check-policy", "fetch-order"])
    assert story.rounds == [("fetch-order",), ("check-policy",)]


def test_without_a_goal_every_skill_that_can_run_runs_but_nothing_irreversible() -> None:
    story = live(ORDER, START, "Handle the complaint.", absent=lambda path: path == "refund.over_limit")
    assert story.rounds == [("fetch-order", "write-poem"), ("check-policy",)]
    assert story.end == Finish(
        "Every skill that could run has been carried out: fetch-order, write-poem and check-policy.",
        ("pay-refund",),
    )


def test_a_skill_without_a_contract_runs_only_when_named_listed_or_needed() -> None:
    skills = catalog(skill("a", "", "x"), bare("pdf"), skill("b", "results.pdf", "y"))
    assert live(skills).order == ["a"]
    assert live(skills, sop="Use PDF, please.").order == ["pdf"]
    assert live(skills, goal=["pdf", "a"]).rounds == [("a",), ("pdf",)]  # it reads everything: it goes last
    assert live(skills, sop="Do b.").order == ["pdf", "b"]
    assert live(skills, goal=["b"]).order == []


def test_skills_without_contracts_go_in_the_order_of_the_sop() -> None:
    skills = catalog(bare("docx"), bare("pdf"), bare("xlsx"))
    assert live(skills, sop="Read with xlsx, then pdf, then docx.").rounds == [("xlsx",), ("pdf",), ("docx",)]


def test_independent_skills_run_side_by_side() -> None:
    skills = catalog(skill("a", "in", "x"), skill("b", "in", "y"), skill("c", "x y", "z"))
    assert live(skills, {"in": 1}).rounds == [("a", "b"), ("c",)]


def test_skills_that_write_to_one_place_never_run_side_by_side() -> None:
    skills = catalog(skill("a", "in", "x.y"), skill("b", "in", "x"), skill("c", "x", "z"))
    assert live(skills, {"in": 1}).rounds == [("a",), ("b",), ("c",)]


def test_an_optional_path_is_waited_for_while_it_may_come_but_brings_no_supplier() -> None:
    skills = catalog(skill("score", "in note?", "score"), skill("annotate", "in", "note"))
    assert live(skills, {"in": 1}).rounds == [("annotate",), ("score",)]
    assert live(skills, {"in": 1}, "Score it.").rounds == [("score",)]
    assert live(skills, {"in": 1}, "Score it, annotate it.").rounds == [("annotate",), ("score",)]
    assert live(skills, {"in": 1}, goal=["score"]).rounds == [("score",)]
    assert live(skills, {"in": 1}, goal=["score", "annotate"]).rounds == [("annotate",), ("score",)]


def test_skills_that_wait_for_each_other_run_one_after_the_other() -> None:
    skills = catalog(skill("a", "x", "y"), skill("b", "y", "z"), skill("c", "z", "x"))
    start = {"x": 1, "y": 1, "z": 1}
    assert live(skills, start, goal=["b", "c", "a"]).rounds == [("b",), ("c",), ("a",)]
    assert live(skills, start, goal=["c", "a", "b"]).rounds == [("c",), ("a",), ("b",)]


def test_a_skill_that_changes_a_value_in_place_runs_once() -> None:
    skills = catalog(skill("tidy", "order", "order"), skill("use", "order", "done"))
    assert live(skills, {"order": {}}).rounds == [("tidy",), ("use",)]


def test_a_branch_that_is_not_taken_is_left_out() -> None:
    skills = catalog(
        skill("judge", "in", "large? small?"),
        skill("for-large", "large", "answer"),
        skill("for-small", "small", "answer"),
        skill("reply", "answer", "out"),
    )
    for sop in ("Do it.", "Reply."):
        story = live(skills, {"in": 1}, sop, absent=lambda path: path == "large")
        assert story.order == ["judge", "for-small", "reply"]
        assert isinstance(story.end, Finish)


def test_a_goal_whose_path_turns_out_absent_ends_the_run() -> None:
    skills = catalog(skill("judge", "in", "large?"), skill("for-large", "large", "answer"))
    asked: list[tuple[str, list[str] | None]] = [
        ("Answer for large.", None),
        ("Do it.", ["for-large", "judge"]),
    ]
    for sop, goal in asked:
        story = live(skills, {"in": 1}, sop, goal, absent=lambda path: True)
        assert story.order == ["judge"]
        assert story.end == GiveUp(
            "for-large can't run: large is missing, judge has run and did not produce it.",
            "missing-paths",
            ("large",),
        )


def test_a_goal_that_can_never_run_ends_the_run_before_anything_is_done() -> None:
    story = live(ORDER, {}, "Write poem, then pay refund.")
    assert story.rounds == []
    end = story.end
    assert isinstance(end, GiveUp)
    assert end.error_type == "missing-paths"
    assert end.missing[0] == "order.id"
    assert "order.id is missing, and no skill produces it" in end.reason
    assert "refund.ok is missing, check-policy could produce it but needs order.total" in end.reason


def test_nothing_to_do_says_what_each_skill_needs() -> None:
    story = live(ORDER, {"orders": 1}, "Handle it.")
    end = story.end
    assert isinstance(end, GiveUp)
    assert end.error_type == "nothing-to-do"
    assert end.missing == ("order.id",)
    assert "fetch-order needs order.id" in end.reason
    assert "only on request: notify-customer and pay-refund" in end.reason
    empty = live({}, {}, "Handle it.").end
    assert isinstance(empty, GiveUp)
    assert "no skills are loaded" in empty.reason


def test_an_unknown_listed_skill_ends_the_run_with_a_hint() -> None:
    end = live(ORDER, START, goal=["fetch-orders"]).end
    expected = "There is no skill named fetch-orders. Did you mean fetch-order?"
    assert end == GiveUp(expected, "unknown-skill")


def test_skills_that_only_feed_each_other_can_never_run() -> None:
    skills = catalog(skill("a", "x", "y"), skill("b", "y", "x"))
    asked: list[tuple[str, list[str] | None]] = [("Do a.", None), ("Do it.", ["a", "b"])]
    for sop, goal in asked:
        end = live(skills, {}, sop, goal).end
        assert isinstance(end, GiveUp)
        assert end.missing == ("x", "y")


def test_null_is_there_and_a_list_path_wants_a_list() -> None:
    skills = catalog(skill("a", "x lines[]", "y"))
    assert live(skills, {"x": None, "lines": []}).order == ["a"]
    assert live(skills, {"x": None, "lines": {}}).order == []


def test_an_irreversible_supplier_comes_in_only_where_nothing_else_helps() -> None:
    skills = catalog(
        irreversible("buy", "in", "licence"),
        skill("find", "in", "licence"),
        skill("install", "licence", "done"),
    )
    assert live(skills, {"in": 1}, "Install.").order == ["find", "install"]
    del skills["find"]
    assert live(skills, {"in": 1}, "Install.").order == ["buy", "install"]
    assert live(skills, {"in": 1}, goal=["install"]).order == []  # the request lists only that
    assert live(skills, {"in": 1}).order == []  # nobody asked for either


def test_a_reversible_supplier_that_drags_in_an_irreversible_one_is_passed_over() -> None:
    skills = catalog(
        irreversible("pay", "in", "receipt"),
        skill("from-receipt", "receipt", "total"),
        skill("from-order", "in", "total"),
        skill("goal", "total", "done"),
    )
    assert live(skills, {"in": 1}, "Reach the goal.").order == ["from-order", "goal"]


def test_suppliers_that_need_each_other_are_untangled() -> None:
    skills = catalog(
        irreversible("y", "in", "q"),
        skill("x", "q", "p"),
        skill("z", "p", "q"),  # looks like a gentler source of q, but needs what x makes of it
        skill("goal", "p", "done"),
    )
    assert live(skills, {"in": 1}, "Reach the goal.").order == ["y", "x", "goal"]


@pytest.mark.parametrize("chain", [5, 400])
def test_long_chains_go_step_by_step(chain: int) -> None:
    skills = catalog(*(skill(f"s{n}", f"p{n}", f"p{n + 1}") for n in range(chain)))
    story = live(skills, {"p0": 1}, f"Do s{chain - 1}.")
    assert story.order == [f"s{n}" for n in range(chain)]


def test_what_was_carried_out_before_is_not_done_again_whatever_planner_is_asked() -> None:
    skills, digest = ORDER, "one catalogue"
    story = live(skills, START, "Pay refund.", digest=digest)
    fresh, data = DataflowPlanner(), story.data[2]
    from agentskills.domain.decision import CarriedOut

    done = [CarriedOut(name, seq) for seq, name in enumerate(story.order[:2], 1)]
    view = PlanningView("Pay refund.", None, skills, digest, START, data, done, "test:any")
    assert decide(view, fresh).decision == story.decisions[2]


def test_without_a_model_a_run_that_needs_one_fails_at_once() -> None:
    skills = catalog(
        skill("look-up", "id", "name"), skill("draft", "name", "text", executor=ExecutorName.LLM)
    )
    story = live(skills, {"id": 1}, "Do draft.", model=None)
    assert story.order == []
    assert (story.end.error_type, "draft asks a model" in story.end.reason) == ("no-model", True)
    assert live(skills, {"id": 1}, "Do draft.").order == ["look-up", "draft"]


def test_without_a_model_nobody_asked_for_what_needs_one() -> None:
    skills = catalog(
        skill("look-up", "id", "name"), skill("draft", "name", "text", executor=ExecutorName.LLM)
    )
    assert live(skills, {"id": 1}, model=None).order == ["look-up"]
    assert live(skills, {"id": 1}).order == ["look-up", "draft"]
