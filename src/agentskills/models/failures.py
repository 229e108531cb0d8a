"""What the exceptions of Pydantic AI mean here: one table, at the one place where they cross over."""

from __future__ import annotations

from typing import Any

from agentskills.domain.errors import SkillFailed


def model_failure(
    error: Exception, *, details: tuple[Any, ...] = (), usage: Any = None, complaint: str = ""
) -> SkillFailed:
    """Return the failure for an exception of a model call; `complaint` is what was last wrong."""
    kind, retryable = _kind(error)
    pause = getattr(error, "retry_after", None)
    said = getattr(error, "message", None) or str(error)
    return SkillFailed(
        f"the model failed: {said}" + (f"; last, {complaint}" if complaint else ""),
        error_type=kind,
        retryable=retryable,
        retry_after=pause,
        counts=not (kind in ("model-rate-limit", "model-unavailable") and pause is not None),
        nothing_happened=True,  # a model call changes nothing outside
        details=details,
        usage=usage,
    )


def _kind(error: Exception) -> tuple[str, bool]:
    from pydantic_ai import exceptions

    table: tuple[tuple[type[Exception], str, bool], ...] = (
        # (exception, error_type, whether a later try may go well); the special before the general
        (exceptions.ModelRateLimitError, "model-rate-limit", True),
        (exceptions.ModelQuotaExceededError, "model-quota", False),
        (exceptions.ModelUnavailableError, "model-unavailable", True),
        (exceptions.ModelServerError, "model-error", True),
        (exceptions.ModelTimeoutError, "model-timeout", True),
        (exceptions.ModelRequestTimeout, "model-timeout", True),
        (exceptions.ModelConnectionError, "model-connection", True),
        (exceptions.ModelAuthenticationError, "model-key", False),
        (exceptions.ModelNotFoundError, "no-model", False),
        (exceptions.ModelRequestRejectedError, "model-rejected", False),
        (exceptions.ModelAPIError, "model-error", True),
        (exceptions.ContentFilterError, "model-refused", False),
        (exceptions.OutputTokenLimitExceeded, "model-bad-answer", False),
        (exceptions.UnexpectedModelBehavior, "model-bad-answer", True),
        (exceptions.UsageLimitExceeded, "model-limit", False),
        (exceptions.UserError, "no-model", False),
    )
    for cls, kind, retryable in table:
        if isinstance(error, cls):
            return kind, retryable
    return "model-error", True
