"""What a rest skill would send, as people read it before they agree; nothing is sent."""

from __future__ import annotations

from typing import Any

from agentskills.domain.errors import SkillFailed
from agentskills.domain.skill import Contract, ExecutorName
from agentskills.executors.template import Values, filled, filled_text


class _Readable(Values):
    """Leaves open what is known only where the worker runs, and what nobody should read."""

    __slots__ = ()

    def value(self, name: str) -> Any:
        """Return what a placeholder stands for, or the placeholder itself."""
        kind, _, rest = name.partition(".")
        if (kind in ("env", "secret") and rest) or name in ("idempotency_key", "thread_id"):
            return f"{{{name}}}"
        return Values.value(self, name)


def outgoing(contract: Contract, inputs: dict[str, Any]) -> dict[str, Any] | None:
    """Return `{method, url, query, body}` of the request of a rest skill on these inputs.

    `{secret.X}` and `{env.X}` stay as they are, headers are left out. None for other skills, and
    where the request can't be made of these inputs.
    """
    request = contract.request
    if contract.executor is not ExecutorName.REST or request is None or contract.callback:
        return None
    values = _Readable(inputs, contract.optional)
    body = request.get("body")
    try:
        return {
            "method": str(request.get("method") or ("GET" if body is None else "POST")).upper(),
            "url": filled_text(str(request.get("url") or ""), values),
            "query": filled(request.get("query") or {}, values),
            "body": filled(body, values),
        }
    except SkillFailed:
        return None
