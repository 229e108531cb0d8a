"""People in a run: approvals before and after a skill, and forms they fill in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.clock import now
from agentskills.domain.data_path import ABSENT, read, without, written
from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Asks
from agentskills.domain.skill import Approval
from agentskills.domain.status import StepStatus, WaitReason
from agentskills.engine.errand import COMPLETED, End, Errand
from agentskills.storage.waits import NewWait, Wait

REJECTED, EXPIRED = "rejected", "expired"


def rejected(wait: Wait) -> SkillFailed:
    """Return the error of a step that a person rejected; nothing repeats it by itself."""
    note = (wait.answer or {}).get("note")
    return SkillFailed(note or "rejected by a person", error_type=REJECTED, retryable=False)


def expired(what: str) -> SkillFailed:
    """Return the error of a wait that took too long."""
    return SkillFailed(f"nobody answered in time: {what}", error_type=EXPIRED, retryable=False)


def is_past(wait: Wait) -> bool:
    """Say whether the wait's time is over."""
    return wait.until is not None and wait.until <= now()


async def approve(errand: Errand) -> End:
    """Carry out an approval: ask, wait, and take in the answer with its edits."""
    shown, paths = errand.shown, _editable(errand)
    wait = errand.wait
    if wait is None or wait.reason != WaitReason.APPROVAL:
        return errand.waits(_question(errand, shown))
    if wait.answer is None:
        return errand.fails(expired("an approval")) if is_past(wait) else End("parked", wait.until)
    if wait.answer.get("decision") == "reject":
        return errand.fails(rejected(wait), actor=wait.answered_by)
    given = wait.answer.get("data") or {}
    edits, digests = edits_of(given, shown, paths)
    outputs = _beside(given, paths)
    for path in digests:
        outputs = written(outputs, path, read(edits, path))
    return _approved(errand, wait, outputs, digests)


def _approved(errand: Errand, wait: Wait, outputs: dict[str, Any], digests: dict[str, str]) -> End:
    errand.closes()
    note = (wait.answer or {}).get("note")
    reason = f"approved: {note}" if note else "approved"
    step = errand.step(
        StepStatus.COMPLETED,
        reason=reason,
        outputs=outputs,
        digests=digests,
        fingerprint=errand.fingerprint,
        actor=wait.answered_by,
        finished_at=now(),
    )
    errand.run.record(errand.draft, step)
    return COMPLETED


def edits_of(
    data: dict[str, Any], shown: dict[str, Any], paths: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values a person changed, nested, and their digests by path.

    `data` is nested like what was shown, or has paths as keys; what equals what was shown is
    no edit.
    """
    edits: dict[str, Any] = {}
    edited: list[str] = []
    for path in paths:
        given = written({}, path, data[path]) if path in data else data
        value = read(given, path)  # absent also where `items[]` is given something else than a list
        if value is ABSENT or ((old := read(shown, path)) is not ABSENT and digest(old) == digest(value)):
            continue
        edits = written(edits, path, value)
        edited.append(path)
    # Digests at the end: of two paths, one inside the other, the later edit changes both.
    found = {path: read(edits, path) for path in edited}
    return edits, {path: digest(value) for path, value in found.items() if value is not ABSENT}


def _beside(data: dict[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    """Return what a person filled in beside the values that may be edited.

    It is kept with the approval's step; without digests it enters no data_store.
    """
    given = _by_path(data)
    for path in paths:
        given = without(given, path)
    return given


def _editable(errand: Errand) -> tuple[str, ...]:
    """Return the paths of what is shown that a person may edit."""
    return errand.contract.reads if errand.unit.when is Approval.BEFORE else errand.contract.writes


def _question(errand: Errand, shown: dict[str, Any]) -> NewWait:
    skill = errand.skill
    asks: dict[str, Any] = {
        "kind": "approval",
        "when": str(errand.unit.when),
        "subject": f"{skill.name}: {skill.description}",
        "shown": shown,
        "paths": list(_editable(errand)),
        "reason": errand.reason,
    }
    if errand.contract.form:
        asks["form"] = errand.contract.form
    if errand.contract.irreversible and errand.unit.when is Approval.BEFORE:
        asks["effect"] = {"skill": skill.name, "key": errand.identity.key}
    return NewWait(
        seq=errand.seq,
        reason=WaitReason.APPROVAL,
        skill=skill.name,
        asks=asks,
        shown_digest=digest(shown),
        options=["approve", "reject"],
    )


async def fill_in(errand: Errand) -> End:
    """Carry out a human skill: a person fills in a form, whose values are the outputs."""
    wait = errand.wait
    if wait is None or wait.reason != WaitReason.APPROVAL:
        asked = await errand.call()
        assert isinstance(asked, Asks)
        return errand.waits(_form(errand, asked.form))
    if wait.answer is None:
        return errand.fails(expired("a form")) if is_past(wait) else End("parked", wait.until)
    if wait.answer.get("decision") == "reject":
        return errand.fails(rejected(wait), actor=wait.answered_by)
    try:
        outputs, digests = errand.outputs_of(_by_path(wait.answer.get("data") or {}))
    except SkillFailed as error:
        return errand.fails(error, actor=wait.answered_by)
    return errand.completes(outputs, digests, actor=wait.answered_by)


def _by_path(data: dict[str, Any]) -> dict[str, Any]:
    """Return form data nested; keys may be paths."""
    nested: dict[str, Any] = {}
    for key, value in data.items():
        nested = written(nested, key, value)
    return nested


def _form(errand: Errand, form: dict[str, Any]) -> NewWait:
    limit = errand.contract.timeout
    return NewWait(
        seq=errand.seq,
        reason=WaitReason.APPROVAL,
        skill=errand.skill.name,
        until=now() + timedelta(seconds=limit) if limit else None,
        asks={
            "kind": "form",
            "subject": f"{errand.skill.name}: {errand.skill.description}",
            "shown": errand.inputs,
            "form": form,
            "instructions": errand.skill.body,
            "reason": errand.reason,
        },
        shown_digest=digest(errand.inputs),
        options=["approve", "reject"],
        expects=list(errand.contract.produces),
    )
