"""Fingerprints and effect identities: what they depend on, and what they don't."""

from __future__ import annotations

from typing import Any

import pytest

from agentskills.domain.canonical import digest
from agentskills.domain.effect import EffectIdentity, effect_identity
from agentskills.domain.fingerprint import decision_fingerprint, skill_fingerprint
from agentskills.domain.fold import Fold
from agentskills.domain.json_text import parse_json
from agentskills.domain.skill import Contract, Effects

SKILL: dict[str, Any] = {
    "skill_digest": "s1",
    "reads": [("a", "d1"), ("b", None)],
    "sop_digest": None,
    "surroundings": {"model": "openai:x", "host": "h"},
}
DECISION: dict[str, Any] = {
    "planner": "llm",
    "model": "openai:x",
    "sop_digest": "p1",
    "goal": None,
    "looks_at": [["a skill"], "d1"],
    "carried_out": ["f1", "f2"],
}


def test_the_same_parts_give_the_same_fingerprint() -> None:
    turned = {"host": "h", "model": "openai:x"}
    assert skill_fingerprint(**SKILL) == skill_fingerprint(**SKILL | {"surroundings": turned})
    assert skill_fingerprint(**SKILL) == skill_fingerprint(**SKILL | {"reads": iter(SKILL["reads"])})
    assert decision_fingerprint(**DECISION) == decision_fingerprint(**DECISION)
    assert len(skill_fingerprint(**SKILL)) == len(decision_fingerprint(**DECISION)) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"skill_digest": "s2"},
        {"reads": [("a", "d2"), ("b", None)]},
        {"reads": [("a", "d1")]},
        {"reads": [("a", "d1"), ("c", None)]},
        {"reads": [("a", "d1"), ("b", digest(None))]},
        {"reads": [("a", None), ("b", "d1")]},
        {"reads": [("b", None), ("a", "d1")]},
        {"reads": [("a", "d1"), ("b", "None")]},
        {"sop_digest": "p1"},
        {"sop_digest": ""},
        {"surroundings": None},
        {"surroundings": {"model": "openai:y", "host": "h"}},
        {"surroundings": {"model": None, "host": "h"}},
        {"surroundings": {"model": "openai:x"}},
    ],
)
def test_whatever_a_skill_reads_is_in_its_fingerprint(change: dict[str, Any]) -> None:
    assert skill_fingerprint(**SKILL | change) != skill_fingerprint(**SKILL)


@pytest.mark.parametrize(
    "change",
    [
        {"planner": "dataflow"},
        {"model": "openai:y"},
        {"model": None},
        {"sop_digest": "p2"},
        {"goal": []},
        {"goal": ["x"]},
        {"looks_at": [["another"], "d1"]},
        {"looks_at": [["a skill"], "d2"]},
        {"looks_at": []},
        {"carried_out": ["f2", "f1"]},
        {"carried_out": ["f1"]},
        {"carried_out": ["f1", "f2", "f2"]},
    ],
)
def test_whatever_a_decision_rests_on_is_in_its_fingerprint(change: dict[str, Any]) -> None:
    assert decision_fingerprint(**DECISION | change) != decision_fingerprint(**DECISION)


def test_absent_is_not_null() -> None:
    absent, null = Fold({}), Fold({"a": None})
    assert skill_fingerprint("s", [("a", absent.digest_of("a"))], None) != skill_fingerprint(
        "s", [("a", null.digest_of("a"))], None
    )


def identity(
    contract: Contract, inputs: str, skill: str = "pay", root: str = "r", repeat: int = 0
) -> EffectIdentity:
    return effect_identity(contract, skill, parse_json(inputs), root, repeat)


PAY = Contract(
    requires=("order.id", "order.total", "note"),
    effects=Effects.IRREVERSIBLE,
    effect_key=("order.id", "order.total"),
)
ORDER = '{"order": {"id": 42, "total": 1.10, "x": 1}, "note": "hi"}'


@pytest.mark.parametrize(
    "inputs",
    [
        '{"order": {"id": 42, "total": 1.1, "x": 2}, "note": "hi"}',
        '{"note": "other words", "order": {"total": 11e-1, "id": 42.0}}',
        '{"order": {"id": 4.2e1, "total": 1.100}}',
    ],
)
def test_equal_values_at_the_key_are_one_effect(inputs: str) -> None:
    first, second = identity(PAY, ORDER), identity(PAY, inputs)
    assert first.key_digest == second.key_digest
    assert first.idempotency_key == second.idempotency_key


@pytest.mark.parametrize(
    "inputs",
    [
        '{"order": {"id": 43, "total": 1.10}}',
        '{"order": {"id": "42", "total": 1.10}}',
        '{"order": {"id": 42, "total": 1.100000000000000000000000000000000000001}}',
        '{"order": {"id": 42, "total": null}}',
        '{"order": {"id": 42}}',
    ],
)
def test_other_values_at_the_key_are_another_effect(inputs: str) -> None:
    assert identity(PAY, ORDER).key_digest != identity(PAY, inputs).key_digest
    assert identity(PAY, ORDER).idempotency_key != identity(PAY, inputs).idempotency_key


def test_the_key_holds_its_paths_and_leaves_out_what_is_absent() -> None:
    assert identity(PAY, '{"order": {"id": 42}}').key == {"order.id": 42}
    assert identity(PAY, '{"order": {"id": 42, "total": null}}').key == {"order.id": 42, "order.total": None}


def test_without_a_key_it_is_all_that_is_required() -> None:
    contract = Contract(requires=("a", "b"), optional=("c",))
    assert identity(contract, '{"a": 1, "b": 2, "c": 3}').key == {"a": 1, "b": 2}
    assert identity(Contract(requires=("a",), effect_key=()), '{"a": 1}').key == {}


def test_root_skill_and_repeat_make_another_effect() -> None:
    first = identity(PAY, ORDER)
    others = [
        identity(PAY, ORDER, root="r2"),
        identity(PAY, ORDER, skill="mail"),
        identity(PAY, ORDER, repeat=1),
    ]
    assert len({one.idempotency_key for one in [first, *others]}) == 4
    assert {one.key_digest for one in others} == {first.key_digest}
    assert (first.scope, first.skill, first.repeat) == ("r", "pay", 0)


def test_a_global_effect_is_one_for_all_families() -> None:
    contract = Contract(requires=("a",), effect_scope="global")
    first, second = identity(contract, '{"a": 1}', root="r1"), identity(contract, '{"a": 1}', root="r2")
    assert first == second
    assert first.scope == ""


def test_idempotency_keys_stay_what_they_were() -> None:
    """The other side remembers them, so a new release must send the same ones."""
    known = EffectIdentity("order-42", "pay", {"a": 1}, digest({"a": 1}), 0)
    assert known.key_digest == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    assert known.idempotency_key == "55d7b53a092051914bda00f1117afa9c9ee85538ea848657426801984a908143"
