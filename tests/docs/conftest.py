"""A server with the example skills for the commands in the documentation."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.running_server import RunningServer, running_server

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(asf_home: Path, database_url: str) -> Iterator[RunningServer]:
    with running_server(asf_home, database_url, ROOT / "examples" / "skills") as running:
        yield running
    subprocess.run(["chmod", "-R", "u+w", str(asf_home)], check=False)  # unpacked versions are read-only
