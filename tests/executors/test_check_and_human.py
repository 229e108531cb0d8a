"""Checks of effects in doubt, and the forms that people fill in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from agentskills.domain.execution import Checked
from agentskills.domain.skill import Contract, ExecutorName, Skill
from agentskills.executors.check import EffectChecker
from agentskills.executors.human import HumanExecutor
from agentskills.executors.python import PythonExecutor
from agentskills.executors.rest import RestExecutor
from agentskills.settings import Settings
from executors.skill_versions import Store, assignment
from stubs.http_service import HttpService, Reply

pytestmark = pytest.mark.anyio
CANT_TELL = Checked(None)


@pytest.fixture
async def service() -> AsyncIterator[HttpService]:
    async with HttpService() as running:
        yield running


@pytest.fixture
async def checker(service: HttpService, python: PythonExecutor) -> AsyncIterator[EffectChecker]:
    rest = RestExecutor(Settings(private_hosts=service.private))
    yield EffectChecker(python, rest)
    await rest.close()


@pytest.mark.parametrize(
    ("returned", "means"),
    [
        ("{'happened': True, 'output': {'mail': {'id': 7}}}", Checked(True, {"mail": {"id": 7}})),
        ("{'happened': True}", Checked(True)),
        ("{'happened': False, 'output': {'mail': 1}}", Checked(False)),
        ("{'happened': None}", CANT_TELL),
        ("{'happened': 'yes'}", CANT_TELL),
        ("{'happened': 1}", CANT_TELL),
        ("{'happened': True, 'output': 'text'}", CANT_TELL),
        ("{}", CANT_TELL),
        ("[True]", CANT_TELL),
        ("1 / 0", CANT_TELL),
    ],
)
async def test_an_entry(store: Store, checker: EffectChecker, returned: str, means: Checked) -> None:
    source = f"def run(inputs): raise RuntimeError\ndef sent(inputs): return {returned}"
    skill = store.skill(source, check={"entry": "scripts/score.py:sent"})
    assert await checker.check(assignment(skill, {"to": "a@b"})) == means


async def test_the_entry_of_an_inline_skill(store: Store, checker: EffectChecker) -> None:
    source = "async def run(inputs): ...\ndef sent(inputs): return {'happened': inputs['to'] == 'a@b'}"
    skill = store.skill(source, inline=True, check={"entry": "scripts/score.py:sent"})
    assert await checker.check(assignment(skill, {"to": "a@b"})) == Checked(True)


def rest_skill(check: dict[str, Any]) -> Skill:
    return Skill("pay", "e" * 64, "", Contract(executor=ExecutorName.REST, request={"url": "x"}, check=check))


@pytest.mark.parametrize("nested", [True, False])
async def test_a_request(service: HttpService, checker: EffectChecker, nested: bool) -> None:
    service.on("GET", "/payments", Reply(body={"found": True, "payment": {"id": "P-1"}}))
    request = {"url": f"{service.url}/payments", "query": {"key": "{idempotency_key}"}}
    response = {"happened": "$.found", "payment.id": "$.payment.id"}
    check = {"request": request, "response": response} if nested else {**request, "response": response}
    checked = await checker.check(assignment(rest_skill(check)))
    assert checked == Checked(True, {"payment": {"id": "P-1"}})
    assert service.seen[0].path == f"/payments?key={'ab' * 32}"


async def test_a_request_that_answers_by_itself(service: HttpService, checker: EffectChecker) -> None:
    service.on("GET", "/payments", Reply(body={"happened": False}))
    assert await checker.check(assignment(rest_skill({"url": f"{service.url}/payments"}))) == Checked(False)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404),
        Reply(500),
        Reply(cut=True),
        Reply(body=b"<html>"),
        Reply(body={"found": True}),
        Reply(body=[]),
    ],
)
async def test_a_muddled_answer_tells_nothing(
    service: HttpService, checker: EffectChecker, reply: Reply
) -> None:
    service.on("GET", "/payments", reply)
    assert await checker.check(assignment(rest_skill({"url": f"{service.url}/payments"}))) == CANT_TELL


async def test_without_a_check_nobody_can_tell(checker: EffectChecker) -> None:
    assert await checker.check(assignment(rest_skill({}))) == CANT_TELL


async def test_a_person_is_asked_for_what_the_skill_produces() -> None:
    contract = Contract(
        executor=ExecutorName.HUMAN,
        produces=("review.decision", "review.lines[]", "amount"),
        may_produce=("review.note",),
        sample={"review": {"decision": "ok"}, "amount": 3},
    )
    asks = await HumanExecutor().carry_out(assignment(Skill("review", "d" * 64, "", contract)))
    valid = Draft202012Validator(asks.form).is_valid
    assert valid({"review": {"decision": "yes", "lines": []}, "amount": 1})
    assert valid({"review": {"decision": "yes", "lines": [1], "note": {"any": 1}}, "amount": 1})
    assert not valid({"review": {"decision": "yes"}, "amount": 1})
    assert not valid({"review": {"decision": 7, "lines": []}, "amount": 1})
    assert not valid({"review": {"decision": "yes", "lines": []}, "amount": "1"})
    assert not valid({"review": {"decision": "yes", "lines": []}, "amount": 1, "more": 1})


async def test_a_form_of_the_skill_wins() -> None:
    form = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    contract = Contract(executor=ExecutorName.HUMAN, produces=("ok",), form=form)
    assert (await HumanExecutor().carry_out(assignment(Skill("r", "d" * 64, "", contract)))).form is form
