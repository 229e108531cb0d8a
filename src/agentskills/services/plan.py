"""Plan a rerun: what it would reuse, execute or leave open, and why; nothing is started.

The plan's token stands for all of this but times, estimates and labels. A rerun that carries it is
planned again in its own transaction, and refused if the token would be another one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.errors import (
    AgentSkillsError,
    EffectNeeded,
    ForeignPlan,
    NotRecorded,
    PlanChanged,
    PlanDiverged,
)
from agentskills.domain.rerun import RerunRequest
from agentskills.domain.reuse import Outcome
from agentskills.domain.run import ClaimedRun
from agentskills.engine.course import Course
from agentskills.engine.family import load_family
from agentskills.engine.rehearsal import Line, Rehearsal, rehearse
from agentskills.planner import build_planners
from agentskills.planner.dataflow import DataflowPlanner
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.plan_document import plan_document
from agentskills.services.rerun_draft import RerunDraft, drafted
from agentskills.settings import Settings
from agentskills.storage import catalogs, runs
from agentskills.storage.database import Conn

_dataflow = DataflowPlanner()  # what it works out of a catalogue is kept for the next plan

REFUSED: dict[str, type[AgentSkillsError]] = {
    error.type: error for error in (PlanDiverged, NotRecorded, EffectNeeded)
}
"""Ends that are refused where they are certain before anything starts."""


async def plan_rerun(context: Context, thread_id: str, asked: RerunRequest, actor: Actor) -> dict[str, Any]:
    """Return the plan of a rerun. Raises what `rerun_draft.drafted` raises; nothing is changed."""
    async with context.writing() as conn:  # a catalogue of chosen versions may have to be stored
        draft = await drafted(conn, context.settings, thread_id, asked, actor)
        return await _plan(conn, context.settings, draft, asked)


async def check_plan(conn: Conn, settings: Settings, draft: RerunDraft, asked: RerunRequest) -> None:
    """Refuse a rerun that is not the one that was agreed to, or that certainly can't be followed.

    Raises `ForeignPlan`, `PlanChanged`, `PlanDiverged`, `NotRecorded`, `EffectNeeded`.
    """
    may_be_refused = asked.start != "start" or asked.effects == "none"
    may_be_refused = may_be_refused or "recorded" in (asked.plan, asked.results)
    if asked.plan_token is None and not may_be_refused:
        return
    whose = _whose(draft.parent.thread_id)
    if asked.plan_token is not None and not asked.plan_token.startswith(whose):
        raise ForeignPlan(f"this is no token of a plan for {draft.parent.thread_id}", pointer="/plan_token")
    plan = await _plan(conn, settings, draft, asked)
    if asked.plan_token is not None and plan["plan_token"] != asked.plan_token:
        raise PlanChanged(plan=plan)
    ends = plan["ends"]
    if ends is not None and ends["type"] in REFUSED:
        raise REFUSED[ends["type"]](ends["message"], step=ends["seq"], plan=plan)


async def _plan(conn: Conn, settings: Settings, draft: RerunDraft, asked: RerunRequest) -> dict[str, Any]:
    @asynccontextmanager
    async def reading() -> AsyncIterator[Conn]:
        yield conn

    claimed = await _as_claimed(conn, draft)
    family = await load_family(reading, claimed, whole=True, recording=draft.recording)
    assert family is not None
    catalog = await catalogs.load_catalog(conn, claimed.catalog) if claimed.catalog else {}
    course = Course(settings, claimed, catalog)
    planner = _dataflow if claimed.planner != "llm" else build_planners(settings)["llm"]
    told: Rehearsal = await rehearse(course, family, planner)
    document = plan_document(draft, claimed, catalog, family, told)
    made_of = [_versions_of(line) for line in told.lines]
    token = _whose(draft.parent.thread_id) + digest([_lasting(document), made_of])
    return document | {"plan_token": token}


async def _as_claimed(conn: Conn, draft: RerunDraft) -> ClaimedRun:
    """Return the rerun as a worker would hold it."""
    run, parent = draft.run, draft.parent
    return ClaimedRun(
        thread_id="",
        epoch=0,
        wake=0,
        version=0,
        stalls=0,
        cancel_requested=False,
        root_thread_id=parent.root_thread_id,
        sop=run.sop,
        sop_digest=runs.sop_digest(run.sop),
        initial_data=run.initial_data,
        skills=run.skills,
        catalog=run.catalog or await catalogs.current_catalog(conn),
        planner=run.planner,
        model=run.model,
        limits=run.limits,
        owned_ms=0,
        tokens=0,
        money=Decimal(0),
        fresh=True,
        parent_thread_id=parent.thread_id,
        request=run.request,
        given=run.given,
    )


def _whose(thread_id: str) -> str:
    """Return the beginning of all tokens of plans for a run."""
    return digest(["plan of", thread_id])[:12] + "."


def _versions_of(line: Line) -> list[Any]:
    """Return the version and surroundings that a step would be carried out with."""
    look = line.look
    return [None, None] if look is None else [look.skill.digest, look.surroundings]


_LABELS = frozenset({"reason", "run_name", "metadata", "not_before"})


def _lasting(plan: dict[str, Any]) -> dict[str, Any]:
    """Return a plan without times and estimates, who asks, and the labels of the request."""
    request = {name: value for name, value in plan["request"].items() if name not in _LABELS}
    steps = [
        step | {"estimate": None, "effect": _timeless(step["effect"])} | _nobody(step)
        for step in plan["steps"]
    ]
    effects = [_timeless(effect) for effect in plan["effects"]]
    corrections = [correction | {"by": None} for correction in plan["corrections"]]
    return plan | {
        "request": request,
        "steps": steps,
        "effects": effects,
        "estimate": None,
        "corrections": corrections,
    }


def _nobody(step: dict[str, Any]) -> dict[str, Any]:
    """Return what replaces the name of whoever gave a result."""
    if step["outcome"] != Outcome.GIVEN:
        return {}
    return {"reason": "given", "reused_from": {"why": "given"}}


def _timeless(effect: dict[str, Any] | None) -> dict[str, Any] | None:
    if effect is None or effect["receipt"] is None:
        return effect
    return effect | {"receipt": effect["receipt"] | {"at": None}}
