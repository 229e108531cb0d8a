"""The table of what happens to a step of a rerun: one test per row, and the order of the rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agentskills.domain.reuse import Case, Outcome, reaches_outside, what_happens, what_may_happen
from agentskills.domain.skill import Contract, Effects, ExecutorName

RECEIPT = Case(irreversible=True, reaches_outside=True, effect="receipt")


def test_what_a_person_has_given_stands_above_all_rows():
    assert what_happens(Case(given=True, kept=True, results="recorded", effects="none")) is Outcome.GIVEN


def test_row_1_what_stands_before_the_start_is_kept():
    assert what_happens(Case(kept=True, results="recorded", effects="none")) is Outcome.KEPT


@pytest.mark.parametrize(("recorded", "outcome"), [(True, Outcome.RECORDED), (False, Outcome.NOT_RECORDED)])
def test_row_2_only_recordings_answer(recorded: bool, outcome: Outcome):
    case = Case(results="recorded", recorded=recorded, irreversible=True, effect="receipt", reusable=True)
    assert what_happens(case) is outcome


@pytest.mark.parametrize(("stand_in", "outcome"), [(True, Outcome.STAND_IN), (False, Outcome.EFFECT_NEEDED)])
def test_row_3_nothing_goes_out(stand_in: bool, outcome: Outcome):
    case = replace(RECEIPT, effects="none", stand_in=stand_in, results="unchanged", reusable=True)
    assert what_happens(case) is outcome


def test_row_3_is_only_about_what_reaches_outside():
    assert what_happens(Case(effects="none")) is Outcome.CARRIED_OUT
    assert what_happens(Case(effects="none", results="unchanged", reusable=True)) is Outcome.REUSED


@pytest.mark.parametrize("effects", ["once", "repeat"])
def test_row_4_an_open_doubt_waits(effects: Any):
    case = replace(RECEIPT, effect="doubt", effects=effects, results="unchanged", reusable=True, agreed=True)
    assert what_happens(case) is Outcome.IN_DOUBT


def test_row_5_a_receipt_is_honoured():
    assert what_happens(RECEIPT) is Outcome.RECEIPT
    assert what_happens(replace(RECEIPT, results="unchanged", reusable=True)) is Outcome.RECEIPT


def test_row_6_what_has_not_changed_is_reused():
    assert what_happens(Case(results="unchanged", reusable=True)) is Outcome.REUSED
    assert what_happens(Case(results="new", reusable=True)) is Outcome.CARRIED_OUT
    assert what_happens(Case(results="unchanged")) is Outcome.CARRIED_OUT


def test_row_6_but_not_an_effect_that_is_to_be_repeated():
    case = Case(results="unchanged", reusable=True, irreversible=True, effects="repeat")
    assert what_happens(case) is Outcome.CARRIED_OUT
    assert what_happens(replace(case, irreversible=False)) is Outcome.REUSED


@pytest.mark.parametrize(
    "case", [replace(RECEIPT, effects="repeat"), Case(irreversible=True, other_receipt=True)]
)
def test_row_7_a_repeat_needs_consent(case: Case):
    assert what_happens(case) is Outcome.CONSENT
    assert what_happens(replace(case, agreed=True)) is Outcome.CARRIED_OUT


@pytest.mark.parametrize("effects", ["once", "repeat"])
def test_row_8_anything_else_is_carried_out(effects: Any):
    assert what_happens(Case()) is Outcome.CARRIED_OUT
    never_done = Case(irreversible=True, reaches_outside=True, effects=effects)
    assert what_happens(never_done) is Outcome.CARRIED_OUT  # also in a rerun


def test_what_is_not_known_leaves_open_just_what_hangs_on_it():
    assert what_may_happen(Case(results="unchanged", reusable=None)) == {Outcome.REUSED, Outcome.CARRIED_OUT}
    assert what_may_happen(Case(results="new", reusable=None)) == {Outcome.CARRIED_OUT}
    assert what_may_happen(replace(RECEIPT, effect=None, agreed=True)) == {
        Outcome.CARRIED_OUT,
        Outcome.IN_DOUBT,
        Outcome.RECEIPT,
    }
    assert what_may_happen(Case(kept=True, effect=None, reusable=None)) == {Outcome.KEPT}
    assert what_may_happen(Case(kept=None, results="unchanged", reusable=True)) == {
        Outcome.KEPT,
        Outcome.REUSED,
    }


@pytest.mark.parametrize(
    ("contract", "outside"),
    [
        (Contract(ExecutorName.REST, says_effects=True), True),
        (Contract(ExecutorName.PYTHON), True),
        (Contract(ExecutorName.PYTHON, says_effects=True), False),
        (Contract(ExecutorName.PYTHON, effects=Effects.IDEMPOTENT, says_effects=True), True),
        (Contract(ExecutorName.LLM), False),
        (Contract(ExecutorName.LLM, effects=Effects.IRREVERSIBLE), True),
        (Contract(ExecutorName.HUMAN), False),
    ],
)
def test_what_reaches_outside(contract: Contract, outside: bool):
    assert reaches_outside(contract) is outside
