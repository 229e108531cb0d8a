"""Every error AgentSkills raises on purpose: one root, one class per case, the HTTP status on the class."""

from __future__ import annotations

from typing import Any, ClassVar


class AgentSkillsError(Exception):
    """Something went wrong."""

    status: ClassVar[int] = 500
    type: ClassVar[str] = "internal"

    def __init__(self, detail: str | None = None, **fields: Any) -> None:
        self.detail = detail or (self.__doc__ or "").strip().splitlines()[0]
        self.fields = fields
        super().__init__(self.detail)


class BadInput(AgentSkillsError):
    """The request is malformed; `pointer` (RFC 6901) names the field."""

    status = 422
    type = "bad-input"

    def __init__(self, detail: str, *, pointer: str = "") -> None:
        super().__init__(detail, errors=[{"pointer": pointer, "message": detail}])
        self.pointer = pointer


class NotJson(BadInput):
    """The body is not JSON."""

    status = 400
    type = "not-json"


class TooLarge(BadInput):
    """The body or one of its fields is larger than allowed."""

    status = 413
    type = "too-large"


class RunNotFound(AgentSkillsError):
    """There is no run with this id."""

    status = 404
    type = "run-not-found"


class SkillNotFound(AgentSkillsError):
    """There is no skill with this name or digest."""

    status = 404
    type = "skill-not-found"


class EffectNotFound(AgentSkillsError):
    """There is no effect with this number."""

    status = 404
    type = "effect-not-found"


class ScheduleNotFound(AgentSkillsError):
    """There is no schedule with this id."""

    status = 404
    type = "schedule-not-found"


class PolicyNotFound(AgentSkillsError):
    """There is no policy with this id."""

    status = 404
    type = "policy-not-found"


class BreakerNotFound(AgentSkillsError):
    """The breaker of this skill has never opened."""

    status = 404
    type = "breaker-not-found"


class WebhookNotFound(AgentSkillsError):
    """There is no webhook with this id."""

    status = 404
    type = "webhook-not-found"


class DeliveryNotFound(AgentSkillsError):
    """The webhook has no delivery with this number."""

    status = 404
    type = "delivery-not-found"


class WebhookOff(AgentSkillsError):
    """The webhook is off; enable it first."""

    status = 409
    type = "webhook-off"


class AddressRefused(BadInput):
    """The URL leads into a private network, or is no URL of a receiver."""

    type = "address-refused"


class SopNotFound(AgentSkillsError):
    """There is no named SOP like this."""

    status = 404
    type = "sop-not-found"


class UnknownSop(BadInput):
    """`sop_name` names no SOP."""

    type = "unknown-sop"


class IdTaken(AgentSkillsError):
    """This thread_id belongs to a run with another body."""

    status = 409
    type = "id-taken"


class IdempotencyKeyReused(AgentSkillsError):
    """This Idempotency-Key was used with another body."""

    status = 409
    type = "idempotency-key-reused"


class NotWaiting(AgentSkillsError):
    """The run does not wait for this answer."""

    status = 409
    type = "not-waiting"


class StepChoiceNeeded(AgentSkillsError):
    """Several steps of the run wait; say which one with `step`."""

    status = 409
    type = "step-needed"


class OutOfDate(AgentSkillsError):
    """What was shown has changed since; look again before you answer."""

    status = 409
    type = "out-of-date"


class TooEarly(AgentSkillsError):
    """The worker that had this effect may still be acting; try again once its lease has lapsed."""

    status = 409
    type = "too-early"


class AlreadyFinished(AgentSkillsError):
    """The run has already finished."""

    status = 409
    type = "already-finished"


class NotFinished(AgentSkillsError):
    """The run has not finished; only an empty rerun request can be taken."""

    status = 409
    type = "not-finished"


class ContradictingFields(BadInput):
    """Two fields of a rerun request can't both be followed."""

    type = "contradicting-fields"


class StepOutOfRange(BadInput):
    """`from` names a step that the run doesn't have."""

    type = "step-out-of-range"


class ForeignPlan(BadInput):
    """`plan_token` is not a token of a plan for this run."""

    type = "foreign-plan"


class NothingFailed(AgentSkillsError):
    """`from: failure` needs a run in which something failed or was left undone."""

    status = 409
    type = "nothing-failed"


