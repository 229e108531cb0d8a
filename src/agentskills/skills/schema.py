"""Checks that `output_schema` and `form` are JSON Schemas, and that a form can be answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from agentskills.domain.data_path import parts
from agentskills.domain.json_schema import JsonSchema, SchemaUnusable
from agentskills.domain.skill import Contract, ExecutorName
from agentskills.skills.report import Report


def lint_schema(contract: Contract, report: Report, at: Callable[[str], tuple[str, int]]) -> None:
    """Report schemas that no validator would take, and forms that leave out what the skill produces."""
    for key, schema in (("output_schema", contract.output_schema), ("form", contract.form)):
        if schema is not None:
            try:
                JsonSchema(schema).check()
            except SchemaUnusable as problem:
                report.error("schema", f"{key} is no JSON Schema that can be applied: {problem}", *at(key))
    if contract.executor is ExecutorName.HUMAN and contract.form:
        for path in contract.produces:
            if _leaves_out(contract.form, parts(path)):
                text = f"the form has no field {path}, which is produced: no answer could be taken"
                report.error("form", text, *at("form"))


def _leaves_out(schema: Any, keys: Sequence[str]) -> bool:
    """Say whether a schema lists its fields, but not the one that the keys lead to."""
    for key in keys:
        if not isinstance(schema, dict) or _ELSEWHERE & schema.keys() or "properties" not in schema:
            return False
        if key not in schema["properties"]:
            return True
        schema = schema["properties"][key]
    return False


_ELSEWHERE = {"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "patternProperties"}
"""Where fields may be listed too."""
