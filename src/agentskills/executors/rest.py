"""The rest executor: one HTTP request, answered at once or by a callback."""

from __future__ import annotations

import asyncio
from typing import Any

from agentskills.domain.errors import BadInput, SkillFailed
from agentskills.domain.execution import Accepted, Assignment, Carried, Done
from agentskills.domain.json_text import parse_json
from agentskills.executors.addresses import AllowedHosts
from agentskills.executors.answer_map import compile_all, mapped
from agentskills.executors.http_call import Call, HttpCalls
from agentskills.executors.output_schema import check_outputs
from agentskills.executors.skill_errors import bad_output, timed_out
from agentskills.executors.template import (
    Values,
    as_text,
    bad_request,
    filled,
    filled_text,
    filled_url,
)
from agentskills.settings import Settings


class RestExecutor:
    """Carries out `request` of asf.yaml."""

    def __init__(self, settings: Settings) -> None:
        self._secrets_dir = settings.secrets_dir
        self._calls = HttpCalls(AllowedHosts.parse(settings.private_hosts))

    async def carry_out(self, assignment: Assignment) -> Carried:
        """Send the request. Raises `SkillFailed`, with proof that nothing has happened where there is."""
        contract = assignment.skill.contract
        if contract.request is None:
            raise bad_request("the skill has no request: asf.yaml must say method and url")
        if contract.callback:
            await self.send(assignment, contract.request, _work_order(assignment))
            return Accepted()
        compile_all(contract.response or {})
        answer = await self.send(assignment, contract.request)
        if contract.output_schema is not None:
            check_outputs(assignment.skill, answer)
        if contract.response is not None:
            return Done(mapped(answer, contract.response, contract.may_produce))
        if not isinstance(answer, dict):
            raise bad_output("the answer is not a JSON object, and asf.yaml has no response to map it")
        return Done(answer)

    async def send(
        self, assignment: Assignment, request: dict[str, Any], work_order: dict[str, Any] | None = None
    ) -> Any:
        """Send any request of the skill, its templates filled; return the JSON of the answer.

        The answer to a work order is not looked at.
        """
        call = self._call(assignment, request, work_order)
        try:
            async with asyncio.timeout(assignment.timeout):
                answer = await self._calls.send(call, assignment.timeout)
        except TimeoutError:
            raise timed_out(assignment.timeout) from None
        if work_order is not None:
            return None
        if not answer.body.strip():
            return {}
        try:
            return parse_json(answer.body)
        except BadInput as error:
            raise bad_output(f"the answer is no JSON that can be kept: {error.detail}") from None

    async def close(self) -> None:
        """Close connections."""
        await self._calls.close()

    def _call(
        self, assignment: Assignment, request: dict[str, Any], work_order: dict[str, Any] | None
    ) -> Call:
        values = Values(
            assignment.inputs,
            assignment.skill.contract.optional,
            {"idempotency_key": assignment.idempotency_key, "thread_id": assignment.thread_id},
            self._secrets_dir,
        )
        template = request.get("body")
        has_body = template is not None or work_order is not None
        method = str(request.get("method") or ("POST" if has_body else "GET")).upper()
        body = filled(template, values)
        if work_order is not None:
            body = {**body, **work_order} if isinstance(body, dict) else work_order
        headers = {"idempotency-key": assignment.idempotency_key}
        for name, text in (request.get("headers") or {}).items():
            headers[str(name).lower()] = _header(str(name), filled_text(str(text), values))
        return Call(
            method=method,
            url=filled_url(str(request.get("url") or ""), values),
            query=_query(filled(request.get("query") or {}, values)),
            headers=headers,
            body=body,
            has_body=has_body,
        )


def _work_order(assignment: Assignment) -> dict[str, Any]:
    """Return what a service in callback mode is told."""
    if assignment.callback_url is None:
        raise SkillFailed(
            "a skill in callback mode needs a callback URL",
            error_type="bad-request",
            retryable=False,
            nothing_happened=True,
        )
    return {
        "skill": assignment.skill.name,
        "thread_id": assignment.thread_id,
        "callback_url": assignment.callback_url,
        "inputs": assignment.inputs,
        "expected_outputs": list(assignment.skill.contract.produces),
        "sop": assignment.sop,
    }


def _header(name: str, text: str) -> str:
    if any(character in text for character in "\r\n\x00"):
        raise bad_request(f"the header {name} would hold a line break")
    return text


def _query(query: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [as_text(item) for item in value] if isinstance(value, list) else as_text(value)
        for name, value in query.items()
    }
