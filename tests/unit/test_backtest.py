"""What a comparison of a run with its replay says about the outcome, and what the replay needs more."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from agentskills.domain.backtest import Spending, Verdict, report_of
from agentskills.domain.skill import Skill
from unit.test_comparison import BETTER, LLM, LOOK, MAIL, NOW, Run, against, chain

TAKEN = {"why": "reused", "thread_id": "left", "seq": 2}


def costing(tokens: int, money: str | None, seconds: float) -> dict[str, Any]:
    """What a step says that asked a model."""
    usage = {"input_tokens": tokens - 1, "output_tokens": 1, "requests": 1}
    price = None if money is None else Decimal(money)
    return {"usage": usage | {"money": price}, "finished_at": NOW + timedelta(seconds=seconds)}


def scored(thread_id: str, score: Skill, value: Any, cost: dict[str, Any], **look: Any) -> Run:
    """look (2), score (4), finish (5)."""
    run = Run(thread_id).decide("look").did(LOOK, 100, finished_at=NOW + timedelta(seconds=1), **look)
    return run.decide("score").did(score, value, **cost).decide()


def test_the_same_data_stays_whatever_else_differs() -> None:
    report = report_of(against(chain(), chain("right", skills=(LOOK, BETTER, MAIL))), None, None)
    assert (report.verdict, report.paths, report.headline, report.why) == (Verdict.STAYS, [], None, None)


def test_changed_paths_name_the_origin_that_they_follow_from() -> None:
    right = chain("right", (100, 6, "cheap"), (LOOK, BETTER, MAIL))
    report = report_of(against(chain(), right), None, None)
    assert report.verdict is Verdict.CHANGED
    by_score = [{"kind": "skill_version", "name": "skill version of score"}]
    assert {path["path"]: path["origins"] for path in report.paths} == {"score": by_score, "mail": by_score}


def test_what_a_dearer_model_costs() -> None:
    """What was taken over costs what it did; what was carried out again, the difference."""
    left = scored("left", LLM, 5, costing(100, "0.10", 2))
    right = scored("right", LLM, 5, costing(300, "0.25", 1.5), reused_from=TAKEN)
    report = report_of(against(left, right), None, None)
    assert report.difference == Spending(200, Decimal("0.15"), Decimal("-0.5"))


def test_a_price_that_is_not_known_is_never_0() -> None:
    left = scored("left", LLM, 5, costing(100, "0.10", 2))
    right = scored("right", LLM, 5, costing(300, None, 2), reused_from=TAKEN)
    report = report_of(against(left, right), None, None)
    assert report.difference == Spending(200, None, Decimal(0))


def test_what_the_run_itself_had_taken_over_says_nothing_of_its_cost() -> None:
    left = scored("left", LLM, 5, costing(100, "0.10", 2), reused_from=TAKEN)
    right = scored("right", LLM, 5, costing(300, "0.25", 2))
    report = report_of(against(left, right), None, None)
    assert report.difference == Spending(None, None, None)


@pytest.mark.parametrize("kind", ["effect-needed", "not-recorded", "plan-diverged", "version-missing"])
def test_what_a_replay_lacks_cant_be_told(kind: str) -> None:
    right = chain("right", status="failed")
    report = report_of(against(chain(), right), None, {"type": kind, "message": "no", "skill": "mail"})
    assert (report.verdict, report.newly_failed) == (Verdict.CANT_TELL, False)
    assert report.why == {"type": kind, "message": "no", "skill": "mail"}


def test_a_replay_that_fails_by_itself_is_newly_failed() -> None:
    error = {"type": "skill-error", "message": "bug", "skill": "score"}
    report = report_of(against(chain(), chain("right", status="failed")), None, error)
    assert (report.verdict, report.newly_failed) == (Verdict.CANT_TELL, True)


def test_the_same_failure_stays_and_another_cant_be_told() -> None:
    error = {"type": "skill-error", "message": "order 42", "skill": "score"}
    found = against(chain(status="failed"), chain("right", status="failed"))
    assert report_of(found, error, error | {"message": "order 43"}).verdict is Verdict.STAYS
    other = report_of(found, error, error | {"skill": "mail"})
    assert (other.verdict, other.newly_failed) == (Verdict.CANT_TELL, False)


def test_a_failure_that_is_mended_has_changed() -> None:
    report = report_of(against(chain(status="failed"), chain("right")), {"type": "x"}, None)
    assert (report.verdict, report.statuses) == (Verdict.CHANGED, ("failed", "completed"))


@pytest.mark.parametrize(("left", "right"), [("cancelled", "completed"), ("completed", "cancelled")])
def test_what_was_cancelled_has_no_outcome(left: str, right: str) -> None:
    report = report_of(against(chain(status=left), chain("right", status=right)), None, None)
    assert report.verdict is Verdict.CANT_TELL
