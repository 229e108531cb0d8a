"""How answers are printed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from tests.cli.asf_command import asf

from agentskills.cli import output as out
from agentskills.cli.run import choose
from agentskills.cli.waits import waiting_lines
from agentskills.cli.watch import problem, step_line, without_repeats
from agentskills.domain.errors import NotWaiting, StepChoiceNeeded

COLUMNS = (
    out.Column("ID", lambda row: row["id"], whole=True),
    out.Column("TEXT", lambda row: row["text"]),
    out.Column("AMOUNT", lambda row: row["amount"]),
)
ROWS = [
    {"id": "order-42_rerun_3", "text": "a " * 200 + "end", "amount": Decimal("1.10")},
    {"id": "b", "text": "[red]two\nlines\x1b[31m[/red]", "amount": 12345678901234567890},
]


def test_a_table_in_a_pipe_has_one_whole_line_a_row(capfd: pytest.CaptureFixture[str]):
    out.print_rows(ROWS, COLUMNS, "table", "nothing")
    head, first, second = capfd.readouterr().out.splitlines()
    assert head.split() == ["ID", "TEXT", "AMOUNT"]
    assert first.startswith("order-42_rerun_3  a a")
    assert first.split()[-2:] == ["end", "1.10"]
    assert second.split() == ["b", "[red]two", "lines", "[31m[/red]", "12345678901234567890"]
    assert "\x1b" not in second


def test_json_and_jsonl_keep_every_digit(capfd: pytest.CaptureFixture[str]):
    out.print_rows(ROWS, COLUMNS, "json", "nothing")
    whole = capfd.readouterr().out
    assert '"amount": 1.10' in whole
    assert [row["id"] for row in json.loads(whole)] == ["order-42_rerun_3", "b"]
    out.print_rows(ROWS, COLUMNS, "jsonl", "nothing")
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 2
    assert '"amount":12345678901234567890' in lines[1]


def test_an_empty_list_says_so_beside_the_answer(capfd: pytest.CaptureFixture[str]):
    out.print_rows([], COLUMNS, "table", "no runs found")
    assert capfd.readouterr() == ("", "no runs found\n")
    out.print_rows([], COLUMNS, "json", "no runs found")
    assert capfd.readouterr() == ("[]\n", "")


@pytest.mark.parametrize(
    ("end", "text"),
    [("00:00:00.214", "0.21 s"), ("00:03:04", "3 min 04 s"), ("02:05:09", "2 h 05 min"), (None, "")],
)
def test_durations(end: str | None, text: str):
    finished = f"2026-11-20T{end}+00:00" if end else None
    assert out.duration("2026-11-20T00:00:00+00:00", finished) == text


def step(**given: Any) -> dict[str, Any]:
    plain = {
        "seq": 3,
        "kind": "skill",
        "skill": "pay-refund",
        "status": "completed",
        "reason": "next in the SOP",
    }
    times = {"started_at": "2026-11-20T00:00:00+00:00", "finished_at": "2026-11-20T00:00:01+00:00"}
    return plain | times | {"error": None, "reused_from": None} | given


def test_lines_that_tell_of_steps():
    assert step_line(step()).endswith("step 3  pay-refund  completed  1.00 s  next in the SOP")
    failed = step(status="failed", error={"type": "skill-failed", "message": "no\nmoney"})
    assert step_line(failed).endswith("failed  1.00 s  skill-failed: no money")
    reused = step(reused_from={"thread_id": "order-42", "seq": 2}, reason=None)
    assert step_line(reused).endswith("as in order-42 step 2")
    told = "not repeated: pay-refund, done by order-42 at 2026-11-20 00:00:01 UTC"
    honoured = step(decision=2, reused_from={"thread_id": "order-42", "seq": 2}, reason=told)
    assert step_line(without_repeats([honoured])[0]).endswith(f"1.00 s  {told}")


def test_a_reason_is_told_once():
    decision = step(
        seq=2, kind="decision", skill=None, decision=2, reason="pay-refund is next; fetch is there"
    )
    skill = step(decision=2, reason="is next")
    other = step(decision=2, reason="not repeated")
    assert [s["reason"] for s in without_repeats([decision, skill, other])] == [
        decision["reason"],
        None,
        "not repeated",
    ]


def wait(**given: Any) -> dict[str, Any]:
    entry = {"step": 4, "skill": "pay-refund", "reason": "approval", "until": None, "digest": "d4"}
    return entry | {"options": ["approve", "reject"]} | given


def test_what_a_run_waits_for_comes_with_the_command_that_answers():
    (line,) = waiting_lines("r", [wait()])
    assert line == (
        "waits for approval: step 4 pay-refund; answer with: asf run approve r --step 4 [--reject | --data …]"
    )
    (line,) = waiting_lines("r", [wait(reason="in_doubt")])
    assert line.endswith("--happened | --not-happened | --stop")
    (line,) = waiting_lines("r", [wait(reason="callback", options=[])])
    assert line == "waits for callback: step 4 pay-refund"


def test_before_an_answer_stands_what_is_asked():
    sent = {"thread_id": "r", "at": "2026-11-20T12:03:00+00:00", "inputs": {"amount": 119}}
    asks = {"subject": "pay-refund happened", "shown": {"amount": 100}, "earlier_receipt": sent}
    _, *lines = waiting_lines("r_rerun_1", [wait(reason="consent", asks=asks)])
    assert lines == [
        "  pay-refund happened",
        f'  earlier: {{"amount":119}}, by r at {out.moment(sent["at"])}',
        '  now:     {"amount":100}',
    ]
    _, *lines = waiting_lines("r", [wait(asks={"subject": "pay", "shown": {"amount": 100}})])
    assert lines == ["  pay", '  shown:   {"amount":100}']


def test_which_wait_an_answer_is_for():
    status = {"thread_id": "r", "status": "waiting", "waiting": [wait(), wait(step=7, digest="d7")]}
    assert choose(status, 7)["digest"] == "d7"
    with pytest.raises(StepChoiceNeeded, match=r"--step 4 .*--step 7"):
        choose(status, None)
    with pytest.raises(NotWaiting, match="at step 5"):
        choose(status, 5)
    with pytest.raises(NotWaiting, match="r is completed"):
        choose({"thread_id": "r", "status": "completed", "waiting": None}, None)


def test_the_error_of_a_run_on_one_line():
    error = {"type": "skill-failed", "message": "no stock", "seq": 4, "skill": "reserve"}
    assert problem(error) == "skill-failed: no stock (step 4, skill reserve)"
    assert problem(None) == ""


def test_no_server_is_said_in_one_breath():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        # Nobody listens there; a proxy in the environment would answer in its stead.
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        done = asf("run", "ls", environment={"ASF_API_URL": url, "NO_PROXY": "*"})
    assert done.returncode == 5
    assert "no answer from http://127.0.0.1" in done.stderr
    assert "asf serve" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "start"],
        ["run", "start", "--sop", "x", "--name", "y"],
        ["run", "start", "--sop", "x", "--data", "[]"],
        ["run", "start", "--sop", "x", "--set", "a"],
        ["run", "rerun"],
        ["run", "ls", "--status", "sleeping"],
        ["run", "nonsense"],
        ["nonsense"],
    ],
)
def test_usage_errors_exit_2(arguments: list[str]):
    done = asf(*arguments)
    assert done.returncode == 2, done.stderr
    assert "rror" in done.stderr


def test_commands_load_no_http_or_model_libraries():
    code = "import sys, agentskills.cli.run, agentskills.cli.skills; print([m for m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for heavy in ("httpx2", "pydantic", "pydantic_ai", "fastapi", "asyncpg", "rich"):
        assert f"'{heavy}'" not in done.stdout