class NoFreeNumber(AgentSkillsError):
    """No free number was found for the rerun."""

    status = 409
    type = "no-free-number"


class VersionMissing(AgentSkillsError):
    """A skill version that the rerun would need is not stored."""

    status = 409
    type = "version-missing"


class NotRerunnable(AgentSkillsError):
    """What this rerun would need of the run is no longer there."""

    status = 409
    type = "not-rerunnable"


class PlanChanged(AgentSkillsError):
    """What the rerun would do is no longer what was agreed to; `plan` holds what it would do now."""

    status = 409
    type = "plan-changed"


class PlanDiverged(AgentSkillsError):
    """The recorded decisions can't be followed."""

    status = 409
    type = "plan-diverged"


class NotRecorded(AgentSkillsError):
    """There is no recording that could answer for a step."""

    status = 409
    type = "not-recorded"


class EffectNeeded(AgentSkillsError):
    """A step reaches outside, and neither a recording nor a sample can stand in for it."""

    status = 409
    type = "effect-needed"


class RunDeleted(AgentSkillsError):
    """This run has been deleted; only its place in the family is known."""

    status = 410
    type = "run-deleted"


class BatchNotFound(AgentSkillsError):
    """There is no batch with this id."""

    status = 404
    type = "batch-not-found"


class NothingMatches(AgentSkillsError):
    """The filter finds no run; nothing was started."""

    status = 409
    type = "nothing-matches"


class BatchFinished(AgentSkillsError):
    """The batch has already finished."""

    status = 409
    type = "batch-finished"


class BudgetSpent(AgentSkillsError):
    """The batch has spent its budget; resume it with a greater one."""

    status = 409
    type = "budget-spent"


class NothingDiffers(AgentSkillsError):
    """The two runs differ in nothing that a rerun could take from one into the other."""

    status = 409
    type = "nothing-differs"


class ForgedToken(AgentSkillsError):
    """The callback token is missing or is not the one this step was given."""

    status = 403
    type = "forged-token"


class ForbiddenOrigin(AgentSkillsError):
    """Requests from this Host or Origin are refused."""

    status = 403
    type = "forbidden-origin"


class Unauthorized(AgentSkillsError):
    """An API key is needed: send `Authorization: Bearer …`."""

    status = 401
    type = "unauthorized"


class DatabaseGone(AgentSkillsError):
    """The database can't be reached right now; nothing was changed. Try again in a moment."""

    status = 503
    type = "database-gone"


class QueryTooSlow(AgentSkillsError):
    """The list took too long to search; narrow the filter, for instance by time or status."""

    status = 503
    type = "narrow-the-filter"


class SetupError(AgentSkillsError):
    """Something needed at start-up is missing or wrong; the message is one clear line."""

    type = "setup"


class LostOwnership(AgentSkillsError):
    """Another worker owns the run now; drop it."""

    type = "lost-ownership"


class SkillFailed(AgentSkillsError):
    """A skill failed.

    `error_type` is the stable name that ends up in the step's error. `retryable` lets
    `asf.retries` apply; `retry_after` (seconds) is what the other side asked for, and
    `counts` says whether the try counts as an attempt (429 and 503 with Retry-After don't).
    `nothing_happened` is proof that the outside world was not reached or refused; without
    it an irreversible effect is in doubt. `details` (domain.decision.Detail) are kept beside the
    step all the same, and `usage` (domain.decision.Usage) is what the failed try has cost.
    """

    type = "skill-failed"

    def __init__(
        self,
        message: str,
        *,
        error_type: str = "skill-failed",
        retryable: bool = True,
        retry_after: float | None = None,
        counts: bool = True,
        nothing_happened: bool = False,
        details: tuple[Any, ...] = (),
        usage: Any = None,
    ) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.retryable = retryable
        self.retry_after = retry_after
        self.counts = counts
        self.nothing_happened = nothing_happened
        self.details = details
        self.usage = usage


class NotStarted(AgentSkillsError):
    """The run has only been recorded; it was never started."""

    status = 409
    type = "not-started"


class StepNotFound(AgentSkillsError):
    """The run has no step with this number."""

    status = 404
    type = "step-not-found"


class BadCase(AgentSkillsError):
    """This file holds no run that was kept as a test; the message names the place."""

    status = 422
    type = "bad-case"
