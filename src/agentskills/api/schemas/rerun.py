"""Rerunning a run."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from agentskills.api.schemas.shapes import Answer, Asked, JsonObject, Moment, said_as

StepNumber: TypeAlias = Annotated[int, Field(ge=1, le=2**31 - 1)]
Freedom: TypeAlias = Literal["new", "unchanged", "recorded"]
Start: TypeAlias = Annotated[
    Literal["start", "failure"] | StepNumber, said_as("must be start, failure, or the number of a step")
]
Versions: TypeAlias = Annotated[
    Literal["latest", "pinned"] | dict[str, str], said_as("must be latest, pinned, or {name: digest}")
]


class RerunRequest(Asked):
    """What is to differ; empty means: the same SOP and initial_data, fresh state, everything anew.

    Effects that have already happened are not repeated, unless `effects` says so.
    """

    changes: JsonObject | None = Field(
        default=None,
        description="JSON merge patch (RFC 7396) over initial_data, null removes; where it touches what a "
        "step produced, it corrects that step's result: the step is not carried out",
    )
    initial_data: JsonObject | None = Field(default=None, description="or the whole object")
    sop: str | None = Field(default=None, description="edited procedure")
    run_name: str | None = Field(default=None, min_length=1, max_length=200)
    model: str | None = Field(default=None, max_length=200)
    metadata: JsonObject | None = Field(default=None, description="merged over what is inherited")
    start: Start | None = Field(
        default=None,
        alias="from",
        description="steps before it are kept; `failure` keeps every completed step",
    )
    plan: Freedom | None = Field(
        default=None,
        description="new: the planner decides again; unchanged: decisions are reused where nothing they "
        "depend on has changed; recorded: the decisions of the run are followed",
    )
    results: Freedom | None = Field(
        default=None,
        description="new: skills are carried out; unchanged: results are reused where nothing they depend "
        "on has changed; recorded: recordings answer, nothing is carried out",
    )
    skills: Versions | None = Field(
        default=None,
        description="versions: latest, those of the run, or {name: digest}; `*` stands for all others and "
        "is latest or pinned",
    )
    effects: Literal["once", "repeat", "none"] | None = Field(
        default=None, description="honour receipts; do irreversible effects again; reach nothing outside"
    )
    consent: list[str] | None = Field(
        default=None, max_length=1000, description="skills whose effect may happen again"
    )
    reason: str | None = Field(default=None, max_length=2000, description="for the audit trail")
    not_before: Moment | None = Field(default=None, description="delay")
    plan_token: str | None = Field(
        default=None, max_length=200, description="of a plan: the rerun starts only if it is still the same"
    )


class RerunStarted(Answer):
    """The rerun has been saved and is due."""

    status: Literal["started"]
    thread_id: str
    run_name: str
    parent_thread_id: str = Field(description="the run that was rerun")
    rerun_count: int = Field(description="the number in the new id")
    rerun_number: int = Field(description="the same number, as the new run's row has it")
