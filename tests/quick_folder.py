"""Where temporary files of tests are: in memory, where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3  # bytes; a few servers with their logs


def use_quick_folder() -> None:
    """Let this process and those that it starts make their temporary files in memory; TMPDIR goes first.

    A database is some three hundred small files, so that a copy costs what making files costs: a
    twentieth in memory.
    """
    if "TMPDIR" not in os.environ and _serves():
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _serves() -> bool:
    """Whether there is such a memory, large enough, from which programs can be started (not Docker's)."""
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(MEMORY).free >= ROOM
