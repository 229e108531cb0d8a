"""Checks that `output_schema` and `form` are JSON Schemas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentskills.domain.skill import Contract
from agentskills.skills.report import Report


def lint_schema(contract: Contract, report: Report, at: Callable[[str], tuple[str, int]]) -> None:
    """Report schemas that no validator would take."""
    for key, schema in (("output_schema", contract.output_schema), ("form", contract.form)):
        if schema is not None and (problem := _problem(schema)):
            report.error("schema", f"{key} is not a JSON Schema: {problem}", *at(key))


def _problem(schema: dict[str, Any]) -> str | None:
    from jsonschema import Draft202012Validator, SchemaError  # takes a moment to import

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = "/".join(str(part) for part in error.absolute_path)
        return f"{error.message}{f' at {where}' if where else ''}"
    return None
