"""Runs enter by the service behind POST /start, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.start import StartRequest, start_many, start_run
from agentskills.storage.queue import LANE_START
from chain import Chain

ACTOR = Actor(name="benchmark")


async def one(context: Context, chain: Chain, thread_id: str, number: int) -> None:
    """Start one run of the chain."""
    await start_run(context, _request(thread_id, chain.sop, chain.initial_data(number)), ACTOR)


async def many(context: Context, chain: Chain, label: str, numbers: Iterable[int]) -> None:
    """Start runs `<label>-<number>` of the chain in one call."""
    asked = [_request(f"{label}-{number}", chain.sop, chain.initial_data(number)) for number in numbers]
    await start_many(context, asked, ACTOR, lane=LANE_START)


async def many_of(
    context: Context, sop: str, initial_data: dict[str, Any], label: str, numbers: Iterable[int]
) -> None:
    """Start runs `<label>-<number>` of another SOP in one call."""
    asked = [_request(f"{label}-{number}", sop, initial_data) for number in numbers]
    await start_many(context, asked, ACTOR, lane=LANE_START)


def _request(thread_id: str, sop: str, initial_data: dict[str, Any]) -> StartRequest:
    return StartRequest(thread_id=thread_id, sop=sop, initial_data=initial_data)
