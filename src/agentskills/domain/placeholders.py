"""`{{ scheduled_at }}` and friends in what a schedule starts: names of a fixed list, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import Json, json_str

_PLACEHOLDER = re.compile(r"\{\{([^{}]*)\}\}")

NAMES: Mapping[str, str] = {
    "scheduled_at": "when it was due, in UTC: 2026-11-25T01:00:00Z",
    "scheduled_at.local": "the same in the schedule's time zone: 2026-11-25T02:00:00+01:00",
    "scheduled_at.date": "the local date: 2026-11-25",
    "scheduled_at.time": "the local time: 02:00",
    "scheduled_at.timestamp": "seconds since 1970, a number",
    "previous_at": "due time of the run that the schedule started before, in UTC; null for the first one",
    "previous_at.local": "the same in the schedule's time zone",
    "previous_at.date": "its local date",
    "schedule.id": "the schedule's id",
    "schedule.name": "the schedule's name",
    "schedule.time_zone": "such as Europe/Berlin",
    "firing.number": "how many runs the schedule has started with this one, a number",
    "firing.why": "due, now (somebody asked) or backfill",
}
"""Every name and what it stands for."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One firing, as far as placeholders can speak of it; `local` times are in the schedule's zone."""

    schedule_id: str
    schedule_name: str
    time_zone: str
    local: datetime  # when it was due
    previous: datetime | None  # when the run before was due
    number: int
    why: str

    def values(self) -> dict[str, Json]:
        """Return what each name stands for."""
        previous = self.previous
        return {
            "scheduled_at": _utc(self.local),
            "scheduled_at.local": self.local.isoformat(),
            "scheduled_at.date": self.local.date().isoformat(),
            "scheduled_at.time": f"{self.local:%H:%M}",
            "scheduled_at.timestamp": int(self.local.timestamp()),
            "previous_at": _utc(previous) if previous else None,
            "previous_at.local": previous.isoformat() if previous else None,
            "previous_at.date": previous.date().isoformat() if previous else None,
            "schedule.id": self.schedule_id,
            "schedule.name": self.schedule_name,
            "schedule.time_zone": self.time_zone,
            "firing.number": self.number,
            "firing.why": self.why,
        }


def filled(value: Json, values: Mapping[str, Json]) -> Json:
    """Return `value` with every placeholder in its strings filled in; keys of objects stay as they are.

    A string that is one placeholder and nothing else becomes that very value, also a number or null;
    within text null is empty.
    """
    if isinstance(value, str):
        whole = _PLACEHOLDER.fullmatch(value)
        if whole:
            return values[whole[1].strip()]
        return _PLACEHOLDER.sub(lambda found: _as_text(values[found[1].strip()]), value)
    if isinstance(value, dict):
        return {key: filled(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, values) for item in value]
    return value


def check_names(value: Json, pointer: str) -> None:
    """Raise `BadInput`, pointing at the string, for a placeholder that is none of `NAMES`."""
    if isinstance(value, str):
        for found in _PLACEHOLDER.finditer(value):
            name = found[1].strip()
            if name not in NAMES:
                raise BadInput(
                    f"there is no placeholder {{{{ {name[:100]} }}}}; there are {', '.join(NAMES)}",
                    pointer=pointer,
                )
    elif isinstance(value, dict):
        for key, item in value.items():
            check_names(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_names(item, f"{pointer}/{index}")


def filled_fields(document: Mapping[str, Any], fields: tuple[str, ...], values: Mapping[str, Json]) -> Any:
    """Return a document whose named fields are filled in."""
    return {name: filled(item, values) if name in fields else item for name, item in document.items()}


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _as_text(value: Json) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json_str(value)
