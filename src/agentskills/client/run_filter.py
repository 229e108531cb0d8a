"""Which runs a list yields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from agentskills.client.body import as_time, given
from agentskills.domain.json_text import json_str


class RunFilter(TypedDict, total=False):
    """Filters that must all hold; what is absent or None is not asked for."""

    status: str | Sequence[str] | None
    name: str | None  # beginning of the run's name or id
    q: str | None  # words in the SOP
    sop_name: str | None
    initial_data: Mapping[str, Any] | None  # JSON that the run's contains
    metadata: Mapping[str, Any] | None
    created_after: datetime | str | None
    created_before: datetime | str | None
    parent: str | None  # reruns of that very run
    root: str | None  # the whole family
    failed_skill: str | None  # as in client.failures
    signature: str | None
    dry: bool | None  # reruns with effects: none, or (False) all other runs
    open: bool  # failed, and neither fixed nor dismissed
    attention: bool  # open, or waiting for a person
    skill: str | None  # runs with a step of that skill
    skill_digest: str | None  # with `skill`: of that version, by its first 8 digits
    folded: bool  # only the first of each family
    show: Sequence[str]  # data paths whose values come in `shown`


def params_of(wanted: RunFilter) -> dict[str, Any]:
    """Return the filters as the API takes them in a query."""
    plain: dict[str, Any] = dict(wanted)
    if isinstance(plain.get("status"), str):
        plain["status"] = [plain["status"]]
    for name in ("initial_data", "metadata"):
        if plain.get(name) is not None:
            plain[name] = json_str(dict(plain[name]))
    for name in ("created_after", "created_before"):
        plain[name] = as_time(plain.get(name))
    for name in ("open", "attention", "folded"):
        plain[name] = "true" if plain.get(name) else None
    if plain.get("dry") is not None:
        plain["dry"] = str(plain["dry"]).lower()
    plain["show"] = list(plain.get("show") or ()) or None
    return given(**plain)
