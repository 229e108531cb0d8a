"""How a plan is laid out: lines, effects, estimate, the last lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from agentskills.cli.plan_page import effect_lines, estimate_line, last_lines, lines_of, sections


def step(seq: int, **given: Any) -> dict[str, Any]:
    plain = {"seq": seq, "kind": "skill", "skill": "score", "action": "execute", "reason": "skill changed"}
    return plain | {"reused_from": None, "warnings": []} | given


DECISION = step(1, kind="decision", skill=None, action="execute", reason="the model is asked")
TAKEN_OVER = step(3, kind="decision", skill=None, action="reuse", reused_from={"why": "reused"})
STALE = {"why": "receipt", "thread_id": "r", "seq": 4, "stale": ["mail.text"]}


SET = {
    "changed": [{"path": "risk", "change": "changed", "before": 0.4, "after": 0.9}],
    "changed_more": False,
}


def plan(**given: Any) -> dict[str, Any]:
    counts = {"reuse": 0, "execute": 1, "open": 0}
    plain = {"thread_id": "r", "preset": None, "steps": [], "effects": [], "versions": [], "corrections": []}
    more = {"left_out": [], "warnings": [], "open_from": None, "open_because": None, "ends": None}
    estimate = {f"{name}{end}": 0 for name in ("tokens", "money", "seconds") for end in ("", "_unknown")}
    return plain | more | {"counts": counts, "as_last_time": counts, "estimate": estimate} | given


def test_decisions_are_shown_only_where_a_model_is_asked():
    steps = [DECISION, step(2), TAKEN_OVER, step(4, skill="send-mail", action="open", reason="may differ")]
    assert lines_of(plan(steps=steps), "llm") == [
        "~ 1  (planner)  the model is asked",
        "~ 2  score      skill changed",
        "? 4  send-mail  may differ",
    ]
    assert [line[:3] for line in lines_of(plan(steps=steps), "dataflow")] == ["~ 2", "? 4"]


def test_what_is_stale_and_kept_although_is_said():
    kept = step(2, action="reuse", reason="kept", warnings=["kept although: skill changed"])
    mail = step(4, kind="approval", skill="mail", action="reuse", reason="not repeated", reused_from=STALE)
    assert lines_of(plan(steps=[kept, mail]), None) == [
        "= 2  score            kept; kept although: skill changed",
        "= 4  mail (approval)  not repeated; other values now: mail.text",
    ]


def test_effects():
    receipt = {"thread_id": "r", "at": "2026-11-20T12:03:00+00:00", "inputs": {"to": "a"}}
    effect = {"seq": 4, "skill": "mail", "certain": True, "inputs": {"to": "b"}, "receipt": receipt}
    first, then, now = effect_lines(effect | {"state": "needs_consent"})
    assert first == "would happen again, needs --consent mail; without it the run waits there"
    assert then.startswith('  earlier: {"to":"a"}, done by r at 2026-11-20 ')
    assert now == '  now:     {"to":"b"}'
    (line,) = effect_lines(effect | {"state": "may_happen", "receipt": None, "certain": False})
    assert line == "happens: mail, step 4 (if all comes out as last time)"


def test_the_rest_of_the_page():
    found = sections(
        plan(
            versions=[{"skill": "score", "recorded": "a" * 64, "rerun": None}],
            corrections=[{"skill": "score", "nth": 2, "paths": ["risk"], "by": {"kind": "person"}} | SET],
            left_out=[{"seq": 9, "kind": "skill", "skill": "old"}],
            warnings=["look\nout"],
        )
    )
    assert found["Versions that differ"] == ["score: aaaaaaaaaaaa -> there is no such skill any more"]
    assert found["Corrections"] == ["score (time 2), set by person", "  risk: 0.4 -> 0.9"]
    assert found["Left out"] == ["step 9 old"]
    assert found["Warnings"] == ["look out"]


def test_an_estimate_says_what_is_unknown():
    total = {"tokens": 12345, "tokens_unknown": 1, "money": Decimal("0.0210"), "money_unknown": 2}
    assert estimate_line(total | {"seconds": Decimal("3.25"), "seconds_unknown": 0}) == (
        "12,345 tokens, $0.0210, 3.2 s; unknown: tokens of 1 step, money of 2 steps"
    )


def test_the_last_lines():
    likely = {"reuse": 1, "execute": 0, "open": 0}
    ends = {"seq": 5, "type": "plan-diverged", "message": "the recording ends here"}
    found = last_lines(
        plan(as_last_time=likely, ends=ends, open_from=3, open_because="the planner may decide otherwise"),
        "asf run rerun r",
    )
    assert found == [
        "Plan: 0 reused, 1 executed, 0 open; if everything comes out as last time: "
        "1 reused, 0 executed, 0 open.",
        "From step 3 on open: the planner may decide otherwise.",
        "It ends at step 5: plan-diverged: the recording ends here",
        "Start just this: asf run rerun r",
    ]
