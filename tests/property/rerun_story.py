"""A family told in lines, for whoever has to find out why a law does not hold."""

from __future__ import annotations

from typing import Any

from tests.property.rerun_records import Told

from agentskills.domain.rerun import RerunRequest


def listed(specs: Any) -> str:
    return "".join(f"\n  {spec}" for spec in specs)


def shown(asked: RerunRequest) -> str:
    return str({name: value for name, value in asked.document().items() if name != "format"})


def planned(plan: dict[str, Any]) -> list[str]:
    lines = []
    for line in plan["steps"]:
        name = line["skill"] or "decide"
        lines.append(
            f"  plan {line['seq']:>3} {name:<8} {line['action']:<8} {line['expected']:<8} {line['reason']}"
        )
    return [*lines, f"  plan ends: {plan['ends']}, open from {plan['open_from']}: {plan['open_because']}"]


def went(told: Told) -> str:
    return ", ".join(f"{did.seq} {did.spec.name} {did.how} {did.status}" for did in told.steps.values())


def journaled(step: Any) -> str:
    source = step.reused_from or {}
    where = f"{source['why']} {source.get('thread_id', '')}/{source.get('seq', '')}" if source else "done"
    name = step.skill or "decide"
    came = f"{step.outputs or ''} {step.error or ''} {step.reason or ''}"
    return f"  {step.seq:>3} {name:<8} {step.status:<10} {where} {came}"
