"""Check what a skill answered before it enters the journal."""

from __future__ import annotations

from typing import Any

from agentskills.domain.canonical import digest
from agentskills.domain.data_path import ABSENT, read, written
from agentskills.domain.errors import BadInput, SkillFailed
from agentskills.domain.json_text import check_json, json_bytes
from agentskills.domain.skill import Contract

MOST_BYTES = 5_000_000


def bad_output(message: str) -> SkillFailed:
    """Return the error of a skill whose answer can't be taken; trying again won't help."""
    return SkillFailed(message, error_type="bad-output", retryable=False)


def accepted_outputs(contract: Contract, outputs: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the skill produces of `outputs`, nested, and the digest of each path.

    What the contract does not name is left out. Raises `SkillFailed` (`bad-output`) where the
    answer is no object, lacks a produced path, is over 5 MB or can't be kept exactly.
    """
    if type(outputs) is not dict:
        raise bad_output(f"the skill answered {type(outputs).__name__}, not an object")
    kept: dict[str, Any] = {}
    digests: dict[str, str] = {}
    try:
        for path in contract.writes:
            value = read(outputs, path)
            if value is ABSENT:
                if path in contract.produces:
                    raise bad_output(f"the skill did not produce {path}")
                continue
            check_json(value, "/" + path)
            digests[path] = digest(value)
            kept = written(kept, path, value)
    except BadInput as error:
        raise bad_output(f"{error.pointer}: {error.detail}") from None
    except RecursionError:
        raise bad_output("the answer is nested too deeply") from None
    if len(json_bytes(kept)) > MOST_BYTES:
        raise bad_output("the answer is larger than 5 MB")
    return kept, digests
