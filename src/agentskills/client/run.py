"""A handle on one run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack

from agentskills.client.events import Event
from agentskills.client.rerun_request import RerunRequest

if TYPE_CHECKING:
    from agentskills.client.client import AgentSkills


@dataclass(frozen=True, slots=True)
class Run:
    """One run on the server; every method is the client's method of that name, for this run."""

    client: AgentSkills = field(repr=False, compare=False)
    thread_id: str
    answer: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # of start or rerun

    @property
    def run_name(self) -> str | None:
        """The name, as start or rerun gave it."""
        return self.answer.get("run_name")

    @property
    def parent_thread_id(self) -> str | None:
        """The run that this one repeats; None for a first run."""
        return self.answer.get("parent_thread_id")

    @property
    def rerun_number(self) -> int:
        """The number in its id; 0 for a first run."""
        return int(self.answer.get("rerun_number") or 0)

    async def wait(self, timeout: float | None = None) -> dict[str, Any]:
        """Return the status document once the run has ended; see `AgentSkills.wait`."""
        return await self.client.wait(self.thread_id, timeout=timeout)

    def events(self, *, after: str | None = None) -> AsyncIterator[Event]:
        """Yield the run's events until it ends; see `AgentSkills.events`."""
        return self.client.events(self.thread_id, after=after)

    async def status(self) -> dict[str, Any]:
        """Return the status document."""
        return await self.client.status(self.thread_id)

    async def metadata(self) -> dict[str, Any]:
        """Return the run's row: what was asked for, and where it stands in its family."""
        return await self.client.metadata(self.thread_id)

    def steps(self) -> AsyncIterator[dict[str, Any]]:
        """Yield the run's steps, oldest first."""
        return self.client.steps(self.thread_id)

    async def approve(self, **answer: Any) -> dict[str, Any]:
        """Answer what the run waits for; see `AgentSkills.approve`."""
        return await self.client.approve(self.thread_id, **answer)

    async def cancel(
        self, *, reason: str | None = None, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Stop the run; see `AgentSkills.cancel`."""
        return await self.client.cancel(self.thread_id, reason=reason, idempotency_key=idempotency_key)

    async def rerun(self, *, idempotency_key: str | None = None, **request: Unpack[RerunRequest]) -> Run:
        """Start a new run that repeats this one; see `AgentSkills.rerun`."""
        return await self.client.rerun(self.thread_id, idempotency_key=idempotency_key, **request)

    async def plan(self, **request: Unpack[RerunRequest]) -> dict[str, Any]:
        """Return what a rerun of this run would do; see `AgentSkills.plan`."""
        return await self.client.plan(self.thread_id, **request)

    async def lineage(self) -> dict[str, Any]:
        """Return the run's whole family; see `AgentSkills.lineage`."""
        return await self.client.lineage(self.thread_id)

    async def delete(self, *, reason: str | None = None) -> dict[str, Any]:
        """Delete the run once it is over; see `AgentSkills.delete`."""
        return await self.client.delete(self.thread_id, reason=reason)
