"""What a rerun asks for, made of a turn and of what its family has done; and what becomes of its edits."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.property.rerun_records import Did, Family, Told, keys_of, nested, overlap, put
from tests.property.rerun_worlds import INPUTS, Spec, Turn, contradicts

from agentskills.domain.rerun import RerunRequest
from agentskills.domain.skill import Skill


def request_of(family: Family, parent: Told, turn: Turn, skills: Mapping[Spec, Skill]) -> RerunRequest:
    row = turn.fields
    fields: dict[str, Any] = {name: row[name] for name in ("plan", "results", "effects")}
    if row["from"] == "failure":
        fields["start"] = "failure"
    elif row["from"] == "step":
        seqs = [seq for seq, _ in parent.orders] + list(parent.steps)
        fields["start"] = sorted(seqs)[turn.target % len(seqs)] if seqs else 1
    if row["skills"] == "chosen":
        found = family.versions[sorted(family.versions)[turn.skill % len(family.versions)]]
        spec = found[turn.target % len(found)]
        fields["skills"] = {spec.name: skills[spec].digest}
    elif row["skills"]:
        fields["skills"] = row["skills"]
    if row["consent"] == "yes":
        fields["consent"] = tuple(s.name for s in family.world.skills if s.kind == "irreversible")
    if row["sop"]:
        goals = family.world.goals
        fields["sop"] = f"Now do {' and '.join(goals[: max(1, len(goals) - 1)])}."
    return RerunRequest(**fields, **_edit(family, parent, turn))


def parent_of(family: Family, turn: Turn) -> Told:
    row = turn.fields
    found = family.runs[1:] if row["of"] == "rerun" and len(family.runs) > 1 else family.runs[:1]
    if row["from"] == "failure":
        found = (
            [run for run in found if run.status == "failed"]
            or [run for run in family.runs if run.status == "failed"]
            or found
        )
    return found[turn.parent % len(found)]


def _edit(family: Family, parent: Told, turn: Turn) -> dict[str, Any]:
    how, value = turn.fields["edit"], None if turn.value == 4 else turn.value
    number = turn.target % len(INPUTS)
    path = INPUTS[number]
    if turn.seen:
        value = family.world.inputs[number]
    put_value: Any = [value] if path == "l[]" and value is not None else value
    if how == "changes":
        return {"changes": nested({path: put_value})}
    if how == "initial_data":
        data = deepcopy(family.world.initial_data)
        put(data, path, [0] if path == "l[]" and value is None else put_value)
        return {"initial_data": data}
    if how == "around":
        return {"changes": {"o": value}}
    if how == "correction":
        produced = sorted(
            {path for did in parent.steps.values() if did.status == "completed" for path in did.outputs}
        )
        path = produced[turn.target % len(produced)] if produced else "p0"
        return {"changes": nested({path: value})}
    return {}


def _leaves(changes: dict[str, Any], above: tuple[str, ...] = ()) -> list[tuple[str, Any]]:
    found = []
    for key, value in changes.items():
        if isinstance(value, dict) and value:
            found += _leaves(value, (*above, key))
        else:
            found.append((".".join((*above, key)), value))
    return found


def _last_writers(parent: Told) -> dict[str, Did]:
    return {
        path: did
        for _, did in sorted(parent.steps.items())
        if did.status == "completed"
        for path in did.outputs
    }


def refusal_of(parent: Told, asked: RerunRequest) -> str | None:
    """The name of the error that refuses the request before anything is planned."""
    row = {
        "effects": asked.effects,
        "consent": "yes" if asked.consent else "no",
        "results": asked.results,
        "edit": "x" if asked.changes is not None or asked.initial_data is not None else "",
        "from": "start" if asked.start == "start" else "x",
        "skills": "chosen" if isinstance(asked.skills, dict) else asked.skills or "",
        "sop": asked.sop or "",
    }
    if contradicts(row) and (asked.effects != "none" or asked.consent or asked.results == "recorded"):
        return "ContradictingFields"
    if asked.start == "failure" and parent.status == "completed":
        return "NothingFailed"
    for path, value in _leaves(asked.changes or {}):
        for known in _last_writers(parent):
            if value is not None and overlap(known, path) and len(keys_of(known)) > len(keys_of(path)):
                return "BadInput"
    return None


def edited(parent: Told, asked: RerunRequest) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """What the rerun starts from, and which results of its parent are corrected."""
    given = deepcopy(parent.given)
    if asked.initial_data is not None:
        return deepcopy(asked.initial_data), given
    data, last = deepcopy(parent.initial), _last_writers(parent)
    patched: dict[str, dict[str, Any]] = {}
    for path, value in _leaves(asked.changes or {}):
        touched = {did.spec.name: did for known, did in last.items() if overlap(known, path)}
        for name, did in touched.items():
            outputs = patched.setdefault(name, dict(did.outputs))
            for known in list(outputs):
                if overlap(known, path):
                    del outputs[known]
                    if value is not None:
                        outputs[known] = value
        if not touched and value is not None:
            put(data, path, value)
        elif not touched:
            _remove(data, path)
    return data, given | patched


def _remove(data: dict[str, Any], path: str) -> None:
    *above, last = keys_of(path)
    for key in above:
        if not isinstance(data.get(key), dict):
            data[key] = {}
        data = data[key]
    data.pop(last, None)


def catalog_of(
    family: Family, parent: Told, asked: RerunRequest, skills: Mapping[Spec, Skill]
) -> dict[str, Spec]:
    if asked.skills == "pinned" or (asked.skills is None and asked.results == "recorded"):
        return dict(parent.catalog)
    found = family.latest
    if isinstance(asked.skills, dict):
        for name, digest in asked.skills.items():
            found[name] = next(spec for spec in family.versions[name] if skills[spec].digest == digest)
    return found
