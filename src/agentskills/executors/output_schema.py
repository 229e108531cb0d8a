"""Holds a skill's outputs against the `output_schema` of its asf.yaml."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from agentskills.domain.skill import Skill
from agentskills.executors.skill_errors import bad_output


def check_outputs(skill: Skill, outputs: dict[str, Any]) -> None:
    """Raise `SkillFailed` (bad-output), naming the place, when outputs don't follow the schema."""
    if skill.contract.output_schema is None:
        return
    for error in _validator(skill.digest, _Schema(skill.contract.output_schema)).iter_errors(outputs):
        where = "/".join(str(part) for part in error.absolute_path)
        raise bad_output(f"the output breaks output_schema at /{where}: {error.message[:500]}")


class _Schema:
    """Carries a schema past the cache, which goes by digest alone."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Schema)


@lru_cache(maxsize=1024)
def _validator(digest: str, schema: _Schema) -> Any:
    from jsonschema.validators import validator_for  # 60 ms, and few skills need it

    return validator_for(schema.schema)(schema.schema)
