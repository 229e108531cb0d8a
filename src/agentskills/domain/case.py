"""A past run that has been kept as a test: all that is needed to go through it again anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, check_path, read
from agentskills.domain.errors import BadCase, BadInput
from agentskills.domain.json_text import parse_json
from agentskills.domain.status import StepKind

FORMAT = 1
SUFFIX = ".run.json"
_MOST_STEPS = 1_000_000
MAX_SHOWN = 10_000
"""Bytes up to which an expected value stands in the case as it is; of a larger one only its digest."""


class Expectation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a path has to hold in the end: a value, or a value with this digest."""

    path: str
    value: Any = msgspec.UNSET
    digest: str | None = None

    @property
    def wanted(self) -> str:
        """The digest of the expected value."""
        return digest(self.value) if self.digest is None else self.digest


class Ending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How the run ended."""

    status: Literal["completed", "failed"]
    error: dict[str, Any] | None = None


class KeptStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of the journal, its outputs at hand wherever they were kept."""

    seq: int
    decision: int
    kind: StepKind
    status: Literal["completed", "failed"]
    skill: str | None = None
    skill_digest: str | None = None
    reason: str | None = None
    source: dict[str, Any] | None = None  # {why, …} where it was not carried out in that run
    inputs: dict[str, int] | None = None
    outputs: dict[str, Any] | None = None
    digests: dict[str, str] | None = None
    fingerprint: str | None = None
    surroundings: dict[str, Any] | None = None
    effect_key: str | None = None
    shown: str | None = None  # of an approval: digest of what was shown
    error: dict[str, Any] | None = None
    actor: dict[str, Any] | None = None  # who answered


class KeptCorrection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The result that a person has set for a step."""

    kind: Literal["skill", "approval"]
    skill: str
    nth: int  # from 1
    outputs: dict[str, Any]
    paths: list[str]
    by: dict[str, Any]
    fingerprint: str | None = None  # of an approval: what was approved


class KeptEffect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the run left behind of an irreversible effect, for readers."""

    seq: int
    skill: str
    key: dict[str, Any]
    state: str
    by_this_run: bool  # else by another run of the family, and honoured


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finished run, whole: what it started from, what was decided and done, and what is expected."""

    format: int
    kept_from: str  # the run's id where it was kept; nothing depends on it
    run_name: str
    expected: list[Expectation]
    ended: Ending
    sop: str
    sop_name: str | None
    initial_data: dict[str, Any]
    skills: list[str] | None  # the goal, where the request listed one
    planner: Literal["dataflow", "llm"]
    model: str | None
    limits: dict[str, Any]
    versions: dict[str, str]  # digest of each skill that took part
    corrections: list[KeptCorrection]
    redacted: bool  # secrets were struck out, so that some values are not those the run had
    journal: list[KeptStep]
    effects: list[KeptEffect]

    def document(self) -> dict[str, Any]:
        """Return the case as JSON, its keys always in the same order."""
        document: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(Decimal,), order="deterministic")
        return document

    @property
    def host(self) -> str | None:
        """Where the run's model answered, if that was not the provider's usual place."""
        around = [step.surroundings or {} for step in self.journal]
        return next((found["host"] for found in reversed(around) if "host" in found), None)


def expectation(data: Mapping[str, Any], path: str) -> Expectation | None:
    """Return what is found at a path as what is expected there; None where there is nothing."""
    value = read(dict(data), path)
    if value is ABSENT:
        return None
    if len(msgspec.json.encode(value)) > MAX_SHOWN:
        return Expectation(path=path, digest=digest(value))
    return Expectation(path=path, value=value)


def case_from(text: bytes) -> Case:
    """Return the case that a file holds. Raises `BadCase`, which names the place."""
    try:
        document = parse_json(text)
    except BadInput as error:
        raise BadCase(f"{_place(error.pointer)}{error.detail}") from None
    if not isinstance(document, dict) or "format" not in document:
        raise BadCase("this is no kept run: `asf run keep` writes them")
    if document["format"] != FORMAT:
        raise BadCase(f"format: {document['format']} can't be read by this version, only {FORMAT}")
    try:
        case = msgspec.convert(document, Case)
    except msgspec.ValidationError as error:
        raise BadCase(_in_words(str(error))) from None
    _check(case)
    return case


_AT = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)


def _in_words(said: str) -> str:
    found = _AT.fullmatch(said)
    return f"{found[2]}: {found[1]}" if found and found[2] else said


def _place(pointer: str) -> str:
    return f"{pointer.strip('/').replace('/', '.')}: " if pointer else ""


def _check(case: Case) -> None:
    """Refuse what is well-formed but tells no run."""
    for index, expected in enumerate(case.expected):
        at = f"expected[{index}]"
        _check_path(expected.path, f"{at}.path")
        if (expected.value is msgspec.UNSET) == (expected.digest is None):
            raise BadCase(f"{at}: give either value or digest")
    if not case.sop.strip():
        raise BadCase("sop: it is empty")
    if (case.ended.status == "failed") != (case.ended.error is not None):
        raise BadCase("ended.error: just what failed has one")
    for index, correction in enumerate(case.corrections):
        for path in correction.paths:
            _check_path(path, f"corrections[{index}].paths")
            if read(correction.outputs, path) is ABSENT:
                raise BadCase(f"corrections[{index}].paths: there is nothing at {path} in the outputs")
    last = 0
    for index, step in enumerate(case.journal):
        _check_step(step, f"journal[{index}]", last)
        last = step.seq


def _check_step(step: KeptStep, at: str, last: int) -> None:
    if not last < step.seq < _MOST_STEPS:
        raise BadCase(f"{at}.seq: {step.seq} comes after {last}")
    if not 0 < step.decision <= step.seq:
        raise BadCase(f"{at}.decision: {step.decision} ordered nothing at {step.seq}")
    if (step.kind is StepKind.DECISION) != (step.skill is None):
        raise BadCase(f"{at}.skill: all steps but decisions have one")
    if (step.status == "failed") != (step.error is not None):
        raise BadCase(f"{at}.error: just what failed has one")
    for path in (*(step.digests or ()), *(step.inputs or ())):
        _check_path(path, at)
    for path in step.digests or ():
        if read(step.outputs, path) is ABSENT:
            raise BadCase(f"{at}.digests: there is nothing at {path} in the outputs")


def _check_path(path: str, at: str) -> None:
    try:
        check_path(path)
    except BadInput as error:
        raise BadCase(f"{at}: {error.detail}") from None
