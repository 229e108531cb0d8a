"""Logging, set up once per process: readable on a terminal, JSON lines elsewhere, secrets blacked out."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

import structlog

from agentskills.executors.secrets import redact

HIDDEN = "•••"
_SECRET_NAMES = re.compile(r"ASF_API_(KEYS?|TOKEN)|ASF_SECRET_.+|.*_API_KEY|PGPASSWORD")
_SHORTEST_SECRET = 4  # characters; shorter ones would black out ordinary words


def set_up_logs(level: str = "info") -> None:
    """Send all log records of this process, ours and the libraries', to standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if sys.stderr.isatty():
        last.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    handler = logging.StreamHandler()
    formatter = structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last)
    handler.setFormatter(_Blackout(formatter, secrets_of(os.environ)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("alembic", "uvicorn.error", "httpx", "httpx2", "httpcore2", "asyncio", "watchfiles"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def secrets_of(environment: Any) -> list[str]:
    """Return the values in an environment that may never be shown, the longest first."""
    found = {value for name, value in environment.items() if _SECRET_NAMES.fullmatch(name)}
    found |= {part.strip() for value in found for part in value.split(",")}
    for name in ("DATABASE_URL", "ASF_MODEL_BASE_URL"):
        password = _password(environment.get(name, ""))
        found |= {password, unquote(password)}
    return sorted((secret for secret in found if len(secret) >= _SHORTEST_SECRET), key=len, reverse=True)


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


class _Blackout(logging.Formatter):
    """Replaces secrets in whatever another formatter wrote, tracebacks too."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = list(secrets)

    def format(self, record: logging.LogRecord) -> str:
        line = self._inner.format(record)
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return str(redact(line))  # what is known only since: files of secrets, keys of models
