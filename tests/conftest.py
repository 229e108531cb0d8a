"""A real Postgres for every test: one server, one migrated template, a fresh clone per test."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from agentskills.storage import migrate
from agentskills.storage.database import Pool, open_pool
from agentskills.storage.embedded import EmbeddedPostgres

TEMPLATE = "asf_template"
_numbers = itertools.count(1)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Names what failed at once: a long run that is cut off still tells."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(f"\nFAILED ({report.when}) {report.nodeid}\n{report.longreprtext[-1500:]}\n", flush=True)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def asf_home() -> Iterator[Path]:
    """A fresh ASF_HOME that Postgres may enter also when the tests run as root (tmp_path is private)."""
    folder = Path(tempfile.mkdtemp(prefix="asf-home-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this test process; ASF_TEST_POSTGRES_BIN names other programs to run it with."""
    home = Path(tempfile.mkdtemp(prefix="asf-test-"))
    home.chmod(0o755)
    named = os.environ.get("ASF_TEST_POSTGRES_BIN")
    server = EmbeddedPostgres(home, binaries=Path(named) if named else None, lasting=False).acquire()
    yield server
    server.release()
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database at the newest revision, to be cloned."""
    _execute(postgres.url, f"CREATE DATABASE {TEMPLATE}")
    asyncio.run(migrate.upgrade(_named(postgres.url, TEMPLATE)))
    return TEMPLATE


@pytest.fixture
def database_url(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """URL of a fresh database at the newest revision."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _execute(postgres.url, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(postgres.url, name)
    postgres.ensure_alive()  # a test may have killed it
    _execute(postgres.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
def empty_database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """URL of a fresh database without tables."""
    name = f"empty_{os.getpid()}_{next(_numbers)}"
    _execute(postgres.url, f"CREATE DATABASE {name}")
    yield _named(postgres.url, name)
    _execute(postgres.url, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool on a fresh database."""
    pool = await open_pool(database_url, max_size=10, name="asf test")
    yield pool
    pool.terminate()


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _named(url: str, database: str) -> str:
    return url.replace("/agentskills?", f"/{database}?")
