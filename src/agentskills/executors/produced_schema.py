"""The JSON Schema of a skill's outputs, built from the data paths it produces."""

from __future__ import annotations

from typing import Any

from agentskills.domain.data_path import ABSENT, parts, read
from agentskills.domain.skill import Contract


def schema_of(contract: Contract) -> dict[str, Any]:
    """Return a JSON Schema of a skill's outputs: nested objects, types as far as they are known."""
    root: dict[str, Any] = _object()
    for path in contract.writes:
        keys = parts(path)
        place = root
        for key in keys[:-1]:
            place = place["properties"].setdefault(key, _object())
            place.setdefault("properties", {})
        place["properties"].setdefault(keys[-1], _leaf(path, contract))
        if path in contract.produces:
            _require(root, keys)
    return root


def _object() -> dict[str, Any]:
    return {"type": "object", "properties": {}, "required": [], "additionalProperties": False}


def _require(root: dict[str, Any], keys: tuple[str, ...]) -> None:
    place = root
    for key in keys:
        required = place.setdefault("required", [])
        if key not in required:
            required.append(key)
        place = place["properties"][key]


_TYPES = ((bool, "boolean"), (str, "string"), (list, "array"), (dict, "object"))


def _leaf(path: str, contract: Contract) -> dict[str, Any]:
    title = {"title": parts(path)[-1].replace("_", " ").replace("-", " ").capitalize()}
    if path.endswith("[]"):
        return {**title, "type": "array"}
    sample = read(contract.sample, path) if contract.sample else ABSENT
    if sample is ABSENT or sample is None:
        return title
    kind = next((name for cls, name in _TYPES if isinstance(sample, cls)), "number")
    return {**title, "type": kind}
