"""Follow one run live: what changed since a version, woken by notifications and a slow poll."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from agentskills.domain.errors import RunNotFound
from agentskills.domain.status import FINAL_RUN
from agentskills.services import journal
from agentskills.services.context import Context
from agentskills.services.waiting import waiting_of
from agentskills.storage import runs, steps
from agentskills.storage.runs import RunRow

POLL = 2.0
"""Seconds after which a reader looks even if nothing was heard."""


class Moves:
    """Wakes the readers of runs; fed by one LISTEN connection."""

    def __init__(self) -> None:
        self._readers: dict[str, set[asyncio.Event]] = {}

    def heard(self, payload: str) -> None:
        """Wake the readers of the runs named in a payload of `asf_moved`."""
        for thread_id in payload.split(" "):
            for reader in self._readers.get(thread_id, ()):
                reader.set()

    def wake_all(self) -> None:
        """Wake every reader; something may have been missed."""
        for readers in self._readers.values():
            for reader in readers:
                reader.set()

    def add(self, thread_id: str) -> asyncio.Event:
        """Return an event that is set when the run moves; give it back with `remove`."""
        reader = asyncio.Event()
        self._readers.setdefault(thread_id, set()).add(reader)
        return reader

    def remove(self, thread_id: str, reader: asyncio.Event) -> None:
        """Forget a reader."""
        readers = self._readers.get(thread_id, set())
        readers.discard(reader)
        if not readers:
            self._readers.pop(thread_id, None)


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell; `id` is given where everything up to this version has been told."""

    kind: str  # step, run, or quiet: nothing for a while
    id: int | None
    data: dict[str, Any] | None
    seconds: float = 0.0  # of quiet


async def follow(context: Context, moves: Moves, thread_id: str, since: int) -> AsyncIterator[Event]:
    """Yield what changes in a run after version `since`, until it has finished.

    The caller has made sure that the run exists; where it is removed, this ends.
    """
    moved = moves.add(thread_id)
    try:
        while True:
            moved.clear()
            try:
                events, final = await changes(context, thread_id, since)
            except RunNotFound:
                return
            for event in events:
                yield event
                since = since if event.id is None else event.id
            if final:
                return
            try:
                async with asyncio.timeout(POLL):
                    await moved.wait()
            except TimeoutError:
                yield Event("quiet", None, None, POLL)
    finally:
        moves.remove(thread_id, moved)


async def changes(context: Context, thread_id: str, since: int) -> tuple[list[Event], bool]:
    """Return the changes after version `since`, oldest first, and whether the run has finished."""
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        run = await runs.get(conn, thread_id)
        if run is None:
            raise RunNotFound(f"there is no run {thread_id!r}")
        found = await steps.changed_since(conn, thread_id, since)
        documents = await journal.documents(conn, thread_id, found) if found else []
        told: list[tuple[int, str, dict[str, Any]]] = [(d["version"], "step", d) for d in documents]
        if run.version > since or run.status in FINAL_RUN:
            waiting = await waiting_of(conn, run)
            told.append((run.version, "run", _run(run, waiting)))
    told.sort(key=lambda change: (change[0], change[1] == "run"))
    events = [
        # Changes of one version share their id, which a reader may have seen only with the last.
        Event(kind, version if place + 1 == len(told) or told[place + 1][0] > version else None, data)
        for place, (version, kind, data) in enumerate(told)
    ]
    return events, run.status in FINAL_RUN


def _run(run: RunRow, waiting: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {
        "thread_id": run.thread_id,
        "status": run.status,
        "error": run.error,
        "waiting": waiting,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "tokens": run.tokens,
        "money": None if run.money_unknown else run.money,
        "not_repeated": run.not_repeated,
        "version": run.version,
    }
