"""What a run would begin with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from agentskills.api.schemas.shapes import Answer


class FirstDecision(Answer):
    """What the planner would decide first."""

    kind: Literal["run", "finish", "give_up"]
    skills: list[str] = Field(description="that would be carried out side by side")
    reason: str
    error_type: str | None = Field(description="how the run would end at once, such as missing-paths")
    missing: list[str] = Field(description="paths nobody delivers")


class Prospect(Answer):
    """When a skill's turn comes, as far as can be told now."""

    skill: str
    when: Literal["first", "offered", "later", "never"] = Field(
        description="offered: a model may choose it at once; never: not with this initial_data"
    )
    goal: bool = Field(description="listed in the request, or named in the SOP")
    missing: list[str] = Field(description="required paths that are not there yet")
    why: str
    executor: str
    effects: str
    approval: str


class Need(Answer):
    """A path that nobody but initial_data can deliver."""

    path: str
    there: bool
    skills: list[str] = Field(description="that require it")


class FirstChoice(Answer):
    """What a run would begin with; nothing has been started."""

    planner: Literal["dataflow", "llm"]
    model: str | None = Field(description="that decides, where one does")
    decision: FirstDecision | None = Field(description="null where a model decides: it is not asked")
    skills: list[Prospect] = Field(description="those of the plan, or those a model may get to see")
    needs: list[Need] = Field(description="what initial_data has to hold")
