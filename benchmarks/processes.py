"""Starts and stops the real processes that are measured: workers and servers."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from agentskills.settings import Settings
from agentskills.storage.database import Conn

FOREIGN = ("ASF_", "PG", "DATABASE_URL")  # what the caller's environment says about other installations


@dataclass(frozen=True, slots=True)
class Place:
    """Where the measured installation lives."""

    home: Path  # ASF_HOME
    skills: tuple[Path, ...]  # skill roots
    database: str  # URL

    @property
    def skill_list(self) -> str:
        """The roots as ASF_SKILLS holds them."""
        return os.pathsep.join(map(str, self.skills))

    def settings(self) -> Settings:
        """Return the settings of this installation."""
        return Settings(home=self.home, skills=self.skill_list, database_url=self.database)

    def environment(self, **more: str) -> dict[str, str]:
        """Return the environment of a process of this installation."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return kept | {
            "ASF_HOME": str(self.home),
            "ASF_SKILLS": self.skill_list,
            "DATABASE_URL": self.database,
            "ASF_LOG_LEVEL": "warning",
            **more,
        }


@contextlib.asynccontextmanager
async def workers(
    place: Place, conn: Conn, count: int, in_flight: int
) -> AsyncIterator[list[subprocess.Popen[bytes]]]:
    """Run `count` worker processes, registered when this yields, with `in_flight` runs between them."""
    environment = place.environment(ASF_WORKER_CONCURRENCY=str(in_flight // count))
    before = await conn.fetchval("SELECT count(*) FROM workers")
    started = [_start(["worker"], environment, place.home / "workers.log") for _ in range(count)]
    try:
        await until(lambda: _registered(conn, before + count), started, f"{count} workers")
        yield started
    finally:
        _stop(started)


async def _registered(conn: Conn, wanted: int) -> bool:
    return bool(await conn.fetchval("SELECT count(*) >= $1 FROM workers", wanted))


@contextlib.asynccontextmanager
async def server(place: Place, *options: str) -> AsyncIterator[tuple[int, float, subprocess.Popen[bytes]]]:
    """Run `asf serve`; yields its port, the seconds until it answered /health with 200, and its process."""
    port = _free_port()
    began = time.perf_counter()
    process = _start(["serve", *options], place.environment(ASF_PORT=str(port)), place.home / "server.log")
    try:
        await until(lambda: _healthy(port), [process], "asf serve", pause=0.01)
        yield port, time.perf_counter() - began, process
    finally:
        _stop([process])


async def _healthy(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()


async def until(condition, processes, what: str, *, pause: float = 0.05, seconds: float = 120) -> None:  # type: ignore[no-untyped-def]
    """Wait until `condition()` answers true; fails when a process has ended or time is up."""
    deadline = time.monotonic() + seconds
    while not await condition():
        if any(process.poll() is not None for process in processes):
            raise RuntimeError(f"a process ended by itself while waiting for {what}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited {seconds:.0f} s in vain for {what}")
        await asyncio.sleep(pause)


def _start(arguments: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "agentskills.cli.main", *arguments]
    with log.open("ab") as output:
        return subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )


def last_words(place: Place) -> str:
    """Return the ends of the logs of all processes."""
    logs = [place.home / "workers.log", place.home / "server.log"]
    return "\n".join(log.read_text(errors="replace")[-3000:] for log in logs if log.exists())


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
