"""`asf policy` and `asf webhook`, as people type them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agentskills.cli.policy import fields_of
from agentskills.domain.json_text import parse_json

NOWHERE = "https://receiver.invalid/events"


def document(done: Any) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    return dict(parse_json(done.stdout))


def test_a_policy_from_its_making_to_its_end(on: Any) -> None:
    made = on(
        *("policy", "create", "nights", "--sop-name", "order-refund", "--metadata", '{"team": "x"}'),
        *("--attempts", "5", "--first", "1", "--jitter", "0.5", "--error-type", "timeout"),
        *("--window-cap", "100/3600", "--breaker", "3/60/120", "--manual-too", "--from", "start"),
    )
    assert made.returncode == 0, made.stderr
    policy_id = made.stdout.strip()
    found = document(on("policy", "show", policy_id, "-o", "json"))
    assert found["matches"] == {"sop_name": "order-refund", "metadata": {"team": "x"}, "skill": None}
    assert str(found["backoff"]["jitter"]) == "0.5"
    assert found["backoff"]["factor"] == 2
    assert found["window_cap"] == {"reruns": 100, "seconds": 3600}
    assert found["breaker"] == {"failures": 3, "seconds": 60, "rest_seconds": 120}
    assert found["manual_too"] is True
    assert found["rerun"] == {"from": "start", "results": "unchanged"}
    shown = on("policy", "show", "nights").stdout
    assert 'SOP order-refund, {"team":"x"}' in shown
    assert "3 failures in 60 s rest a skill for 120 s" in shown
    edited = document(
        on(
            "policy",
            "edit",
            "nights",
            "--skill",
            "pay-refund",
            "--factor",
            "1",
            "--default",
            "breaker",
            "-o",
            "json",
        )
    )
    assert edited["matches"]["skill"] == "pay-refund"
    assert edited["matches"]["sop_name"] == "order-refund"  # what is not named stays
    assert (edited["backoff"]["first_seconds"], edited["backoff"]["factor"]) == (1, 1)
    assert edited["rerun"] == {"from": "start", "results": "unchanged"}
    assert edited["breaker"]["failures"] == 20
    off = document(on("policy", "disable", "nights", "--note", "enough", "-o", "json"))
    assert (off["enabled"], off["note"]) == (False, "enough")
    assert document(on("policy", "enable", "nights", "-o", "json"))["enabled"] is True
    [row] = [line for line in on("policy", "ls").stdout.splitlines() if policy_id in line]
    assert "nights" in row
    answers = on("policy", "answers", "nights")
    assert (answers.stdout, answers.stderr.strip()) == ("", "it has looked at no failed run")
    closed = on("policy", "close-breaker", "nights", "pay-refund")
    assert closed.returncode == 3
    assert on("policy", "delete", "nights").returncode == 0
    assert on("policy", "show", "nights").returncode == 3
    assert on("policy", "show", policy_id).returncode == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "x", "--window-cap", "many"),
        ("create", "x", "--breaker", "1/2"),
        ("create", "x", "--attempts", "0"),
        ("create", "x", "--error-type", "rejected"),
        ("create", "x", "--first", "10", "--most", "1"),
    ],
)
def test_what_can_not_be_is_said(on: Any, arguments: tuple[str, ...]) -> None:
    done = on("policy", *arguments)
    assert done.returncode == 2
    assert done.stderr


def test_parts_that_are_not_named_stay_as_they_were() -> None:
    nothing = dict.fromkeys(
        ("sop_name", "skill", "metadata", "first", "factor", "most", "jitter", "start", "results", "model")
    )
    before = {"matches": {"sop_name": "a", "skill": None, "metadata": None}, "rerun": {"from": "start"}}
    assert fields_of(before, **nothing | {"skills": (), "attempts": 3, "error_types": ()}) == {"attempts": 3}
    given = nothing | {"skills": ("pinned",), "skill": "pay"}
    assert fields_of(before, **given) == {
        "matches": {"sop_name": "a", "skill": "pay"},
        "rerun": {"from": "start", "skills": "pinned"},
    }


def test_a_webhook_from_its_making_to_its_end(on: Any) -> None:
    made = on("webhook", "create", NOWHERE, "--event", "run.failed", "--event", "webhook.test")
    assert made.returncode == 0, made.stderr
    webhook_id, secret = made.stdout.split()
    assert secret.startswith("whsec_")
    assert "only now" in made.stderr
    rotated = document(on("webhook", "rotate", webhook_id, "-o", "json"))
    assert rotated["secret"] != secret
    shown = on("webhook", "show", webhook_id)
    assert NOWHERE in shown.stdout
    assert "signs until" in shown.stdout
    sent = document(on("webhook", "test", webhook_id, "-o", "json"))
    assert on("webhook", "resend", webhook_id, str(sent["id"])).returncode == 0
    listed = on("webhook", "deliveries", webhook_id, "-o", "jsonl").stdout.splitlines()
    assert [json.loads(line)["message_id"] for line in listed] == [sent["message_id"]]
    assert "webhook.test" in on("webhook", "deliveries", webhook_id).stdout
    off = document(on("webhook", "edit", webhook_id, "--off", "--event", "run.waiting", "-o", "json"))
    assert (off["enabled"], off["events"]) == (False, ["run.waiting"])
    assert on("webhook", "test", webhook_id).returncode == 4
    assert webhook_id in on("webhook", "ls").stdout
    for page in (
        ("webhook", "ls", "-o", "json"),
        ("webhook", "show", webhook_id, "-o", "json"),
        ("audit", "ls"),
    ):
        told = on(*page).stdout
        assert secret not in told
        assert rotated["secret"] not in told
    assert on("webhook", "delete", webhook_id).returncode == 0
    assert on("webhook", "show", webhook_id).returncode == 3
    refused = on("webhook", "create", "https://10.0.0.1/", "--event", "run.failed")
    assert refused.returncode == 2
    assert "ASF_PRIVATE_HOSTS" in refused.stderr
