"""Laws of data paths and of the fold, against naive oracles that copy everything."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.json_values import same

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, leaves, overlap, read, written
from agentskills.domain.fold import Fold, fold
from agentskills.domain.skill import Contract
from agentskills.domain.status import StepKind, StepStatus
from agentskills.domain.step import Step
from agentskills.engine.outputs import accepted_outputs

NOW = datetime(2027, 1, 1, tzinfo=UTC)
keys = st.sampled_from(["a", "b", "ab", "a-b"])
paths = st.builds(
    lambda names, mark: ".".join(names) + mark,
    st.lists(keys, min_size=1, max_size=3),
    st.sampled_from(["", "", "", "[]"]),
)
leaf = st.sampled_from([None, True, 0, 1, "x", [], {}, ["x"], [{"a": 1}]]).map(deepcopy)
data_values = st.recursive(leaf, lambda inner: st.dictionaries(keys, inner, max_size=3), max_leaves=6)
data_stores = st.dictionaries(keys, data_values, max_size=3)


def naive_keys(path: str) -> list[str]:
    return path.replace("[]", "").split(".")


def naive_read(data: Any, path: str) -> Any:
    value = data
    for key in naive_keys(path):
        try:
            value = value[key]
        except (KeyError, TypeError, IndexError):
            return ABSENT
    return ABSENT if "[]" in path and type(value) is not list else value


def naive_write(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    copy = deepcopy(data)
    place = copy
    *above, last = naive_keys(path)
    for key in above:
        if not isinstance(place.get(key), dict):
            place[key] = {}
        place = place[key]
    place[last] = deepcopy(value)
    return copy


@given(data_stores, paths)
def test_read(data: dict[str, Any], path: str) -> None:
    found, expected = read(data, path), naive_read(data, path)
    assert found is expected or found == expected


@given(data_stores, paths, data_values)
def test_written(data: dict[str, Any], path: str, value: Any) -> None:
    before = deepcopy(data)
    after = written(data, path, value)
    assert same(after, naive_write(data, path, value))
    assert same(data, before)
    assert read(after, path.removesuffix("[]")) is value


@given(data_stores, paths, data_values, paths)
def test_writing_changes_nothing_elsewhere(data: dict[str, Any], path: str, value: Any, other: str) -> None:
    after = written(data, path, value)
    if not overlap(path, other):
        # A parent that is no object becomes one, so a list or text above `path` is gone.
        found = read(after, other)
        assert found is ABSENT or found is read(data, other)
        assert (found is ABSENT) == (read(data, other) is ABSENT)


@given(paths, paths)
def test_paths_overlap_if_one_write_can_undo_the_other(left: str, right: str) -> None:
    mark, mine = object(), object()
    one = written(written({}, left, mine), right, mark)
    kept = read(one, left.removesuffix("[]")) is mine and read(one, right.removesuffix("[]")) is mark
    assert overlap(left, right) == (not kept) == overlap(right, left)


@given(data_stores)
def test_leaves_say_everything(data: dict[str, Any]) -> None:
    rebuilt: dict[str, Any] = {}
    for path, value in leaves(data).items():
        assert value == {} or not isinstance(value, dict)
        rebuilt = written(rebuilt, path, value)
    assert same(rebuilt, data)


def step(seq: int, outputs: dict[str, Any], digests: dict[str, str], **fields: Any) -> Step:
    fields = {"kind": StepKind.SKILL, "status": StepStatus.COMPLETED, "skill": "s", **fields}
    return Step(seq=seq, decision=1, version=seq, started_at=NOW, outputs=outputs, digests=digests, **fields)


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    made = []
    for seq in range(1, draw(st.integers(0, 6)) + 1):
        produces: list[str] = []
        for path in draw(st.lists(paths, max_size=3)):
            if not any(overlap(path, other) for other in produces):
                produces.append(path)
        nested: dict[str, Any] = {}
        for path in produces:
            value = draw(st.just([1]) if path.endswith("[]") else data_values)
            nested = written(nested, path, value)
        outputs, digests = accepted_outputs(Contract(produces=tuple(produces)), nested)
        kind = draw(st.sampled_from([StepKind.SKILL, StepKind.SKILL, StepKind.APPROVAL, StepKind.DECISION]))
        statuses = [StepStatus.COMPLETED, StepStatus.COMPLETED, StepStatus.COMPLETED, *StepStatus]
        made.append(step(seq, outputs, digests, kind=kind, status=draw(st.sampled_from(statuses))))
    return made


def counts(one: Step) -> bool:
    return one.kind is not StepKind.DECISION and one.status is StepStatus.COMPLETED


@given(data_stores, steps())
@settings(max_examples=200)
def test_the_data_store_is_initial_data_and_then_every_write_in_order(
    initial: dict[str, Any], journal: list[Step]
) -> None:
    before, expected = deepcopy(initial), initial
    for one in filter(counts, journal):
        for path in one.digests or ():
            expected = naive_write(expected, path, naive_read(one.outputs, path))
    assert same(fold(initial, journal), expected)
    assert same(initial, before)


@given(data_stores, steps(), st.lists(paths, min_size=1, max_size=5))
@settings(max_examples=300)
def test_digests_and_producers_are_those_of_the_data_as_it_is(
    initial: dict[str, Any], journal: list[Step], asked: list[str]
) -> None:
    folded = Fold(initial)
    for number in range(len(journal) + 1):
        for path in asked:  # asked between the steps, so that a stale answer would be remembered
            value = naive_read(folded.data, path)
            assert folded.digest_of(path) == (None if value is ABSENT else digest(value))
            wrote = [
                one.seq
                for one in filter(counts, journal[:number])
                if any(overlap(path, known) for known in one.digests or ())
            ]
            assert folded.producer(path) == max(wrote, default=0)
        if number < len(journal):
            folded.apply(journal[number])
