"""`asf run` against a real server: start, follow, list, answer, cancel, rerun."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.running_server import RunningServer

REFERENCE = "20261120000000004711"
KETTLE = '{"order": {"id": "A-10442"}, "request": {"received_on": "2026-11-20", "reference": %s}}' % REFERENCE  # noqa: UP031
ESPRESSO = '{"order": {"id": "A-10517"}, "request": {"received_on": "2026-11-20"}}'
UNKNOWN = '{"order": {"id": "A-1O442", "typed_by": "ada"}, "request": {"received_on": "2026-11-20"}}'


@pytest.fixture(scope="module")
def kettle(server: RunningServer) -> str:
    """A run that completed."""
    from tests.cli.asf_command import asf

    more = ["--id", "kettle", "--run-name", "Kettle", "--metadata", '{"team": "returns"}', "--wait"]
    done = asf("run", "start", "--name", "order-refund", "--data", KETTLE, *more, environment=_url(server))
    assert done.returncode == 0, done.stderr
    assert "run completed" in done.stdout
    return "kettle"


def _url(server: RunningServer) -> dict[str, str]:
    return {"ASF_API_URL": server.url, "NO_PROXY": "*"}


def test_start_prints_the_id_and_nothing_else(on: Any):
    done = on("run", "start", "--sop", "Fetch order.", "--skill", "fetch-order", "--set", "order.id=A-10442")
    assert done.returncode == 0, done.stderr
    thread_id = done.stdout.strip()
    assert thread_id.startswith("run_")
    shown = json.loads(on("run", "show", thread_id, "-o", "json").stdout)
    assert shown["initial_data"] == {"order": {"id": "A-10442"}}
    assert shown["skills"] == ["fetch-order"]


def test_the_sop_of_a_file_is_kept_byte_for_byte(on: Any, tmp_path: Path):
    sop = "# Refund\r\n\r\n1. **Fetch order**  \n\tthen stop – gently.\n\n"
    (tmp_path / "sop.md").write_bytes(sop.encode())
    data = tmp_path / "data.json"
    data.write_text('{"order": {"id": "A-10442"}, "amount": 1.10}')
    done = on(
        "run", "start", "--sop-file", str(tmp_path / "sop.md"), "--data", f"@{data}", "--id", "from-file"
    )
    assert done.stdout == "from-file\n", done.stderr
    shown = on("run", "show", "from-file", "-o", "json").stdout
    assert json.loads(shown)["sop"] == sop
    assert '"amount": 1.10' in shown
    done = on(
        "run", "start", "--sop-file", "-", "--data", f"@{data}", "--id", "from-input", typed="Fetch order."
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(on("run", "show", "from-input", "-o", "json").stdout)["sop"] == "Fetch order."


def test_show_for_people(on: Any, kettle: str):
    page = on("run", "show", kettle).stdout
    assert page.splitlines()[0] == "Kettle"
    for text in ("SOP", "STEPS", "DATA", "# Refund an order", "pay-refund", REFERENCE, '{"team":"returns"}'):
        assert text in page
    assert "\x1b" not in page


def test_ls_filters(on: Any, kettle: str):
    def ids(*filters: str) -> list[str]:
        done = on("run", "ls", "-o", "jsonl", *filters)
        assert done.returncode == 0, done.stderr
        return [json.loads(line)["thread_id"] for line in done.stdout.splitlines()]

    assert ids("--metadata", '{"team": "returns"}') == [kettle]
    assert ids("--data", '{"request": {"reference": %s}}' % REFERENCE) == [kettle]  # noqa: UP031
    assert ids("--name", "Kett", "--status", "completed", "--status", "failed") == [kettle]
    assert ids("--name", "Kett", "--status", "failed") == []
    assert kettle in ids("--sop-name", "order-refund", "--since", "1h")
    assert ids("--until", "1h") == []
    assert kettle in ids("--text", "refund policy")
    table = on("run", "ls", "--name", "kettle")
    assert table.stdout.splitlines()[1].split()[:2] == [kettle, "completed"]


def test_ls_says_when_there_are_more(on: Any, kettle: str):
    on("run", "start", "--sop", "Fetch order.", "--set", "order.id=A-10442")
    done = on("run", "ls", "--limit", "1")
    assert len(done.stdout.splitlines()) == 2
    assert "more than 1" in done.stderr
    assert len(on("run", "ls", "--all", "-o", "jsonl").stdout.splitlines()) >= 2


def test_watch_in_a_pipe_tells_each_change_once(on: Any, kettle: str):
    done = on("run", "watch", kettle)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) == len(set(lines))
    assert sum("pay-refund  completed" in line for line in lines) == 1
    assert "run completed" in lines[-1]
    events = [json.loads(line) for line in on("run", "watch", kettle, "-o", "jsonl").stdout.splitlines()]
    assert {event["event"] for event in events} == {"step", "run"}
    status = on("run", "watch", kettle, "-o", "json").stdout
    assert json.loads(status)["status"] == "completed"
    assert REFERENCE in status


def test_a_rerun_changes_what_is_set_and_keeps_every_digit(on: Any, kettle: str):
    done = on("run", "rerun", kettle, "--set", "request.received_on=2026-11-21", "--reason", "typo", "--wait")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "started kettle_rerun_1" in done.stderr
    shown = on("run", "show", "kettle_rerun_1", "-o", "json").stdout
    run = json.loads(shown)
    assert run["initial_data"]["request"] == {"received_on": "2026-11-21", "reference": int(REFERENCE)}
    assert f'"reference": {REFERENCE}' in shown
    assert run["parent_thread_id"] == kettle
    assert run["requested_by"]["reason"] == "typo"
    listed = on("run", "ls", "--root", kettle, "-o", "json").stdout
    assert [run["thread_id"] for run in json.loads(listed)] == ["kettle_rerun_1", kettle]
    page = on("run", "show", "kettle_rerun_1").stdout
    assert "Kettle (Rerun #1)" in page
    head = {line.split("  ")[0]: line for line in page.splitlines()}
    assert head["how"].endswith("  again")
    assert head["changes"].endswith('  request.received_on = "2026-11-21"')
    assert head["asked by"].endswith("  person")


def test_what_a_rerun_did_not_repeat_is_shown_plainly(on: Any, kettle: str):
    assert "not repeated" not in on("run", "show", kettle).stdout
    again = on("run", "rerun", kettle, "--wait").stderr.split()[1]
    shown = json.loads(on("run", "show", again, "-o", "json").stdout)
    by_receipt = {step["skill"]: step for step in shown["steps"] if step["reused_from"]}
    assert set(by_receipt) == {"pay-refund", "notify-customer"}
    assert shown["not_repeated"] == 2
    page = " ".join(on("run", "show", again).stdout.split())
    assert "not repeated 2 effects" in page
    followed = on("run", "watch", again).stdout
    for skill, step in by_receipt.items():
        assert re.fullmatch(f"not repeated: {skill}, done by {kettle} at [0-9-]+ [0-9:]+ UTC", step["reason"])
        assert step["reason"] in followed
        assert f"not repeated: {skill}, done by {kettle}" in page
    assert "as in" not in page + followed


def test_a_run_in_which_nothing_went_out_says_so(on: Any, kettle: str):
    dry = on("run", "rerun", kettle, "--effects", "none", "--wait").stderr.split()[1]
    told = [on("run", "ls", "--root", kettle).stdout, on("run", "lineage", kettle).stdout]
    for page in told:
        assert [dry in line for line in page.splitlines() if "nothing went out" in line] == [True]
    assert "none: nothing went out" in on("run", "show", dry).stdout
    assert json.loads(on("run", "ls", "--root", kettle, "-o", "json").stdout)[0]["dry"] is True


def test_a_failed_run_exits_1_and_its_rerun_can_pass(on: Any):
    done = on("run", "start", "--name", "order-refund", "--data", UNKNOWN, "--id", "typo", "--wait")
    assert done.returncode == 1
    assert "run failed" in done.stdout
    assert on("run", "watch", "typo").returncode == 1
    fixed = on("run", "rerun", "typo", "--set", 'order={"id": "A-10533"}', "--wait", "-o", "json")
    assert fixed.returncode == 0, fixed.stderr
    assert json.loads(fixed.stdout)["status"] == "completed"
    shown = json.loads(on("run", "show", "typo_rerun_1", "-o", "json").stdout)
    assert shown["initial_data"]["order"] == {"id": "A-10533"}  # set, not merged


def test_approve_what_waits(on: Any, server: RunningServer):
    on("run", "start", "--name", "order-refund", "--data", ESPRESSO, "--id", "espresso")
    with following(server, "espresso") as lines:
        asked = next(line for line in lines if "waits for approval" in line)
        step = asked.split("--step ")[1].split()[0]
        assert on("run", "approve", "espresso", "--step", "999").returncode == 4
        done = on("run", "approve", "espresso", "--step", step, "--note", "agreed by phone")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"espresso: approve, step {step}")
        assert "run completed" in list(lines)[-1]
    again = on("run", "approve", "espresso")
    assert again.returncode == 4
    assert "completed" in again.stderr


def test_reject_ends_the_run(on: Any, server: RunningServer):
    on("run", "start", "--name", "order-refund", "--data", ESPRESSO, "--id", "rejected")
    with following(server, "rejected") as lines:
        next(line for line in lines if "waits for approval" in line)
        assert on("run", "approve", "rejected", "--reject", "-o", "json").returncode == 0
        assert "run failed  rejected" in list(lines)[-1]


def test_cancel_and_interrupt(on: Any, server: RunningServer):
    on("run", "start", "--name", "order-refund", "--data", ESPRESSO, "--id", "cancelled")
    with following(server, "cancelled") as lines:
        next(line for line in lines if "waits for approval" in line)
    assert lines.code == 130  # it was interrupted
    done = on("run", "cancel", "cancelled", "--reason", "changed my mind")
    assert done.returncode == 0, done.stderr
    assert on("run", "watch", "cancelled").returncode == 1
    assert on("run", "cancel", "cancelled").returncode == 4


def test_ids_by_their_beginning(on: Any, server: RunningServer):
    for name in ("prefix-one", "prefix-two"):
        on("run", "start", "--sop", "Fetch order.", "--set", "order.id=A-10442", "--id", name, "--wait")
    assert json.loads(on("run", "show", "prefix-o", "-o", "json").stdout)["thread_id"] == "prefix-one"
    several = on("run", "show", "prefix-")
    assert several.returncode == 2
    assert "prefix-one" in several.stderr
    assert "prefix-two" in several.stderr
    for command in ("show", "watch", "rerun", "cancel", "approve"):
        missing = on("run", command, "no-such-run")
        assert missing.returncode == 3, missing.stderr


def test_errors_name_what_is_wrong(on: Any, kettle: str):
    taken = on("run", "start", "--sop", "Something else.", "--id", kettle)
    assert taken.returncode == 4
    assert kettle in taken.stderr
    empty = on("run", "start", "--sop", "")
    assert empty.returncode == 2
    assert empty.stderr == "Error: the SOP is empty (at /sop)\n"
    unknown = on("run", "start", "--name", "no-such-sop")
    assert unknown.returncode == 2
    assert "no-such-sop" in unknown.stderr


class following:
    """`asf run watch` in a process of its own, read line by line; interrupted if it is still there."""

    def __init__(self, server: RunningServer, thread_id: str) -> None:
        command = [sys.executable, "-m", "agentskills.cli.main", "run", "watch", thread_id]
        import os

        self._process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | _url(server) | {"PYTHONUNBUFFERED": "1"},
        )
        self.code: int | None = None

    def __enter__(self) -> following:
        return self

    def __iter__(self) -> following:
        return self

    def __next__(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise StopIteration
        return line

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self.code = self._process.wait(30)
        assert self._process.stdout is not None
        self._process.stdout.close()
