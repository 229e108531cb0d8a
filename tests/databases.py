"""Databases for tests: a server of their own, and copies of the template."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from agentskills.storage.embedded import EmbeddedPostgres

_numbers = itertools.count(1)


@contextmanager
def passing_postgres(binaries: Path | None = None) -> Iterator[EmbeddedPostgres]:
    """A server that need not outlive this process."""
    home = Path(tempfile.mkdtemp(prefix="asf-test-"))
    home.chmod(0o755)
    server = EmbeddedPostgres(home, binaries=binaries, lasting=False).acquire()
    try:
        yield server
    finally:
        server.release()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def fresh_database(postgres: EmbeddedPostgres, template: str | None) -> Iterator[str]:
    """URL of a copy of the template, or of an empty database; it is gone when the block ends."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    # Copying files is quicker than the usual copying through the log.
    copied = f" TEMPLATE {template} STRATEGY file_copy" if template else ""
    execute(postgres.url, f"CREATE DATABASE {name}{copied}")
    try:
        yield named(postgres.url, name)
    finally:
        postgres.ensure_alive()  # a test may have killed it
        execute(postgres.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def execute(url: str, statement: str) -> None:
    """Carry out one statement outside a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def named(url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return url.replace("/agentskills?", f"/{database}?")
