"""Secrets: looked up at the moment of use, and taken out of everything that is kept."""

from __future__ import annotations

import base64
import contextlib
import os
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from urllib.parse import quote, quote_plus

from agentskills.domain.errors import SkillFailed
from agentskills.domain.json_text import Json, json_str

PREFIX = "ASF_SECRET_"
MASK = "[secret]"
SHORTEST = 4
"""A shorter secret would be found by chance in harmless text, so it is refused."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_HIDDEN_ENV = re.compile(r"ASF_.*|DATABASE_URL|PG.*")

_known: set[str] = set()
_folder: Path | None = None
_files: dict[str, tuple[int, int]] = {}  # what was read in the folder: time of change and size by path


def secret(name: str, secrets_dir: Path | None) -> str:
    """Return the value of `{secret.<name>}`: ASF_SECRET_<name>, else the file `secrets_dir`/<name>.

    Raises `SkillFailed` (no-secret) when there is none; the message never holds a value.
    """
    value = _look_up(name, secrets_dir) if _NAME.fullmatch(name) else None
    if value is None:
        raise SkillFailed(
            f"there is no secret {name!r}: set {PREFIX}{_variable(name)}, "
            f"or put a file {name} into ASF_SECRETS_DIR",
            error_type="no-secret",
            retryable=False,
            nothing_happened=True,
        )
    if len(value) < SHORTEST:
        raise SkillFailed(
            f"the secret {name!r} has fewer than {SHORTEST} characters, too few to keep it out of records",
            error_type="no-secret",
            retryable=False,
            nothing_happened=True,
        )
    keep_out(value)
    return value


def environment(name: str) -> str:
    """Return the value of `{env.<name>}`; the engine's own settings and the database's are refused."""
    if _HIDDEN_ENV.fullmatch(name.upper()):
        raise SkillFailed(
            f"{{env.{name}}} is refused: skills don't see ASF_*, DATABASE_URL and PG*",
            error_type="bad-request",
            retryable=False,
            nothing_happened=True,
        )
    value = os.environ.get(name)
    if value is None:
        raise SkillFailed(
            f"the environment variable {name} is not set where the worker runs",
            error_type="no-env",
            retryable=False,
            nothing_happened=True,
        )
    return value


def child_environment() -> dict[str, str]:
    """Return what a skill's process may see of the environment: no settings of ours, no keys."""
    return {name: value for name, value in os.environ.items() if not _withheld(name)}


def _withheld(name: str) -> bool:
    upper = name.upper()
    ends = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "_CREDENTIALS")
    return bool(_HIDDEN_ENV.fullmatch(upper)) or upper.endswith(ends)


def keep_out(value: str) -> None:
    """Let `redact` replace this value from now on."""
    if len(value) >= SHORTEST and value not in _known:
        _known.add(value)
        _pattern.cache_clear()


def keep_out_all(secrets_dir: Path | None, others: Iterable[str] = ()) -> None:
    """Let `redact` replace every secret that is configured, used or not, and these others."""
    global _folder
    for name, value in os.environ.items():
        if name.startswith(PREFIX):
            keep_out(value)
    for value in others:
        keep_out(value)
    _folder = secrets_dir
    keep_out_new()


def keep_out_new() -> None:
    """Let `redact` replace what has come into the folder of secrets, or changed there, since the last look.

    Other processes may have used it already, so call this before keeping what comes from outside.
    """
    if _folder is None or not _folder.is_dir():
        return
    for file in _folder.iterdir():
        with contextlib.suppress(OSError):  # gone since
            found = file.stat()
            state = (found.st_mtime_ns, found.st_size)
            if S_ISREG(found.st_mode) and _files.get(str(file)) != state:
                keep_out(_read(file) or "")
                _files[str(file)] = state


def redact(value: Json) -> Json:
    """Return a JSON value with every known secret replaced, in texts, keys and numbers.

    A secret is also found percent-encoded, in base64 and as JSON escapes it. Where there is
    nothing to replace, the very same object comes back.
    """
    pattern = _pattern()
    return value if pattern is None else _redacted(value, pattern)


def _redacted(value: Json, pattern: re.Pattern[str]) -> Json:
    if type(value) is str:
        return pattern.sub(MASK, value) if pattern.search(value) else value
    if type(value) is dict:
        changed = {_redacted(key, pattern): _redacted(item, pattern) for key, item in value.items()}
        same = all(changed.get(key) is item for key, item in value.items())
        return value if same and len(changed) == len(value) else changed
    if type(value) is list:
        items = [_redacted(item, pattern) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items
    if type(value) in (int, Decimal) and pattern.fullmatch(str(value)):
        return MASK
    return value


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str] | None:
    forms = {form for value in _known for form in _forms(value)}
    if not forms:
        return None
    return re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)))


def _forms(value: str) -> Iterable[str]:
    yield value
    yield quote(value, safe="")
    yield quote_plus(value)
    once = json_str(value)[1:-1]
    yield once
    yield json_str(once)[1:-1]  # what was JSON in a text, and is told as JSON
    yield base64.b64encode(value.encode()).decode().rstrip("=")


def _variable(name: str) -> str:
    return re.sub(r"[.-]", "_", name).upper()


def _look_up(name: str, secrets_dir: Path | None) -> str | None:
    for variable in (PREFIX + name, PREFIX + _variable(name)):
        if value := os.environ.get(variable):
            return value
    if secrets_dir is None:
        return None
    return _read(secrets_dir / name)


def _read(file: Path) -> str | None:
    try:
        return file.read_text().rstrip("\r\n") or None
    except (OSError, UnicodeError):
        return None
