"""Calls `asf` the way people and scripts do: as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def asf(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    typed: str | None = None,
    folder: Path | None = None,
) -> subprocess.CompletedProcess[str]:
    """Carry out one command; `typed` is its standard input."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ASF_")}
    return subprocess.run(
        [sys.executable, "-m", "agentskills.cli.main", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=kept | dict(environment or {}),
        input=typed,
        cwd=folder,
        check=False,
    )
