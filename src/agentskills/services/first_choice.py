"""What a run would begin with, told before it is started; nothing is started or stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from agentskills.domain.decision import Decision, GiveUp, PlanningView, Run
from agentskills.domain.skill import Skill
from agentskills.planner.dataflow import DataflowPlanner
from agentskills.planner.outlook import Prospect, outlook_of_offer
from agentskills.planner.supply import Supply
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.start import StartRequest, check_start
from agentskills.storage import catalogs

_dataflow = DataflowPlanner()  # what it works out of a catalogue is kept for the next look


async def first_choice(context: Context, asked: StartRequest, actor: Actor) -> dict[str, Any]:
    """Return which skills a run would begin with and why, and what the others lack.

    The planner without a model is asked, and answers as it will in the run. A model is not asked: the
    answer tells what it may choose from. Raises what `start_run` raises, but for ids that are taken.
    """
    async with context.reading() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        run = await check_start(conn, context.settings, asked, actor)
        digest = await catalogs.current_catalog(conn)
        catalog = await catalogs.load_catalog(conn, digest) if digest else {}
    model = run.model or context.settings.model
    view = PlanningView(
        sop=run.sop,
        goal=tuple(run.skills) if run.skills is not None else None,
        catalog=catalog,
        catalog_digest=digest or "",
        initial_data=run.initial_data,
        data=run.initial_data,
        carried_out=(),
        model=model,
    )
    asks_a_model = run.planner == "llm"
    found = outlook_of_offer(Supply(catalog), view) if asks_a_model else _dataflow.outlook(view)
    return {
        "planner": run.planner,
        "model": model if asks_a_model else None,
        "decision": _decision(found.decision) if found.decision else None,
        "skills": [_prospect(one, catalog) for one in found.prospects],
        "needs": [asdict(need) for need in found.needs],
    }


def _decision(decision: Decision) -> dict[str, Any]:
    ends = decision if isinstance(decision, GiveUp) else None
    return {
        "kind": "run" if isinstance(decision, Run) else "give_up" if ends else "finish",
        "skills": list(decision.skills) if isinstance(decision, Run) else [],
        "reason": decision.reason,
        "error_type": ends.error_type if ends else None,
        "missing": list(ends.missing) if ends else [],
    }


def _prospect(one: Prospect, catalog: Mapping[str, Skill]) -> dict[str, Any]:
    contract = catalog[one.skill].contract
    return asdict(one) | {
        "executor": contract.executor,
        "effects": contract.effects,
        "approval": contract.approval,
    }
