"""The real thing for tests: `asf serve` with its worker on a free port, stopped by pid."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_WITHIN = 60.0  # seconds; only the limit after which a test gives up


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the server answers, and where its skills write."""

    url: str
    home: Path
    log: Path
    env: Mapping[str, str]  # what the processes see

    @property
    def outbox(self) -> Path:
        """What the example skills do to the world: refunds.jsonl, mail.jsonl…"""
        return self.home / "outbox"

    def lines(self, file: str) -> list[str]:
        """The lines of a file in the outbox; none where it does not exist."""
        path = self.outbox / file
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running_server(
    home: Path,
    database_url: str | None,
    skills: Path | str,
    more: Mapping[str, str] | None = None,
    *,
    with_worker: bool = True,
) -> Iterator[RunningServer]:
    """Start API and worker, wait until they answer, and stop them at the end.

    Without `database_url` they use the embedded database below `home`. `more` is added to the
    environment.
    """
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("ASF_")}
    env.pop("DATABASE_URL", None)
    env |= {
        "ASF_HOME": str(home),
        "ASF_PORT": str(port),
        "ASF_SKILLS": str(skills),
        "EXAMPLE_OUTBOX": str(home / "outbox"),
        **({"DATABASE_URL": database_url} if database_url else {}),
        **(more or {}),
    }
    host = env.get("ASF_HOST", "127.0.0.1")
    host = f"[{host}]" if ":" in host else host
    server = RunningServer(f"http://{host}:{port}", home, home / "server.log", env)
    with _running(server, ["serve"] if with_worker else ["serve", "--no-worker"]) as process:
        _wait_until_it_answers(server, process)
        yield server


@contextmanager
def running_worker(
    server: RunningServer, more: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start one more worker beside a server, and stop it at the end if it still runs."""
    with _running(server, ["worker"], more) as process:
        yield process


@contextmanager
def _running(
    server: RunningServer, arguments: list[str], more: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    with server.log.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "agentskills.cli.main", *arguments],
            env={**server.env, **(more or {})},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            _stop(process)


def _wait_until_it_answers(server: RunningServer, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + READY_WITHIN
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise AssertionError(f"the server ended with {process.returncode}:\n{server.log.read_text()}")
        try:
            with urllib.request.urlopen(f"{server.url}/health", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise AssertionError(f"the server did not answer:\n{server.log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its own session, so only what it started
            process.wait()
