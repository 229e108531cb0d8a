"""Generated requests: no 5xx anywhere, and every answer has the shape that openapi.json says."""

from __future__ import annotations

import subprocess
import sys

from .talking import Api

CHECKS = "not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance"


def test_generated_requests_find_nothing(api: Api) -> None:
    waiting = api.start("Use echo-approved.", {"amount": 1})
    api.waits(waiting, "approval")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{api.url}/openapi.json"),
        *("--checks", CHECKS, "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1"),
        *("--request-timeout", "20", "--exclude-operation-id", "streamEvents", "--no-color"),
        *("--generation-database", "none", "--suppress-health-check", "filter_too_much"),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
