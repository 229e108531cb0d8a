"""The program of a skill's process: load one version's entries, carry out one call after another.

Started by path with the socket and the life line as open descriptors. Requests and answers are
JSON with a length of four bytes before it.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import struct
import sys
from types import CoroutineType
from typing import Any

from agentskills.domain.errors import AgentSkillsError
from agentskills.domain.json_text import check_json, json_bytes, parse_stored
from agentskills.executors.plain_json import MAX_BYTES, plain

LENGTH = struct.Struct(">I")
MAX_MESSAGE = 10_000


def main(connection_fd: int, life_fd: int, folder: str) -> None:
    """Serve calls until the worker closes the connection."""
    keeper = start_keeper(life_fd, connection_fd)
    os.set_inheritable(connection_fd, False)
    os.close(life_fd)
    connection = socket.socket(fileno=connection_fd)
    calls = Calls(folder)
    while (request := receive(connection)) is not None:
        answer = calls.carry_out(parse_stored(request))
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        send(connection, answer)
    os.kill(keeper, signal.SIGKILL)
    os.waitpid(keeper, 0)


def start_keeper(life_fd: int, connection_fd: int) -> int:
    """Fork the keeper, which ends this whole process group once the worker is gone.

    Nobody writes to the life line; it closes when the worker ends, however it ends. A thread
    could be held up by a skill that never lets go of the interpreter, and a signal for the
    death of the parent would leave programs that the skill has started.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        for fd in (0, 1, 2, connection_fd):
            os.close(fd)
        os.read(life_fd, 1)
    finally:
        os.killpg(0, signal.SIGKILL)
    return 0


class Calls:
    """Carries out calls of one version; its modules are loaded once."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._functions: dict[str, Any] = {}
        self._runner: Any = None  # asyncio is only imported for skills that need it

    def carry_out(self, request: dict[str, Any]) -> bytes:
        """Return the answer to one request: {outputs} or {error}, as JSON."""
        try:
            function = self._function(request["entry"])
        except BaseException as error:
            return failure("load", error)
        try:
            outputs = function(request["inputs"])
            if isinstance(outputs, CoroutineType):
                outputs = self._run(outputs)
        except BaseException as error:
            return failure("raised", error)
        return success(outputs)

    def _run(self, coroutine: Any) -> Any:
        if self._runner is None:
            import asyncio

            self._runner = asyncio.Runner()
        return self._runner.run(coroutine)

    def _function(self, entry: str) -> Any:
        function = self._functions.get(entry)
        if function is None:
            path, _, name = entry.rpartition(":")
            function = getattr(load(self._folder, path), name)
            self._functions[entry] = function
        return function


def load(folder: str, path: str) -> Any:
    """Return the module at `path` in the folder; its neighbours can be imported by name."""
    file = os.path.join(folder, path)
    for place in (folder, os.path.dirname(file)):
        if place not in sys.path:
            sys.path.insert(0, place)
    name = "skill_" + os.path.basename(path).removesuffix(".py")
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def success(outputs: Any) -> bytes:
    """Return the answer for a call that has ended well, if what it returned can be kept."""
    try:
        outputs = plain(outputs)
        check_json(outputs)
        text = json_bytes(outputs)
    except AgentSkillsError as error:
        where = error.fields["errors"][0]["pointer"] if error.fields.get("errors") else ""
        return bad_output(f"{where or 'the output'}: {error.detail}")
    except RecursionError:
        return bad_output("the output is nested too deeply")
    if len(text) > MAX_BYTES:
        return bad_output(f"the output has {len(text):,} bytes of JSON; {MAX_BYTES:,} are allowed")
    if not isinstance(outputs, dict):
        return bad_output(f"the output must be an object, not {type(outputs).__name__}")
    return b'{"outputs":' + text + b"}"


def bad_output(message: str) -> bytes:
    """Return the answer for an output that can't be kept."""
    return json_bytes({"error": {"kind": "bad-output", "names": [], "message": clean(message)}})


def failure(kind: str, error: BaseException) -> bytes:
    """Return the answer for an exception; its traceback goes to stderr."""
    import traceback  # only now: every process would pay for it

    traceback.print_exception(error, file=sys.stderr)
    names = [clean(cls.__name__) for cls in type(error).__mro__]
    try:
        message = str(error)
    except Exception:
        message = ""
    return json_bytes({"error": {"kind": kind, "names": names, "message": clean(message)}})


def clean(text: str) -> str:
    """Return text that any JSON and Postgres can hold, of bounded length."""
    text = text.replace("\x00", "\\0").encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + " …"


def receive(connection: socket.socket) -> bytes | None:
    """Return the next message, or None when the other side has gone."""
    head = _exactly(connection, LENGTH.size)
    return None if head is None else _exactly(connection, LENGTH.unpack(head)[0])


def send(connection: socket.socket, message: bytes) -> None:
    """Send one message."""
    connection.sendall(LENGTH.pack(len(message)) + message)


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    buffer = bytearray()
    while len(buffer) < count:
        part = connection.recv(min(count - len(buffer), 1 << 20))
        if not part:
            return None
        buffer += part
    return bytes(buffer)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
