"""A server with the example skills on a database of its own."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from tests.running_server import RunningServer, running_server

from agentskills.storage.embedded import EmbeddedPostgres

SKILLS = Path(__file__).parents[1] / "examples" / "skills"
_numbers = itertools.count(1)


@contextmanager
def example_server(postgres: EmbeddedPostgres, template: str) -> Iterator[RunningServer]:
    """Serve until the block ends; database and home are gone afterwards."""
    name = f"served_{os.getpid()}_{next(_numbers)}"
    home = Path(tempfile.mkdtemp(prefix="asf-served-"))
    home.chmod(0o755)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        try:
            with running_server(home, postgres.url.replace("/agentskills?", f"/{name}?"), SKILLS) as server:
                yield server
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            subprocess.run(["chmod", "-R", "u+w", str(home)], check=False)  # unpacked versions are read-only
            shutil.rmtree(home, ignore_errors=True)
