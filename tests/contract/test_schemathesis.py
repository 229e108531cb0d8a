"""Generated requests: no 5xx anywhere, and every answer has the shape that openapi.json says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from .conftest import Outside
from .talking import Api

CHECKS = "not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance"
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
ASKING = {
    "echo-approved": ({"amount": 1}, "approval"),
    "echo-reviewed": ({"amount": 1}, "approval"),
    "ask-size": ({"ask": 1}, "approval"),
    "pay": ({"pay": {"order": "x"}}, "in_doubt"),
}
EACH = 12


def waiting_runs(api: Api) -> list[str]:
    """Runs that wait for a person, of every kind in turn."""
    runs = [
        (api.start(f"Use {skill}.", data), reason)
        for _ in range(EACH)
        for skill, (data, reason) in ASKING.items()
    ]
    for thread_id, reason in runs:
        api.waits(thread_id, reason)
    return [thread_id for thread_id, _ in runs]


def callback_tokens(api: Api, outside: Outside) -> dict[str, str]:
    """Runs that wait for a service, by the token that it was given."""
    tokens = {}
    for number in range(EACH):
        thread_id = api.start("Use check-outside.", {"check": {"id": number}})
        url = outside.order_of(thread_id)["callback_url"]
        tokens[url.partition("token=")[2]] = thread_id
        api.waits(thread_id, "callback")
    return tokens


def test_generated_requests_find_nothing(api: Api, outside: Outside) -> None:
    waiting = waiting_runs(api)
    tokens = callback_tokens(api, outside)
    failed = api.start("Use double.", {"number": None})
    assert api.ended(failed)["status"] == "failed"
    done = api.start("Use double.", {"number": 1})
    api.ended(done)
    batch = api.post("/admin/batches", {"ids": [failed, done, "nobody"]}).body["id"]
    backtest = api.post("/admin/backtests", {"ids": [done, "nobody"]}).body["id"]
    skills = api.get("/admin/skills").body["items"]
    hello = {
        "name": "Hello",
        "start": {"sop": "Use double.", "initial_data": {"number": 1}},
        "cron": "@daily",
    }
    known = {
        "schedule_id": [api.post("/admin/schedules", hello).body["id"] for _ in range(EACH)],
        "waiting": waiting,
        "token": list(tokens),
        "thread_id": [waiting[0], failed, done],
        "batch_id": [batch],
        "backtest_id": [backtest],
        "name": [skills[0]["name"], "twice"],
        "digest": [skills[0]["digest"]],
        "seq": ["1", "2"],
    }
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json"),
        *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1"),
        *("--request-timeout", "20", "--exclude-operation-id", "streamEvents", "--no-color"),
        *("--generation-database", "none", "--suppress-health-check", "filter_too_much"),
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS), "ASF_TEST_KNOWN": json.dumps(known)}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    found = "".join(ended.stdout.partition("FAILURES")[1:])  # its beginning says which and why
    assert ended.returncode == 0, found[:6000] or ended.stderr[-2000:]
    # The requests did get there.
    assert len([run for run in waiting if not waits_still(api, run)]) >= len(ASKING)
    assert any(not waits_still(api, run) for run in tokens.values())


def waits_still(api: Api, thread_id: str) -> bool:
    return api.get(f"/status/{thread_id}").body["status"] == "waiting"
