"""The fold: a run's data from its steps, in order, each produced path replaced whole."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import read
from agentskills.domain.fold import Fold, fold
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step


def produced(seq: int, outputs: dict[str, Any], *paths: str, **fields: Any) -> Step:
    fields = {"kind": StepKind.SKILL, "status": StepStatus.COMPLETED, **fields}
    digests = {path: digest(read(outputs, path)) for path in paths}
    now = datetime(2027, 1, 1, tzinfo=UTC)
    return Step(seq=seq, decision=1, version=seq, started_at=now, outputs=outputs, digests=digests, **fields)


def test_a_produced_path_replaces_what_was_there_whole() -> None:
    initial = {"order": {"id": 1, "lines": [1, 2]}, "other": "kept"}
    data = fold(initial, [produced(2, {"order": {"total": 5}}, "order")])
    assert data == {"order": {"total": 5}, "other": "kept"}
    assert initial == {"order": {"id": 1, "lines": [1, 2]}, "other": "kept"}


def test_a_path_inside_an_object_leaves_its_neighbours() -> None:
    data = fold({"order": {"id": 1}}, [produced(2, {"order": {"total": 5}}, "order.total")])
    assert data == {"order": {"id": 1, "total": 5}}


def test_the_later_seq_wins() -> None:
    first, second = produced(2, {"a": 1}, "a"), produced(3, {"a": 2}, "a")
    assert fold({}, [first, second]) == {"a": 2}


def test_outputs_without_a_digest_are_no_part_of_it() -> None:
    assert fold({}, [produced(2, {"a": 1, "b": 2}, "a")]) == {"a": 1}


@pytest.mark.parametrize("status", [s for s in StepStatus if s is not StepStatus.COMPLETED])
def test_only_completed_steps_count(status: StepStatus) -> None:
    assert fold({"a": 1}, [produced(2, {"a": 2}, "a", status=status)]) == {"a": 1}


def test_decisions_produce_nothing_and_approvals_do() -> None:
    decision = produced(1, {"a": 2}, "a", kind=StepKind.DECISION)
    approval = produced(2, {"b": 2}, "b", kind=StepKind.APPROVAL)
    assert fold({"a": 1}, [decision, approval]) == {"a": 1, "b": 2}


def test_producers_of_places_at_in_and_around_a_path() -> None:
    folded = Fold({"order": {"id": 1, "total": 2}})
    places = ("order", "order.total", "order.id")
    assert folded.producer("order") == 0
    folded.apply(produced(2, {"order": {"total": 5}}, "order.total"))
    assert [folded.producer(path) for path in places] == [2, 2, 0]
    folded.apply(produced(3, {"order": {"id": 7}}, "order"))
    assert [folded.producer(path) for path in places] == [3, 3, 3]
    folded.apply(produced(4, {"order": {"id": 8}}, "order.id"))
    assert [folded.producer(path) for path in places] == [4, 3, 4]
    assert folded.producer("orders") == 0


def test_digests_follow_the_data() -> None:
    folded = Fold({"a": {"b": 1}})
    assert (folded.digest_of("a"), folded.digest_of("a.c")) == (digest({"b": 1}), None)
    folded.apply(produced(2, {"a": {"c": None}}, "a.c"))
    assert folded.digest_of("a") == digest({"b": 1, "c": None})
    assert folded.digest_of("a.c") == digest(None)
    folded.apply(produced(3, {"a": [1]}, "a[]"))
    assert (folded.digest_of("a"), folded.digest_of("a[]"), folded.digest_of("a.c")) == (
        digest([1]),
        digest([1]),
        None,
    )
