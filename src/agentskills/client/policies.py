"""`client.policies`: which failed runs are rerun by themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, TypedDict, Unpack

from agentskills.client.body import JsonObject, as_object, given, quoted
from agentskills.client.rerun_request import RerunRequest, rerun_body
from agentskills.client.transport import Transport

PATH = "/admin/policies"


class PolicyFields(TypedDict, total=False):
    """What a policy says; what is left out or None has its default."""

    matches: Mapping[str, Any] | None  # sop_name, metadata, skill; empty: every run
    rerun: RerunRequest | None  # from the failure on, what is unchanged reused
    attempts: int | None  # automatic reruns of one run, one after the other: 3
    backoff: Mapping[str, Any] | None  # first_seconds, factor, most_seconds, jitter
    error_types: Sequence[str] | None  # all that may qualify
    family_cap: int | None  # automatic reruns in one family
    window_cap: Mapping[str, int] | None  # reruns, seconds
    breaker: Mapping[str, int] | None  # failures, seconds, rest_seconds
    manual_too: bool | None  # also reruns that people asked for


class Policies:
    """Makes policies, changes them, and says what they did."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def create(
        self,
        name: str,
        *,
        enabled: bool | None = None,
        reason: str | None = None,
        idempotency_key: str | None = None,
        **fields: Unpack[PolicyFields],
    ) -> JsonObject:
        """Make a policy and return it. Raises `BadInput` naming the field."""
        body = given(name=name, enabled=enabled, reason=reason) | _body(fields)
        return as_object(await self._transport.post(PATH, body, key=idempotency_key))

    async def list(self) -> AsyncIterator[JsonObject]:
        """Yield all policies, the newest first."""
        async for policy in self._transport.pages(PATH, {}):
            yield policy

    async def get(self, policy_id: str) -> JsonObject:
        """Return a policy with its breakers and how often it did what. Raises `PolicyNotFound`."""
        return as_object(await self._transport.get(_path(policy_id)))

    async def edit(
        self,
        policy_id: str,
        *,
        name: str | None = None,
        reason: str | None = None,
        **fields: Unpack[PolicyFields],
    ) -> JsonObject:
        """Change the fields that are given; None brings a field's default back. Raises `PolicyNotFound`."""
        body = given(name=name, reason=reason) | _body(fields)
        return as_object(await self._transport.patch(_path(policy_id), body))

    async def enable(self, policy_id: str, *, note: str | None = None) -> JsonObject:
        """Let a policy look at failures from now on. Raises `PolicyNotFound`."""
        return as_object(await self._transport.post(f"{_path(policy_id)}/enable", given(note=note)))

    async def disable(self, policy_id: str, *, note: str | None = None) -> JsonObject:
        """Let a policy rest; the reruns it has made go on. Raises `PolicyNotFound`."""
        return as_object(await self._transport.post(f"{_path(policy_id)}/disable", given(note=note)))

    async def delete(self, policy_id: str, *, reason: str | None = None) -> JsonObject:
        """Remove a policy with its answers; its reruns stay. Raises `PolicyNotFound`."""
        return as_object(await self._transport.delete(_path(policy_id), given(reason=reason)))

    async def answers(
        self, policy_id: str, *, answer: str | Sequence[str] | None = None
    ) -> AsyncIterator[JsonObject]:
        """Yield what a policy did about failed runs, the newest first.

        `answer` is `rerun`, `held_back`, `given_up`, `refused` or `left`. Raises `PolicyNotFound`.
        """
        wanted = given(answer=[answer] if isinstance(answer, str) else answer)
        async for one in self._transport.pages(f"{_path(policy_id)}/answers", wanted):
            yield one

    async def close_breaker(self, policy_id: str, skill: str, *, note: str | None = None) -> JsonObject:
        """Let all that a skill's breaker held back be looked at again, and return the policy.

        Raises `PolicyNotFound`, `BreakerNotFound`.
        """
        path = f"{_path(policy_id)}/breakers/{quoted(skill)}/close"
        return as_object(await self._transport.post(path, given(note=note)))


def _path(policy_id: str) -> str:
    return f"{PATH}/{quoted(policy_id)}"


def _body(fields: PolicyFields) -> JsonObject:
    body: JsonObject = dict(fields)
    if fields.get("rerun") is not None:
        body["rerun"] = rerun_body(body["rerun"])
    if fields.get("error_types") is not None:
        body["error_types"] = list(body["error_types"])
    return body
