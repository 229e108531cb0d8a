"""Holds a skill's outputs against the `output_schema` of its asf.yaml."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from agentskills.domain.json_schema import JsonSchema, SchemaUnusable
from agentskills.domain.skill import Skill
from agentskills.executors.skill_errors import bad_output


def check_outputs(skill: Skill, outputs: Any) -> None:
    """Raise `SkillFailed` (bad-output), naming the place, when outputs don't follow the schema."""
    if skill.contract.output_schema is None:
        return
    try:
        breach = _schema(skill.digest, _Schema(skill.contract.output_schema)).breach(outputs)
    except SchemaUnusable as problem:
        raise bad_output(f"output_schema can't be applied: {problem}") from None
    if breach is not None:
        raise bad_output(f"the output breaks output_schema at /{'/'.join(breach.place)}: {breach.message}")


class _Schema:
    """Carries a schema past the cache, which goes by digest alone."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Schema)


@lru_cache(maxsize=1024)
def _schema(digest: str, schema: _Schema) -> JsonSchema:
    return JsonSchema(schema.schema)
