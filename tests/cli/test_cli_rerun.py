"""`asf run plan` and `asf run rerun`: what would happen, then just that."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from tests.cli.asf_command import asf
from tests.running_server import RunningServer

from agentskills.cli.rerun import versions_of
from agentskills.domain.errors import BadInput

DATA = '{"order": {"id": "A-10442"}, "request": {"received_on": "2026-11-20"}}'
UNKNOWN = '{"order": {"id": "A-1O442"}, "request": {"received_on": "2026-11-20"}}'


@pytest.fixture(scope="module")
def kettle(server: RunningServer) -> str:
    """A run that completed."""
    where = {"ASF_API_URL": server.url, "NO_PROXY": "*"}
    more = ["--id", "kettle", "--wait"]
    done = asf("run", "start", "--name", "order-refund", "--data", DATA, *more, environment=where)
    assert done.returncode == 0, done.stderr
    return "kettle"


def lines(on: Any, *arguments: str) -> list[str]:
    done = on("run", "plan", *arguments)
    assert done.returncode == 0, done.stderr
    return list(done.stdout.splitlines())


def test_nothing_changed_all_is_reused(on: Any, kettle: str):
    page = lines(on, kettle, "--preset", "only-what-changed")
    assert page[0] == "Plan of a rerun of kettle: only-what-changed"
    steps = [line.split(maxsplit=3) for line in page if line[:2] == "= "]
    skills = ["fetch-order", "check-refund-policy", "pay-refund", "notify-customer"]
    assert [step[2] for step in steps] == skills
    assert steps[0][3] == "unchanged since kettle, step 2"
    assert steps[2][3] == "not repeated: pay-refund, done by kettle"
    assert any(line.startswith("  not repeated: pay-refund, done by kettle at 2") for line in page)
    assert "  0 tokens, $0, 0.0 s" in page
    assert page[-2] == "Plan: 4 reused, 0 executed, 0 open."
    assert not any("planner" in line for line in page)


def test_the_last_line_starts_just_that(on: Any, kettle: str):
    page = lines(on, kettle, "--preset", "only-what-changed", "--set", "note=o'clock", "--reason", "a b")
    start, command = page[-1].split(": ", 1)
    assert start == "Start just this"
    words = shlex.split(command)
    assert words[:4] == ["asf", "run", "rerun", kettle]
    done = on(*words[1:], "--wait")
    assert done.returncode == 0, done.stdout + done.stderr
    run = json.loads(on("run", "show", done.stderr.split()[1], "-o", "json").stdout)
    assert run["initial_data"]["note"] == "o'clock"
    assert run["requested_by"]["reason"] == "a b"
    assert run["request"]["results"] == "unchanged"


def test_what_is_executed_open_and_needs_consent(on: Any, kettle: str):
    change = ["--set", "request.received_on=2026-11-21", "--preset", "only-what-changed"]
    page = lines(on, kettle, *change)
    signs = {line.split()[2]: line[0] for line in page if line[1:2] == " " and line[0] in "=~?"}
    assert signs["fetch-order"] == "="
    assert signs["check-refund-policy"] == "~"
    assert any("input request.received_on changed" in line for line in page)
    repeat = "\n".join(lines(on, kettle, "--effects", "repeat"))
    assert "would happen again, needs --consent pay-refund; without it the run waits there" in repeat
    assert "    earlier: {" in repeat
    agreed = "\n".join(lines(on, kettle, "--effects", "repeat", "--consent", "pay-refund"))
    assert "happens again, as agreed: pay-refund" in agreed


def test_consent_is_asked_with_both_times(on: Any, kettle: str):
    again = on("run", "rerun", kettle, "--effects", "repeat").stdout.strip()
    page = ""
    for _ in range(100):
        page = on("run", "show", again).stdout
        if "waits for consent" in page:
            break
    earlier = next(line for line in page.splitlines() if line.startswith("  earlier: "))
    now = next(line for line in page.splitlines() if line.startswith("  now:     "))
    assert f", by {kettle} at 2" in earlier
    assert now.split(":", 1)[1].strip() == earlier.split(":", 1)[1].split(", by")[0].strip()


def test_a_changed_plan_is_shown_and_nothing_is_started(on: Any, kettle: str):
    planned = json.loads(on("run", "plan", kettle, "--effects", "repeat", "-o", "json").stdout)
    token = planned["plan_token"]
    before = len(on("run", "ls", "--root", kettle, "-o", "jsonl").stdout.splitlines())
    refused = on("run", "rerun", kettle, "--preset", "only-what-changed", "--plan-token", token)
    assert refused.returncode == 4
    assert "no longer what was agreed to" in refused.stderr
    assert "Plan: 4 reused, 0 executed, 0 open." in refused.stderr
    assert refused.stdout == ""
    last = shlex.split(refused.stderr.splitlines()[-1].split(": ", 1)[1])
    assert last[-2] == "--plan-token"
    assert last[-1] != token
    assert len(on("run", "ls", "--root", kettle, "-o", "jsonl").stdout.splitlines()) == before
    assert on(*last[1:]).returncode == 0


def test_from_failure_and_the_model_less_estimate(on: Any):
    on("run", "start", "--name", "order-refund", "--data", UNKNOWN, "--id", "typo", "--wait")
    page = lines(on, "typo", "--preset", "from-failure", "--set", "order.id=A-10442")
    assert any(line.startswith("~") and "fetch-order" in line for line in page)
    assert on("run", "rerun", "typo", "--from", "failure", "--set", "order.id=A-10442").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--preset", "audit-replay", "--set", "x=1"], 2, "/changes"),
        (["--preset", "from-failure"], 4, "nothing has failed"),
        (["--from", "999"], 2, "has no step 999"),
        (["--skills", "fetch-order=0123456789"], 4, "see `asf skills show fetch-order`"),
        (
            ["--consent", "pay-refund", "--consent", "nosuch"],
            2,
            "no skill 'nosuch' to consent to (at /consent/1)",
        ),
        (["--skills", "fetch-order"], 2, "NAME=DIGEST"),
        (["--effects", "none", "--consent", "x"], 2, "/consent"),
        (["--plan-token", "abc"], 2, "no token of a plan for kettle"),
        (["--from", "later"], 2, "neither start, failure"),
    ],
)
def test_refusals_come_back_as_they_are(on: Any, kettle: str, arguments: list[str], code: int, said: str):
    done = on("run", "rerun", kettle, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_later(on: Any, kettle: str):
    done = on("run", "rerun", kettle, "--not-before", "1h", "--name", "Later")
    shown = json.loads(on("run", "show", done.stdout.strip(), "-o", "json").stdout)
    assert (shown["run_name"], shown["not_before"] > shown["created_at"]) == ("Later", True)
    command = lines(on, kettle, "--not-before", "1h")[-1]
    assert "--not-before 20" in command


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ((), None),
        (("latest",), "latest"),
        (("pinned", "a=1,b=2"), {"*": "pinned", "a": "1", "b": "2"}),
        (("a=1",), {"a": "1"}),
    ],
)
def test_versions(given: tuple[str, ...], meant: Any):
    assert versions_of(given) == meant


def test_two_versions_of_one_skill_are_refused():
    with pytest.raises(BadInput):
        versions_of(("latest", "pinned"))
    with pytest.raises(BadInput):
        versions_of(("a=1,a=2",))
