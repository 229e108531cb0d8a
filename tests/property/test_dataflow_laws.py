"""Laws of the dataflow planner, for catalogues, goals and data of every shape."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.planner.worlds import Catalog, Story, bare, live, skill

from agentskills.domain.data_path import ABSENT, overlap, read, written
from agentskills.domain.decision import Finish, GiveUp, Run
from agentskills.domain.skill import Effects
from agentskills.planner.dataflow import DataflowPlanner

PATHS = ["a", "a.x", "a.y", "b", "b.x[]", "c", "d", "d.x.y", "e", "f"]
some_paths = st.lists(st.sampled_from(PATHS), max_size=3, unique=True)


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    skills = []
    for number in range(draw(st.integers(1, 7))):
        if draw(st.integers(0, 11)) == 0:
            skills.append(bare(f"s{number}"))
            continue
        reads = [path + draw(st.sampled_from(["", "", "", "?"])) for path in draw(some_paths)]
        writes: list[str] = []
        for path in draw(some_paths):
            if not any(overlap(path, other) for other in writes):
                writes.append(path)
        marked = [path + draw(st.sampled_from(["", "", "?"])) for path in writes]
        effects = draw(st.sampled_from([Effects.NONE, Effects.NONE, Effects.NONE, Effects.IRREVERSIBLE]))
        skills.append(skill(f"s{number}", " ".join(reads), " ".join(marked), effects=effects))
    return {one.name: one for one in skills}


@st.composite
def initial_data(draw: st.DrawFn) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for path in draw(some_paths):
        data = written(data, path, [] if path.endswith("[]") else None)
    return data


@st.composite
def runs(draw: st.DrawFn) -> tuple[Catalog, dict[str, Any], str, list[str] | None, frozenset[str]]:
    skills = draw(catalogs())
    names = st.lists(st.sampled_from(sorted(skills)), min_size=1, max_size=3, unique=True)
    how = draw(st.sampled_from(["list", "name", "nothing"]))
    goal = draw(names) if how == "list" else None
    sop = "Do " + ", then ".join(draw(names)) if how == "name" else "Do it."
    absent = frozenset(draw(st.lists(st.sampled_from(PATHS), max_size=4)))
    return skills, draw(initial_data()), sop, goal, absent


@st.composite
def listed_runs(draw: st.DrawFn) -> tuple[Catalog, dict[str, Any], str, list[str], frozenset[str]]:
    """Runs whose request lists up to all the skills, while the SOP may name others."""
    skills, data, sop, _, absent = draw(runs())
    return skills, data, sop, draw(st.lists(st.sampled_from(sorted(skills)), min_size=1, unique=True)), absent


def lived(run: tuple[Catalog, dict[str, Any], str, list[str] | None, frozenset[str]], **more: Any) -> Story:
    skills, data, sop, goal, absent = run
    return live(skills, data, sop, goal, lambda path: path in absent, **more)


def goals_of(run: tuple[Catalog, dict[str, Any], str, list[str] | None, frozenset[str]]) -> set[str] | None:
    _, _, sop, goal, _ = run
    return (
        set(goal) if goal else ({word.strip(",") for word in sop.split()[1::2]} if "s" in sop[3:] else None)
    )


@settings(max_examples=200, deadline=None)
@given(runs())
def test_a_run_ends_and_carries_out_each_skill_at_most_once(run: Any) -> None:
    story = lived(run)  # fails by itself when it does not end
    assert len(story.order) == len(set(story.order))
    assert isinstance(story.end, Finish | GiveUp)


@settings(max_examples=200, deadline=None)
@given(runs())
def test_a_skill_runs_only_when_all_it_requires_is_there(run: Any) -> None:
    skills = run[0]
    story = lived(run)
    for names, data in zip(story.rounds, story.data, strict=False):
        for name in names:
            assert all(read(data, path) is not ABSENT for path in skills[name].contract.requires)


@settings(max_examples=200, deadline=None)
@given(runs())
def test_skills_side_by_side_touch_nothing_of_each_other(run: Any) -> None:
    skills = run[0]
    for names in lived(run).rounds:
        for name in names:
            for other in set(names) - {name}:
                touched = skills[other].contract.reads + skills[other].contract.writes
                assert not any(overlap(a, b) for a in skills[name].contract.writes for b in touched)
                assert not skills[other].contract.reads_everything


@settings(max_examples=200, deadline=None)
@given(runs())
def test_all_that_was_asked_for_is_carried_out_or_the_run_says_what_is_missing(run: Any) -> None:
    skills = run[0]
    story = lived(run)
    asked = goals_of(run)
    if isinstance(story.end, Finish):
        assert asked is None or asked <= set(story.order)
        assert not set(story.end.not_asked_for) & set(story.order)
    elif story.end.error_type == "missing-paths":
        assert asked is not None
        now = story.data[-1]
        stuck = [
            name
            for name in asked - set(story.order)
            if any(path in story.end.missing for path in skills[name].contract.requires)
        ]
        assert stuck
        assert all(read(now, path) is ABSENT for path in story.end.missing)
    else:
        assert story.end.error_type == "nothing-to-do"
        assert asked is None
        assert not story.rounds


def with_suppliers(skills: Catalog, goals: set[str]) -> set[str]:
    """The goals and whatever could supply them, or a supplier that then lacked something else after all."""
    found = set(goals)
    while (
        more := {
            name
            for name, one in skills.items()
            for other in found
            for path in skills[other].contract.requires
            if any(overlap(path, made) for made in one.contract.writes)
        }
        - found
    ):
        found |= more
    return found


@settings(max_examples=200, deadline=None)
@given(runs())
def test_nothing_irreversible_and_nothing_without_a_contract_runs_unasked(run: Any) -> None:
    skills = run[0]
    asked = goals_of(run)
    order = lived(run).order
    if asked is None:
        assert not [
            n for n in order if skills[n].contract.irreversible or skills[n].contract.reads_everything
        ]
    if asked is not None:
        assert set(order) <= with_suppliers(skills, asked)


@settings(max_examples=200, deadline=None)
@given(listed_runs())
def test_listed_skills_never_bring_in_an_unlisted_one(run: Any) -> None:
    assert set(lived(run).order) <= set(run[3])


@settings(max_examples=200, deadline=None)
@given(listed_runs())
def test_where_a_listed_skill_lacks_something_the_run_says_who_could_have_produced_it(run: Any) -> None:
    skills, _, _, listed, _ = run
    story = lived(run)
    if not isinstance(story.end, GiveUp):
        return
    sentences = re.findall(r"(s\d) can't run: (.*?)\.(?= s\d can't run|$)", story.end.reason)
    assert sentences
    for name, sentence in sentences:
        assert name in listed
        told = dict(part.split(" is missing, ") for part in sentence.split("; "))
        assert set(told) <= set(story.end.missing)
        lacking = [path for path in skills[name].contract.requires if path in told]
        assert lacking
        for path in lacking:
            others = {
                o for o in skills if o != name and any(overlap(path, w) for w in skills[o].contract.writes)
            }
            has_run = {f"{other} has run" for other in others & set(story.order)}
            could = {f"{other} could produce it" for other in others - set(story.order)}
            assert set(re.findall(r"s\d (?:has run|could produce it)", told[path])) == has_run | could
            for other in others - set(listed):
                assert f"{other} could produce it but is not listed in the request" in told[path]


@settings(max_examples=120, deadline=None)
@given(runs())
def test_equal_situations_give_equal_decisions_with_and_without_memory(run: Any) -> None:
    planner = DataflowPlanner()
    first = lived(run, planner=planner, digest="one")
    remembered = lived(run, planner=planner, digest="one")
    shuffled = (dict(reversed(list(run[0].items()))), *run[1:])
    assert first.decisions == remembered.decisions == lived(shuffled).decisions


@settings(max_examples=200, deadline=None)
@given(runs())
def test_readers_come_after_the_writers_that_do_not_wait_for_them(run: Any) -> None:
    """Where nothing reads what it feeds, all writers of a path have run, or can't, before its reader."""
    skills = run[0]
    story = lived(run)
    order = story.order
    waits = {
        name: {
            other
            for other in order
            if other != name
            and (
                skills[name].contract.reads_everything
                or any(
                    overlap(path, made)
                    for path in skills[name].contract.reads
                    for made in skills[other].contract.writes
                )
            )
        }
        for name in order
    }

    def reaches(start: str, end: str) -> bool:
        seen, todo = set(), [start]
        while todo:
            name = todo.pop()
            if name == end:
                return True
            new = waits[name] - seen
            seen |= new
            todo += new
        return False

    for place, name in enumerate(order):
        for other in waits[name]:
            if not reaches(other, name):
                assert order.index(other) < place


@settings(max_examples=120, deadline=None)
@given(runs())
def test_every_decision_says_why(run: Any) -> None:
    for decision in lived(run).decisions:
        assert decision.reason
        if isinstance(decision, Run):
            assert set(decision.reasons) == set(decision.skills)
