"""Random skills that read, add up and write, what runs start from, and what reruns ask for."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from tests.skills.folders import skill_text, write

ABSENT = "(absent)"
"""Stands for a path that leads nowhere; the skills here produce no texts."""


@dataclass(frozen=True)
class Spec:
    """One version of a skill; equal specs have equal digests."""

    name: str
    requires: tuple[str, ...]
    optional: tuple[str, ...]
    produces: tuple[str, ...]
    may_produce: tuple[str, ...] = ()  # left out where the sum is odd
    kind: str = "pure"  # silent: says nothing of effects; irreversible: writes a line to the log
    key: tuple[str, ...] | None = None
    plus: int = 0
    fails: int = 0  # fails where the sum can be divided by it; 0: never
    lost: bool = False  # an irreversible one fails after acting, so that nobody can tell
    sample: bool = False
    ages: bool = False  # asf.reuse: no
    reads_sop: bool = False
    stamp: int = 0  # a version that does the same

    @property
    def reads(self) -> tuple[str, ...]:
        return self.requires + self.optional

    @property
    def writes(self) -> tuple[str, ...]:
        return self.produces + self.may_produce

    @property
    def reaches_outside(self) -> bool:
        return self.kind != "pure"


def weigh(value):  # type: ignore[no-untyped-def]
    """Return a number that tells most values apart; its source becomes part of every skill."""
    if isinstance(value, dict):
        return sum((n + 2) * weigh(value[key]) + len(key) for n, key in enumerate(sorted(value)))
    if isinstance(value, list):
        return sum((n + 3) * weigh(item) for n, item in enumerate(value)) + 1
    return int(value) if value is not None else 5


_BODY = """
class EffectNotDone(Exception):
    pass


def say(line):
    with open({log!r}, "a") as log:
        log.write(line + "\\n")


async def run(inputs):
    total = weigh(inputs) + {plus}
    fails = {fails} and total % {fails} == 0
    if fails and not {lost}:
        raise EffectNotDone("it fails on these")
    say("{name} " + str(total))
    if fails:
        raise RuntimeError("nobody can tell")
    outputs = {{}}
    for number, path in enumerate({writes!r}):
        if path in {may!r} and total % 2:
            continue
        value = total * (number + 2) % 97
        place = outputs
        *above, last = path.replace("[]", "").split(".")
        for key in above:
            place = place.setdefault(key, {{}})
        place[last] = [value, value + 1] if path.endswith("[]") else value
    return outputs
