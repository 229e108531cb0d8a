"""The background-check agency beside a program: it is there for the program, and ends with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from .example_files import EXAMPLES

AGENCY = EXAMPLES / "services" / "background_check.py"
PROGRAM = """
import os, sys
print(os.environ["BACKGROUND_CHECK_URL"], os.environ["ASF_PRIVATE_HOSTS"], flush=True)
sys.stdin.read()
"""


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_the_agency_lives_as_long_as_the_program_beside_it(end: signal.Signals) -> None:
    command = [sys.executable, str(AGENCY), "--port", "0", "--", sys.executable, "-c", PROGRAM]
    env = os.environ | {"ASF_PRIVATE_HOSTS": "intranet:80"}
    env.pop("BACKGROUND_CHECK_URL", None)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    ) as program:
        assert program.stdout is not None
        url, hosts = program.stdout.readline().split()
        assert hosts == f"intranet:80,{url.removeprefix('http://')}"
        assert answers(url)
        program.send_signal(end)
        program.wait()
        give_up = time.monotonic() + 30
        while answers(url):
            assert time.monotonic() < give_up, "the agency outlived its program"
            time.sleep(0.02)


def test_another_agency_is_left_alone() -> None:
    command = [sys.executable, str(AGENCY), "--port", "0", "--", sys.executable, "-c", PROGRAM]
    env = os.environ | {"BACKGROUND_CHECK_URL": "https://agency.example.com", "ASF_PRIVATE_HOSTS": "none"}
    ended = subprocess.run(command, input="", capture_output=True, text=True, env=env, check=True)
    assert ended.stdout.split() == ["https://agency.example.com", "none"]
