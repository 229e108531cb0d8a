"""Templates of asf.yaml: JSON with `{data.path}`, `{env.X}` and `{secret.X}` in its texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from agentskills.domain.data_path import ABSENT, overlap, read
from agentskills.domain.errors import SkillFailed
from agentskills.domain.json_text import Json, json_str
from agentskills.executors.secrets import environment, secret

_PLACEHOLDER = re.compile(r"\{([^\W\d][\w-]*(?:\.[\w-]+)*(?:\[\])?)\}")
_AUTHORITY_ENDS = re.compile(r"https?://[^/?#]+[/?#]", re.IGNORECASE)

Part: TypeAlias = str | tuple[str]
"""Text as it stands, or the name in a placeholder."""


@lru_cache(maxsize=4096)
def parts_of(text: str) -> tuple[Part, ...]:
    """Return a template's pieces in order; braces around anything but a name are plain text."""
    pieces: list[Part] = []
    at = 0
    for match in _PLACEHOLDER.finditer(text):
        if match.start() > at:
            pieces.append(text[at : match.start()])
        pieces.append((match[1],))
        at = match.end()
    if at < len(text):
        pieces.append(text[at:])
    return tuple(pieces)


@dataclass(frozen=True, slots=True)
class Values:
    """What placeholders stand for, in one call."""

    inputs: dict[str, Any]
    optional: tuple[str, ...] = ()  # paths that may be absent
    extra: Mapping[str, str] = field(default_factory=dict)  # names such as idempotency_key
    secrets_dir: Path | None = None

    def value(self, name: str) -> Any:
        """Return what a placeholder stands for; `ABSENT` for an optional path that isn't there.

        Raises `SkillFailed` (bad-request, no-env, no-secret).
        """
        kind, _, rest = name.partition(".")
        if kind == "env" and rest:
            return environment(rest)
        if kind == "secret" and rest:
            return secret(rest, self.secrets_dir)
        found = read(self.inputs, name)
        if found is not ABSENT:
            return found
        if name in self.extra:
            return self.extra[name]
        if any(overlap(name, path) for path in self.optional):
            return ABSENT
        raise bad_request(f"{{{name}}} is not among the inputs of the skill")


def filled(template: Json, values: Values) -> Any:
    """Return a template with its placeholders filled.

    A text that is one placeholder keeps the JSON type of its value, and what holds it is left
    out where the value is absent; inside longer texts values are written as text.
    """
    if type(template) is str:
        pieces = parts_of(template)
        if len(pieces) == 1 and type(pieces[0]) is tuple:
            return values.value(pieces[0][0])
        return filled_text(template, values)
    if type(template) is dict:
        items = {key: filled(item, values) for key, item in template.items()}
        return {key: item for key, item in items.items() if item is not ABSENT}
    if type(template) is list:
        return [item for item in (filled(item, values) for item in template) if item is not ABSENT]
    return template


def filled_text(template: str, values: Values) -> str:
    """Return a template as text: numbers with all their digits, objects and lists as JSON."""
    return _joined(template, lambda name, _: as_text(values.value(name)))


def filled_url(template: str, values: Values) -> str:
    """Return a URL, data percent-encoded. Raises `SkillFailed` (bad-request).

    Scheme and host come from the template itself or from `{env.X}`, never from data; and data
    can't change which path is meant, by being empty or a dot.
    """

    def piece(name: str, before: str) -> str:
        from_environment = name.startswith("env.")
        if not from_environment and not _AUTHORITY_ENDS.match(before):
            raise bad_request(f"{{{name}}} stands where the host of the URL is; only {{env.X}} may")
        text = as_text(values.value(name))
        if from_environment:
            return text
        if "?" not in before and text in ("", ".", ".."):
            raise bad_request(f"{{{name}}} is {text!r}, which would change the path of the URL")
        return quote(text, safe="")

    url = _joined(template, piece)
    if not re.match(r"https?://[^/?#@\\]+(?:[/?#]|$)", url, re.IGNORECASE):
        raise bad_request("the URL must begin with http:// or https:// and a host without user or password")
    return url


def as_text(value: Any) -> str:
    """Return a JSON value as it stands inside a text; what is absent or null is empty."""
    if value is ABSENT or value is None:
        return ""
    if type(value) is str:
        return value
    if type(value) is Decimal:
        return format(value, "f")
    return json_str(value)


def bad_request(message: str) -> SkillFailed:
    """Return the failure of a request that can't be made, and so has not been sent."""
    return SkillFailed(message, error_type="bad-request", retryable=False, nothing_happened=True)


def _joined(template: str, text_of: Callable[[str, str], str]) -> str:
    text = ""
    for piece in parts_of(template):
        text += piece if type(piece) is str else text_of(piece[0], text)
    return text