"""


def save(root: Path, spec: Spec, log: Path) -> None:
    """Write a version to disk."""
    keys = {
        "executor": "python",
        "entry": "scripts/run.py:run",
        "inline": "true",
        "requires": " ".join([*spec.requires, *(path + "?" for path in spec.optional)]),
        "produces": " ".join([*spec.produces, *(path + "?" for path in spec.may_produce)]),
        "reads-sop": "true" if spec.reads_sop else "false",
        "reuse": "no" if spec.ages else "yes",
    }
    if spec.kind != "silent":
        keys["effects"] = "irreversible" if spec.kind == "irreversible" else "none"
    if spec.key is not None:
        keys["effect-key"] = " ".join(spec.key)
    write(root / spec.name / "SKILL.md", skill_text(spec.name, keys, f"Do it {spec.stamp}."))
    body = _BODY.format(
        log=str(log), plus=spec.plus, fails=spec.fails, lost=spec.lost, name=spec.name,
        writes=spec.writes, may=spec.may_produce,
    )  # fmt: skip
    write(root / spec.name / "scripts" / "run.py", inspect.getsource(weigh) + body)
    sidecar = root / spec.name / "asf.yaml"
    if spec.sample:
        lines = ["sample:"]
        lines += [f"  {head}:{value}" for head, value in _sample_lines(spec)]
        write(sidecar, "\n".join(lines if spec.produces else ["sample: {}"]) + "\n")
    elif sidecar.exists():
        sidecar.unlink()


SAMPLE = 11


def _sample_lines(spec: Spec) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for path in spec.produces:
        head, _, rest = path.partition(".")
        if rest:
            found[head] = found.get(head, "") + f"\n    {rest}: {SAMPLE}"
        else:
            found[head.removesuffix("[]")] = f" [{SAMPLE}]" if path.endswith("[]") else f" {SAMPLE}"
    return list(found.items())


def sample_of(spec: Spec) -> dict[str, Any]:
    """What stands in for a skill without a recording, by path."""
    return {path: [SAMPLE] if path.endswith("[]") else SAMPLE for path in spec.produces}


INPUTS = ("i0", "i1", "o.i", "l[]")


@st.composite
def specs(draw: st.DrawFn, number: int, produced: list[str]) -> Spec:
    """Skill number `number`: reads inputs and what others produce, whole objects too."""
    flip = st.integers(0, 9)
    sources = st.sampled_from([*produced * 3, *INPUTS, "o"])
    requires = tuple(draw(st.lists(sources, min_size=1, max_size=2, unique=True)))
    anything = st.sampled_from([*INPUTS, "w", "o", *(f"p{n}" for n in range(6))])
    optional = [path for path in draw(st.lists(anything, max_size=1)) if path not in requires]
    own, inside = f"p{number}", f"o.p{number}"
    produces = draw(st.sampled_from([(own,), (inside,), ("w",), (own, inside)]))
    may: tuple[str, ...] = ()
    if draw(flip) == 9:
        produces, may = produces[1:], produces[:1]
    kind = draw(st.sampled_from(["pure", "pure", "pure", "irreversible", "irreversible", "silent"]))
    irreversible = kind == "irreversible"
    return Spec(
        name=f"s{number}",
        requires=requires,
        optional=tuple(optional),
        produces=produces,
        may_produce=may,
        kind=kind,
        key=draw(st.sampled_from([None, requires[:1], (*requires, *optional)[-1:]]))
        if irreversible
        else None,
        plus=draw(st.integers(0, 2)),
        fails=draw(st.sampled_from([0, 0, 2, 3])),
        lost=irreversible and draw(flip) > 3,
        sample=kind != "pure" and draw(flip) > 3,
        ages=draw(flip) == 9,
        reads_sop=draw(flip) == 9,
    )


@dataclass(frozen=True)
class World:
    """What a family of runs begins with."""

    skills: tuple[Spec, ...]
    inputs: tuple[int, ...]  # values of INPUTS
    goals: tuple[str, ...]  # what the SOP names

    @property
    def sop(self) -> str:
        return f"Do {', '.join(self.goals)}."

    @property
    def initial_data(self) -> dict[str, Any]:
        i0, i1, inner, listed = self.inputs
        return {"i0": i0, "i1": i1, "o": {"i": inner}, "l": [listed]}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    skills: tuple[Spec, ...] = ()
    for number in range(draw(st.integers(2, 6))):
        produced = [path for spec in skills for path in spec.writes]
        skills += (draw(specs(number, produced)),)
    names = [spec.name for spec in skills]
    left_out = draw(st.lists(st.sampled_from(names), max_size=1)) if draw(st.booleans()) else []
    goals = tuple(name for name in names if name not in left_out) or tuple(names)
    return World(skills, tuple(draw(st.tuples(*[st.integers(0, 3)] * 4))), goals)


def failing(world: World) -> World:
    """The same, but the last skill fails until another version of it comes."""
    *others, last = world.skills
    skills = (*others, replace(last, fails=1, lost=False))
    return replace(world, skills=skills, goals=tuple(spec.name for spec in skills))


FIELDS: dict[str, tuple[str, ...]] = {
    "from": ("start", "failure", "step"),
    "plan": ("new", "unchanged", "recorded"),
    "results": ("new", "unchanged", "recorded"),
    "skills": ("", "latest", "pinned", "chosen"),
    "effects": ("once", "repeat", "none"),
    "consent": ("no", "yes"),
    "edit": ("", "changes", "initial_data", "correction", "around"),
    "versions": ("same", "stamped", "changed"),  # what happened to the skills since
    "sop": ("", "other"),
    "answer": ("agree", "refuse"),  # of the person who is asked
    "token": ("no", "yes"),
    "of": ("root", "rerun"),
}
"""All that can be chosen of a rerun."""

Row = dict[str, str]


def contradicts(row: Row) -> bool:
    """Say whether two fields can't both be followed, so that nothing is started."""
    if row.get("effects") == "none" and row.get("consent") == "yes":
        return True
    return row.get("results") == "recorded" and (
        row.get("edit", "") != ""
        or row.get("from", "start") != "start"
        or row.get("skills", "") in ("latest", "chosen")
        or row.get("effects") == "repeat"
        or row.get("sop", "") != ""
    )


