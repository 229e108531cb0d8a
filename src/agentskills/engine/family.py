"""What a rerun can find in its family: the recording it repeats, results to reuse, effects that happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from agentskills.domain.correction import Correction, Place, correction_from
from agentskills.domain.effect import EffectIdentity
from agentskills.domain.rerun import RerunRequest, request_from
from agentskills.domain.run import ClaimedRun
from agentskills.domain.step import Step, changed
from agentskills.engine.recording import Recording
from agentskills.storage import effects, family, journal, runs, steps
from agentskills.storage.database import Conn
from agentskills.storage.effects import Effect
from agentskills.storage.runs import RunRow

Reading: TypeAlias = Callable[[], AbstractAsyncContextManager[Conn]]
"""Lends a connection to read from."""


class Family:
    """The request of a rerun, and all that it may take from its relatives instead of doing it."""

    def __init__(
        self,
        request: RerunRequest,
        claimed: ClaimedRun,
        recording: Recording | None,
        sources: Mapping[str, Step],
        reading: Reading,
    ) -> None:
        self.request = request
        self.recording = recording  # None: nothing of it is needed, or it is gone
        self.sources = sources  # results to reuse, by fingerprint
        self.given: dict[Place, Correction] = {
            correction.place: correction for correction in map(correction_from, claimed.given)
        }
        self._claimed = claimed
        self._reading = reading

    @property
    def kept_decisions(self) -> int:
        """How many decisions of the recording stand before the chosen start."""
        start = self.request.start
        if self.recording is None or start == "start":
            return 0
        orders = self.recording.orders()
        return len(orders) if start == "failure" else sum(step.seq < start for step in orders)

    async def repetitions(self, identity: EffectIdentity) -> list[Effect]:
        """Return all that is known of the effect of a skill and key, the latest repetition first."""
        async with self._reading() as conn:
            return await effects.repetitions(conn, identity)

    async def other_receipt(self, identity: EffectIdentity) -> Effect | None:
        """Return the family's latest receipt of the same skill under another key."""
        async with self._reading() as conn:
            return await effects.earlier_receipt(
                conn, identity, self._claimed.root_thread_id, self._claimed.thread_id
            )

    async def whole(self, source: Step) -> Step:
        """Return a result to reuse with its outputs, which were left where they are if they are large."""
        if source.payload is None:
            return source
        async with self._reading() as conn:
            return changed(source, outputs=await steps.payload(conn, source.payload), payload=None)

    async def stand_in(self, skill: str, effect_key: str) -> Step | None:
        """Return the newest recording of a skill under an effect key."""
        async with self._reading() as conn:
            return await family.recording(conn, self._claimed.root_thread_id, skill, effect_key)


async def load_family(
    reading: Reading, claimed: ClaimedRun, *, whole: bool = False, recording: Recording | None = None
) -> Family | None:
    """Return what a rerun can find in its family; None for a run that repeats no other.

    With `whole` also what the request needs only to be explained. A recording that was read
    already is not read again.
    """
    if claimed.request is None or claimed.parent_thread_id is None:
        return None
    request = request_from(claimed.request)
    async with reading() as conn:
        needed = whole or _looks_back(request)
        if needed and recording is None:
            recording = await load_recording(conn, claimed.parent_thread_id)
        reuses = whole or "unchanged" in (request.plan, request.results)
        sources = await family.sources(conn, claimed.parent_thread_id) if reuses else {}
    return Family(request, claimed, recording, sources, reading)


def _looks_back(request: RerunRequest) -> bool:
    """Say whether the request needs the journal of the run that is repeated."""
    return (request.start, request.plan, request.results) != ("start", "new", "new")


async def load_recording(conn: Conn, thread_id: str) -> Recording | None:
    """Return the recording of a run, or None where it is gone."""
    run = await runs.get(conn, thread_id)
    if run is None:
        return None
    journaled = (await journal.load(conn, [thread_id]))[thread_id]
    return recording_of(run, journaled)


def recording_of(run: RunRow, journaled: Sequence[Step]) -> Recording:
    """Return the recording of a run whose journal has been read."""
    is_dry = (run.request or {}).get("effects") == "none"
    return Recording(run.thread_id, run.sop_digest, run.initial_data, journaled, is_dry=is_dry)
