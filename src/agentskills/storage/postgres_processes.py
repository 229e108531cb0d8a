"""What a Postgres that died without a word leaves behind: pid files, sockets, orphaned processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from pathlib import Path


def clear_leftovers(data: Path, sockets: Path, *, kill: bool) -> None:
    """Remove the pid file and sockets of a server that is gone; with `kill`, end its orphans too.

    A pid in the file proves nothing: after a crash it may be any process's. Only a Postgres that
    works in `data` counts.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        pid = 0
    if kill:
        for orphan in _processes_in(data):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
    elif pid and _is_postgres_of(pid, data):
        return
    pid_file.unlink(missing_ok=True)
    for leftover in sockets.glob(".s.PGSQL.*"):
        leftover.unlink(missing_ok=True)


def _is_postgres_of(pid: int, data: Path) -> bool:
    if Path("/proc/self/cwd").exists():
        return pid in _processes_in(data)
    listed = subprocess.run(  # noqa: S603
        ["/bin/ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    )
    return "postgres" in listed.stdout and str(data) in listed.stdout


def _processes_in(data: Path) -> set[int]:
    """Return the Postgres processes whose working folder is `data` (Linux; elsewhere none)."""
    found: set[int] = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() != data:
                continue
            if (process / "comm").read_text().strip() not in ("postgres", "postmaster"):
                continue
            if ") Z " not in (process / "stat").read_text():
                found.add(int(process.name))
    return found
