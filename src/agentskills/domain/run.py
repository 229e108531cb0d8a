"""A run as a worker holds it."""

from __future__ import annotations

from typing import Any

import msgspec


class ClaimedRun(msgspec.Struct, frozen=True, kw_only=True):
    """What the claim of a run gives to its new owner."""

    thread_id: str
    epoch: int  # the fence: what this owner writes must carry it
    wake: int  # as seen at the claim; a later value means somebody wants the run looked at
    version: int
    stalls: int  # claims without progress
    cancel_requested: bool
    root_thread_id: str
    sop: str
    sop_digest: str
    initial_data: dict[str, Any]
    skills: list[str] | None
    catalog: str | None
    planner: str | None
    model: str | None
    limits: dict[str, Any]
    owned_ms: int
    tokens: int
    money: Any
    fresh: bool  # nothing is in the journal yet
    parent_thread_id: str | None = None  # the run that is repeated
    request: dict[str, Any] | None = None  # what a rerun was asked to do
    given: list[dict[str, Any]] = []  # results of steps that people have corrected
