"""The units of a decision, the draft of a run, and the ids a notice carries."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from agentskills.domain.decision import Detail, Usage
from agentskills.domain.skill import Approval, Contract, Skill
from agentskills.domain.status import EffectState, StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.draft import Draft
from agentskills.engine.notifier import MOST_BYTES, chunks
from agentskills.engine.units import chains_of, last_seq
from agentskills.storage.effects import Settlement
from agentskills.storage.journal import Details, Spent
from agentskills.storage.waits import NewWait

CATALOG = {
    name: Skill(name=name, digest="d", description="", contract=Contract(approval=approval))
    for name, approval in [("plain", Approval.NONE), ("before", Approval.BEFORE), ("after", Approval.AFTER)]
}


def test_each_unit_has_its_seq_before_anything_is_carried_out() -> None:
    chains = chains_of(7, ["before", "plain", "after"], CATALOG)
    assert [[(unit.seq, str(unit.kind), str(unit.when)) for unit in chain] for chain in chains] == [
        [(8, "approval", "before"), (9, "skill", "none")],
        [(10, "skill", "none")],
        [(11, "skill", "none"), (12, "approval", "after")],
    ]
    assert [unit.skill for chain in chains for unit in chain] == ["before"] * 2 + ["plain"] + ["after"] * 2
    assert [unit.position for chain in chains for unit in chain] == [1, 2, 3, 4, 5]
    assert {unit.decision for chain in chains for unit in chain} == {7}
    assert last_seq(chains, 7) == 12


def test_a_decision_without_skills_uses_its_own_seq_only() -> None:
    assert chains_of(7, [], CATALOG) == []
    assert last_seq([], 7) == 7


def step(seq: int, status: StepStatus = StepStatus.STARTED) -> Step:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    return Step(seq=seq, decision=1, kind=StepKind.SKILL, status=status, version=1, started_at=now)


def full(seq: int) -> Draft:
    return Draft(
        steps={seq: step(seq)},
        waits=[NewWait(seq=seq, reason="approval")],
        closes=[seq],
        dispatched=[seq],
        settlements=[Settlement(effect_id=seq, state=EffectState.FAILED, by={})],
        details=[Details(seq=seq, attempt=1, kind="stdout", content="x")],
        awaits_effects=[seq],
        frees_slots=[seq],
        spent=Spent(tokens=seq, money=Decimal(seq)),
    )


@pytest.mark.parametrize("name", [field.name for field in fields(Draft)])
def test_a_draft_has_something_to_say_as_soon_as_one_part_has(name: str) -> None:
    assert not Draft()
    assert Draft(**{name: getattr(full(1), name)})


@pytest.mark.parametrize("name", [field.name for field in fields(Draft) if field.name != "spent"])
def test_a_draft_takes_in_every_part_of_another(name: str) -> None:
    draft = full(1)
    draft.add(full(2))
    assert len(getattr(draft, name)) == 2


@pytest.mark.parametrize("draft", [Draft(), Draft(steps={1: step(1)}), full(1)])
def test_what_is_taken_shares_nothing_with_what_comes_after(draft: Draft) -> None:
    expected = Draft(
        **{field.name: getattr(draft, field.name) for field in fields(Draft) if field.name == "spent"},
        **{
            field.name: type(getattr(draft, field.name))(getattr(draft, field.name))
            for field in fields(Draft)
            if field.name != "spent"
        },
    )
    taken = draft.take()
    assert taken == expected
    assert not draft
    draft.add(full(2))
    draft.closes.append(3)
    draft.note(2, 1, (Detail("stdout", "x"),), Usage(input_tokens=5))
    assert taken == expected


def test_a_later_state_of_a_step_replaces_the_earlier_one() -> None:
    draft = Draft(steps={1: step(1)})
    draft.add(Draft(steps={1: step(1, StepStatus.COMPLETED)}))
    assert [one.status for one in draft.steps.values()] == [StepStatus.COMPLETED]


def test_facts_are_told_once() -> None:
    draft = full(1)
    draft.facts_told()
    assert (draft.settlements, draft.details, draft.spent) == ([], [], None)
    assert (draft.closes, len(draft.steps)) == ([1], 1)


def test_tokens_and_money_add_up_and_an_unknown_price_stays_unknown() -> None:
    draft = Draft()
    draft.note(1, 1, (), Usage(input_tokens=3, output_tokens=4, money=Decimal("0.10")))
    draft.note(1, 2, (), Usage(input_tokens=1, money=Decimal("0.20")))
    assert draft.spent == Spent(tokens=8, money=Decimal("0.30"))
    draft.note(2, 1, (), Usage(output_tokens=2))
    assert draft.spent == Spent(tokens=10, money=Decimal("0.30"), unknown=True)
    draft.note(3, 1, (), Usage(money=Decimal(1)))
    assert draft.spent == Spent(tokens=10, money=Decimal("1.30"), unknown=True)


def test_no_usage_costs_nothing() -> None:
    draft = Draft()
    draft.note(1, 1, (), None)
    assert not draft


@pytest.mark.parametrize("letter", ["a", "é", "技", "😀"])
@pytest.mark.parametrize(("length", "count"), [(1, 20_000), (30, 1_000), (250, 200)])
def test_a_notice_holds_every_id_and_fits(letter: str, length: int, count: int) -> None:
    ids = [letter * length + str(number) for number in range(count)]
    payloads = chunks(ids)
    assert " ".join(payloads).split(" ") == ids
    assert max(len(payload.encode()) for payload in payloads) <= MOST_BYTES
    total = sum(len(one.encode()) + 1 for one in ids)
    assert len(payloads) <= total / (MOST_BYTES - 4 * length - 10) + 1


def test_no_ids_are_no_notice() -> None:
    assert chunks([]) == []
    assert chunks(iter(["a"])) == ["a"]
    exact = ["x" * 3_499, "y" * 3_500]
    assert chunks(exact) == [" ".join(exact)]
    assert len(chunks(["x" * 3_500, "y" * 3_500])) == 2
