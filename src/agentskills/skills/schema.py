"""Checks that `output_schema` and `form` are JSON Schemas."""

from __future__ import annotations

from collections.abc import Callable

from agentskills.domain.json_schema import JsonSchema, SchemaUnusable
from agentskills.domain.skill import Contract
from agentskills.skills.report import Report


def lint_schema(contract: Contract, report: Report, at: Callable[[str], tuple[str, int]]) -> None:
    """Report schemas that no validator would take."""
    for key, schema in (("output_schema", contract.output_schema), ("form", contract.form)):
        if schema is not None:
            try:
                JsonSchema(schema).check()
            except SchemaUnusable as problem:
                report.error("schema", f"{key} is no JSON Schema that can be applied: {problem}", *at(key))
