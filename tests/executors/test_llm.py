"""Skills carried out by a model, against a stub that speaks the providers' HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from agentskills.domain.errors import SkillFailed
from agentskills.domain.execution import Done
from agentskills.domain.skill import Contract, Skill
from agentskills.executors.llm import LlmExecutor
from agentskills.models import build_model
from agentskills.settings import Settings
from executors.skill_versions import Store, assignment
from stubs.http_service import Reply
from stubs.model_server import (
    CUT,
    REFUSAL,
    TOKENS_IN,
    TOKENS_OUT,
    ModelServer,
    Say,
    answer,
    rate_limited,
    raw,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelServer]:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    async with ModelServer() as running:
        yield running


@pytest.fixture(params=["openai", "anthropic"])
def settings(request: pytest.FixtureRequest, server: ModelServer) -> Settings:
    url = server.base_url if request.param == "openai" else server.url
    return Settings(model=f"{request.param}:stub", model_base_url=url)


def openai_settings(server: ModelServer, **more: Any) -> Settings:
    return Settings(model="openai:stub", model_base_url=server.base_url, **more)


def skill(**contract: Any) -> Skill:
    contract = {"produces": ("reply.text", "reply.total"), "may_produce": ("reply.note",), **contract}
    return Skill("draft-reply", "c" * 64, "Draft a reply.", Contract(**contract), body="Be brief and kind.")


GOOD = {"reply": {"text": "Dear", "total": 1}}


async def test_the_answer_becomes_the_output(server: ModelServer, settings: Settings) -> None:
    server.say(answer(GOOD))
    work = assignment(
        skill(reads_sop=True), {"order": {"id": 98765432109876543210, "total": Decimal("1.10")}}
    )
    done = await LlmExecutor(settings).carry_out(work)
    assert done.outputs == GOOD
    assert done.usage is not None
    assert (done.usage.input_tokens, done.usage.output_tokens) == (TOKENS_IN, TOKENS_OUT)
    assert (done.usage.model, done.usage.money, done.usage.requests) == (settings.model, None, 1)
    (asked,) = [str(each) for each in server.asked]
    for shown in ("Be brief and kind.", "98765432109876543210", "1.10", "Do it.", "draft-reply"):
        assert shown in asked
    assert done.details[0].kind == "messages"
    assert "Dear" in str(done.details[0].content)


@pytest.mark.parametrize("name", ["openai:stub", "anthropic:stub", "anthropic:claude-sonnet-5"])
async def test_numbers_are_exact(server: ModelServer, name: str) -> None:
    """With a model it knows the library streams from Anthropic, with others it doesn't."""
    exact = raw('{"reply": {"text": "x", "total": 12345678901234567890.10}}')
    server.say(raw('{"reply": {"total": 9.10}}'), exact)
    url = server.base_url if name.startswith("openai") else server.url
    done = await LlmExecutor(Settings(model=name, model_base_url=url)).carry_out(assignment(skill()))
    assert str(done.outputs["reply"]["total"]) == "12345678901234567890.10"
    assert len(server.seen) == 2


@pytest.mark.parametrize("bad", ['{"reply": {"text": "x"}}', '{"reply": {"te', '{"other": 1}', "[]"])
async def test_an_invalid_answer_is_asked_again(server: ModelServer, bad: str) -> None:
    server.say(raw(bad), answer(GOOD))
    done = await LlmExecutor(openai_settings(server)).carry_out(assignment(skill()))
    assert done.outputs == GOOD
    assert done.usage is not None
    assert done.usage.requests == 2
    assert done.usage.input_tokens == 2 * TOKENS_IN


FAILURES: list[tuple[list[Say], str, bool]] = [
    ([answer({"reply": {}})] * 3, "model-bad-answer", True),
    ([raw('{"reply"')] * 3, "model-bad-answer", True),
    ([Say(text="I would rather talk.")] * 3, "model-bad-answer", True),
    ([REFUSAL], "model-refused", False),
    ([CUT], "model-connection", True),
    ([Say(reply=Reply(500, {"error": {"message": "oops"}}))], "model-error", True),
    ([Say(reply=Reply(401, {"error": {"message": "who?"}}))], "model-key", False),
    ([Say(reply=Reply(404, {"error": {"message": "which?"}}))], "no-model", False),
    ([Say(reply=Reply(400, {"error": {"message": "what?"}}))], "model-rejected", False),
    ([Say(reply=Reply(slow=5))], "model-timeout", True),
]


@pytest.mark.parametrize(("says", "kind", "retryable"), FAILURES)
async def test_failures(server: ModelServer, says: list[Say], kind: str, retryable: bool) -> None:
    server.say(*says)
    with pytest.raises(SkillFailed) as raised:
        await LlmExecutor(openai_settings(server)).carry_out(assignment(skill(), timeout=1.5))
    assert (raised.value.error_type, raised.value.retryable) == (kind, retryable)
    assert raised.value.details[0].kind == "messages"
    assert len(server.seen) == len(says)  # the client's library tries nothing again by itself


