"""Every setting AgentSkills reads from the environment, in one place."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_EVERYDAY = 12
"""A shorter password of the database may be a word such as postgres, which data and logs may hold."""


def _default_home() -> Path:
    return Path("/var/lib/agentskills") if os.geteuid() == 0 else Path.home() / ".agentskills"


def _bare(host: str) -> str:
    """Return an IPv6 address without the brackets it has in URLs."""
    return host.removeprefix("[").removesuffix("]")


def _reachable(url: str) -> str:
    parts = urlsplit(url)  # ValueError for brackets that nothing closes
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL such as https://agents.example.org")
    return url


_Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=1)]
_Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(str.lower)]


class Settings(BaseSettings):
    """What the environment says; `ASF_` stands before each name but DATABASE_URL."""

    model_config = SettingsConfigDict(
        env_prefix="ASF_", extra="ignore", populate_by_name=True, use_attribute_docstrings=True
    )

    home: Path = Field(default_factory=_default_home)
    """Where data lives: the embedded database, unpacked skill versions, logs."""
    host: Annotated[str, AfterValidator(_bare)] = "127.0.0.1"
    """Address to listen on; any but loopback needs API keys."""
    port: int = Field(default=8000, ge=1, le=65535)
    """Port to listen on."""
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")
    """Any Postgres from 14 on; unset: the embedded one below ASF_HOME."""
    skills: str = ""
    """Path list (`:` between) of skill roots: the only places skills are read from."""
    model: str | None = None
    """Default model, such as openai:gpt-5 or anthropic:claude-sonnet-5."""
    model_base_url: str | None = None
    """Address of a service that speaks OpenAI's protocol; unset: the provider's own."""
    api_key: SecretStr | None = None
    """Key of the model's provider; the provider's own variable works too."""
    api_keys: SecretStr | None = None
    """Comma-separated keys that clients must send as Bearer; needed when not on loopback."""
    public_url: Annotated[str, AfterValidator(_reachable)] | None = None
    """How others reach this server: it stands in callback URLs; unset: where it listens."""
    lease_seconds: float = Field(default=10.0, ge=0.5, allow_inf_nan=False)
    """After how long a silent worker's runs are taken over."""
    worker_concurrency: _Count = 100
    """How many runs one worker advances at once."""
    model_concurrency: _Count = 8
    """How many calls of one model are under way at once, over the cluster."""
    skill_timeout: _Seconds = 300.0
    """Seconds a skill may take unless it says otherwise."""
    max_steps: _Count = 1000
    """Steps a run may have unless its request says otherwise."""
    secrets_dir: Path | None = None
    """Folder of secret files, for {secret.X}; ASF_SECRET_X wins."""
    private_hosts: str = ""
    """Comma-separated host[:port] in private or loopback networks that REST skills and webhooks may call."""
    keep_days: int | None = Field(default=None, ge=1)
    """Days after which finished runs are removed; unset: for ever."""
    log_level: _Level = "info"
    """From which level on lines are logged."""
    crash_at: str | None = None
    """For tests: the engine's crash point at which this process dies, such as finish.before."""
    api_url: str | None = None
    """Which server the CLI and the Python client talk to; unset: `host` and `port`."""
    api_token: SecretStr | None = None
    """Key that the CLI and the Python client send as Bearer: one of the server's `api_keys`."""

    @property
    def skill_roots(self) -> list[Path]:
        """The folders in `skills`, in order."""
        return [Path(part).expanduser().resolve() for part in self.skills.split(os.pathsep) if part]

    @property
    def own_secrets(self) -> list[str]:
        """What lets in here: clients' keys, and the database's password unless it is an everyday word."""
        given = [key.get_secret_value() for key in (self.api_keys, self.api_token) if key]
        keys = [key.strip() for value in given for key in value.split(",")]
        password = unquote(urlsplit(self.database_url or "").password or "")
        return [key for key in keys if key] + ([password] if len(password) >= _EVERYDAY else [])

    @property
    def own_url(self) -> str:
        """Where the server listens, as a URL without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def base_url(self) -> str:
        """How the server is reached, without a trailing slash."""
        return (self.public_url or self.own_url).rstrip("/")

    @property
    def client_url(self) -> str:
        """The server that the CLI and the Python client talk to, without a trailing slash."""
        own = self.own_url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
        return (self.api_url or own).rstrip("/")


@lru_cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()
