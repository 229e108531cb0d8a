"""`asf failures` and `asf backtest`, as people type them."""

from __future__ import annotations

from typing import Any

from agentskills.domain.json_text import parse_json


def started(on: Any, name: str, order: str, **more: str) -> str:
    """A refund that has ended."""
    given = [f"--{option.replace('_', '-')}={value}" for option, value in more.items()]
    order = f"--set=order.id={order}"
    date = "--set=request.received_on=2026-11-20"
    ended = on("run", "start", "--name", "order-refund", "--id", name, order, date, *given, "--wait")
    assert ended.returncode in (0, 1), ended.stderr
    return name


def test_failures(on: Any):
    for name in ("lost-1", "lost-2"):
        started(on, name, f"X-{name}")
    shown = on("failures", "ls", "--skill", "fetch-order").stdout
    assert "There is no order # in the order book." in shown
    [group] = parse_json(on("failures", "ls", "--skill", "fetch-order", "-o", "json").stdout)
    assert (group["count"], group["sample"]["thread_id"]) == (2, "lost-2")
    kind = ("--skill", "fetch-order", "--signature", group["signature"])
    listed = on("run", "ls", "--failed-skill", "fetch-order", "--open", "-o", "jsonl").stdout
    assert [parse_json(line)["thread_id"] for line in listed.splitlines()] == ["lost-2", "lost-1"]
    assert on("failures", "dismiss", "lost-1", "--note", "a test").stdout == "1 dismissed\n"
    again = on("failures", "dismiss", "lost-1", "lost-2")
    assert again.stdout == "1 dismissed; left out: lost-1\n"
    assert on("failures", "ls", *kind).stderr == "no failures found\n"
    assert "2 dismissed" in on("failures", "ls", *kind, "--dismissed").stdout
    assert "dismissed; skill-error" in on("run", "ls", "--name", "lost-1").stdout
    page = on("run", "show", "lost-1").stdout
    assert [line.split()[1:3] for line in page.splitlines() if line.startswith("dismissed")] == [
        ["by", "person"]
    ]
    assert page.count("a test") == 1
    assert on("failures", "restore", *kind).stdout == "2 restored\n"
    assert parse_json(on("failures", "restore", *kind, "-o", "json").stdout) == {"count": 0, "left_out": []}


def test_which_failures_has_to_be_said(on: Any):
    assert on("failures", "dismiss").returncode == 2
    assert on("failures", "dismiss", "nobody").returncode == 3
    assert on("failures", "ls", "--since", "someday").returncode == 2


def test_backtest(on: Any):
    started(on, "scale", "A-10533", metadata='{"of": "backtest"}')
    found = ("--metadata", '{"of": "backtest"}')
    ended = on("backtest", "start", *found, "--backtest-name", "as it is", "--fail-on-change", "-o", "json")
    assert ended.returncode == 0, ended.stderr
    report = parse_json(ended.stdout)
    assert (report["verdicts"]["stays"], report["name"]) == (1, "as it is")
    shown = on("backtest", "show", report["id"], "--fail-on-change")
    assert shown.returncode == 0
    assert "1 stay, 0 changed, 0 can't tell" in shown.stdout
    [row] = [line for line in on("backtest", "ls").stdout.splitlines() if report["id"] in line]
    assert row.split()[1] == "completed"
    items = on("backtest", "items", report["id"]).stdout
    assert items.splitlines()[1].split()[:3] == ["stays", "scale", "scale_rerun_1"]
    assert on("backtest", "items", report["id"], "--verdict", "changed").stderr == "no runs found\n"
    told = on("backtest", "start", "--id", "nobody", "--wait")
    assert told.returncode == 0
    assert "1 can't tell" in told.stdout
    assert "run-not-found" in told.stdout


def test_which_runs_has_to_be_said(on: Any):
    ended = on("backtest", "start", "--model", "openai:gpt-5")
    assert ended.returncode == 2
    assert "say which runs" in ended.stderr
    assert on("backtest", "start", "--sop-name", "no-such-sop").returncode == 4
    assert on("backtest", "show", "nobody").returncode == 3
    assert on("backtest", "start", "--id", "nobody", "--skills", "fetch-order=00000000").returncode == 4