async def test_what_failed_has_cost_something(server: ModelServer) -> None:
    server.say(*[answer({"reply": {}})] * 3)
    with pytest.raises(SkillFailed, match="'text' is a required property") as raised:
        await LlmExecutor(openai_settings(server)).carry_out(assignment(skill()))
    assert raised.value.usage.input_tokens == 3 * TOKENS_IN


async def test_too_many_requests_is_no_attempt(server: ModelServer, settings: Settings) -> None:
    server.say(rate_limited(7))
    with pytest.raises(SkillFailed) as raised:
        await LlmExecutor(settings).carry_out(assignment(skill()))
    failed = raised.value
    assert (failed.error_type, failed.retryable, failed.counts, failed.retry_after) == (
        "model-rate-limit",
        True,
        False,
        7.0,
    )


async def test_output_schema_holds(server: ModelServer) -> None:
    schema = {
        "type": "object",
        "required": ["reply"],
        "properties": {"reply": {"type": "object", "properties": {"total": {"maximum": Decimal("9.5")}}}},
    }
    server.say(answer({"reply": {"total": 10}}), answer({"reply": {"total": 9}}))
    done = await LlmExecutor(openai_settings(server)).carry_out(assignment(skill(output_schema=schema)))
    assert done.outputs == {"reply": {"total": 9}}
    assert len(server.seen) == 2


async def test_which_model_is_asked(server: ModelServer) -> None:
    executor = LlmExecutor(openai_settings(server))
    server.say(*[answer(GOOD)] * 3)
    await executor.carry_out(assignment(skill()))
    await executor.carry_out(assignment(skill(), model="openai:of-the-run"))
    await executor.carry_out(assignment(skill(model="openai:of-the-skill"), model="openai:of-the-run"))
    assert [asked["model"] for asked in server.asked] == ["stub", "of-the-run", "of-the-skill"]


async def test_the_skill_s_files_can_be_read(server: ModelServer, store: Store) -> None:
    made = store.skill("", files={"references/tone.md": "Never say sorry."})
    reader = Skill(made.name, made.digest, "", Contract(produces=("text",)), "See references.", made.files)
    server.say(
        Say(call=("read_skill_file", {"path": "references/tone.md"})),
        Say(call=("read_skill_file", {"path": "../../secret"})),
        answer({"text": "x"}),
    )
    done = await LlmExecutor(openai_settings(server), store.folders).carry_out(assignment(reader))
    assert done.outputs == {"text": "x"}
    assert "Never say sorry." in str(server.asked[1]["messages"])
    assert "There is no file" in str(server.asked[2]["messages"])


async def test_no_model_says_how_to_set_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SkillFailed, match="ASF_MODEL=") as raised:
        await LlmExecutor(Settings(model=None)).carry_out(assignment(skill()))
    assert (raised.value.error_type, raised.value.retryable) == ("no-model", False)


@pytest.mark.parametrize(
    ("name", "words"), [("openai:gpt-5", "OPENAI_API_KEY"), ("nobody:x", "openai:…, anthropic:…")]
)
def test_a_model_that_can_not_be_used(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SkillFailed, match=words) as raised:
        build_model(name, Settings(model=name))
    assert raised.value.error_type == "no-model"


def test_the_server_of_one_model_is_not_asked_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Base URL and key belong to the provider of ASF_MODEL; others must not be sent that key."""
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    settings = Settings(model="openai:x", model_base_url="http://127.0.0.1:1/v1", api_key="sk-mine")
    assert not build_model("openai:y", settings).list_price
    with pytest.raises(SkillFailed, match="ANTHROPIC_API_KEY"):
        build_model("anthropic:x", settings)


def test_list_prices_apply_to_the_provider_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-something")
    assert build_model("openai:gpt-5", Settings(model="openai:gpt-5")).list_price


@pytest.mark.parametrize(
    "module",
    [
        "agentskills",
        "agentskills.models",
        "agentskills.executors.llm",
        "agentskills.planner",
        "agentskills.api",
        "agentskills.api.app",
        "agentskills.cli.main",
        "agentskills.client",
    ],
)
def test_importing_loads_no_model_library(module: str) -> None:
    code = f"import sys, {module}\nprint({{'pydantic_ai', 'openai', 'anthropic'}} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("set()", 0), done.stderr


async def test_done_is_what_comes_back(server: ModelServer) -> None:
    """With nothing scripted the stub fills in the schema by itself."""
    done = await LlmExecutor(openai_settings(server)).carry_out(assignment(skill()))
    assert isinstance(done, Done)
    assert set(done.outputs["reply"]) == {"text", "total", "note"}
