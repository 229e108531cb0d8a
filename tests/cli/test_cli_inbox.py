"""`asf inbox` and `asf run start --plan`, as people type them."""

from __future__ import annotations

from typing import Any

from agentskills.domain.json_text import parse_json

LARGE = ("--name", "order-refund", "--set=order.id=A-10517", "--set=request.received_on=2026-11-20")


def waiting(on: Any, name: str) -> None:
    """A refund that is above the limit."""
    assert on("run", "start", *LARGE, "--id", name).returncode == 0
    while not parse_json(on("inbox", "ls", "--text", name, "-o", "json").stdout):
        pass


def test_what_waits_is_listed_and_answered(on: Any):
    assert on("inbox", "ls", "--text", "none").stderr == "nothing waits for you\n"
    for name in ("machine-1", "machine-2", "machine-3"):
        waiting(on, name)
    listed = on("inbox", "ls", "--reason", "approval", "--text", "machine").stdout.splitlines()
    assert [line.split()[2] for line in listed[1:]] == ["machine-1", "machine-2", "machine-3"]
    assert "A-10517" in listed[1]
    step = parse_json(on("inbox", "ls", "--limit", "1", "-o", "json").stdout)[0]["step"]
    answered = on("inbox", "answer", "machine-1", f"machine-2/{step}", "--approve", "--note", "seen")
    assert (answered.returncode, answered.stderr) == (0, "2 answered, 0 refused\n")
    assert [line.split()[:3] for line in answered.stdout.splitlines()[1:]] == [
        ["machine-1", str(step), "answered"],
        ["machine-2", str(step), "answered"],
    ]
    rejected = on("inbox", "answer", "--reason", "approval", "--until", "0s", "--reject", "-o", "json")
    assert parse_json(rejected.stdout)["items"][0]["thread_id"] == "machine-3"
    history = on("inbox", "ls", "--answered", "--text", "machine").stdout.splitlines()
    assert [(line.split()[2], "seen" in line, "reject" in line) for line in history[1:]] == [
        ("machine-3", False, True),
        ("machine-2", True, False),
        ("machine-1", True, False),
    ]
    assert on("inbox", "answer", "machine-3", "--approve").returncode == 4


def test_which_and_what_has_to_be_said(on: Any):
    assert on("inbox", "answer", "machine").returncode == 2
    assert on("inbox", "answer", "--approve").returncode == 2
    assert on("inbox", "answer", "machine", "--reason", "approval", "--approve").returncode == 2
    assert on("inbox", "answer", "machine/x", "--approve").returncode == 2
    assert on("inbox", "answer", "nobody", "--approve").returncode == 3
    late = on("inbox", "answer", "--reason", "approval", "--approve")
    assert (late.returncode, "until is missing" in late.stderr) == (2, True)


def test_what_a_run_would_begin_with(on: Any):
    shown = on("run", "start", *LARGE, "--plan").stdout
    assert shown.startswith("would begin with fetch-order\n")
    assert [line.split()[:3] for line in shown.splitlines() if line.startswith("later  pay")] == [
        ["later", "pay-refund", "irreversible"]
    ]
    lacking = on("run", "start", "--name", "order-refund", "--plan")
    assert lacking.returncode == 0
    assert "initial_data lacks order.id, request.received_on" in lacking.stdout
    document = parse_json(on("run", "start", *LARGE, "--plan", "-o", "json").stdout)
    assert document["decision"]["skills"] == ["fetch-order"]
    assert on("run", "start", "--sop", "Fetch order", "--skill", "fetch-ordre", "--plan").returncode == 2
