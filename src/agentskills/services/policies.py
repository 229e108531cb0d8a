"""Policies as people make, change and read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from agentskills.domain import clock
from agentskills.domain.errors import BadInput, BreakerNotFound, PolicyNotFound, VersionMissing
from agentskills.domain.failure_types import may_qualify, why_never
from agentskills.domain.policy import DEFAULTS, Breaker, Policy
from agentskills.domain.rerun import RerunRequest, request_from
from agentskills.services import breakers
from agentskills.services.actor import Actor
from agentskills.services.context import Context
from agentskills.services.cursor import Cursor
from agentskills.services.idempotency import Answered, once
from agentskills.services.naming import new_id
from agentskills.services.start import MAX_METADATA, check_size
from agentskills.services.versions import check_versions
from agentskills.storage import audit, policies, policy_answers
from agentskills.storage import breakers as breaker_rows
from agentskills.storage.database import Conn
from agentskills.storage.policy_answers import Answer

RECENT = 14
"""How many of its last answers stand beside a policy."""
_TOLD = ("matches", "attempts", "error_types", "manual_too")


async def create(
    context: Context,
    asked: Mapping[str, Any],
    reason: str | None,
    actor: Actor,
    *,
    key: str | None = None,
) -> Answered:
    """Make a policy; fields that are left out or None have their default.

    Raises `BadInput`, `VersionMissing`.
    """
    at = clock.now()
    given = {name: value for name, value in asked.items() if value is not None}
    policy = Policy(
        **{**DEFAULTS, "enabled": True, "note": None, **given},
        id=new_id("policy"),
        requested_by=actor.document(reason),
        created_at=at,
        updated_at=at,
    )
    _check(policy)

    async def work(conn: Conn) -> dict[str, Any]:
        await _check_rerun(conn, policy.rerun)
        await policies.insert(conn, policy)
        await _audit(conn, actor, "policy-create", policy, reason)
        return _document(policy, [], {}, [])

    return await once(context, key, ["policy", dict(asked), reason], work)


async def edit(
    context: Context, policy_id: str, asked: Mapping[str, Any], reason: str | None, actor: Actor
) -> dict[str, Any]:
    """Change fields of a policy; None brings a field's default back.

    Raises `PolicyNotFound`, `BadInput`, `VersionMissing`.
    """
    changed = {name: DEFAULTS.get(name) if value is None else value for name, value in asked.items()}
    if changed.get("name", "") is None:
        raise BadInput("a policy has a name", pointer="/name")

    async def work(conn: Conn) -> dict[str, Any]:
        before = await _locked(conn, policy_id)
        policy = replace(before, **changed, updated_at=clock.now())
        _check(policy)
        if "rerun" in changed:
            await _check_rerun(conn, policy.rerun)
        await policies.update(conn, policy)
        if "window_cap" in changed:
            await policy_answers.wait_no_longer(conn, policy_id, policy.updated_at)
        await _audit(conn, actor, "policy-edit", policy, reason, changed=sorted(changed))
        return await _whole(conn, policy)

    return await context.in_transaction(work)


async def switch(
    context: Context, policy_id: str, enabled: bool, note: str | None, actor: Actor
) -> dict[str, Any]:
    """Enable or disable a policy; a second time changes nothing but the note. Raises `PolicyNotFound`."""

    async def work(conn: Conn) -> dict[str, Any]:
        before = await _locked(conn, policy_id)
        policy = replace(before, enabled=enabled, note=note, updated_at=clock.now())
        await policies.update(conn, policy)
        await _audit(conn, actor, "policy-enable" if enabled else "policy-disable", policy, note)
        return await _whole(conn, policy)

    return await context.in_transaction(work)


async def delete(context: Context, policy_id: str, reason: str | None, actor: Actor) -> dict[str, Any]:
    """Remove a policy with its answers; the reruns it made stay. Raises `PolicyNotFound`."""

    async def work(conn: Conn) -> dict[str, Any]:
        policy = await _locked(conn, policy_id)
        await policies.delete(conn, policy_id)
        await _audit(conn, actor, "policy-delete", policy, reason)
        return {"status": "deleted", "id": policy_id}

    return await context.in_transaction(work)


async def close_breaker(
    context: Context, policy_id: str, skill: str, note: str | None, actor: Actor
) -> dict[str, Any]:
    """Close the breaker of a skill: what it held back is looked at again, at once.

    A closed one stays closed. Raises `PolicyNotFound`, `BreakerNotFound`.
    """

    async def work(conn: Conn) -> dict[str, Any]:
        policy = await _locked(conn, policy_id)
        breaker = await breaker_rows.get(conn, policy_id, skill)
        if breaker is None:
            raise BreakerNotFound(f"the policy {policy_id} has no breaker of {skill or 'no skill'}")
        if breaker.closed_at is None:
            released = await breakers.close(conn, breaker, clock.now())
            await _audit(
                conn, actor, "policy-close-breaker", policy, note, skill=skill or None, released=released
            )
        return await _whole(conn, policy)

    return await context.in_transaction(work)


async def policy(context: Context, policy_id: str) -> dict[str, Any]:
    """Return a policy with its breakers and how often it answered what. Raises `PolicyNotFound`."""
    async with context.reading() as conn:
        found = await policies.get(conn, policy_id)
        if found is None:
            raise PolicyNotFound(f"there is no policy {policy_id!r}")
        return await _whole(conn, found)


async def list_policies(context: Context, cursor: str | None, limit: int) -> dict[str, Any]:
    """Return one page of policies, the newest first."""
    after = Cursor.read(cursor, datetime, str)
    async with context.reading() as conn:
        found = await policies.page(conn, after=after, limit=limit + 1)
        more = len(found) > limit
        found = found[:limit]
        ids = [one.id for one in found]
        opened = await breaker_rows.of_policies(conn, ids)
        counts = await policy_answers.totals(conn, ids)
        recent = await policy_answers.latest(conn, ids, RECENT)
    items = [
        _document(one, [b for b in opened if b.policy_id == one.id], counts[one.id], recent[one.id])
        for one in found
    ]
    return {"items": items, "next_cursor": Cursor.write(found[-1].created_at, found[-1].id) if more else None}


async def list_answers(
    context: Context, policy_id: str, answers: list[str], cursor: str | None, limit: int
) -> dict[str, Any]:
    """Return one page of what a policy did about failed runs, the newest first. Raises `PolicyNotFound`."""
    after = Cursor.read(cursor, datetime, str)
    async with context.reading() as conn:
        if await policies.get(conn, policy_id) is None:
            raise PolicyNotFound(f"there is no policy {policy_id!r}")
        found = await policy_answers.page(conn, policy_id, answers, after=after, limit=limit + 1)
    more = len(found) > limit
    found = found[:limit]
    return {
        "items": [_answer(one) for one in found],
        "next_cursor": Cursor.write(found[-1].at, found[-1].failed) if more else None,
    }


async def _locked(conn: Conn, policy_id: str) -> Policy:
    found = await policies.get(conn, policy_id, lock=True)
    if found is None:
        raise PolicyNotFound(f"there is no policy {policy_id!r}")
    return found


def _check(policy: Policy) -> None:
    """Raise `BadInput` for what no schema says."""
    if not policy.name.strip():
        raise BadInput("name is blank", pointer="/name")
    for at, kind in enumerate(policy.error_types or ()):
        if not may_qualify(kind):
            raise BadInput(
                f"{kind} is never rerun by itself: {why_never(kind)}", pointer=f"/error_types/{at}"
            )
    backoff = policy.backoff
    if backoff["most_seconds"] < backoff["first_seconds"]:
        raise BadInput("most_seconds is less than first_seconds", pointer="/backoff/most_seconds")


async def _check_rerun(conn: Conn, document: Mapping[str, Any]) -> None:
    """Raise `BadInput` or `VersionMissing` where no run could be rerun like this."""
    asked = request_from(document)
    check_size(asked.metadata or {}, MAX_METADATA, "/rerun/metadata")
    try:
        await check_versions(conn, asked.versions)
    except BadInput as error:
        raise type(error)(error.detail, pointer=f"/rerun{error.pointer}") from None
    except VersionMissing as error:
        errors = [one | {"pointer": f"/rerun{one['pointer']}"} for one in error.fields["errors"]]
        raise VersionMissing(error.detail, **error.fields | {"errors": errors}) from None


async def _audit(
    conn: Conn, actor: Actor, action: str, policy: Policy, reason: str | None, **more: Any
) -> None:
    told = {"policy_id": policy.id, "name": policy.name} | more
    if action in ("policy-create", "policy-edit"):
        told |= {name: getattr(policy, name) for name in _TOLD}
    await audit.record(conn, actor.document(), action, reason=reason, detail=told)


async def _whole(conn: Conn, policy: Policy) -> dict[str, Any]:
    opened = await breaker_rows.of_policies(conn, [policy.id])
    counts = await policy_answers.totals(conn, [policy.id])
    recent = await policy_answers.latest(conn, [policy.id], RECENT)
    return _document(policy, opened, counts[policy.id], recent[policy.id])


def _document(
    policy: Policy, opened: list[Breaker], counts: dict[str, int], recent: list[Answer]
) -> dict[str, Any]:
    return {
        "id": policy.id,
        "name": policy.name,
        "matches": {"sop_name": None, "metadata": None, "skill": None} | policy.matches,
        "rerun": {"from": "start"}
        | {name: value for name, value in policy.rerun.items() if name != "format"},
        "attempts": policy.attempts,
        "backoff": policy.backoff,
        "error_types": policy.error_types,
        "family_cap": policy.family_cap,
        "window_cap": policy.window_cap,
        "breaker": policy.breaker,
        "manual_too": policy.manual_too,
        "enabled": policy.enabled,
        "note": policy.note,
        "requested_by": policy.requested_by,
        "created_at": policy.created_at,
        "updated_at": policy.updated_at,
        "answers": counts,
        "recent": [_answer(one) for one in recent],
        "breakers": [
            {
                "skill": one.skill or None,
                "state": str(one.state),
                "opened_at": one.opened_at,
                "open_until": one.open_until,
                "probe": one.probe,
                "closed_at": one.closed_at,
                "held_back": one.held_back,
            }
            for one in opened
        ],
    }


def _answer(one: Answer) -> dict[str, Any]:
    return {
        "failed": one.failed,
        "skill": one.skill or None,
        "answer": one.answer,
        "thread_id": one.thread_id,
        "attempt": one.attempt,
        "reason": one.reason,
        "at": one.at,
        "again_at": one.again_at,
    }


def rerun_document(asked: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the rerun request that a policy is asked to make, as it is stored. Raises `ContradictingFields`.

    What is not said stands as in the default: from the failure on, what is unchanged reused.
    """
    if asked is None:
        return None
    fields: dict[str, Any] = {"start": "failure", "results": "unchanged"}
    request = RerunRequest(
        **{**fields, **{name: value for name, value in asked.items() if value is not None}}
    )
    request.check()
    return request.document()
