"""Build a model from a name such as openai:gpt-5; any OpenAI-compatible server works by its URL."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agentskills.domain.errors import SkillFailed
from agentskills.models.exact import keep_body
from agentskills.settings import Settings

if TYPE_CHECKING:
    from pydantic_ai.models import Model

HOW_TO_SET = (
    "set ASF_MODEL, for instance ASF_MODEL=openai:gpt-5 with OPENAI_API_KEY, or "
    "ASF_MODEL=openai:<name> with ASF_MODEL_BASE_URL=http://localhost:11434/v1 for a server of your own"
)


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """A model that can be asked."""

    name: str  # as it was asked for, such as openai:gpt-5
    model: Model
    list_price: bool  # whether the public price list applies: not on a server of one's own


def no_model(what: str) -> SkillFailed:
    """Return the failure of something that needs a model where none is configured."""
    return SkillFailed(
        f"{what} needs a model and none is configured: {HOW_TO_SET}",
        error_type="no-model",
        retryable=False,
        nothing_happened=True,
    )


def build_model(name: str, settings: Settings, base_url: str | None = None) -> BuiltModel:
    """Return the model called `provider:name`.

    ASF_MODEL_BASE_URL and ASF_API_KEY belong to the provider of ASF_MODEL; without them the
    provider's own variables apply. Raises `SkillFailed` (no-model) when it can't be built.
    """
    if problem := model_problem(name, settings, base_url):
        raise _unusable(name, problem)
    provider, model_name = _parts(name)
    url, key = _access(provider, settings, base_url)
    try:
        return BuiltModel(name, _BUILDERS[provider](model_name, url, key), list_price=url is None)
    except ImportError as error:
        raise _unusable(name, f"its library is not installed ({error})") from error


def model_problem(name: str, settings: Settings, base_url: str | None = None) -> str | None:
    """Return why a model of this name can't be built, as far as that shows without its library."""
    provider, _ = _parts(name)
    if provider not in _BUILDERS:
        return f"models are written {', '.join(f'{each}:…' for each in _BUILDERS)}"
    if _access(provider, settings, base_url) == (None, None) and not os.environ.get(_KEYS[provider]):
        return f"set {_KEYS[provider]} or ASF_API_KEY"
    return None


def _parts(name: str) -> tuple[str, str]:
    provider, colon, model_name = name.partition(":")
    return (provider, model_name) if colon and model_name else ("openai", name)


def _access(provider: str, settings: Settings, base_url: str | None) -> tuple[str | None, str | None]:
    """Return the URL and the key that the settings give for a provider's models."""
    ours = settings.model is None or settings.model.partition(":")[0] in (provider, settings.model)
    key = settings.api_key.get_secret_value() if ours and settings.api_key else None
    return base_url or (settings.model_base_url if ours else None), key


class Models:
    """The models of one worker, each built once, in a thread since their libraries load slowly."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._built: dict[str, BuiltModel] = {}

    async def named(self, name: str) -> BuiltModel:
        """Return the model of this name. Raises `SkillFailed` (no-model)."""
        built = self._built.get(name)
        if built is None:
            built = await asyncio.to_thread(build_model, name, self._settings)
            self._built[name] = built
        return built


def warm_up(settings: Settings) -> None:
    """Import what the configured model needs; called in a thread before the first claim."""
    if settings.model is not None:
        import pydantic_ai  # noqa: F401

        try:
            build_model(settings.model, settings)
        except SkillFailed:
            return  # a run that needs the model will say so


def model_keys(settings: Settings) -> list[str]:
    """Return the keys of model providers that this process knows, for keeping them out of records."""
    keys = [os.environ.get(variable) for variable in _KEYS.values()]
    keys.append(settings.api_key.get_secret_value() if settings.api_key else None)
    return [key for key in keys if key]


def _unusable(name: str, why: str) -> SkillFailed:
    return SkillFailed(
        f"the model {name!r} can't be used: {why}",
        error_type="no-model",
        retryable=False,
        nothing_happened=True,
    )


def _client(timeout: float = 600.0) -> Any:
    """Return an HTTP client that keeps no connections: model calls are long, and none is left open."""
    import httpx2

    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(timeout, connect=10.0),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=0),
        event_hooks={"response": [keep_body]},
    )


def _openai(name: str, url: str | None, key: str | None) -> Model:
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    key = key or os.environ.get(_KEYS["openai"]) or "none"  # servers of one's own often need none
    client = AsyncOpenAI(api_key=key, base_url=url, max_retries=0, http_client=_client())
    return OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))


def _anthropic(name: str, url: str | None, key: str | None) -> Model:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    key = key or os.environ.get(_KEYS["anthropic"]) or "none"
    client = AsyncAnthropic(api_key=key, base_url=url, max_retries=0, http_client=_client())
    return AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client))


_KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}
_BUILDERS: dict[str, Callable[[str, str | None, str | None], Model]] = {
    "openai": _openai,
    "anthropic": _anthropic,
}
