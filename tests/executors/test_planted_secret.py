"""A planted secret goes where it is meant to go, and is found in nothing that is handed back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Done
from agentskills.domain.skill import Contract, ExecutorName, Skill
from agentskills.executors import Executors, build_executors
from agentskills.executors.secrets import redact
from agentskills.settings import Settings
from executors.skill_versions import Store, assignment
from stubs.http_service import HttpService, Reply, Seen
from stubs.model_server import ModelServer, Say

pytestmark = pytest.mark.anyio

FROM_ENV = "hush-hush/in env&ironment"
FROM_FILE = "hush-hush-in-a-file"
KEY = "sk-hush-hush-model-key"
CHILD = "import os\ndef run(inputs):\n print(os.environ)\n raise ValueError(str(dict(os.environ)))"


def kept(record: Any) -> str:
    """Return all that would be stored of an outcome, as text."""
    return repr(redact(record))


def record_of(outcome: Done | SkillFailed) -> list[Any]:
    """Return an outcome as JSON, as the engine would hand it to `redact`."""
    details = [[each.kind, each.content] for each in outcome.details]
    return [str(outcome) if isinstance(outcome, SkillFailed) else outcome.outputs, details]


@pytest.fixture
async def model() -> AsyncIterator[ModelServer]:
    async with ModelServer() as running:
        yield running


@pytest.fixture
async def service() -> AsyncIterator[HttpService]:
    async with HttpService() as running:
        yield running


@pytest.fixture
async def executors(
    store: Store, service: HttpService, model: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Executors]:
    monkeypatch.setenv("ASF_SECRET_SHOP", FROM_ENV)
    monkeypatch.setenv("SHOP_API_KEY", FROM_ENV)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "mail.key").write_text(FROM_FILE + "\n")
    built = build_executors(
        Settings(
            home=tmp_path / "home",
            secrets_dir=tmp_path / "secrets",
            private_hosts=service.private,
            model="openai:stub",
            model_base_url=model.base_url,
            api_key=KEY,  # type: ignore[arg-type]
        ),
        store.load,
    )
    yield built
    await built.close()


async def outcome(executors: Executors, skill: Skill, inputs: dict[str, Any] | None = None) -> Any:
    executor = executors.by_name[skill.contract.executor]
    try:
        return await executor.carry_out(assignment(skill, inputs))
    except SkillFailed as failed:
        return failed


def shouting(status: int) -> Any:
    """A service that answers with all it was sent, twisted in every way."""

    def reply(seen: Seen) -> Reply:
        return Reply(status, {"headers": seen.headers, "path": seen.path, "body": seen.body.decode()})

    return reply


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_rest(executors: Executors, service: HttpService, status: int) -> None:
    service.on("POST", "/x/hush-hush%2Fin%20env%26ironment", shouting(status))
    request = {
        "method": "POST",
        "url": service.url + "/x/{secret.shop}?k={secret.mail.key}",
        "headers": {"Authorization": "Bearer {secret.mail.key}", "X-Shop": "{secret.shop}"},
        "body": {"inside": "<{secret.shop}>", "alone": "{secret.mail.key}"},
    }
    skill = Skill("leaky", "1" * 64, "", Contract(executor=ExecutorName.REST, request=request))
    came = await outcome(executors, skill)
    assert service.seen[0].headers["authorization"] == f"Bearer {FROM_FILE}"
    assert service.seen[0].headers["x-shop"] == FROM_ENV
    assert service.seen[0].json == {"inside": f"<{FROM_ENV}>", "alone": FROM_FILE}
    stored = kept(record_of(came))
    assert "hush-hush" not in stored
    assert "[secret]" in stored
    if isinstance(came, SkillFailed):  # its text is clean even before it is redacted once more
        assert "hush-hush" not in str(came)


async def test_a_connection_that_fails(executors: Executors, service: HttpService) -> None:
    request = {"url": service.url + "/{secret.mail.key}"}
    service.on("GET", f"/{FROM_FILE}", Reply(cut=True))
    skill = Skill("leaky", "1" * 64, "", Contract(executor=ExecutorName.REST, request=request))
    came = await outcome(executors, skill)
    assert came.error_type == "connection-lost"
    assert "hush-hush" not in str(came)


async def test_python_sees_no_secret(executors: Executors, store: Store) -> None:
    came = await outcome(executors, store.skill(CHILD))
    assert came.error_type == "skill-error"
    assert "PATH" in str(record_of(came))
    assert "hush-hush" not in str(record_of(came))


async def test_an_inline_skill_may_see_it_but_it_is_not_kept(executors: Executors, store: Store) -> None:
    source = "import os\nasync def run(inputs): return {'said': 'x' + os.environ['ASF_SECRET_SHOP']}"
    came = await outcome(executors, store.skill(source, inline=True))
    assert FROM_ENV in came.outputs["said"]
    assert "hush-hush" not in kept(record_of(came))


@pytest.mark.parametrize("repeat", [True, False])
async def test_the_model_s_key(executors: Executors, model: ModelServer, repeat: bool) -> None:
    said = Say(text=None, reply=Reply(401, {"error": {"message": f"bad key {KEY}"}}))
    if repeat:
        model.say(said)
    skill = Skill("draft", "2" * 64, "", Contract(produces=("text",)))
    came = await outcome(executors, skill)
    assert model.seen[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in kept(record_of(came))


async def test_a_missing_secret_is_named_without_the_others(
    executors: Executors, service: HttpService
) -> None:
    request = {"url": service.url + "/{secret.gone}", "headers": {"X": "{secret.shop}"}}
    skill = Skill("leaky", "1" * 64, "", Contract(executor=ExecutorName.REST, request=request))
    came = await outcome(executors, skill)
    assert (came.error_type, came.nothing_happened) == ("no-secret", True)
    assert "gone" in str(came)
    assert "hush-hush" not in str(came)
    assert service.seen == []
