"""Look before a batch: how many runs it finds, what would become of the first of them; nothing is stored."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from agentskills.domain.batch import ItemState
from agentskills.domain.errors import AgentSkillsError, NothingMatches
from agentskills.services.actor import Actor
from agentskills.services.batch_start import BatchRequest, check_rerun, taken
from agentskills.services.context import Context
from agentskills.services.lineage import closed_by, only_tried_out
from agentskills.services.plan import REFUSED, plan_rerun
from agentskills.storage import batch_items, batches, lists
from agentskills.storage.batches import filter_document
from agentskills.storage.lists import CAP
from agentskills.storage.run_filter import RunFilter

SAMPLE = 10
"""Runs that are planned."""
_FIGURES = ("tokens", "money", "seconds")


async def plan_batch(context: Context, asked: BatchRequest, actor: Actor) -> dict[str, Any]:
    """Return what a batch would do. Raises what `start_batch` raises."""
    asked.check()
    async with context.reading() as conn:
        await check_rerun(conn, asked.rerun)
    wanted, count, sources = await _chosen(context, asked)
    async with context.reading() as conn:
        closed = await closed_by(conn, sources) if asked.only_open else {}
        untried = await only_tried_out(conn, sources, wanted, asked.rerun)
    given = {source: (ItemState.SKIPPED, why) for source, why in closed.items()}
    given |= {source: (ItemState.REFUSED, why) for source, why in untried.items()}
    sample = [
        _sample(source, *given[source]) if source in given else await _sampled(context, source, asked, actor)
        for source in sources
    ]
    plans = [one["plan"] for one in sample if one["plan"]]
    outcomes = Counter(one["outcome"] for one in sample)
    total = _summed([plan["estimate"] for plan in plans])
    return {
        "dry_run": True,
        "count": min(count, CAP),
        "capped": count > CAP,
        "filter": wanted and filter_document(wanted),
        "rerun": {name: value for name, value in asked.rerun.document().items() if name != "format"},
        "sample": sample,
        "sampled": len(sample),
        "refused": outcomes["refused"],
        "skipped": outcomes["skipped"],
        "effects": _effects(plans),
        "sample_estimate": total,
        "estimate": _carried_over(total, len(sample), count) if count <= CAP else dict.fromkeys(_FIGURES),
    }


async def _chosen(context: Context, asked: BatchRequest) -> tuple[RunFilter | None, int, list[str]]:
    """Return the frozen filter, how many runs there are, and those that would come first."""
    if asked.filter is None:
        ids = list(dict.fromkeys(asked.ids or ()))
        async with context.reading() as conn:
            return None, len(ids), await batch_items.ordered(conn, ids, asked.order, SAMPLE)
    async with context.reading() as conn, lists.search_limits(conn):
        wanted = taken(asked.filter, await batches.time(conn))
        count = await lists.count_up_to(conn, wanted, CAP + 1)
        sources = await lists.first(conn, wanted, SAMPLE, newest_first=asked.order == "newest")
    if not count:
        raise NothingMatches()
    return wanted, count, sources


async def _sampled(context: Context, source: str, asked: BatchRequest, actor: Actor) -> dict[str, Any]:
    try:
        plan = await plan_rerun(context, source, asked.rerun, actor)
    except AgentSkillsError as error:
        if not 400 <= error.status < 500:
            raise
        return _sample(source, ItemState.REFUSED, f"{error.type}: {error.detail}")
    ends = plan["ends"]
    if ends is not None and ends["type"] in REFUSED:
        return _sample(source, ItemState.REFUSED, f"{ends['type']}: {ends['message']}", plan)
    return _sample(source, "rerun", None, plan)


def _sample(
    source: str, outcome: str, reason: str | None, plan: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {"source": source, "outcome": outcome, "reason": reason, "plan": plan}


def _effects(plans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = Counter((effect["skill"], effect["state"]) for plan in plans for effect in plan["effects"])
    return [{"skill": skill, "state": state, "count": n} for (skill, state), n in sorted(found.items())]


def _summed(totals: list[dict[str, Any]]) -> dict[str, Any]:
    names = [name for figure in _FIGURES for name in (figure, f"{figure}_unknown")]
    return {name: sum((total[name] for total in totals), 0) for name in names}


def _carried_over(total: dict[str, Any], sampled: int, count: int) -> dict[str, Any]:
    """Return what all runs would cost if they were like those of the sample."""
    found: dict[str, Any] = {}
    for figure in _FIGURES:
        whole = Decimal(total[figure]) * count / sampled
        found[figure] = None if total[f"{figure}_unknown"] else _rounded(figure, whole)
    return found


def _rounded(figure: str, value: Decimal) -> int | Decimal:
    return round(value) if figure == "tokens" else round(value, 6).normalize() + 0
