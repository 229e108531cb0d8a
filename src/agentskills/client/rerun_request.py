"""What a rerun may be asked for, as keyword arguments, and the body that is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

from agentskills.domain.errors import BadInput
from agentskills.domain.rerun import PRESETS


class RerunRequest(TypedDict, total=False):
    """The fields of a rerun; what is left out or None is the default: the same again, anew."""

    preset: str | None  # fills in fields below; those given beside it win
    start: Literal["start", "failure"] | int | None  # `from`: steps before it are kept
    plan: Literal["new", "unchanged", "recorded"] | None  # whether the planner decides again
    results: Literal["new", "unchanged", "recorded"] | None  # whether skills are carried out again
    skills: str | Mapping[str, str] | None  # latest, pinned, or {name: digest}; `*` for all others
    effects: Literal["once", "repeat", "none"] | None
    consent: Sequence[str] | None  # skills whose effect may happen again
    changes: Mapping[str, Any] | None  # JSON merge patch; None removes; over a produced value: a correction
    initial_data: Mapping[str, Any] | None  # or the whole object
    sop: str | None
    run_name: str | None
    model: str | None
    metadata: Mapping[str, Any] | None
    reason: str | None
    not_before: datetime | str | None  # with its time zone
    plan_token: str | None  # of a plan: start only if it is still the same


def rerun_body(request: RerunRequest) -> dict[str, Any]:
    """Return the body that asks for this; raises `BadInput` for a preset that does not exist."""
    given: dict[str, Any] = {name: value for name, value in request.items() if value is not None}
    body = _preset(given.pop("preset", None))
    if "start" in given:
        given["from"] = given.pop("start")
    if "consent" in given:
        given["consent"] = list(given["consent"])
    if isinstance(given.get("not_before"), datetime):
        given["not_before"] = given["not_before"].isoformat()
    return body | given


def _preset(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    if name not in PRESETS:
        raise BadInput(f"there is no preset {name!r}: {', '.join(PRESETS)}", pointer="/preset")
    return dict(PRESETS[name])
