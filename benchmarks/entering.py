"""Runs enter by the service behind POST /start, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agentskills.services import start
from agentskills.storage.database import Pool
from chain import Chain


async def one(pool: Pool, chain: Chain, thread_id: str, number: int) -> None:
    """Start one run of the chain."""
    await start.start(pool, _request(thread_id, chain.sop, chain.initial_data(number)))


async def many(pool: Pool, chain: Chain, label: str, numbers: Iterable[int]) -> None:
    """Start runs `<label>-<number>` of the chain in one call."""
    await start.start_many(
        pool, [_request(f"{label}-{number}", chain.sop, chain.initial_data(number)) for number in numbers]
    )


async def many_of(
    pool: Pool, sop: str, initial_data: dict[str, Any], label: str, numbers: Iterable[int]
) -> None:
    """Start runs `<label>-<number>` of another SOP in one call."""
    await start.start_many(pool, [_request(f"{label}-{number}", sop, initial_data) for number in numbers])


def _request(thread_id: str, sop: str, initial_data: dict[str, Any]) -> start.StartRequest:
    return start.StartRequest(thread_id=thread_id, sop=sop, initial_data=initial_data)
