"""Keeps the worker and the embedded Postgres of `asf serve` alive, and stops them with it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

import structlog

from agentskills.domain.errors import AgentSkillsError
from agentskills.storage.embedded import EmbeddedPostgres

_TICK = 0.25  # seconds between looks
_CHECK_SERVER = 1.0  # seconds between looks at Postgres
_BACKOFF = (0.5, 30.0)  # seconds; first and longest pause before a worker is started again
_SETTLED = 30.0  # seconds after which a worker counts as one that works
_STOP_SECONDS = 15.0  # a worker lets its steps end for 10

_log = structlog.get_logger(__name__)


class Supervisor:
    """A thread that starts again what has died: the worker child (with backoff) and the server, if any."""

    def __init__(self, server: EmbeddedPostgres | None, *, with_worker: bool) -> None:
        self._server = server
        self._with_worker = with_worker
        self._worker: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self._start_at = 0.0
        self._pause = _BACKOFF[0]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        """Start the worker, and watch."""
        self._look_at_worker()
        self._thread.start()

    def begin_stop(self) -> None:
        """Ask the worker to hand back its runs and end; returns at once."""
        self._stopping.set()
        if self._worker and self._worker.poll() is None:
            self._worker.terminate()

    def stop(self) -> None:
        """End the worker, by force if need be, and stop watching."""
        self.begin_stop()
        if self._thread.is_alive():
            self._thread.join()
        if not self._worker:
            return
        self.begin_stop()  # one that was started while we said so
        try:
            self._worker.wait(_STOP_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            self._worker.kill()
            self._worker.wait()
        if self._worker.stdin:
            self._worker.stdin.close()

    def _watch(self) -> None:
        next_check = 0.0
        while not self._stopping.wait(_TICK):
            self._look_at_worker()
            if self._server and time.monotonic() >= next_check:
                self._look_at_server(self._server)
                next_check = time.monotonic() + _CHECK_SERVER

    def _look_at_server(self, server: EmbeddedPostgres) -> None:
        try:
            if server.ensure_alive():
                _log.warning("postgres.restarted")
        except AgentSkillsError as error:
            _log.error("postgres.down", error=error.detail)

    def _look_at_worker(self) -> None:
        if not self._with_worker or self._stopping.is_set():
            return
        now = time.monotonic()
        if self._worker is None:
            if now >= self._start_at:
                self._start_worker()
        elif (code := self._worker.poll()) is not None:
            if now - self._started_at > _SETTLED:
                self._pause = _BACKOFF[0]
            _log.error("worker.ended", exit_code=code, starts_again_in=self._pause)
            if self._worker.stdin:
                self._worker.stdin.close()
            self._worker, self._start_at = None, now + self._pause
            self._pause = min(self._pause * 2, _BACKOFF[1])

    def _start_worker(self) -> None:
        # The worker ends when its standard input does, which happens however this process ends.
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "agentskills.cli.main", "worker", "--until-stdin-ends"],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us; we tell the worker
        )
        self._started_at = time.monotonic()
