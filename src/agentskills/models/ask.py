"""Ask a model for data of a given JSON Schema; numbers stay exact, invalid answers are asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agentskills.domain.decision import Detail, Usage
from agentskills.domain.errors import BadInput, SkillFailed
from agentskills.domain.json_schema import JsonSchema
from agentskills.domain.json_text import parse_stored
from agentskills.models.build import BuiltModel
from agentskills.models.exact import bodies_kept, exact_answer
from agentskills.models.failures import model_failure

RETRIES = 2
"""How often an invalid answer is asked again within one call."""
MAX_REQUESTS = 20
"""Requests of one call, reading of files included."""

Complaint = Callable[[dict[str, Any]], str | None]
"""Says what is wrong with an answer, for the model to read; None when nothing is."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A valid answer and what it took."""

    value: dict[str, Any]
    usage: Usage
    messages: Detail


async def ask(
    built: BuiltModel,
    *,
    instructions: str,
    prompt: str,
    schema: dict[str, Any],
    complaint: Complaint = lambda _: None,
    tools: Sequence[Callable[..., Any]] = (),
    timeout: float,
) -> Answered:
    """Return an answer that follows `schema` (of an object) and about which there is no complaint.

    `timeout` is in seconds, over all requests. Raises `SkillFailed` with the messages so far and
    what they have cost.
    """
    from pydantic_ai import Agent, StructuredDict, ToolOutput, UsageLimits, capture_run_messages
    from pydantic_ai.usage import RunUsage

    agent: Any = Agent(
        built.model,
        output_type=ToolOutput(StructuredDict(_shown(schema)), name="answer"),
        instructions=instructions,
        retries={"output": RETRIES, "tools": RETRIES},
        tools=list(tools),
    )
    wrong: list[str] = []
    spent = RunUsage()
    with capture_run_messages() as messages, bodies_kept() as bodies:
        agent.output_validator(_validator(schema, complaint, wrong, bodies))
        try:
            async with asyncio.timeout(timeout):
                limits = UsageLimits(request_limit=MAX_REQUESTS)
                result = await agent.run(prompt, usage=spent, usage_limits=limits)
        except TimeoutError:
            raise SkillFailed(
                f"the model did not answer within {timeout:g} s",
                error_type="model-timeout",
                nothing_happened=True,
                details=(_kept(messages),),
                usage=usage_of(built, spent),
            ) from None
        except Exception as error:
            if isinstance(error, SkillFailed):
                raise
            raise model_failure(
                error,
                details=(_kept(messages),),
                usage=usage_of(built, spent),
                complaint=wrong[-1] if wrong else "",
            ) from error
    return Answered(result.output, usage_of(built, spent), _kept(messages))


def usage_of(built: BuiltModel, spent: Any) -> Usage:
    """Return what a run of the agent has used; money is None where the price is unknown."""
    return Usage(
        model=built.name,
        input_tokens=spent.input_tokens or None,
        output_tokens=spent.output_tokens or None,
        money=spent.cost if built.list_price else None,
        requests=spent.requests,
    )


def _validator(
    schema: dict[str, Any], complaint: Complaint, wrong: list[str], bodies: list[bytes]
) -> Callable[..., Any]:
    """Return what judges an answer; whatever is wrong with it is kept in `wrong` too."""
    from pydantic_ai import ModelRetry, RunContext

    check = JsonSchema(schema)

    def judged(answer: dict[str, Any]) -> str | None:
        breach = check.breach(answer)
        if breach is not None:
            return f"the answer is wrong at /{'/'.join(breach.place)}: {breach.message}"
        return complaint(answer)

    async def validate(ctx: RunContext[Any], output: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = exact_answer(ctx.messages, output, bodies)
            problem = judged(answer)
        except BadInput as error:
            problem = f"the answer can't be kept: {error.detail}"
        if problem is not None:
            wrong.append(problem)
            raise ModelRetry(problem)
        return answer

    # the annotations are looked up by name, and these names are only known in here
    validate.__annotations__ = {"ctx": RunContext[Any], "output": dict[str, Any], "return": dict[str, Any]}
    return validate


def _shown(schema: Any) -> Any:
    """Return a schema as libraries can write it: exact decimals become floats."""
    if type(schema) is dict:
        return {key: _shown(item) for key, item in schema.items()}
    if type(schema) is list:
        return [_shown(item) for item in schema]
    return float(schema) if type(schema) is Decimal else schema


def _kept(messages: Sequence[Any]) -> Detail:
    """Return the messages as JSON, to be kept beside the step."""
    from pydantic_ai.messages import ModelMessagesTypeAdapter

    return Detail("messages", parse_stored(ModelMessagesTypeAdapter.dump_json(list(messages))))
