"""The planner that asks a model: what it offers, what it takes for an answer, what it records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from agentskills.domain.decision import CarriedOut, Finish, GiveUp, PlanningView, Run
from agentskills.domain.effect import effect_identity
from agentskills.domain.errors import SkillFailed
from agentskills.domain.skill import Contract, Effects, Skill
from agentskills.planner import build_planners
from agentskills.planner.llm import LlmPlanner, outline
from agentskills.planner.offer import offered
from agentskills.settings import Settings
from stubs.model_server import CUT, REFUSAL, TOKENS_IN, ModelServer, answer, rate_limited, raw

pytestmark = pytest.mark.anyio


def skill(name: str, requires: str = "", produces: str = "", **contract: Any) -> Skill:
    made = Contract(requires=tuple(requires.split()), produces=tuple(produces.split()), **contract)
    return Skill(name, name.ljust(64, "0"), f"Does {name}.", made)


FETCH = skill("fetch-order", "order.id", "order.total")
SCORE = skill("score", "order.total", "score")
RISK = skill("risk", "order.total", "risk")
MAIL = skill("mail", "order.total", "mail", effects=Effects.IRREVERSIBLE)
OTHER = skill("other-score", "order.total", "score.detail")
CATALOG = {each.name: each for each in (FETCH, SCORE, RISK, MAIL, OTHER)}
FETCHED = {"order": {"id": 1, "total": 12345678901234567890}}


def view(data: dict[str, Any], done: list[CarriedOut] | None = None, **more: Any) -> PlanningView:
    given: dict[str, Any] = {
        "sop": "Fetch the order, score it, tell the customer.",
        "goal": None,
        "catalog": CATALOG,
        "catalog_digest": "x",
        "initial_data": data,
        "data": data,
        "carried_out": done or [],
    }
    return PlanningView(**{**given, **more})


def names(given: PlanningView) -> list[str]:
    return [each.name for each in offered(given)]


def run(*chosen: str, reason: str = "next") -> Any:
    skills = [{"skill": name, "reason": f"why {name}"} for name in chosen]
    return answer({"reason": reason, "action": "run", "skills": skills})


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ModelServer]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with ModelServer() as running:
        yield running


@pytest.fixture
def planner(server: ModelServer) -> LlmPlanner:
    return LlmPlanner(Settings(model="openai:stub", model_base_url=server.base_url))


def test_only_ready_skills_are_offered() -> None:
    assert names(view({"order": {"id": 1}})) == ["fetch-order"]
    assert names(view(FETCHED)) == ["fetch-order", "mail", "other-score", "risk", "score"]
    assert names(view({})) == []
    assert names(view(FETCHED, goal=("risk", "unknown"))) == ["risk"]


def test_a_skill_is_offered_three_times() -> None:
    done = [CarriedOut("score", seq) for seq in range(3)]
    assert "score" in names(view(FETCHED, done[:2]))
    assert "score" not in names(view(FETCHED, done))


def test_an_irreversible_skill_only_with_another_key() -> None:
    key = effect_identity(MAIL.contract, "mail", FETCHED, "root").key_digest
    assert "mail" not in names(view(FETCHED, [CarriedOut("mail", 3, key)]))
    assert "mail" not in names(view(FETCHED, [CarriedOut("mail", 3, None)]))
    changed = {"order": {"id": 1, "total": 5}}
    assert "mail" in names(view(changed, [CarriedOut("mail", 3, key)]))


async def test_the_model_chooses(server: ModelServer, planner: LlmPlanner) -> None:
    server.say(run("score", "risk", reason="both are needed"))
    decided = await planner.decide(view(FETCHED, [CarriedOut("fetch-order", 2)]))
    reasons = {"score": "why score", "risk": "why risk"}
    assert decided.decision == Run(("score", "risk"), "both are needed", reasons)
    assert decided.usage is not None
    assert (decided.usage.input_tokens, decided.usage.money) == (TOKENS_IN, None)
    assert decided.details[0].kind == "messages"
    tool = server.asked[0]["tools"][0]["function"]["parameters"]
    choices = tool["properties"]["skills"]["items"]["properties"]["skill"]["enum"]
    assert choices == names(view(FETCHED))
    shown = str(server.asked[0]["messages"])
    for text in ("Fetch the order, score it", "12345678901234567890", "2. fetch-order", "Does score."):
        assert text in shown


async def test_finish_and_give_up(server: ModelServer, planner: LlmPlanner) -> None:
    server.say(answer({"reason": "all done", "action": "finish"}))
    server.say(answer({"reason": "no way on", "action": "give_up", "skills": []}))
    assert (await planner.decide(view(FETCHED))).decision == Finish("all done")
    assert (await planner.decide(view(FETCHED))).decision == GiveUp("no way on", "gave-up")


async def test_nothing_ready_at_the_start_needs_no_model(server: ModelServer, planner: LlmPlanner) -> None:
    decision = (await planner.decide(view({}))).decision
    assert isinstance(decision, GiveUp)
    assert decision.error_type == "nothing-to-do"
    assert "order.id" in decision.missing
    assert server.seen == []


async def test_with_nothing_ready_later_only_the_end_is_offered(
    server: ModelServer, planner: LlmPlanner
) -> None:
    server.say(run("score"), answer({"reason": "done", "action": "finish"}))
    decided = await planner.decide(view({}, [CarriedOut("fetch-order", 2)]))
    assert decided.decision == Finish("done")
    tool = server.asked[0]["tools"][0]["function"]["parameters"]
    assert tool["properties"]["action"]["enum"] == ["finish", "give_up"]
    assert len(server.seen) == 2


INVALID = {
    "not ready": (run("fetch"), "is not one of"),
    "unknown": (run("launch-rocket"), "is not one of"),
    "twice": (run("score", "score"), "chosen twice"),
    "same place": (run("score", "other-score"), "write to the same place"),
    "nothing chosen": (run(), "no skill is chosen"),
    "finish with skills": (
        answer({"reason": "r", "action": "finish", "skills": [{"skill": "score", "reason": "r"}]}),
        "skills must be empty",
    ),
    "no reason": (answer({"action": "finish"}), "is a required property"),
}


@pytest.mark.parametrize("kind", INVALID)
async def test_an_invalid_choice_is_asked_again(server: ModelServer, planner: LlmPlanner, kind: str) -> None:
    invalid, complaint = INVALID[kind]
    server.say(invalid, run("score"))
    decided = await planner.decide(view(FETCHED))
    assert decided.decision == Run(("score",), "next", {"score": "why score"})
    assert len(server.seen) == 2
    assert complaint in str(server.asked[1]["messages"][-1])


@pytest.mark.parametrize(
    ("says", "kind", "requests"),
    [
        ([run("launch-rocket")] * 3, "model-bad-answer", 3),
        ([raw('{"action": ')] * 3, "model-bad-answer", 3),
        ([REFUSAL], "model-refused", 1),
        ([rate_limited(2)], "model-rate-limit", 1),
        ([CUT], "model-connection", 1),
    ],
)
async def test_failures(
    server: ModelServer, planner: LlmPlanner, says: list[Any], kind: str, requests: int
) -> None:
    server.say(*says)
    with pytest.raises(SkillFailed) as raised:
        await planner.decide(view(FETCHED))
    assert raised.value.error_type == kind
    assert raised.value.counts is (kind != "model-rate-limit")
    assert len(server.seen) == requests


async def test_a_whole_run_with_the_stub_playing_along(server: ModelServer, planner: LlmPlanner) -> None:
    done: list[CarriedOut] = []
    for _ in range(20):
        decision = (await planner.decide(view(FETCHED, done, goal=("risk", "score")))).decision
        if not isinstance(decision, Run):
            break
        done += [CarriedOut(name, len(done) + 1) for name in decision.skills]
    assert isinstance(decision, Finish)
    assert [each.skill for each in done] == ["risk", "score"]


async def test_without_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    planner = build_planners(Settings(model=None))["llm"]
    with pytest.raises(SkillFailed, match="ASF_MODEL") as raised:
        await planner.decide(view(FETCHED))
    assert raised.value.error_type == "no-model"


def test_outline_cuts_what_is_long() -> None:
    cut = outline({"text": "x" * 5000, "list": list(range(100)), "n": 12345678901234567890, "short": ["a"]})
    assert cut["text"].endswith("… (5,000 characters)")
    assert len(cut["list"]) == 31
    assert cut["list"][-1] == "… 70 more"
    assert (cut["n"], cut["short"]) == (12345678901234567890, ["a"])
