"""What a run may be started with, as keywords of the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict


class StartRequest(TypedDict, total=False):
    """The fields of `AgentSkills.start`; give one of `sop` and `sop_name`."""

    sop: str | None
    sop_name: str | None
    initial_data: Mapping[str, Any] | None
    skills: Sequence[str] | None
    metadata: Mapping[str, Any] | None
    run_name: str | None
    model: str | None
    priority: str | None
    limits: Mapping[str, Any] | None
