"""How a step, a plan and a refusal are held against what the oracle foresaw."""

from __future__ import annotations

from typing import Any

from tests.property.rerun_oracle import Oracle
from tests.property.rerun_records import ENDS, Did, Told, look

from agentskills.domain.errors import AgentSkillsError


def check_step(oracle: Oracle, did: Did, step: Any) -> None:
    """A step went as foreseen; one beside a failure may have been left undone."""
    told = oracle.told
    if not did.sure and (step is None or (step.error or {}).get("type") == "run-ended"):
        del told.steps[did.seq]
        if step is not None and step.status == "in_doubt":
            told.steps[did.seq] = did
            assert did.status == "in_doubt"
            return
        if step is not None:
            did.how, did.status, did.error, did.outputs, did.acted = (
                "executed",
                "failed",
                "run-ended",
                {},
                False,
            )
            told.steps[did.seq] = did
        for key, acts in oracle.effects.items():
            oracle.effects[key] = [a for a in acts if (a.run, a.seq) != (told.id, did.seq)]
        return
    assert step is not None, f"step {did.seq} ({did.spec.name}) is missing; foreseen {did.how}"
    source = step.reused_from or {}
    how = source.get("why") or "executed"
    foreseen = "executed" if did.how == "ended" else did.how
    assert how == foreseen, f"step {did.seq} ({did.spec.name}) was {how}, foreseen {did.how}"
    assert step.skill == did.spec.name
    assert str(step.status) == did.status, f"step {did.seq} is {step.status}, foreseen {did.status}"
    if did.status == "completed":
        produced = {path: look(step.outputs, path) for path in step.digests or {}}
        assert produced == did.outputs, f"step {did.seq} produced {produced}, foreseen {did.outputs}"
    if did.origin is not None:
        assert (source["thread_id"], source["seq"]) == did.origin, f"step {did.seq}: not from {did.origin}"
    assert sorted(source.get("stale", [])) == sorted(did.stale)
    assert not did.lacks, f"step {did.seq} was carried out without {did.lacks}"
    if did.error not in (None, "skill"):
        assert step.error["type"] == did.error


def check_plan(told: Told, plan: dict[str, Any]) -> None:
    """What the plan said is what happened; what was open, as expected if all came out as last time."""
    parent = told.parent
    assert parent is not None
    as_last, truncated = True, told.status != "completed"
    planned: set[int] = set()
    for line in plan["steps"]:
        seq = line["seq"]
        certain = plan["open_from"] is None or seq < plan["open_from"]
        if not certain and not as_last:
            return
        if line["kind"] == "decision":
            continue
        planned.add(seq)
        did = told.steps.get(seq)
        if did is None:
            assert truncated, f"the plan has a step {seq} that never came"
            continue
        assert line["skill"] == did.spec.name, f"the plan has {line['skill']} at {seq}"
        went = "execute" if did.how in ("executed", "ended") else "reuse"
        foreign_doubt = line["outcome"] == "in_doubt" and did.how == "receipt"
        if line["action"] != "open" and not foreign_doubt:
            assert line["action"] == went, f"planned to {line['action']} step {seq}, and it was {did.how}"
        if line["expected"] != "open" and as_last and did.how != "ended" and not foreign_doubt:
            assert line["expected"] == went, f"expected to {line['expected']} step {seq}: it was {did.how}"
        last = parent.of(did.spec.name)
        same = last is not None and last.status == "completed" and last.outputs == did.outputs
        if went == "execute" and not (same and did.status == "completed"):
            as_last = False
    if not truncated and plan["open_from"] is None:
        assert planned == set(told.steps), f"planned {sorted(planned)}, and {sorted(told.steps)} happened"
    if plan["ends"] is not None and not _fails_on_the_way(told):
        ends = plan["ends"]
        assert ends["seq"] == told.at, f"planned to end with {ends}, and it was at {told.at}"
        # Of what a skill failed with, the oracle knows only that it did.
        assert told.error in ("skill", ends["type"]), f"planned to end with {ends}, and it was {told.error}"


def _fails_on_the_way(told: Told) -> bool:
    """Whether something that was carried out, or a person, ended it: no plan can know that."""
    did = told.steps.get(told.at) if told.at is not None else None
    return did is not None and did.how == "executed" and did.status == "failed"


def certainly_ends(told: Told) -> bool:
    """Whether it ends before anything is carried out, so that it has to be refused."""
    if told.error not in ENDS:
        return False
    return all(did.how != "executed" for did in told.steps.values())


def check_refusal(error: AgentSkillsError, told: Told, plan: dict[str, Any]) -> None:
    """A refusal is right if the run would end so, or if what ends it earlier can't be known beforehand."""
    kind = getattr(error, "type", "")
    assert kind in ENDS, f"refused with {error!r}"
    assert plan["ends"] is not None
    assert plan["ends"]["type"] == kind
    if told.error == kind and told.at == plan["ends"]["seq"]:
        return
    surprising = ("skill", "rejected", "in-doubt", "plan-diverged")
    assert told.error in surprising, f"refused with {kind}, and it would end with {told.error}"
    assert any(did.how == "executed" for did in told.steps.values())
