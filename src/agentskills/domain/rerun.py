"""The rerun request, a stored document: what a rerun keeps, decides, reuses and may do outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from agentskills.domain.errors import ContradictingFields
from agentskills.domain.json_text import Json

FORMAT = 1
_SUFFIX = re.compile(r" \(Rerun #\d+\)$")

Start: TypeAlias = Literal["start", "failure"] | int
Freedom: TypeAlias = Literal["new", "unchanged", "recorded"]
EffectsMode: TypeAlias = Literal["once", "repeat", "none"]
Skills: TypeAlias = Literal["latest", "pinned"] | dict[str, str]

PRESETS: Mapping[str, Mapping[str, Any]] = {
    "again": {},
    "from-failure": {"from": "failure"},
    "only-what-changed": {"plan": "unchanged", "results": "unchanged"},
    "audit-replay": {"plan": "recorded", "results": "recorded"},
    "same-path": {"plan": "recorded"},
    "what-if": {"effects": "none"},
}
"""Requests with a name. `from-step` is the one with a number: see `preset_of`."""

_ALGEBRA = ("from", "plan", "results", "effects")


@dataclass(frozen=True, slots=True)
class RerunRequest:
    """What a person, a policy or a schedule asked a rerun to do; empty means: the same again, anew."""

    changes: dict[str, Any] | None = None  # JSON merge patch (RFC 7396); over a produced path: a correction
    initial_data: dict[str, Any] | None = None  # or the whole object
    sop: str | None = None
    run_name: str | None = None
    model: str | None = None
    metadata: dict[str, Any] | None = None  # labels, merged over those inherited
    start: Start = "start"  # `from`: steps before it are kept
    plan: Freedom = "new"  # whether the planner decides again
    results: Freedom = "new"  # whether skills are carried out again
    skills: Skills | None = None  # versions; None: latest, or pinned where recordings answer
    effects: EffectsMode = "once"
    consent: tuple[str, ...] = ()  # skills whose irreversible effect may happen again
    reason: str | None = None
    not_before: datetime | None = None
    plan_token: str | None = None  # of the plan that was agreed to

    @property
    def versions(self) -> Skills:
        """Which skill versions the rerun uses."""
        return (
            self.skills if self.skills is not None else "pinned" if self.results == "recorded" else "latest"
        )

    def document(self) -> dict[str, Any]:
        """Return the request as it is stored with the run: only what is not the default."""
        given: dict[str, Any] = {
            "changes": self.changes,
            "initial_data": self.initial_data,
            "sop": self.sop,
            "run_name": self.run_name,
            "model": self.model,
            "metadata": self.metadata,
            "from": None if self.start == "start" else self.start,
            "plan": None if self.plan == "new" else self.plan,
            "results": None if self.results == "new" else self.results,
            "skills": None if self.skills == "latest" else self.skills,
            "effects": None if self.effects == "once" else self.effects,
            "consent": list(self.consent) or None,
            "reason": self.reason,
            "not_before": self.not_before.isoformat() if self.not_before else None,
        }
        return {"format": FORMAT} | {name: value for name, value in given.items() if value is not None}

    @property
    def only_the_same_again(self) -> bool:
        """Whether it asks for nothing but a fresh run of the same: all that an unfinished run allows."""
        return not set(self.document()) - {"format", "reason", "not_before", "run_name", "metadata"}

    def input_for(self, parent: dict[str, Any]) -> dict[str, Any]:
        """Return the rerun's initial_data, from that of the run it repeats."""
        if self.initial_data is not None:
            return self.initial_data
        merged = merge_patch(parent, self.changes or {})
        assert isinstance(merged, dict)
        return merged

    def check(self) -> None:
        """Raise `ContradictingFields` where two fields can't both be followed."""
        if self.initial_data is not None and self.changes is not None:
            raise ContradictingFields("give either changes or initial_data, not both", pointer="/changes")
        if self.consent and self.effects == "none":
            raise ContradictingFields("with effects: none nothing goes out to consent to", pointer="/consent")
        if self.results != "recorded":
            return
        clashing = {
            "changes": self.changes is not None,
            "initial_data": self.initial_data is not None,
            "sop": self.sop is not None,
            "model": self.model is not None,
            "from": self.start != "start",
            "skills": self.versions != "pinned",
            "effects": self.effects == "repeat",
        }
        for name in (name for name, clashes in clashing.items() if clashes):
            raise ContradictingFields(
                f"results: recorded answers from recordings only; {name} can't differ", pointer=f"/{name}"
            )


def request_from(document: Mapping[str, Any]) -> RerunRequest:
    """Return the request that a stored document holds."""
    names = {"from": "start"}
    given = {names.get(name, name): value for name, value in document.items() if name != "format"}
    if "consent" in given:
        given["consent"] = tuple(given["consent"])
    if "not_before" in given:
        given["not_before"] = datetime.fromisoformat(given["not_before"])
    return RerunRequest(**given)


def preset_of(document: Mapping[str, Any]) -> str | None:
    """Return the preset that a stored request follows, whatever inputs it edits; None: a mixture."""
    chosen = {name: document[name] for name in _ALGEBRA if name in document}
    if type(chosen.get("from")) is int:
        unchanged = {"plan": "unchanged", "results": "unchanged"}
        return "from-step" if chosen == {"from": chosen["from"]} | unchanged else None
    return next((name for name, fields in PRESETS.items() if chosen == fields), None)


def merge_patch(target: Json, patch: Json) -> Json:
    """Return `target` with a JSON merge patch applied (RFC 7396): null removes, objects merge."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def rerun_id(root: str, number: int) -> str:
    """Return the id of rerun `number` of a family: flat, whatever run was rerun."""
    return f"{root}_rerun_{number}"


def rerun_name(name: str, number: int) -> str:
    """Return the name of rerun `number`; an earlier suffix is replaced, never stacked."""
    return f"{_SUFFIX.sub('', name)} (Rerun #{number})"
