"""Which of the skills that can run are ready now, and may run side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentskills.domain.data_path import overlap
from agentskills.domain.skill import Contract
from agentskills.planner.supply import Plan, Supply


def choose(supply: Supply, plan: Plan, able: Sequence[str], have: set[str]) -> list[str]:
    """Return the skills to carry out in one decision, in the order of `able`.

    `able` are the members of the plan that can still run. A skill is ready when all it requires is
    there and no other of them produces something it reads, unless that one waits for this skill
    too. Skills that would write to one place, or of which one reads what the other writes, are
    never chosen together: the first one goes alone.
    """
    inside = set(able)
    waits = {name: [other for other in plan.waits[name] if other in inside] for name in able}
    candidates = [name for name in able if have.issuperset(supply.requires(name))]
    if any(waits[name] for name in candidates):
        knots = knots_of(waits)
        candidates = [
            name for name in candidates if all(knots[other] == knots[name] for other in waits[name])
        ]
    chosen: list[str] = []
    contracts: list[Contract] = []
    for name in candidates:
        contract = supply.catalog[name].contract
        if not any(_disturb(contract, other) or _disturb(other, contract) for other in contracts):
            chosen.append(name)
            contracts.append(contract)
    return chosen


def _disturb(writer: Contract, other: Contract) -> bool:
    """Say whether `writer` may write where `other` writes or reads."""
    if other.reads_everything:
        return True
    touched = other.reads + other.writes
    return any(overlap(written, path) for written in writer.writes for path in touched)


def knots_of(waits: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return a number for each skill; those that wait for each other, directly or not, share theirs.

    This is Tarjan's algorithm for strongly connected components, without recursion.
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    knots: dict[str, int] = {}
    stack: list[str] = []
    for root in waits:
        if root in index:
            continue
        path = [(root, iter(waits[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        while path:
            name, others = path[-1]
            for other in others:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    path.append((other, iter(waits[other])))
                    break
                if other not in knots:
                    low[name] = min(low[name], index[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[name])
                if low[name] == index[name]:
                    while True:
                        member = stack.pop()
                        knots[member] = index[name]
                        if member == name:
                            break
    return knots
