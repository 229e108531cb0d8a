"""What the server is set up to do, setting by setting, and how much of each limit is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from agentskills.services.context import Context
from agentskills.settings import Settings
from agentskills.storage import limits

SHOWN = (
    "public_url",
    "host",
    "port",
    "home",
    "skills",
    "model",
    "model_base_url",
    "model_concurrency",
    "worker_concurrency",
    "lease_seconds",
    "skill_timeout",
    "max_steps",
    "keep_days",
    "private_hosts",
    "secrets_dir",
    "log_level",
)
"""Settings whose value anybody who is let in may read; of any other it is not told."""
SECRET = ("database_url", "api_keys", "api_key")
"""Settings of which it is told only whether they are given."""


def settings_told(settings: Settings) -> list[dict[str, Any]]:
    """Return the settings as they hold in this process, without a secret."""
    return [_told(settings, name) for name in (*SHOWN, *SECRET)]


async def read(context: Context) -> dict[str, Any]:
    """Return the settings in force, the living workers, and how much of each limit is taken."""
    settings = context.settings
    async with context.reading() as conn:
        workers = await limits.workers(conn)
        slots = await limits.slots(conn)
    runs = {
        "kind": "runs",
        "name": None,
        "used": sum(worker["runs"] for worker in workers),
        "most": len(workers) * settings.worker_concurrency,
    }
    return {
        "settings": settings_told(settings),
        "workers": workers,
        "limits": [runs, *(_limit(slot, settings) for slot in slots)],
    }


def _told(settings: Settings, name: str) -> dict[str, Any]:
    field = Settings.model_fields[name]
    secret = name in SECRET
    value = getattr(settings, name)
    return {
        "name": field.validation_alias or f"ASF_{name.upper()}",
        "value": None if secret else _text(value),
        "secret": secret,
        "given": name in settings.model_fields_set and value is not None,
        "meaning": " ".join((field.description or "").replace("`", "").split()),
    }


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) if isinstance(value, int | Path) else _without_login(value)


def _without_login(text: str) -> str:
    """Return a URL without the name, password and query that it may hold; any other text as it is."""
    if "://" not in text:
        return text
    parts = urlsplit(text)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _limit(slot: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """Return the places of a model or of a skill; those of models are as many as the setting says."""
    kind, _, name = slot["name"].partition(":")
    most = settings.model_concurrency if kind == "model" else slot["places"]
    return {"kind": kind, "name": name, "used": slot["used"], "most": most}
