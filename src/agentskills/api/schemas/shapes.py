"""Pieces that several shapes share: JSON values, exact numbers, pages, problems."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object; its numbers are exact (write and read them digit for digit)."""

Number: TypeAlias = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""An exact decimal, written as a JSON number."""


def _text(value: Any) -> Any:
    if type(value) is not str and not isinstance(value, datetime):
        raise PydanticCustomError("moment", "must be a time such as 2026-11-24T09:00:00Z")
    return value


_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9001, 1, 1, tzinfo=UTC)


def _sensible(value: datetime) -> datetime:
    """Return a time that has a place in every time zone, and from which one can count on."""
    known = value if value.tzinfo else value.replace(tzinfo=UTC)
    if not _FIRST <= known < _END:
        raise PydanticCustomError("moment", "must be a time in the years 1970 to 9000")
    return value


Moment: TypeAlias = Annotated[
    AwareDatetime, Field(strict=False), BeforeValidator(_text), AfterValidator(_sensible)
]
"""A time with its zone, as text (RFC 3339), in the years 1970 to 9000 (UTC)."""

QueryMoment: TypeAlias = Annotated[datetime, AfterValidator(_sensible)]
"""The same as a parameter."""


def said_as(message: str) -> WrapValidator:
    """Return a validator that puts one message in the place of those of a union's branches."""

    def check(value: Any, inner: ValidatorFunctionWrapHandler) -> Any:
        try:
            return inner(value)
        except ValidationError:
            raise PydanticCustomError("shape", "{message}", {"message": message}) from None

    return WrapValidator(check)


class Asked(BaseModel):
    """A request body; fields it does not know are bad input."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(BaseModel):
    """An answer; it may get further fields later."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Document(BaseModel):
    """A document whose optional fields may be missing and that may have more than these."""

    model_config = ConfigDict(extra="allow")


class FieldProblem(Answer):
    """What is wrong with one field."""

    pointer: str = Field(description="JSON pointer (RFC 6901) into the body, or the parameter's name")
    message: str


class Problem(Document):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="stable name of the case, such as run-not-found")
    title: str
    status: int
    detail: str
    instance: str | None = Field(default=None, description="the path that was asked for")
    errors: list[FieldProblem] | None = Field(default=None, description="which fields, for bad input")


class RunError(Document):
    """Why a run or a step failed."""

    type: str = Field(description="stable name, such as rejected, expired, missing-paths, skill-failed")
    message: str
    skill: str | None = None
    seq: int | None = None


class Actor(Document):
    """Who or what did something."""

    kind: str = Field(
        description="person, api_key, sql, schedule, policy, batch, worker, check, callback, "
        "server (has noticed changed files), retention (ASF_KEEP_DAYS)"
    )
    name: str | None = None
    on_behalf_of: str | None = Field(default=None, description="as the caller said; nobody has checked it")
    reason: str | None = None
