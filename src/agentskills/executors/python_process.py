"""One process of a python skill: started, called, and ended with all that it started."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import struct
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from agentskills.domain.decision import Detail
from agentskills.domain.json_text import json_bytes, parse_stored
from agentskills.executors.plain_json import MAX_BYTES
from agentskills.executors.secrets import child_environment

_LENGTH = struct.Struct(">I")
_PROGRAM = Path(__file__).with_name("python_child.py")
_PACKAGES = str(Path(__file__).parents[2])
_ENVELOPE = 100_000  # room around the output: the names and the message of an error
KEPT_OUTPUT = 64 * 1024
"""Bytes of stdout and of stderr that are kept of one call."""


class Crashed(Exception):
    """The process ended during a call; the message says how."""


class SkillProcess:
    """An interpreter that serves one skill version, one call at a time."""

    def __init__(self, digest: str, folder: Path) -> None:
        self.digest = digest
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Task[None] | None = None
        self._socket, theirs = socket.socketpair()
        life_read, self._life = os.pipe()
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 (skills of trusted roots only)
                [
                    sys.executable,
                    "-P",
                    "-B",
                    str(_PROGRAM),
                    str(theirs.fileno()),
                    str(life_read),
                    str(folder),
                ],
                stdin=subprocess.DEVNULL,
                stdout=out_write,
                stderr=err_write,
                cwd=folder,
                env=_environment(),
                pass_fds=(theirs.fileno(), life_read),
                start_new_session=True,
            )
        except BaseException:
            self._socket.close()
            for fd in (self._life, out_read, err_read):
                os.close(fd)
            raise
        finally:
            theirs.close()
            for fd in (life_read, out_write, err_write):
                os.close(fd)
        self._socket.setblocking(False)
        self._captured = {"stdout": _Captured(out_read), "stderr": _Captured(err_read)}

    @property
    def pid(self) -> int:
        """Process id, which is the id of its group too."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether another call can be sent."""
        return self._ended is None and self._process.poll() is None

    async def call(self, entry: str, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return the answer {outputs} or {error}. Raises `Crashed`; after it, end the process."""
        for captured in self._captured.values():
            captured.take()
        request = json_bytes({"entry": entry, "inputs": inputs})
        try:
            await self._loop.sock_sendall(self._socket, _LENGTH.pack(len(request)) + request)
            size = _LENGTH.unpack(await self._receive(_LENGTH.size))[0]
            if size > MAX_BYTES + _ENVELOPE:
                raise Crashed("the process answered with something that is no answer")
            return _parsed(await self._receive(size))
        except OSError:
            raise Crashed(await self._how_it_ended()) from None

    def details(self) -> tuple[Detail, ...]:
        """Return what the last call wrote to stdout and stderr."""
        texts = {name: captured.take() for name, captured in self._captured.items()}
        return tuple(Detail(name, text) for name, text in texts.items() if text)

    async def end(self) -> None:
        """Kill the process and everything it started; return once it has really ended."""
        if self._ended is None:
            self._ended = asyncio.create_task(self._end())
        await _certainly(self._ended)

    async def _end(self) -> None:
        if self._process.returncode is None:  # not reaped yet, so the id is still its own
            with suppress(ProcessLookupError, PermissionError):  # macOS says so of a zombie
                os.killpg(self._process.pid, signal.SIGKILL)
        pause = 0.0005
        while self._process.poll() is None:
            await asyncio.sleep(pause)
            pause = min(0.02, pause * 2)
        os.close(self._life)  # the keeper, if it still lives, ends what is left of the group
        self._socket.close()
        for captured in self._captured.values():
            captured.close()

    async def _receive(self, count: int) -> bytes:
        buffer = bytearray(count)
        view = memoryview(buffer)
        while view:
            got = await self._loop.sock_recv_into(self._socket, view)
            if not got:
                raise Crashed(await self._how_it_ended())
            view = view[got:]
        return bytes(buffer)

    async def _how_it_ended(self) -> str:
        for _ in range(200):  # the connection closes a moment before the process is gone
            code = self._process.poll()
            if code is not None:
                return _describe(code)
            await asyncio.sleep(0.005)
        return "the process closed its connection"


def _environment() -> dict[str, str]:
    """Return the child's environment; this package is found even where it isn't installed."""
    environment = child_environment()
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    environment["PYTHONPATH"] = os.pathsep.join([*paths, _PACKAGES])
    environment["PYTHONUNBUFFERED"] = "1"  # so that a killed skill's last words are kept
    return environment


def _parsed(answer: bytes) -> dict[str, Any]:
    try:
        value = parse_stored(answer)  # checked by the process before it was sent
    except ValueError:
        value = None
    if not isinstance(value, dict) or not ({"outputs", "error"} & value.keys()):
        raise Crashed("the process answered with something that is no answer")
    return value


def _describe(code: int) -> str:
    if code >= 0:
        return f"the process ended with exit code {code}"
    try:
        return f"the process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"the process was ended by signal {-code}"


async def _certainly(task: asyncio.Task[None]) -> None:
    """Wait for a task to its end, even when cancelled meanwhile; then pass the cancellation on."""
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    task.result()


class _Captured:
    """Drains a pipe as it fills, and keeps the first part of it."""

    def __init__(self, fd: int) -> None:
        self._fd: int | None = fd
        self._loop = asyncio.get_running_loop()
        self._kept = bytearray()
        self._dropped = 0
        os.set_blocking(fd, False)
        self._loop.add_reader(fd, self._read)

    def take(self) -> str:
        """Return what came since the last time as text, and forget it."""
        while self._read():
            pass
        text = self._kept.decode("utf-8", "backslashreplace").replace("\x00", "\\0")
        if self._dropped:
            text += f"\n… {self._dropped:,} more bytes"
        self._kept.clear()
        self._dropped = 0
        return text

    def close(self) -> None:
        """Read what is left and let go of the pipe."""
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        self._loop.remove_reader(fd)
        os.close(fd)

    def _read(self) -> bool:
        """Read once; say whether there may be more."""
        if self._fd is None:
            return False
        try:
            part = os.read(self._fd, 65536)
        except BlockingIOError:
            return False
        if not part:
            self._loop.remove_reader(self._fd)
            return False
        room = KEPT_OUTPUT - len(self._kept)
        self._kept += part[:room]
        self._dropped += max(0, len(part) - room)
        return True
