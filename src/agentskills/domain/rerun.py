"""The rerun request, a stored document, and how reruns are named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from agentskills.domain.errors import BadInput
from agentskills.domain.json_text import Json

FORMAT = 1
_SUFFIX = re.compile(r" \(Rerun #\d+\)$")


@dataclass(frozen=True, slots=True)
class RerunRequest:
    """What a person, a policy or a schedule asked a rerun to do; empty means: the same again."""

    changes: dict[str, Any] | None = None  # JSON merge patch (RFC 7396) over initial_data
    initial_data: dict[str, Any] | None = None  # or the whole object
    sop: str | None = None
    run_name: str | None = None
    model: str | None = None
    metadata: dict[str, Any] | None = None  # labels, merged over those inherited
    reason: str | None = None

    def document(self) -> dict[str, Any]:
        """Return the request as it is stored with the run."""
        given = {name: getattr(self, name) for name in self.__slots__}
        return {"format": FORMAT} | {name: value for name, value in given.items() if value is not None}

    def input_for(self, parent: dict[str, Any]) -> dict[str, Any]:
        """Return the rerun's initial_data, from that of the run it repeats."""
        if self.initial_data is not None and self.changes is not None:
            raise BadInput("give either changes or initial_data, not both", pointer="/changes")
        if self.initial_data is not None:
            return self.initial_data
        if self.changes is not None:
            merged = merge_patch(parent, self.changes)
            assert isinstance(merged, dict)
            return merged
        return parent


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
