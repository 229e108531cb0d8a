"""One skill unit about to be carried out: what it reads, and how its step begins and ends."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from agentskills.domain.clock import now
from agentskills.domain.decision import Detail, Usage
from agentskills.domain.errors import LostOwnership, SkillFailed
from agentskills.domain.execution import Assignment, Carried
from agentskills.domain.json_text import json_str
from agentskills.domain.status import StepStatus, WaitReason
from agentskills.domain.step import Step, changed
from agentskills.engine.active import ActiveRun
from agentskills.engine.draft import Draft
from agentskills.engine.ingredients import Ingredients
from agentskills.engine.outputs import accepted_outputs
from agentskills.engine.reuse import Finds
from agentskills.engine.units import Unit
from agentskills.executors.secrets import redact
from agentskills.storage.waits import NewWait, Wait

SLEPT_IN_WORKER = 1.0
"""Pauses shorter than this (seconds) are slept; longer ones park the run."""


@dataclass(frozen=True, slots=True)
class End:
    """How far a unit or chain has come."""

    how: Literal["completed", "failed", "parked"]
    due: datetime | None = None  # when a parked one goes on by itself
    soon: bool = False  # a machine is expected to answer within moments


COMPLETED = End("completed")
FAILED = End("failed")


class Errand(Ingredients):
    """A unit being carried out, and the draft its news goes to."""

    def __init__(self, run: ActiveRun, unit: Unit, draft: Draft, reason: str | None) -> None:
        super().__init__(run, unit)
        self.run = run
        self.draft = draft
        self.reason = reason
        before = run.steps.get(unit.seq)
        self.started_at = before.started_at if before else now()
        self.attempt = before.attempt if before else 1
        self.attempts = list(before.attempts or []) if before else []
        self.status = before.status if before else None
        self.effect_id: int | None = None
        self.found: Finds | None = None  # what the family of a rerun holds of it

    @property
    def wait(self) -> Wait | None:
        """What the step waits for, or was answered last."""
        return self.run.waits.get(self.seq)

    @property
    def timeout(self) -> float:
        """Seconds the skill may take."""
        return self.contract.timeout or self.run.kit.settings.skill_timeout

    def idempotency_key(self) -> str:
        """Return the key of a step that is not irreversible: the same on each of its attempts."""
        text = json_str([self.run.thread_id, self.unit.decision, self.unit.position])
        return sha256(text.encode()).hexdigest()

    async def call(self, *, key: str | None = None, callback_url: str | None = None) -> Carried:
        """Let the executor carry it out, once. Raises `SkillFailed`, or `LostOwnership` before acting."""
        run = self.run
        assignment = self.assignment(key=key, callback_url=callback_url)
        executor = run.kit.executors.by_name[self.contract.executor]
        if not run.kit.lease.good:  # the last thing before acting
            raise LostOwnership
        try:
            return await executor.carry_out(assignment)  # which keeps the timeout
        except SkillFailed:
            raise
        except Exception as error:
            raise SkillFailed(f"{type(error).__name__}: {error}", error_type="executor-error") from error

    def assignment(self, *, key: str | None = None, callback_url: str | None = None) -> Assignment:
        """Return what the executor is given."""
        return Assignment(
            thread_id=self.run.thread_id,
            seq=self.seq,
            attempt=self.attempt,
            skill=self.skill,
            inputs=self.inputs,
            sop=self.run.claimed.sop,
            timeout=self.timeout,
            idempotency_key=key or self.idempotency_key(),
            callback_url=callback_url,
            model=self.run.claimed.model,
        )

    def step(self, status: StepStatus, **fields: Any) -> Step:
        """Return the step in a state."""
        return Step(
            seq=self.seq,
            decision=self.unit.decision,
            kind=self.unit.kind,
            status=status,
            version=0,
            started_at=self.started_at,
            skill=self.skill.name,
            skill_digest=self.skill.digest,
            reason=fields.pop("reason", self.reason),
            inputs=self.sources,
            effect_id=self.effect_id,
            attempt=self.attempt,
            attempts=self.attempts or None,
            **fields,
        )

    def begins(self) -> Step:
        """Take the step's beginning into the draft; a doubt stays a doubt until it ends."""
        if self.status is StepStatus.IN_DOUBT:
            return self.run.steps[self.seq]
        self.status = StepStatus.STARTED
        return self.run.record(self.draft, self.step(StepStatus.STARTED, fingerprint=self.fingerprint))

    def completes(
        self,
        outputs: dict[str, Any],
        digests: dict[str, str],
        *,
        usage: Usage | None = None,
        details: tuple[Detail, ...] = (),
        **fields: Any,
    ) -> End:
        """Take the step's good end into the draft."""
        self.closes()
        self.draft.note(self.seq, self.attempt, details, usage)
        step = self.step(
            StepStatus.COMPLETED,
            outputs=outputs,
            digests=digests,
            fingerprint=self.fingerprint,
            surroundings=self.surroundings,
            effect_key=self.effect_key,
            usage=usage.document() if usage else None,
            finished_at=now(),
            **fields,
        )
        self.run.record(self.draft, step)
        return COMPLETED

    def takes(self, step: Step) -> End:
        """Take in an end that needed no carrying out: its result stands elsewhere."""
        self.closes()
        self.run.record(self.draft, changed(step, started_at=self.started_at))
        return COMPLETED if step.status is StepStatus.COMPLETED else FAILED

    @property
    def agreed_by(self) -> dict[str, Any] | None:
        """Who agreed that the effect happens again."""
        wait, family = self.wait, self.run.family
        if wait is not None and wait.reason == WaitReason.CONSENT and _approves(wait):
            return wait.answered_by
        if family is not None and self.skill.name in family.request.consent:
            return {"kind": "request", "thread_id": self.run.thread_id}
        own = self.found.own if self.found is not None else None
        return own.agreed_by if own is not None else None

    def fails(self, error: SkillFailed, **fields: Any) -> End:
        """Take the step's bad end into the draft."""
        self.closes()
        self.note(error)
        step = self.step(StepStatus.FAILED, error=error_document(error), finished_at=now(), **fields)
        self.run.record(self.draft, step)
        return FAILED

    def waits(
        self, wait: NewWait, *, due: datetime | None = None, doubt: bool = False, soon: bool = False
    ) -> End:
        """Take a wait into the draft, with the step waiting."""
        status = StepStatus.IN_DOUBT if doubt else StepStatus.WAITING
        if self.status is StepStatus.IN_DOUBT:
            status = StepStatus.IN_DOUBT  # it stays in doubt until it ends
        known = self.run.steps.get(self.seq)
        if known is None or known.status is not status or known.attempt != self.attempt:
            error = wait.asks.get("error") if status is StepStatus.IN_DOUBT else None
            self.run.record(self.draft, self.step(status, error=error))
            self.status = status
        self.run.has_waited = True
        standing = self.wait
        if standing is None or standing.state != "open" or standing.reason != wait.reason:
            self.draft.waits.append(wait)
        return End("parked", due or wait.until, soon)

    def closes(self) -> None:
        """The step waits no longer for what it waited for."""
        wait = self.run.waits.pop(self.seq, None)
        if wait is not None:
            self.draft.closes.append(self.seq)
            if wait.answer:
                self.run.heard.add(wait.id)

    def note(self, error: SkillFailed) -> None:
        """Keep what a failed attempt left to look at, and what it cost."""
        self.draft.note(self.seq, self.attempt, error.details, error.usage)

    def pause_after(self, error: SkillFailed) -> float | None:
        """Return the seconds until the next attempt, and note this one; None: it failed for good."""
        if not error.retryable or (error.counts and self.attempt > self.contract.retries):
            return None
        self.note(error)
        pause = self.contract.backoff.pause(self.attempt)
        if error.retry_after is not None:
            pause = max(pause, error.retry_after) if error.counts else error.retry_after
        self.attempts.append(
            {"attempt": self.attempt, "at": now().isoformat(), "error": error_document(error)}
        )
        if error.counts:
            self.attempt += 1
        return pause

    def record_attempt(self) -> None:
        """Take the number of the coming attempt into the journal."""
        assert self.status is not None
        self.run.record(self.draft, self.step(self.status))

    async def pause(self, seconds: float) -> End | None:
        """Sleep a short pause; for a long one park the run."""
        if seconds < SLEPT_IN_WORKER:
            await self.run.say_and_clear(self.draft)
            await asyncio.sleep(seconds)
            return None
        until = now() + timedelta(seconds=seconds)
        asks = {"attempt": self.attempt, "error": self.attempts[-1]["error"]}
        wait = NewWait(seq=self.seq, reason=WaitReason.RETRY, skill=self.skill.name, until=until, asks=asks)
        return self.waits(wait)

    def outputs_of(self, outputs: Any) -> tuple[dict[str, Any], dict[str, str]]:
        """Return what is kept of an answer. Raises `SkillFailed` (`bad-output`)."""
        return accepted_outputs(self.contract, redact(outputs))


def _approves(wait: Wait) -> bool:
    return (wait.answer or {}).get("decision") == "approve"


def error_document(error: SkillFailed) -> dict[str, Any]:
    """Return an error as it stands in the journal; secrets are struck out."""
    document: dict[str, Any] = redact({"type": error.error_type, "message": _cleaned(error.detail)})
    if error.error_type == "skill-error" and not error.retryable:
        document["final"] = True  # a business reason: no policy tries again either
    return document


def _cleaned(text: str) -> str:
    """Return text that Postgres can hold, of bearable length."""
    return re.sub("[\x00\ud800-\udfff]", "\ufffd", text)[:4000]