def comes_to_nothing(row: Row) -> bool:
    """Say whether nothing comes of it: it contradicts itself, or the recording ends where the failure was."""
    return contradicts(row) or (row.get("from"), row.get("plan")) == ("failure", "recorded")


Pair = tuple[tuple[str, str], tuple[str, str]]


def pairs_of(row: Row) -> set[Pair]:
    """All pairs of field values in a row."""
    return set(combinations(sorted(row.items()), 2))


def _all_pairs() -> list[Pair]:
    found = []
    for one, other in combinations(sorted(FIELDS), 2):
        found += [((one, left), (other, right)) for left, right in product(FIELDS[one], FIELDS[other])]
    return found


ALL_PAIRS = frozenset(_all_pairs())
POSSIBLE_PAIRS = frozenset(pair for pair in ALL_PAIRS if not comes_to_nothing(dict(pair)))


def covering_rows() -> list[Row]:
    """Rows in which every pair of values occurs: those that come to nothing in rows of their own."""
    rows: list[Row] = []
    missing = set(POSSIBLE_PAIRS)
    while missing:
        row = dict(min(missing))
        for name in sorted(FIELDS, key=lambda name: -len(FIELDS[name])):
            if name in row:
                continue
            options = [row | {name: value} for value in FIELDS[name]]
            options = [option for option in options if not comes_to_nothing(option)]
            row = max(options, key=lambda option: len(pairs_of(option) & missing))
        rows.append(row)
        missing -= pairs_of(row)
    plain = {name: values[0] for name, values in FIELDS.items()}
    refused = [plain | dict(pair) for pair in sorted(ALL_PAIRS - POSSIBLE_PAIRS)]
    return rows + refused


@dataclass(frozen=True)
class Turn:
    """One rerun of a family: a row, and numbers that choose among what is there by then."""

    row: tuple[tuple[str, str], ...]
    parent: int
    target: int  # which input, step or produced path is meant
    value: int
    skill: int  # which skill has another version
    seen: bool = False  # whether the edit puts a value that an earlier run had

    @property
    def fields(self) -> Row:
        return dict(self.row)


def any_row() -> st.SearchStrategy[Row]:
    """A row that can be followed; what reuses and waits comes up more often."""
    more = {"results": ("unchanged", "unchanged"), "from": ("start", "start"), "effects": ("once", "once")}
    fields = {name: st.sampled_from([*more.get(name, ()), *values]) for name, values in FIELDS.items()}
    return st.fixed_dictionaries(fields).filter(lambda row: not comes_to_nothing(row))


def turns(row: Row) -> st.SearchStrategy[Turn]:
    numbers = st.integers(0, 7)
    fixed = tuple(sorted(row.items()))
    return st.builds(Turn, st.just(fixed), numbers, numbers, st.integers(0, 4), numbers, st.booleans())


def another_version(spec: Spec, how: str, number: int) -> Spec:
    """A later version: one that does the same, or another one that does something else or fails no more."""
    if how == "stamped":
        return replace(spec, stamp=spec.stamp + 1)
    if spec.fails and number % 2:
        return replace(spec, fails=0, stamp=spec.stamp + 1)
    return replace(spec, plus=spec.plus + 1, stamp=spec.stamp + 1)
